"""Car moving: everything that decides what happens to one request.

Rules of this file:
1. No clock, no socket, no settings: `decide(case, event, now=, limits=)` returns the new case and
   the effects that must be kept in the same transaction.
2. A case without a known owner walks through the same states at the same pace as one with an owner,
   so that the requester cannot tell whether a plate exists.
3. What only the backend can do is written into `case.pending` and stays there until it is done.
4. An event that does not fit the state changes nothing.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import assert_never

from ivr.domain.car_move_events import (
    AskDispatcher,
    BackendFailed,
    Decision,
    Effect,
    Event,
    MisuseConfirmed,
    OwnerAnswered,
    OwnerCallEnded,
    ReminderAsked,
    RequesterCancelled,
    RequesterSaid,
    RingOwner,
    StopNotices,
    TaskDone,
    TaskRefused,
    TellRequester,
    TextOwner,
    TextRequester,
    TimePassed,
    VehicleLookedUp,
)
from ivr.domain.car_move_limits import NIGHT_REASONS, MoveLimits, may_ring_at
from ivr.domain.car_moves import (
    BackendTask,
    CarMoveCase,
    CaseState,
    Escalation,
    OwnerAnswer,
)

_ANSWERED = {
    OwnerAnswer.COMING: CaseState.ACK_COMING,
    OwnerAnswer.CANNOT: CaseState.ACK_CANNOT,
    OwnerAnswer.NOT_HERE: CaseState.NOT_HERE,
    OwnerAnswer.SOLD: CaseState.SOLD,
    OwnerAnswer.OBJECTS: CaseState.OBJECTED,
}
BEFORE_NOTICE = frozenset({CaseState.NEW, CaseState.VALIDATED})
FINAL_ANSWERS = frozenset({CaseState.NOT_HERE, CaseState.SOLD, CaseState.OBJECTED})
"""After these the owner is left alone."""


def decide(case: CarMoveCase, event: Event, *, now: datetime, limits: MoveLimits) -> Decision:
    """Say what `event` makes of `case`."""
    decision = _decide(case, event, now, limits)
    due = next_due(decision.case, now=now, limits=limits)
    return replace(decision, case=replace(decision.case, next_due_at=due))


def next_due(case: CarMoveCase, *, now: datetime, limits: MoveLimits) -> datetime | None:
    """When the clock must look at the case again; None when never."""
    moments = [now + retry_wait(case.retries)] if case.pending else []
    if case.is_open:
        moments.append(case.opened_at + limits.expire)
        if case.notified_at is not None and case.asked_at is None:
            moments.append(case.notified_at + limits.follow_up)
            if may_be_reminded(case):
                moments.append(case.notified_at + limits.remind_after)
            if _rings_nobody(case):
                moments.append(_rung_in_vain_at(case, case.notified_at, limits))
    return min(moments, default=None)


def retry_wait(retries: int) -> timedelta:
    """Wait after a failed try of a pending task: 10 s, doubling up to 5 minutes."""
    return timedelta(seconds=min(300, 10 * 2 ** min(retries, 5)))


def may_be_reminded(case: CarMoveCase) -> bool:
    """Does the clock send the one reminder by itself?"""
    return case.reminders == 0 and case.state in {CaseState.NOTIFYING, CaseState.NO_ANSWER}


def needed_at_night(case: CarMoveCase) -> bool:
    """May the owner be rung in the quiet hours?"""
    return case.urgent or case.reason in NIGHT_REASONS


def owner_rung_at(case: CarMoveCase, *, now: datetime, limits: MoveLimits) -> datetime | None:
    """When the owner is rung, known or not; None when the quiet hours outlast the case."""
    moment = may_ring_at(now, needed_at_night=needed_at_night(case), limits=limits)
    return moment if moment < case.opened_at + limits.expire else None


def _rings_nobody(case: CarMoveCase) -> bool:
    return case.state is CaseState.NOTIFYING and case.attempts == 0


def _rung_in_vain_at(case: CarMoveCase, first: datetime, limits: MoveLimits) -> datetime:
    """When calls to a known owner would have ended without an answer."""
    rung = owner_rung_at(case, now=first, limits=limits) or first
    return rung + limits.second_call * (limits.max_owner_calls + 1)


def _decide(case: CarMoveCase, event: Event, now: datetime, limits: MoveLimits) -> Decision:  # noqa: C901, PLR0911 -- one branch an event
    match event:
        case VehicleLookedUp():
            return _looked_up(case, event, now, limits)
        case BackendFailed():
            return Decision(replace(case, retries=case.retries + 1))
        case TaskDone(task, serial):
            return _task_done(case, task, serial)
        case TaskRefused(task):
            return _task_refused(case, task, now, limits)
        case OwnerAnswered(answer):
            return _answered(case, answer)
        case OwnerCallEnded():
            return _call_ended(case, now, limits)
        case ReminderAsked():
            return _remind(case, now, limits)
        case RequesterSaid(moved):
            return _requester_said(case, moved=moved, now=now, limits=limits)
        case RequesterCancelled():
            return close(case, CaseState.CANCELLED)
        case MisuseConfirmed():
            stop = (StopNotices(),) if case.is_open else ()
            return Decision(replace(case, state=CaseState.MISUSE, review=None), stop)
        case TimePassed():
            return _time_passed(case, now, limits)
    assert_never(event)


def _looked_up(
    case: CarMoveCase, event: VehicleLookedUp, now: datetime, limits: MoveLimits
) -> Decision:
    if case.state is not CaseState.NEW:
        return _task_done(case, BackendTask.LOOK_UP, None)
    case = replace(
        _without(case, BackendTask.LOOK_UP),
        state=CaseState.NOTIFYING,
        contact_token=event.contact_token,
        plate_type=event.plate_type or case.plate_type,
        colour_matches=event.colour_matches,
        notified_at=now,
    )
    effects: list[Effect] = [TextRequester("filed")]
    if case.contact_token is None:
        effects.append(AskDispatcher("owner_unknown"))
    else:
        effects.append(TextOwner("notice"))
        case, rung = ring(case, now, limits)
        effects += rung
    return Decision(case, tuple(effects))


def ring(
    case: CarMoveCase, moment: datetime, limits: MoveLimits
) -> tuple[CarMoveCase, list[Effect]]:
    """Order the next call to the owner, if one is left and the hours allow it."""
    at = owner_rung_at(case, now=moment, limits=limits)
    if at is None or case.contact_token is None or case.attempts >= limits.max_owner_calls:
        return case, []
    case = replace(case, attempts=case.attempts + 1)
    return case, [RingOwner(case.attempts, at)]


def _without(case: CarMoveCase, task: BackendTask) -> CarMoveCase:
    return replace(case, pending=tuple(t for t in case.pending if t is not task), retries=0)


def _task_done(case: CarMoveCase, task: BackendTask, serial: str | None) -> Decision:
    if task not in case.pending:
        return Decision(case)
    case = _without(case, task)
    if task is BackendTask.POLICE_ORDER:
        return Decision(replace(case, police_serial=serial), (TextRequester("police"),))
    return Decision(case)


def _task_refused(
    case: CarMoveCase, task: BackendTask, now: datetime, limits: MoveLimits
) -> Decision:
    if task not in case.pending:
        return Decision(case)
    if task is BackendTask.LOOK_UP:
        return _looked_up(case, VehicleLookedUp(None), now, limits)
    return Decision(_without(case, task), (AskDispatcher(f"refused_{task.value}"),))


def _answered(case: CarMoveCase, answer: OwnerAnswer) -> Decision:
    if not case.is_open or case.state in BEFORE_NOTICE | FINAL_ANSWERS:
        return Decision(case)
    case = replace(case, state=_ANSWERED[answer])
    effects: list[Effect] = [StopNotices(), TellRequester(case.state)]
    match answer:
        case OwnerAnswer.COMING:
            effects.append(TextRequester("coming"))
        case OwnerAnswer.CANNOT:
            effects.append(TextRequester("cannot"))
        case OwnerAnswer.NOT_HERE:
            case = replace(case, pending=(*case.pending, BackendTask.REPORT_CLUE))
            effects += [TextOwner("clue"), TextRequester("not_here")]
        case OwnerAnswer.SOLD:
            case = replace(case, pending=(*case.pending, BackendTask.MARK_STALE))
            effects += [TextRequester("other_way"), AskDispatcher("contact_stale")]
        case OwnerAnswer.OBJECTS:
            case = replace(case, review="owner_objects")
            effects += [TextRequester("tried"), AskDispatcher("owner_objects")]
    return Decision(case, tuple(effects))


def _call_ended(case: CarMoveCase, now: datetime, limits: MoveLimits) -> Decision:
    if case.state not in {CaseState.NOTIFYING, CaseState.REMINDED}:
        return Decision(case)
    case, rung = ring(case, now + limits.second_call, limits)
    if rung or case.state is CaseState.REMINDED:
        return Decision(case, tuple(rung))
    case = replace(case, state=CaseState.NO_ANSWER)
    return Decision(case, (TextOwner("missed"), TellRequester(case.state)))


def _remind(case: CarMoveCase, now: datetime, limits: MoveLimits) -> Decision:
    """The one reminder; whoever asks for it."""
    first = case.notified_at
    if not case.is_open or first is None or case.reminders or case.state in FINAL_ANSWERS:
        return Decision(case)
    if now < first + limits.remind_after:
        return Decision(case)
    asked = case.state is CaseState.FOLLOW_UP
    case = replace(case, reminders=1, state=case.state if asked else CaseState.REMINDED)
    case, rung = ring(case, now, limits)
    owner = (TextOwner("reminder"),) if case.contact_token is not None else ()
    return Decision(case, (*owner, *rung))


def _requester_said(
    case: CarMoveCase, *, moved: bool, now: datetime, limits: MoveLimits
) -> Decision:
    if not case.is_open:
        return Decision(case)
    if moved:
        return close(case, CaseState.RESOLVED)
    if not case.urgent and now < case.opened_at + limits.follow_up:
        return Decision(case)
    return _escalate(case)


def _escalate(case: CarMoveCase) -> Decision:
    if case.on_road:
        case = replace(case, pending=(*case.pending, BackendTask.POLICE_ORDER))
        return close(replace(case, escalated_to=Escalation.POLICE), CaseState.ESCALATED)
    if case.on_road is False:
        return close(
            replace(case, escalated_to=Escalation.PROPERTY),
            CaseState.ESCALATED,
            TextRequester("property"),
        )
    return close(
        replace(case, escalated_to=Escalation.DISPATCHER),
        CaseState.ESCALATED,
        AskDispatcher("not_moved"),
    )


def close(case: CarMoveCase, state: CaseState, *effects: Effect) -> Decision:
    """End a case; the owner is left alone from now on."""
    if not case.is_open:
        return Decision(case)
    pending = tuple(task for task in case.pending if task is not BackendTask.LOOK_UP)
    return Decision(replace(case, state=state, pending=pending), (StopNotices(), *effects))


def _time_passed(case: CarMoveCase, now: datetime, limits: MoveLimits) -> Decision:
    if not case.is_open:
        return Decision(case)
    if now >= case.opened_at + limits.expire:
        if case.state in BEFORE_NOTICE:
            sorry = (TextRequester("too_late"), AskDispatcher("backend_down"))
            return close(case, CaseState.EXPIRED, *sorry)
        return close(case, CaseState.EXPIRED)
    first = case.notified_at
    if first is None or case.asked_at is not None:
        return Decision(case)
    if now >= first + limits.follow_up:
        case = replace(case, asked_at=now, state=_after_asking(case.state))
        return Decision(case, (TextRequester("follow_up"),))
    if may_be_reminded(case) and now >= first + limits.remind_after:
        return _remind(case, now, limits)
    if _rings_nobody(case) and now >= _rung_in_vain_at(case, first, limits):
        case = replace(case, state=CaseState.NO_ANSWER)
        return Decision(case, (TellRequester(case.state),))
    return Decision(case)


def _after_asking(state: CaseState) -> CaseState:
    """An owner's answer that ends the notices stays visible; the question itself is in `asked_at`."""
    return state if state in FINAL_ANSWERS else CaseState.FOLLOW_UP
