"""Car moving: what a dispatcher may do with a case, and what comes of it.

Every act is decided on the version of the case that the dispatcher saw. A case that somebody holds is
changed by nobody else before he takes it over, so that two dispatchers cannot undo each other.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import assert_never

from ivr.domain.car_move_events import (
    AskDispatcher,
    Decision,
    Effect,
    Event,
    RingOwner,
    StopNotices,
    TextOwner,
    TextRequester,
)
from ivr.domain.car_move_limits import MoveLimits
from ivr.domain.car_move_steps import FINAL_ANSWERS, close, decide, next_due, owner_rung_at
from ivr.domain.car_moves import BackendTask, CarMoveCase, CaseState, Escalation

LONGEST_NOTE = 500


class DeskAct(StrEnum):
    """What a dispatcher can do."""

    TAKE = "take"
    HAND_ON = "hand_on"
    RING_OWNER = "ring_owner"
    REMIND = "remind"
    POLICE = "police"
    PROPERTY = "property"
    EMERGENCY = "emergency"
    MOVED = "moved"
    CLONED = "cloned"
    FALSE_REPORT = "false_report"
    MISUSE = "misuse"
    MERGE = "merge"
    NOTE = "note"


class ActRefusal(StrEnum):
    """Why something is not done."""

    CLOSED = "closed"
    HELD = "held"
    """Somebody else holds the case: take it over first."""
    YOURS_ALREADY = "yours_already"
    NO_OWNER = "no_owner"
    """Nobody is known behind the plate, or he is not to be called any more."""
    RINGING = "ringing"
    """A call to the owner is on the way."""
    CALLS_USED_UP = "calls_used_up"
    QUIET_HOURS = "quiet_hours"
    TOO_EARLY = "too_early"
    REMINDED = "reminded"
    OTHER_PLATE = "other_plate"
    NO_SUCH_CASE = "no_such_case"
    NO_SUCH_DISPATCHER = "no_such_dispatcher"
    NOTE_MISSING = "note_missing"
    NOTE_TOO_LONG = "note_too_long"
    NO_DESK_PHONE = "no_desk_phone"
    """The dispatcher's own phone is not known."""


class ActRefused(Exception):
    """The act is not done; the case is as it was."""

    code = "act_refused"

    def __init__(self, reason: ActRefusal) -> None:
        super().__init__(f"not done: {reason.value}")
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Done:
    """A dispatcher did something; `to` is an account, `into` a case."""

    act: DeskAct
    by: str
    to: str = ""
    into: CarMoveCase | None = None
    owner_rings: bool = False
    """A call to the owner is queued or on the line."""


_TO = {DeskAct.POLICE: Escalation.POLICE, DeskAct.PROPERTY: Escalation.PROPERTY, DeskAct.EMERGENCY: Escalation.EMERGENCY}
NEEDS_REASON = frozenset({DeskAct.FALSE_REPORT, DeskAct.MISUSE, DeskAct.CLONED, DeskAct.NOTE, DeskAct.HAND_ON})
"""The dispatcher says why; it stands in the history."""


def allowed(case: CarMoveCase, *, by: str, now: datetime, limits: MoveLimits, owner_rings: bool = False) -> tuple[DeskAct, ...]:
    """What `by` may do now; what needs a choice (another account, another case) is judged without it."""
    found: list[DeskAct] = []
    for act in DeskAct:
        if act is DeskAct.MERGE:
            if case.is_open and case.holder in (None, by):
                found.append(act)
            continue
        try:
            decide_act(case, Done(act, by, to="-", owner_rings=owner_rings), now=now, limits=limits)
        except ActRefused:
            continue
        found.append(act)
    return tuple(found)


def decide_any(case: CarMoveCase, event: Event | Done, *, now: datetime, limits: MoveLimits) -> Decision:
    """Say what an event makes of a case, whether it came by itself or from a desk.

    Raises:
        ActRefused: a dispatcher's act that may not be done.
    """
    if isinstance(event, Done):
        return decide_act(case, event, now=now, limits=limits)
    return decide(case, event, now=now, limits=limits)


def decide_act(case: CarMoveCase, done: Done, *, now: datetime, limits: MoveLimits) -> Decision:
    """Say what a dispatcher's act makes of a case.

    Raises:
        ActRefused: it may not be done.
    """
    if done.act is DeskAct.NOTE:
        return Decision(case)
    if done.act is DeskAct.MISUSE:  # found out later, too
        _see(case.state is not CaseState.MISUSE, ActRefusal.CLOSED)
        _see(not case.is_open or case.holder in (None, done.by), ActRefusal.HELD)
    else:
        _see(case.is_open, ActRefusal.CLOSED)
    if done.act is DeskAct.TAKE:
        _see(case.holder != done.by, ActRefusal.YOURS_ALREADY)
        return Decision(replace(case, holder=done.by))
    _see(not case.is_open or case.holder in (None, done.by), ActRefusal.HELD)
    decision = _decide(replace(case, holder=case.holder or done.by), done, now, limits)
    return replace(decision, case=replace(decision.case, next_due_at=next_due(decision.case, now=now, limits=limits)))


