"""How a hand-over moves on, and what its seat may do with it when; pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from ivr.domain.handovers import Handover, HandoverState

_S = HandoverState
IN_LINE = frozenset({_S.WAITING, _S.OFFERED})
"""The caller is with nobody yet."""
EMERGENCY_NUMBERS = frozenset({"110", "119", "120", "122"})
_NUMBER = re.compile(r"[0-9]{3,15}")


class SeatAct(StrEnum):
    """What a seat may do with the hand-over that is his."""

    DECLINE = "decline"
    RETURN = "return"
    """Back to the service: `continue` or `verify`."""
    FINISH = "finish"
    THIRD = "third"
    """A third party is called in."""
    THIRD_OFF = "third_off"


WISHES = ("continue", "verify")
"""What the service is to do with a caller who is given back."""

_WHEN: Mapping[SeatAct, frozenset[HandoverState]] = MappingProxyType(
    {
        SeatAct.DECLINE: frozenset({_S.OFFERED, _S.BRIEFING}),
        SeatAct.RETURN: frozenset({_S.BRIEFING, _S.TALKING}),
        SeatAct.FINISH: frozenset({_S.BRIEFING, _S.TALKING, _S.AWAY}),
        SeatAct.THIRD: frozenset({_S.TALKING}),
        SeatAct.THIRD_OFF: frozenset({_S.TALKING}),
    }
)


class HandoverRefusal(StrEnum):
    """Why an act is not done."""

    UNKNOWN = "unknown"
    """No such hand-over, for who asks."""
    NOT_YOURS = "not_yours"
    NOT_NOW = "not_now"
    NUMBER_UNUSABLE = "number_unusable"
    WISH_UNKNOWN = "wish_unknown"


class HandoverRefused(Exception):
    """The act is not done."""

    code = "handover_refused"

    def __init__(self, reason: HandoverRefusal) -> None:
        super().__init__(f"not done: {reason.value}")
        self.reason = reason


def moved(handover: Handover, state: HandoverState, *, seat: str | None, now: datetime) -> Handover:
    """Give the hand-over in its next state; one that has ended stays as it is.

    A caller who waits again belongs to no seat; `seat` None otherwise leaves him where he is.
    """
    if handover.is_over:
        return handover
    keeper = None if state is _S.WAITING else seat or handover.seat
    return replace(
        handover, state=state, seat=keeper,
        offered_at=now if state is _S.OFFERED else handover.offered_at,
        joined_at=handover.joined_at or (now if state is _S.TALKING else None),
        ended_at=now if replace(handover, state=state).is_over else None,
    )


def forsaken(handover: Handover) -> HandoverState:
    """How a hand-over ends whose process has died."""
    return _S.ABANDONED if handover.joined_at is None else _S.LOST


def acts(handover: Handover, *, by: str) -> tuple[SeatAct, ...]:
    """What an account may do with it now."""
    return tuple(act for act in SeatAct if handover.seat == by and handover.state in _WHEN[act])


def see_may(handover: Handover | None, act: SeatAct, *, by: str) -> Handover:
    """Give the hand-over if an account may do something with it.

    Raises:
        HandoverRefused: there is none, it is another seat's, or this is not the moment.
    """
    if handover is None:
        raise HandoverRefused(HandoverRefusal.UNKNOWN)
    if handover.seat != by:
        raise HandoverRefused(HandoverRefusal.NOT_YOURS)
    if handover.state not in _WHEN[act]:
        raise HandoverRefused(HandoverRefusal.NOT_NOW)
    return handover


def third_number(text: str) -> str:
    """Read the number of a third party; spaces and dashes in it do not count.

    Raises:
        HandoverRefused: it is none.
    """
    digits = re.sub(r"[\s-]", "", text)
    if not _NUMBER.fullmatch(digits):
        raise HandoverRefused(HandoverRefusal.NUMBER_UNUSABLE)
    return digits


@dataclass(frozen=True, slots=True)
class Line:
    """Who waits, of the regions that somebody sees."""

    count: int
    longest_since: datetime | None
    by_queue: Mapping[str, int]


def line_of(handovers: Sequence[Handover]) -> Line:
    """Count those that wait."""
    waiting = [each for each in handovers if each.state in IN_LINE]
    queues: dict[str, int] = {}
    for each in waiting:
        queues[each.queue] = queues.get(each.queue, 0) + 1
    return Line(len(waiting), min((each.asked_at for each in waiting), default=None), queues)
