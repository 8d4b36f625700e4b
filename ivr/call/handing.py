"""One caller in a person's hands, decided without a line, a clock or a log.

    the seat's telephone rings -> he hears who it is and what it is about -> they talk -> the end
                                                                            a third may come and go

The seat hears the summary before the caller is joined; the caller hears that it goes on. When the seat
hangs up the caller is asked whether there is anything else; when the seat's line breaks he is handed over
again; when he is sent back for a check this seat waits for him.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from ivr.call.commands import Utter
from ivr.domain.handovers import HandoverState

FOR_YOU = Utter("12123转接。", "seat_for_you")
CONNECTED = Utter("已接通。", "seat_connected")
CALLER_LEFT = Utter("来电人已挂机。", "seat_caller_left")
HANDED_BACK = Utter("来电人已转回语音服务。", "seat_handed_back")
INVITING = Utter("正在请第三方加入通话，请稍候。", "third_inviting")
THIRD_GREETED = Utter("您好，这里是公安交管12123，请您加入通话，通话会录音。", "third_greeted")
THIRD_JOINED = Utter("第三方已加入通话。", "third_joined")
THIRD_NOT_REACHED = Utter("第三方没有接通。", "third_not_reached")
THIRD_LEFT = Utter("第三方已退出通话。", "third_left")
FIXED = (
    FOR_YOU, CONNECTED, CALLER_LEFT, HANDED_BACK, INVITING, THIRD_GREETED, THIRD_JOINED, THIRD_NOT_REACHED, THIRD_LEFT,
)

ARRIVES_SECONDS = 10.0
"""Whoever picked up must be at the media door by then."""
BRIEFING_SECONDS = 30.0
"""A summary whose end is not reported is taken as heard."""
LONGEST_SECONDS = 3600.0


class Party(StrEnum):
    """Who may be on the line beside the caller."""

    SEAT = "seat"
    THIRD = "third"


class Wish(StrEnum):
    """What the seat asks of the service when he gives the caller back."""

    CONTINUE = "continue"
    VERIFY = "verify"


# what happens -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Placed:
    """The ringing of one ended; `answered` or why not (`PlaceResult`)."""

    party: Party
    result: str


@dataclass(frozen=True, slots=True)
class Arrived:
    """One is on the line."""

    party: Party


@dataclass(frozen=True, slots=True)
class HeardAll:
    """One has heard what he was told."""

    party: Party
    phrase_id: str


@dataclass(frozen=True, slots=True)
class KeyPressed:
    """One pressed a key."""

    party: Party


@dataclass(frozen=True, slots=True)
class Gone:
    """One hung up, or (`broken`) his line broke."""

    party: Party
    broken: bool = False


@dataclass(frozen=True, slots=True)
class CallerGone:
    """The caller hung up."""


@dataclass(frozen=True, slots=True)
class Declined:
    """The seat does not take him."""


@dataclass(frozen=True, slots=True)
class Return:
    """The seat gives the caller back to the service."""

    wish: Wish


@dataclass(frozen=True, slots=True)
class Finish:
    """The seat has finished."""


@dataclass(frozen=True, slots=True)
class InviteThird:
    """The seat wants somebody else to join."""


@dataclass(frozen=True, slots=True)
class DropThird:
    """The seat wants the third to go."""


@dataclass(frozen=True, slots=True)
class TimePassed:
    """Look at the clock."""


HandingEvent = (
    Placed | Arrived | HeardAll | KeyPressed | Gone | CallerGone | Declined | Return | Finish | InviteThird | DropThird
    | TimePassed
)

# what is to be done -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Ring:
    """Ring one."""

    party: Party


@dataclass(frozen=True, slots=True)
class Brief:
    """Tell the seat what it is about; `HeardAll` follows."""


@dataclass(frozen=True, slots=True)
class Tell:
    """Say something to one, or to all while they talk; `HeardAll` follows where he is told alone."""

    party: Party
    words: Utter


@dataclass(frozen=True, slots=True)
class Join:
    """Let the seat and the caller hear each other."""


@dataclass(frozen=True, slots=True)
class JoinThird:
    """Let the third hear and be heard."""


@dataclass(frozen=True, slots=True)
class HangUp:
    """End one's line, or its ringing; `last` is said before."""

    party: Party
    last: Utter | None = None


@dataclass(frozen=True, slots=True)
class Show:
    """Tell the seat's desk how it stands with the third."""

    third: str


@dataclass(frozen=True, slots=True)
class NotTaken:
    """The seat did not pick up (or `declined`): the next is tried."""

    declined: bool


@dataclass(frozen=True, slots=True)
class Over:
    """The hand-over has ended."""

    state: HandoverState
    wish: Wish | None
    seconds: float
    """That seat and caller talked."""


HandingCommand = Ring | Brief | Tell | Join | JoinThird | HangUp | Show | NotTaken | Over