def _decide(case: CarMoveCase, done: Done, now: datetime, limits: MoveLimits) -> Decision:  # noqa: C901, PLR0911 -- one branch an act
    match done.act:
        case DeskAct.HAND_ON:
            _see(done.to not in ("", done.by), ActRefusal.NO_SUCH_DISPATCHER)
            return Decision(replace(case, holder=done.to))
        case DeskAct.RING_OWNER:
            return _ring(case, done, now, limits)
        case DeskAct.REMIND:
            return _remind(case, now, limits)
        case DeskAct.POLICE | DeskAct.PROPERTY | DeskAct.EMERGENCY:
            return _hand_to(case, _TO[done.act])
        case DeskAct.MOVED:
            return close(case, CaseState.RESOLVED)
        case DeskAct.CLONED:
            _see(case.state is not CaseState.NOT_HERE, ActRefusal.CLOSED)
            found = replace(case, state=CaseState.NOT_HERE, pending=(*case.pending, BackendTask.REPORT_CLUE))
            return Decision(found, (StopNotices(), TextRequester("not_here")))
        case DeskAct.FALSE_REPORT:
            return close(case, CaseState.CANCELLED)
        case DeskAct.MISUSE:
            stop = (StopNotices(),) if case.is_open else ()
            return Decision(replace(case, state=CaseState.MISUSE, review=None), stop)
        case DeskAct.MERGE:
            _see(done.into is not None and done.into.case_id != case.case_id, ActRefusal.NO_SUCH_CASE)
            assert done.into is not None  # noqa: S101 - seen to above
            _see(done.into.is_open, ActRefusal.CLOSED)
            _see(done.into.plate_token == case.plate_token, ActRefusal.OTHER_PLATE)
            merged = replace(case, merged_into=done.into.case_id)
            return close(merged, CaseState.CANCELLED, TextRequester("merged"))
        case DeskAct.TAKE | DeskAct.NOTE:
            return Decision(case)
    assert_never(done.act)


def _ring(case: CarMoveCase, done: Done, now: datetime, limits: MoveLimits) -> Decision:
    _see(case.contact_token is not None and case.state not in FINAL_ANSWERS, ActRefusal.NO_OWNER)
    _see(not done.owner_rings, ActRefusal.RINGING)
    _see(case.attempts < limits.desk_owner_calls, ActRefusal.CALLS_USED_UP)
    at = owner_rung_at(case, now=now, limits=limits)
    _see(at is not None and at <= now, ActRefusal.QUIET_HOURS)
    case = replace(case, attempts=case.attempts + 1)
    return Decision(case, (RingOwner(case.attempts, now),))


def _remind(case: CarMoveCase, now: datetime, limits: MoveLimits) -> Decision:
    """The one reminder by SMS (and no call: that is an act of its own)."""
    _see(case.contact_token is not None and case.state not in FINAL_ANSWERS, ActRefusal.NO_OWNER)
    _see(not case.reminders, ActRefusal.REMINDED)
    first = case.notified_at
    _see(first is not None and now >= first + limits.remind_after, ActRefusal.TOO_EARLY)
    asked = case.state is CaseState.FOLLOW_UP
    case = replace(case, reminders=1, state=case.state if asked else CaseState.REMINDED)
    return Decision(case, (TextOwner("reminder"),))


def _hand_to(case: CarMoveCase, to: Escalation) -> Decision:
    case = replace(case, escalated_to=to)
    effects: tuple[Effect, ...] = ()
    match to:
        case Escalation.POLICE:  # the requester is told when the backend has given its number
            case = replace(case, pending=(*case.pending, BackendTask.POLICE_ORDER), on_road=True)
        case Escalation.PROPERTY:
            effects = (TextRequester("property"),)
        case Escalation.EMERGENCY:
            effects = (TextRequester("emergency"),)
        case Escalation.DISPATCHER:
            effects = (AskDispatcher("not_moved"),)
    return close(case, CaseState.ESCALATED, *effects)


class JoinKind(StrEnum):
    """Whom a dispatcher joins by telephone; the first is rung first."""

    CONNECT = "connect"
    """The requester and the owner, without either seeing the other's number."""
    CALL_REQUESTER = "call_requester"
    CALL_OWNER = "call_owner"


PARTIES = {
    JoinKind.CONNECT: ("requester", "owner"), JoinKind.CALL_REQUESTER: ("desk", "requester"), JoinKind.CALL_OWNER: ("desk", "owner"),
}


def see_joinable(
    case: CarMoveCase, kind: JoinKind, *, by: str, now: datetime, limits: MoveLimits, owner_rings: bool = False
) -> None:
    """See whether people may be joined.

    Raises:
        ActRefused: not now.
    """
    _see(case.is_open, ActRefusal.CLOSED)
    _see(case.holder in (None, by), ActRefusal.HELD)
    if "owner" not in PARTIES[kind]:
        return
    _see(case.contact_token is not None, ActRefusal.NO_OWNER)
    _see(not owner_rings, ActRefusal.RINGING)
    at = owner_rung_at(case, now=now, limits=limits)
    _see(at is not None and at <= now, ActRefusal.QUIET_HOURS)


def _see(holds: bool, otherwise: ActRefusal) -> None:
    if not holds:
        raise ActRefused(otherwise)
