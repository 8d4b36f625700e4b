"""Joins two people whom we rang: what happens, decided without a line, a clock or a log.

first rings -> he hears that the other is being called -> second rings -> both hear the notice -> joined -> the end
              nobody, busy: the end            nobody, busy: told to the first

Neither sees the other's number: each was rung by us, and only sound goes across. A time limit ends the
talk; both are told before it does.
"""

from dataclasses import dataclass
from enum import StrEnum

from ivr.call.commands import Utter

CONNECTING = Utter("您好，这里是公安交管12123。正在为您接通挪车事项的另一方，请稍候。", "join_connecting")
STILL_CONNECTING = Utter("还在接通，请稍候。", "join_still_connecting")
NOTICE = Utter("您好，这里是公安交管12123，为您接通挪车事项的另一方。双方号码都不会显示，通话会录音，最长五分钟。请讲。", "join_notice")
JOINED = Utter("已经接通，双方号码都不会显示，通话会录音，最长五分钟。请讲。", "join_joined")
NOT_REACHED = Utter("对方没有接听。再见。", "join_not_reached")
SOON_OVER = Utter("通话还有二十秒结束。", "join_soon_over")
OVER = Utter("通话时间到了。再见。", "join_over")
OTHER_LEFT = Utter("对方已挂机。再见。", "join_other_left")
FIXED = (CONNECTING, STILL_CONNECTING, NOTICE, JOINED, NOT_REACHED, SOON_OVER, OVER, OTHER_LEFT)
"""All of them, so that they can be rendered before the first call."""

LONGEST_SECONDS = 300.0
WARNED_SECONDS = 20.0
_REASSURED_SECONDS = 10.0
_ARRIVES_SECONDS = 10.0
"""Whoever picked up must be at the media door by then."""


class Side(StrEnum):
    """Who was rung first and who second."""

    FIRST = "first"
    SECOND = "second"

    @property
    def other(self) -> "Side":
        """The one across."""
        return Side.SECOND if self is Side.FIRST else Side.FIRST


# what happens -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Placed:
    """The ringing of one side ended; `answered` or why not (`PlaceResult`)."""

    side: Side
    result: str


@dataclass(frozen=True, slots=True)
class Arrived:
    """One side is on the line."""

    side: Side


@dataclass(frozen=True, slots=True)
class HeardAll:
    """A side has heard what we told it."""

    side: Side
    phrase_id: str


@dataclass(frozen=True, slots=True)
class Gone:
    """A side hung up, or its line broke."""

    side: Side


@dataclass(frozen=True, slots=True)
class TimePassed:
    """Look at the clock."""


JoinEvent = Placed | Arrived | HeardAll | Gone | TimePassed

# what is to be done -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Ring:
    """Ring one side."""

    side: Side


@dataclass(frozen=True, slots=True)
class Tell:
    """Say something to one side; `HeardAll` follows."""

    side: Side
    words: Utter


@dataclass(frozen=True, slots=True)
class Cross:
    """Let each hear the other from now on, or no longer."""

    on: bool


@dataclass(frozen=True, slots=True)
class HangUp:
    """End one side's line."""

    side: Side


@dataclass(frozen=True, slots=True)
class Over:
    """It is over: how, and how many seconds the two were joined."""

    result: str
    seconds: float


JoinCommand = Ring | Tell | Cross | HangUp | Over


class Joining:
    """One attempt to join two people. `handle` is told what happens and says what to do.

    Args:
        now: monotonic seconds.
        longest_seconds: of the talk.
    """

    def __init__(self, *, now: float, longest_seconds: float = LONGEST_SECONDS) -> None:
        self._longest = longest_seconds
        self._here: set[Side] = set()
        self._awaited: dict[Side, float] = {}
        self._joined_at: float | None = None
        self._told_at = now
        self._warned = False
        self._result: str | None = None
        """How it ends; set once the goodbye is being said."""
        self.is_over = False

    def begin(self) -> list[JoinCommand]:
        """Ring the first."""
        return [Ring(Side.FIRST)]

    def handle(self, event: JoinEvent, *, now: float) -> list[JoinCommand]:
        """Say what follows from an event."""
        if self.is_over:
            return []
        match event:
            case Placed(side, result):
                return self._placed(side, result, now)
            case Arrived(side):
                return self._arrived(side, now)
            case HeardAll(_, phrase_id):
                return self._heard(phrase_id, now)
            case Gone(side):
                return self._gone(side, now)
            case TimePassed():
                return self._time_passed(now)

    def _placed(self, side: Side, result: str, now: float) -> list[JoinCommand]:
        if result == "answered":
            self._awaited[side] = now + _ARRIVES_SECONDS
            return []
        if side is Side.FIRST:
            return self._end(f"first_{result}", now)
        return self._say_goodbye(f"second_{result}", NOT_REACHED, now)

    def _arrived(self, side: Side, now: float) -> list[JoinCommand]:
        self._awaited.pop(side, None)
        self._here.add(side)
        self._told_at = now
        if side is Side.FIRST:
            return [Tell(Side.FIRST, CONNECTING), Ring(Side.SECOND)]
        if Side.FIRST not in self._here:  # he hung up while the other was picking up
            return self._say_goodbye("first_left", OTHER_LEFT, now)
        return [Tell(Side.SECOND, NOTICE), Tell(Side.FIRST, JOINED)]

    def _heard(self, phrase_id: str, now: float) -> list[JoinCommand]:
        if self._result is not None:
            return self._end(self._result, now)
        if phrase_id == NOTICE.phrase_id and self._here == set(Side):
            self._joined_at = now
            return [Cross(on=True)]
        return []

    def _gone(self, side: Side, now: float) -> list[JoinCommand]:
        self._here.discard(side)
        if self._result is not None and not self._here:
            return self._end(self._result, now)
        if self._result is not None:
            return []
        if not self._here:
            return self._end(f"{side.value}_left", now)
        return self._say_goodbye("talked" if self._joined_at is not None else f"{side.value}_left", OTHER_LEFT, now)

    def _time_passed(self, now: float) -> list[JoinCommand]:
        if any(until <= now for until in self._awaited.values()):
            return self._end("lost", now)
        if self._joined_at is not None and self._result is None:
            left = self._joined_at + self._longest - now
            if left <= 0:
                return self._say_goodbye("time_up", OVER, now)
            if left <= WARNED_SECONDS and not self._warned:
                self._warned = True
                return [Tell(side, SOON_OVER) for side in Side]
            return []
        if self._here == {Side.FIRST} and self._result is None and now - self._told_at >= _REASSURED_SECONDS:
            self._told_at = now
            return [Tell(Side.FIRST, STILL_CONNECTING)]
        if self._result is not None and now - self._told_at >= _ARRIVES_SECONDS:  # the goodbye was not heard to its end
            return self._end(self._result, now)
        return []

    def _say_goodbye(self, result: str, words: Utter, now: float) -> list[JoinCommand]:
        self._result = result
        self._told_at = now
        if not self._here:
            return self._end(result, now)
        return [Cross(on=False), *(Tell(side, words) for side in Side if side in self._here)]

    def _end(self, result: str, now: float) -> list[JoinCommand]:
        self.is_over = True
        seconds = 0.0 if self._joined_at is None else max(0.0, now - self._joined_at)
        return [*(HangUp(side) for side in Side if side in self._here), Over(result, round(seconds, 1))]
