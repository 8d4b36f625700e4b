"""The administrator's password, and how often it may be tried."""

import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import scrypt

ADMINISTRATOR = "admin"
FREE_TRIES = 5
LONGEST_WAIT = timedelta(minutes=15)
_FORGET_AFTER = timedelta(hours=1)
_MOST_SOURCES = 10_000


class Password:
    """A password of which only a salted scrypt hash stays in memory. Slow: call it in a thread."""

    def __init__(self, password: str) -> None:
        self._salt = secrets.token_bytes(16)
        self._hash = self._of(password)

    def __repr__(self) -> str:
        """Show nothing."""
        return "Password(...)"

    def fits(self, told: str) -> bool:
        """Whether this is the password."""
        return hmac.compare_digest(self._of(told), self._hash)

    def _of(self, password: str) -> bytes:
        return scrypt(password.encode(), salt=self._salt, n=2**14, r=8, p=1, dklen=32)


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
