"""What a dispatcher may do with a case, and what comes of it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.domain.car_move_desk import ActRefusal, ActRefused, DeskAct, Done, allowed, decide_act
from ivr.domain.car_move_events import (
    AskDispatcher,
    Decision,
    RingOwner,
    StopNotices,
    TextOwner,
    TextRequester,
)
from ivr.domain.car_move_limits import MoveLimits
from ivr.domain.car_moves import CLOSED_STATES, BackendTask, CarMoveCase, CaseState, Escalation
from ivr.domain.rules import Rules
from tests.domain.test_car_moves import CASE

NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
LIMITS = MoveLimits.read(Rules.load(), region="320200", now=NOON)
OPEN = replace(
    CASE, state=CaseState.NOTIFYING, contact_token="ct", attempts=1, opened_at=NOON - timedelta(minutes=15),
    notified_at=NOON - timedelta(minutes=15),
)
OTHER = replace(OPEN, case_id="M2611230002")


def act(case: CarMoveCase, which: DeskAct, by: str = "wang", **more: object) -> Decision:
    return decide_act(case, Done(which, by, **more), now=NOON, limits=LIMITS)  # type: ignore[arg-type]


def refused(case: CarMoveCase, which: DeskAct, by: str = "wang", **more: object) -> ActRefusal:
    with pytest.raises(ActRefused) as caught:
        act(case, which, by, **more)
    return caught.value.reason


def test_who_acts_on_a_case_that_nobody_holds_has_it() -> None:
    assert act(OPEN, DeskAct.TAKE).case.holder == "wang"
    assert act(OPEN, DeskAct.RING_OWNER).case.holder == "wang"


@pytest.mark.parametrize("which", [each for each in DeskAct if each not in (DeskAct.TAKE, DeskAct.NOTE)])
def test_a_case_that_somebody_holds_is_changed_by_nobody_else_before_he_takes_it_over(which: DeskAct) -> None:
    held = replace(OPEN, holder="li")
    assert refused(held, which, to="chen", into=OTHER) is ActRefusal.HELD
    taken = act(held, DeskAct.TAKE).case
    assert taken.holder == "wang"
    assert act(taken, which, to="chen", into=OTHER).case != held


def test_a_note_may_be_left_by_anybody_at_any_time() -> None:
    closed = replace(OPEN, state=CaseState.RESOLVED, holder="li")
    assert act(closed, DeskAct.NOTE) == Decision(closed)


@pytest.mark.parametrize("state", sorted(CLOSED_STATES))
def test_a_closed_case_stays_closed(state: CaseState) -> None:
    closed = replace(OPEN, state=state)
    for which in DeskAct:
        if which in (DeskAct.NOTE, DeskAct.MISUSE):
            continue
        assert refused(closed, which, to="li", into=OTHER) is ActRefusal.CLOSED
    if state is not CaseState.MISUSE:
        assert act(closed, DeskAct.MISUSE).case.state is CaseState.MISUSE


def test_the_owner_is_rung_again_within_the_limits_only() -> None:
    rung = act(OPEN, DeskAct.RING_OWNER)
    assert rung.effects == (RingOwner(2, NOON),)
    assert rung.case.attempts == 2
    assert refused(OPEN, DeskAct.RING_OWNER, owner_rings=True) is ActRefusal.RINGING
    assert refused(replace(OPEN, contact_token=None), DeskAct.RING_OWNER) is ActRefusal.NO_OWNER
    assert refused(replace(OPEN, state=CaseState.OBJECTED), DeskAct.RING_OWNER) is ActRefusal.NO_OWNER
    assert refused(replace(OPEN, attempts=LIMITS.desk_owner_calls), DeskAct.RING_OWNER) is ActRefusal.CALLS_USED_UP


def test_the_owner_sleeps_unless_somebody_is_locked_in() -> None:
    night = datetime(2026, 11, 23, 16, 0, tzinfo=UTC)  # midnight in China
    case = replace(OPEN, opened_at=night, notified_at=night)
    with pytest.raises(ActRefused) as caught:
        decide_act(case, Done(DeskAct.RING_OWNER, "wang"), now=night, limits=LIMITS)
    assert caught.value.reason is ActRefusal.QUIET_HOURS
    urgent = decide_act(replace(case, urgent=True), Done(DeskAct.RING_OWNER, "wang"), now=night, limits=LIMITS)
    assert urgent.effects == (RingOwner(2, night),)


def test_one_reminder_and_not_too_early() -> None:
    reminded = act(OPEN, DeskAct.REMIND)
    assert reminded.effects == (TextOwner("reminder"),)
    assert reminded.case.state is CaseState.REMINDED
    assert refused(reminded.case, DeskAct.REMIND) is ActRefusal.REMINDED
    assert refused(replace(OPEN, notified_at=NOON - timedelta(minutes=1)), DeskAct.REMIND) is ActRefusal.TOO_EARLY


@pytest.mark.parametrize(
    ("which", "to", "text"),
    [(DeskAct.POLICE, Escalation.POLICE, None), (DeskAct.PROPERTY, Escalation.PROPERTY, "property"),
     (DeskAct.EMERGENCY, Escalation.EMERGENCY, "emergency")],
)  # fmt: skip
def test_who_takes_over_is_written_and_the_requester_is_told(which: DeskAct, to: Escalation, text: str | None) -> None:
    handed = act(OPEN, which)
    assert (handed.case.state, handed.case.escalated_to) == (CaseState.ESCALATED, to)
    assert StopNotices() in handed.effects
    told = {each.kind for each in handed.effects if isinstance(each, TextRequester)}
    assert told == ({text} if text else set())
    assert (BackendTask.POLICE_ORDER in handed.case.pending) is (to is Escalation.POLICE)


def test_a_cloned_plate_is_reported_and_its_owner_is_not_told_that_he_said_so() -> None:
    found = act(OPEN, DeskAct.CLONED)
    assert found.case.state is CaseState.NOT_HERE
    assert found.case.pending == (BackendTask.REPORT_CLUE,)
    assert found.effects == (StopNotices(), TextRequester("not_here"))


def test_only_a_case_of_the_same_plate_takes_another_in() -> None:
    merged = act(OPEN, DeskAct.MERGE, into=OTHER)
    assert (merged.case.state, merged.case.merged_into) == (CaseState.CANCELLED, OTHER.case_id)
    assert TextRequester("merged") in merged.effects
    assert refused(OPEN, DeskAct.MERGE, into=replace(OTHER, plate_token="else")) is ActRefusal.OTHER_PLATE
    assert refused(OPEN, DeskAct.MERGE, into=OPEN) is ActRefusal.NO_SUCH_CASE
    assert refused(OPEN, DeskAct.MERGE, into=replace(OTHER, state=CaseState.RESOLVED)) is ActRefusal.CLOSED


def test_a_case_is_handed_to_somebody_else_only() -> None:
    assert act(OPEN, DeskAct.HAND_ON, to="li").case.holder == "li"
    assert refused(OPEN, DeskAct.HAND_ON, to="wang") is ActRefusal.NO_SUCH_DISPATCHER


@given(
    state=st.sampled_from(CaseState), holder=st.sampled_from([None, "wang", "li"]), owner=st.booleans(),
    attempts=st.integers(0, 6), reminders=st.integers(0, 1), rings=st.booleans(),
)  # fmt: skip
def test_what_is_offered_can_be_done_and_never_opens_a_closed_case(
    state: CaseState, holder: str | None, owner: bool, attempts: int, reminders: int, rings: bool
) -> None:
    case = replace(
        OPEN, state=state, holder=holder, contact_token="ct" if owner else None, attempts=attempts, reminders=reminders
    )
    for which in allowed(case, by="wang", now=NOON, limits=LIMITS, owner_rings=rings):
        decision = act(case, which, to="li", into=OTHER, owner_rings=rings)
        assert case.is_open or not decision.case.is_open
        assert not any(isinstance(each, AskDispatcher) for each in decision.effects)
        if not decision.case.is_open and case.is_open:
            assert StopNotices() in decision.effects
