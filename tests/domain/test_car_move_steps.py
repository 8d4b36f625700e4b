"""The whole table of what may happen, and what must hold whatever happens."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.domain.car_move_events import (
    AskDispatcher,
    BackendFailed,
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
from ivr.domain.car_move_limits import MoveLimits
from ivr.domain.car_move_steps import decide, retry_wait
from ivr.domain.car_moves import (
    CLOSED_STATES,
    BackendTask,
    CarMoveCase,
    CaseState,
    OwnerAnswer,
    OwnerCallResult,
)
from ivr.domain.rules import Rules
from tests.domain.test_car_moves import CASE

NOW = CASE.opened_at
LIMITS = MoveLimits.read(Rules.load(), region="320200", now=NOW)
NEW = replace(CASE, pending=(BackendTask.LOOK_UP,))
NOTIFYING = replace(
    CASE, state=CaseState.NOTIFYING, contact_token="ct_1", notified_at=NOW, attempts=1
)
S = CaseState


def after(minutes: float) -> datetime:
    return NOW + timedelta(minutes=minutes)


def state(now_state: CaseState, **more: object) -> CarMoveCase:
    return replace(NOTIFYING, state=now_state, **more)  # type: ignore[arg-type]


def test_a_vehicle_found_is_notified_at_once() -> None:
    decision = decide(NEW, VehicleLookedUp("ct_1", True), now=NOW, limits=LIMITS)
    assert decision.effects == (TextRequester("filed"), TextOwner("notice"), RingOwner(1, NOW))
    case = decision.case
    assert (case.state, case.notified_at, case.attempts, case.pending) == (S.NOTIFYING, NOW, 1, ())
    assert case.next_due_at == after(10)


def test_a_vehicle_without_contact_goes_to_a_dispatcher_and_looks_the_same() -> None:
    decision = decide(NEW, VehicleLookedUp(None), now=NOW, limits=LIMITS)
    assert decision.effects == (TextRequester("filed"), AskDispatcher("owner_unknown"))
    assert decision.case.state is S.NOTIFYING
    assert decision.case.next_due_at == after(3)


def test_the_type_on_file_wins_over_the_shape_of_the_plate() -> None:
    decision = decide(NEW, VehicleLookedUp("ct_1", None, "01"), now=NOW, limits=LIMITS)
    assert decision.case.plate_type == "01"


@pytest.mark.parametrize(
    ("answer", "to", "task", "effects"),
    [
        (OwnerAnswer.COMING, S.ACK_COMING, (), (TextRequester("coming"),)),
        (OwnerAnswer.CANNOT, S.ACK_CANNOT, (), (TextRequester("cannot"),)),
        (
            OwnerAnswer.NOT_HERE,
            S.NOT_HERE,
            (BackendTask.REPORT_CLUE,),
            (TextOwner("clue"), TextRequester("not_here")),
        ),
        (
            OwnerAnswer.SOLD,
            S.SOLD,
            (BackendTask.MARK_STALE,),
            (TextRequester("other_way"), AskDispatcher("contact_stale")),
        ),
        (
            OwnerAnswer.OBJECTS,
            S.OBJECTED,
            (),
            (TextRequester("tried"), AskDispatcher("owner_objects")),
        ),
    ],
)
def test_each_answer_of_the_owner(
    answer: OwnerAnswer, to: CaseState, task: tuple[BackendTask, ...], effects: tuple[object, ...]
) -> None:
    for before in (S.NOTIFYING, S.NO_ANSWER, S.REMINDED, S.FOLLOW_UP, S.ACK_COMING, S.ACK_CANNOT):
        decision = decide(state(before), OwnerAnswered(answer), now=after(1), limits=LIMITS)
        assert decision.case.state is to
        assert decision.case.pending == task
        assert decision.effects == (StopNotices(), TellRequester(to), *effects)


@pytest.mark.parametrize(
    "before", [S.NEW, S.VALIDATED, S.NOT_HERE, S.SOLD, S.OBJECTED, *sorted(CLOSED_STATES)]
)
def test_an_answer_that_comes_too_early_or_too_late_changes_nothing(before: CaseState) -> None:
    decision = decide(state(before), OwnerAnswered(OwnerAnswer.COMING), now=after(1), limits=LIMITS)
    assert decision.case.state is before
    assert decision.effects == ()


def test_two_calls_a_minute_apart_then_a_text() -> None:
    ended = OwnerCallEnded(OwnerCallResult.NO_ANSWER)
    first = decide(NOTIFYING, ended, now=after(0.5), limits=LIMITS)
    assert first.effects == (RingOwner(2, after(1.5)),)
    second = decide(first.case, ended, now=after(2), limits=LIMITS)
    assert second.effects == (TextOwner("missed"), TellRequester(S.NO_ANSWER))
    assert second.case.state is S.NO_ANSWER


@pytest.mark.parametrize(
    ("before", "minutes", "reminded", "to"),
    [
        (S.NOTIFYING, 9.9, False, S.NOTIFYING),
        (S.NOTIFYING, 10, True, S.REMINDED),
        (S.ACK_COMING, 11, True, S.REMINDED),
        (S.FOLLOW_UP, 25, True, S.FOLLOW_UP),
        (S.NOT_HERE, 11, False, S.NOT_HERE),
        (S.SOLD, 11, False, S.SOLD),
        (S.OBJECTED, 11, False, S.OBJECTED),
        (S.CANCELLED, 11, False, S.CANCELLED),
    ],
)
def test_when_the_requester_may_urge(
    before: CaseState, minutes: float, reminded: bool, to: CaseState
) -> None:
    decision = decide(state(before), ReminderAsked(), now=after(minutes), limits=LIMITS)
    assert decision.case.state is to
    assert (TextOwner("reminder") in decision.effects) is reminded
    again = decide(decision.case, ReminderAsked(), now=after(minutes + 1), limits=LIMITS)
    assert again.effects == () or not reminded


@pytest.mark.parametrize(
    ("before", "minutes", "to", "effects"),
    [
        (S.NOTIFYING, 9, S.NOTIFYING, ()),
        (S.NO_ANSWER, 10, S.REMINDED, (TextOwner("reminder"), RingOwner(2, after(10)))),
        (S.ACK_COMING, 12, S.ACK_COMING, ()),
        (S.ACK_COMING, 20, S.FOLLOW_UP, (TextRequester("follow_up"),)),
        (S.REMINDED, 20, S.FOLLOW_UP, (TextRequester("follow_up"),)),
        (S.SOLD, 20, S.SOLD, (TextRequester("follow_up"),)),
        (S.FOLLOW_UP, 120, S.EXPIRED, (StopNotices(),)),
        (S.CANCELLED, 500, S.CANCELLED, ()),
    ],
)
def test_what_time_brings(
    before: CaseState, minutes: float, to: CaseState, effects: tuple[object, ...]
) -> None:
    decision = decide(state(before), TimePassed(), now=after(minutes), limits=LIMITS)
    assert decision.case.state is to
    assert decision.effects == effects


def test_nobody_rung_in_vain_is_no_answer_after_as_long_as_two_calls_take() -> None:
    nobody = replace(NOTIFYING, contact_token=None, attempts=0)
    assert decide(nobody, TimePassed(), now=after(2.9), limits=LIMITS).case.state is S.NOTIFYING
    late = decide(nobody, TimePassed(), now=after(3), limits=LIMITS)
    assert late.effects == (TellRequester(S.NO_ANSWER),)


def test_a_request_that_could_not_be_passed_on_for_two_hours_is_owned_up_to() -> None:
    decision = decide(NEW, TimePassed(), now=after(120), limits=LIMITS)
    assert decision.case.state is S.EXPIRED
    assert decision.case.pending == ()
    assert TextRequester("too_late") in decision.effects
    assert AskDispatcher("backend_down") in decision.effects


def test_urgent_cars_on_the_road_need_not_wait_for_the_police() -> None:
    said = RequesterSaid(moved=False)
    calm = decide(NOTIFYING, said, now=after(5), limits=LIMITS)
    assert calm.case.state is S.NOTIFYING
    urgent = decide(replace(NOTIFYING, urgent=True), said, now=after(5), limits=LIMITS)
    assert urgent.case.state is S.ESCALATED
    assert urgent.case.pending == (BackendTask.POLICE_ORDER,)
    sent = decide(
        urgent.case, TaskDone(BackendTask.POLICE_ORDER, "P1"), now=after(5), limits=LIMITS
    )
    assert sent.case.police_serial == "P1"
    assert sent.effects == (TextRequester("police"),)
    assert sent.case.next_due_at is None


def test_what_the_backend_refuses_goes_to_a_person() -> None:
    case = replace(NOTIFYING, state=S.SOLD, pending=(BackendTask.MARK_STALE,))
    decision = decide(case, TaskRefused(BackendTask.MARK_STALE), now=after(1), limits=LIMITS)
    assert decision.effects == (AskDispatcher("refused_mark_stale"),)
    assert decision.case.pending == ()


def test_tries_grow_apart_and_stay_under_five_minutes() -> None:
    waits = [retry_wait(n).total_seconds() for n in range(8)]
    assert waits == [10, 20, 40, 80, 160, 300, 300, 300]
    failed = decide(NEW, BackendFailed(), now=NOW, limits=LIMITS)
    assert failed.case.next_due_at == NOW + timedelta(seconds=20)


def test_a_misuse_closes_whatever_state_it_finds() -> None:
    for before in CaseState:
        decision = decide(state(before), MisuseConfirmed(), now=NOW, limits=LIMITS)
        assert decision.case.state is S.MISUSE


EVENTS: st.SearchStrategy[Event] = st.one_of(
    st.sampled_from([OwnerAnswered(answer) for answer in OwnerAnswer]),
    st.sampled_from([OwnerCallEnded(result) for result in OwnerCallResult]),
    st.sampled_from([TaskDone(task, "X1") for task in BackendTask]),
    st.sampled_from([TaskRefused(task) for task in BackendTask]),
    st.sampled_from([VehicleLookedUp("ct_1"), VehicleLookedUp(None)]),
    st.sampled_from([RequesterSaid(moved=True), RequesterSaid(moved=False)]),
    st.sampled_from([BackendFailed(), ReminderAsked(), RequesterCancelled(), TimePassed()]),
)
STEPS = st.lists(st.tuples(st.floats(0, 30), EVENTS), max_size=25)
STARTS = st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001


@settings(max_examples=150, deadline=None)
@given(STEPS, STARTS, st.booleans(), st.sampled_from([True, False, None]))
def test_whatever_happens_the_rules_hold(
    steps: list[tuple[float, Event]], start: datetime, urgent: bool, on_road: bool | None
) -> None:
    case = replace(NEW, opened_at=start, urgent=urgent, on_road=on_road)
    now = start
    rung = texts = reminders = 0
    for minutes, event in steps:
        now += timedelta(minutes=minutes)
        before = case
        decision = decide(case, event, now=now, limits=LIMITS)
        case = decision.case
        if before.state in CLOSED_STATES:
            assert case.state is before.state
        for effect in decision.effects:
            if isinstance(effect, RingOwner):
                rung += 1
                assert effect.attempt == rung
                assert effect.not_before >= now
                assert case.is_open
                assert case.contact_token is not None
            texts += effect == TextRequester("follow_up")
            reminders += effect == TextOwner("reminder")
        if case.is_open or case.pending:
            assert case.next_due_at is not None
        else:
            assert case.next_due_at is None
    assert rung <= LIMITS.max_owner_calls
    assert texts <= 1
    assert reminders <= 1


@settings(max_examples=60, deadline=None)
@given(STEPS, STARTS)
def test_left_alone_every_case_comes_to_its_end(
    steps: list[tuple[float, Event]], start: datetime
) -> None:
    case, now = replace(NEW, opened_at=start), start
    case = decide(case, BackendFailed(), now=now, limits=LIMITS).case
    for minutes, event in steps:
        now += timedelta(minutes=minutes)
        case = decide(case, event, now=now, limits=LIMITS).case
    for _ in range(60):
        if case.next_due_at is None:
            break
        now = max(now, case.next_due_at)
        for task in case.pending:
            case = decide(case, TaskDone(task, "X1"), now=now, limits=LIMITS).case
        case = decide(case, TimePassed(), now=now, limits=LIMITS).case
    assert case.state in CLOSED_STATES
    assert case.next_due_at is None


@settings(max_examples=100, deadline=None)
@given(STARTS, st.booleans(), st.lists(st.floats(0.1, 30), max_size=12))
def test_the_requester_cannot_tell_whether_the_plate_exists(
    start: datetime, urgent: bool, pauses: list[float]
) -> None:
    """A known owner who is not reached, and an unknown one: the same texts to the requester."""

    def told(token: str | None) -> list[object]:
        case = replace(NEW, opened_at=start, urgent=urgent)
        decision = decide(case, VehicleLookedUp(token), now=start, limits=LIMITS)
        heard = [e for e in decision.effects if isinstance(e, TextRequester)]
        now = start
        for minutes in pauses:
            now += timedelta(minutes=minutes)
            decision = decide(decision.case, TimePassed(), now=now, limits=LIMITS)
            heard += [e for e in decision.effects if isinstance(e, TextRequester)]
        said = decide(decision.case, RequesterSaid(moved=False), now=now, limits=LIMITS)
        return [*heard, said.case.state in CLOSED_STATES]

    assert told("ct_1") == told(None)
