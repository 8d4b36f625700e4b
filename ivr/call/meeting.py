"""A requester and an owner who talk with each other, decided without a line, a clock or a log.

    one has come -> both have come: joined -> the end
                    nobody else comes, or the other may not: the end

Each is in a call of his own with the service; only sound goes across, so neither sees or is sent the
other's number. Whoever is left goes back to his own conversation and is told there what came of it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Self

from ivr.call.commands import Utter

CONNECTED = Utter("已经接通，双方号码都不会显示，通话会录音，请讲。", "meeting_connected")
SOON_OVER = Utter("通话还有二十秒结束。", "join_soon_over")
FIXED = (CONNECTED,)

LONGEST_SECONDS = 300.0
WARNED_SECONDS = 20.0
LONGEST_ALLOWED_SECONDS = 1800.0
ARRIVES_SECONDS = 20.0
"""The other is waited for so long; he may be asking something, and is answered first."""


class Side(StrEnum):
    """Whose call it is."""

    REQUESTER = "requester"
    OWNER = "owner"

    @property
    def other(self) -> "Side":
        """The one across."""
        return Side.OWNER if self is Side.REQUESTER else Side.REQUESTER


class How(StrEnum):
    """What came of it, as each is told."""

    LEFT = "talk_left"
    """They talked, and the other hung up."""
    TIME_UP = "talk_time_up"
    FAILED = "talk_failed"
    """The other was not there, or may not talk now."""


@dataclass(frozen=True, slots=True)
class Invitation:
    """Where one call is asked to go."""

    room: str
    side: Side
    case_id: str
    longest_seconds: float = LONGEST_SECONDS

    @classmethod
    def read(cls, order: Mapping[str, Any]) -> Self | None:
        """Read an order's payload; None where it is none."""
        try:
            longest = min(float(order["longest"]), LONGEST_ALLOWED_SECONDS)
            return cls(str(order["room"]), Side(order["side"]), str(order["case_id"]), longest)
        except (KeyError, TypeError, ValueError):
            return None


# what happens -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Came:
    """One is ready to talk."""

    side: Side


@dataclass(frozen=True, slots=True)
class Refused:
    """One is in the middle of something else."""

    side: Side


@dataclass(frozen=True, slots=True)
class Gone:
    """One hung up."""

    side: Side


@dataclass(frozen=True, slots=True)
class TimePassed:
    """Look at the clock."""


MeetingEvent = Came | Refused | Gone | TimePassed

# what is to be done -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Join:
    """Let each hear the other."""


@dataclass(frozen=True, slots=True)
class TellBoth:
    """Let both hear something of ours."""

    words: Utter


@dataclass(frozen=True, slots=True)
class Part:
    """Give one back to his own conversation."""

    side: Side
    how: How


@dataclass(frozen=True, slots=True)
class Over:
    """It is over: how, and how many seconds they were joined."""

    result: str
    seconds: float


MeetingCommand = Join | TellBoth | Part | Over


class Meeting:
    """One meeting. `handle` is told what happens and says what to do.

    Args:
        now: monotonic seconds.
        longest_seconds: of the talk.
    """

    def __init__(self, *, now: float, longest_seconds: float = LONGEST_SECONDS) -> None:
        self._longest = longest_seconds
        self._until = now + ARRIVES_SECONDS
        self._here: set[Side] = set()
        self._refused = False
        self._joined_at: float | None = None
        self._warned = False
        self.is_over = False

    def handle(self, event: MeetingEvent, *, now: float) -> list[MeetingCommand]:
        """Say what follows from an event."""
        if self.is_over:
            return []
        match event:
            case Came(side):
                return self._came(side, now)
            case Refused():
                self._refused = True
                return self._end("refused", How.FAILED, now) if self._here else []
            case Gone(side):
                self._here.discard(side)
                return self._end(*(("left", How.FAILED) if self._joined_at is None else ("talked", How.LEFT)), now)
            case TimePassed():
                return self._time_passed(now)

    def _came(self, side: Side, now: float) -> list[MeetingCommand]:
        self._here.add(side)
        if self._refused:
            return self._end("refused", How.FAILED, now)
        if self._here != set(Side):
            return []
        self._joined_at = now
        self._until = now + self._longest
        return [Join(), TellBoth(CONNECTED)]

    def _time_passed(self, now: float) -> list[MeetingCommand]:
        if now >= self._until:
            return self._end(*(("nobody", How.FAILED) if self._joined_at is None else ("time_up", How.TIME_UP)), now)
        if self._joined_at is not None and not self._warned and now >= self._until - WARNED_SECONDS:
            self._warned = True
            return [TellBoth(SOON_OVER)]
        return []

    def _end(self, result: str, how: How, now: float) -> list[MeetingCommand]:
        self.is_over = True
        seconds = 0.0 if self._joined_at is None else round(now - self._joined_at, 1)
        return [*(Part(side, how) for side in Side if side in self._here), Over(result, seconds)]