class Handing:
    """One attempt with one seat. `handle` is told what happens and says what to do.

    Args:
        longest_seconds: of the talk.
    """

    def __init__(self, *, longest_seconds: float = LONGEST_SECONDS) -> None:
        self._longest = longest_seconds
        self.state = HandoverState.OFFERED
        self._until: float | None = None
        """When what is awaited must have come."""
        self._joined_at: float | None = None
        self._third = "none"
        """`none`, `ringing`, `greeting`, `joined`."""
        self.is_over = False
        self._handlers: Mapping[type[HandingEvent], Callable[[Any, float], list[HandingCommand]]] = {
            Placed: self._placed,
            Arrived: self._arrived,
            HeardAll: self._heard,
            KeyPressed: self._key,
            Gone: self._gone,
            CallerGone: lambda _, now: self._caller_gone(now),
            Declined: lambda _, __: self._not_taken(declined=True) if self._joined_at is None else [],
            Return: self._returned,
            Finish: lambda _, now: self._end(HandoverState.DONE, now) if self._joined_at is not None else [],
            InviteThird: lambda _, __: self._invite(),
            DropThird: lambda _, __: self._third_leaves(hang_up=True),
            TimePassed: lambda _, now: self._time_passed(now),
        }

    def begin(self) -> list[HandingCommand]:
        """Ring the seat."""
        return [Ring(Party.SEAT)]

    def handle(self, event: HandingEvent, *, now: float) -> list[HandingCommand]:
        """Say what follows from an event; `now` in monotonic seconds."""
        return [] if self.is_over else self._handlers[type(event)](event, now)

    # the seat ------------------------------------------------------------------------------------

    def _placed(self, event: Placed, now: float) -> list[HandingCommand]:
        if event.party is Party.THIRD:
            return self._third_placed(event.result)
        if event.result != "answered":
            return self._not_taken(declined=event.result == "rejected") if self.state is HandoverState.OFFERED else []
        if self.state is HandoverState.OFFERED:  # he may be here already
            self._until = now + ARRIVES_SECONDS
        return []

    def _key(self, event: KeyPressed, now: float) -> list[HandingCommand]:
        """A seat who has heard enough."""
        briefed = event.party is Party.SEAT and self.state is HandoverState.BRIEFING
        return self._join(now) if briefed else []

    def _arrived(self, event: Arrived, now: float) -> list[HandingCommand]:
        if event.party is Party.THIRD:
            self._third = "greeting"
            return [Tell(Party.THIRD, THIRD_GREETED)]
        self.state = HandoverState.BRIEFING
        self._until = now + BRIEFING_SECONDS
        return [Brief()]

    def _heard(self, event: HeardAll, now: float) -> list[HandingCommand]:
        party, phrase_id = event.party, event.phrase_id
        if party is Party.SEAT and self.state is HandoverState.BRIEFING and phrase_id == "summary":
            return self._join(now)
        if party is Party.THIRD and phrase_id == THIRD_GREETED.phrase_id and self._third == "greeting":
            self._third = "joined"
            return [JoinThird(), Tell(Party.SEAT, THIRD_JOINED), Show("joined")]
        return []

    def _join(self, now: float) -> list[HandingCommand]:
        self.state = HandoverState.TALKING
        self._joined_at = now
        self._until = now + self._longest
        return [Join()]

    def _gone(self, event: Gone, now: float) -> list[HandingCommand]:
        if event.party is Party.THIRD:
            return self._third_leaves(hang_up=False)
        if self._joined_at is None:
            return self._not_taken(declined=True)
        return self._end(HandoverState.LOST if event.broken else HandoverState.DONE, now)

    def _not_taken(self, *, declined: bool) -> list[HandingCommand]:
        self.is_over = True
        return [HangUp(Party.SEAT), NotTaken(declined=declined)]

    def _returned(self, event: Return, now: float) -> list[HandingCommand]:
        if self._joined_at is None:
            return []
        state = HandoverState.AWAY if event.wish is Wish.VERIFY else HandoverState.RETURNED
        return self._end(state, now, wish=event.wish)

    def _caller_gone(self, now: float) -> list[HandingCommand]:
        return self._end(HandoverState.ABANDONED if self._joined_at is None else HandoverState.CALLER_LEFT, now)

    def _time_passed(self, now: float) -> list[HandingCommand]:
        if self._until is None or now < self._until:
            return []
        match self.state:
            case HandoverState.OFFERED:
                return self._not_taken(declined=False)
            case HandoverState.BRIEFING:
                return self._join(now)
            case _:
                return self._end(HandoverState.DONE, now)

    # the third -----------------------------------------------------------------------------------

    def _invite(self) -> list[HandingCommand]:
        if self.state is not HandoverState.TALKING or self._third != "none":
            return []
        self._third = "ringing"
        return [Ring(Party.THIRD), Tell(Party.SEAT, INVITING), Show("ringing")]

    def _third_placed(self, result: str) -> list[HandingCommand]:
        if result == "answered" or self._third == "none":
            return []
        self._third = "none"
        return [Tell(Party.SEAT, THIRD_NOT_REACHED), Show("not_reached")]

    def _third_leaves(self, *, hang_up: bool) -> list[HandingCommand]:
        if self._third == "none":
            return []
        self._third = "none"
        ended: list[HandingCommand] = [HangUp(Party.THIRD)] if hang_up else []
        return [*ended, Tell(Party.SEAT, THIRD_LEFT), Show("left")]

    # the end -------------------------------------------------------------------------------------

    def _end(self, state: HandoverState, now: float, *, wish: Wish | None = None) -> list[HandingCommand]:
        self.is_over = True
        self.state = state
        seconds = 0.0 if self._joined_at is None else now - self._joined_at
        third: list[HandingCommand] = [] if self._third == "none" else [HangUp(Party.THIRD)]
        told = {HandoverState.CALLER_LEFT: CALLER_LEFT, HandoverState.AWAY: HANDED_BACK, HandoverState.RETURNED: HANDED_BACK}.get(state)
        return [*third, HangUp(Party.SEAT, told), Over(state, wish, round(seconds, 1))]
