"""A circuit breaker: after failures in a row nothing is tried for a while, then one trial.

Pure; `now` is monotonic seconds.
"""


class Breaker:
    """Closed lets all through, open none, half-open one trial at a time."""

    def __init__(self, *, failures: int = 5, open_seconds: float = 10.0) -> None:
        self._failures_allowed = failures
        self._open_seconds = open_seconds
        self._failures = 0
        self._open_until: float | None = None

    def allows(self, now: float) -> bool:
        """May a request be sent? After the pause the first to ask is the trial."""
        if self._open_until is None:
            return True
        if now < self._open_until:
            return False
        self._open_until = now + self._open_seconds
        return True

    def succeeded(self) -> None:
        """An answer came."""
        self._failures = 0
        self._open_until = None

    def failed(self, now: float) -> None:
        """No usable answer came."""
        self._failures += 1
        if self._failures >= self._failures_allowed:
            self._open_until = now + self._open_seconds
