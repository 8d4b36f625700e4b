"""How much the door and one line of it bear; pure, the time is an argument."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class LineLimits:
    """What one line may send us."""

    audio_times_real_time: float = 4.0
    audio_burst_seconds: float = 5.0
    texts_per_second: float = 50.0
    texts_burst: float = 100.0
    max_message_bytes: int = 16_384


@dataclass(frozen=True, slots=True)
class DoorLimits:
    """What the door bears."""

    line: LineLimits = field(default_factory=LineLimits)
    start_seconds: float = 5.0
    """A connection must say `MediaStart` within this time."""
    ping_seconds: float = 0.5
    """Pause between two pings: a network that swallows a call's packets must be noticed in time."""
    idle_seconds: float = 1.25
    """A connection that answers a ping not within this time is dead; a caller may well be silent."""
    few_lines: int = 8
    """From so many on, lines whose owners do not hurry are read together."""
    most_audio_seconds: float = 5.0
    """Audio that may wait for the call's owner; beyond it the oldest goes."""
    close_seconds: float = 0.4
    """The other side must answer a close within this time. With the two above: a caller on a dead line is
    known to be on one after 2.15 s at most."""


class Bucket:
    """An allowance that fills with time; `take` says whether there was enough."""

    def __init__(self, *, per_second: float, most: float) -> None:
        self._per_second = per_second
        self._most = most
        self._left = most
        self._at: float | None = None

    def take(self, amount: float, *, now: float) -> bool:
        """Take `amount`; `now` in monotonic seconds."""
        if self._at is not None:
            self._left = min(self._most, self._left + max(0.0, now - self._at) * self._per_second)
        self._at = now
        self._left -= amount
        return self._left >= 0
