"""How often passwords may be tried from one place; each account counts its own beside this."""

from dataclasses import dataclass
from datetime import datetime, timedelta

FREE_TRIES = 5
LONGEST_WAIT = timedelta(minutes=15)
_FORGET_AFTER = timedelta(hours=1)
_MOST_SOURCES = 10_000


@dataclass(slots=True)
class _Failures:
    count: int
    last: datetime


class Tries:
    """Failed tries by where they come from; each failure beyond the free ones doubles the wait."""

    def __init__(self) -> None:
        self._failures: dict[str, _Failures] = {}

    def wait(self, source: str, *, now: datetime) -> timedelta:
        """How long `source` must wait before the next try."""
        failed = self._failures.get(source)
        if failed is None or failed.count < FREE_TRIES:
            return timedelta(0)
        pause = min(LONGEST_WAIT, timedelta(seconds=2 ** min(failed.count - FREE_TRIES + 1, 12)))
        return max(timedelta(0), failed.last + pause - now)

    def failed(self, source: str, *, now: datetime) -> None:
        """Note a wrong password."""
        self._failures = {
            name: kept for name, kept in self._failures.items() if now - kept.last < _FORGET_AFTER
        }
        if source not in self._failures and len(self._failures) >= _MOST_SOURCES:
            self._failures.pop(next(iter(self._failures)))
        before = self._failures.get(source)
        self._failures[source] = _Failures(1 if before is None else before.count + 1, now)

    def succeeded(self, source: str) -> None:
        """Forget what failed."""
        self._failures.pop(source, None)
