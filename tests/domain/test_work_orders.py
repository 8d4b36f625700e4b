from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.domain.car_move_limits import CHINA
from ivr.domain.orders import CallbackOrder, CallbackState
from ivr.domain.rules import Rules
from ivr.domain.work_orders import (
    NOTED,
    OrderAction,
    OrderActionRefused,
    OrderRules,
    OrderStep,
    Refusal,
    allowed,
    take_step,
)
from ivr.domain.workdays import workdays

A, S = OrderAction, CallbackState
NOW = datetime(2026, 11, 23, 10, 0, tzinfo=CHINA)  # a Monday
RULES = OrderRules.read(Rules.load(), workdays(), region="320200", now=NOW)
ORDER = CallbackOrder(
    serial="H2611230001", call_id="c1", queue="general", reason="no_seat", said="想问补牌",
    created_at=NOW, due_at=NOW + timedelta(hours=2), caller="13800001111", caller_token="r1",
)
OTHER = replace(ORDER, serial="H2611230002")


def step(order: CallbackOrder, action: A, *, by: str = "seat7", now: datetime = NOW, **more: object) -> CallbackOrder:
    after, line = take_step(order, OrderStep(action, by, **more), now=now, rules=RULES)  # type: ignore[arg-type]
    assert (line.serial, line.at, line.actor, line.event) == (order.serial, now, by, action.value)
    assert (line.from_state, line.to_state) == (order.state, after.state)
    return after


def refused(order: CallbackOrder, action: A, *, by: str = "seat7", now: datetime = NOW, **more: object) -> Refusal:
    with pytest.raises(OrderActionRefused) as caught:
        take_step(order, OrderStep(action, by, **more), now=now, rules=RULES)  # type: ignore[arg-type]
    return caught.value.reason


def test_the_whole_way_of_a_complaint() -> None:
    order = replace(ORDER, reason="complaint")
    order = step(order, A.ASSIGN, unit="traffic_squad")
    assert (order.state, order.unit) == (S.ASSIGNED, "traffic_squad")
    order = step(order, A.TAKE, by="squad3")
    assert (order.state, order.holder) == (S.IN_HAND, "squad3")
    order = step(order, A.NOT_REACHED, by="squad3")
    assert order.tried == 1
    order = step(order, A.ANSWER, by="squad3", note=" 已道歉并说明 ")
    assert (order.state, order.answer) == (S.ANSWERED, "已道歉并说明")
    assert order.due_at == datetime(2026, 11, 24, 12, 0, tzinfo=CHINA)
    assert refused(order, A.CLOSE) is Refusal.FOLLOW_UP_DUE
    order = step(order, A.NOT_CONTENT, note="没有解决")
    assert (order.state, order.redone, order.holder) == (S.OPEN, 1, None)
    order = step(step(order, A.TAKE), A.ANSWER, note="已解决")
    assert step(order, A.CONTENT).state is S.DONE


def test_a_plain_call_back_may_be_closed_once_he_was_answered() -> None:
    order = step(step(ORDER, A.TAKE), A.ANSWER, note="已告知")
    assert step(order, A.CLOSE).state is S.DONE


def test_what_somebody_has_taken_nobody_else_changes() -> None:
    mine = step(ORDER, A.TAKE)
    for action in (A.ANSWER, A.GIVE_BACK, A.ASSIGN, A.EXTEND, A.CANCEL, A.MERGE):
        assert refused(mine, action, by="seat8", note="x", unit="seats", into=OTHER) is Refusal.NOT_YOURS
    assert refused(mine, A.TAKE, by="seat8") is Refusal.NOT_NOW
    assert step(mine, A.URGE, by="seat8").urged == 1


def test_an_extension_has_a_reason_comes_in_time_and_only_once() -> None:
    assert refused(ORDER, A.EXTEND) is Refusal.NOTE_MISSING
    assert refused(ORDER, A.EXTEND, note="等鉴定", now=ORDER.due_at) is Refusal.TOO_LATE
    later = step(ORDER, A.EXTEND, note="等鉴定")
    assert later.due_at == datetime(2026, 11, 26, 12, 0, tzinfo=CHINA)  # three working days
    assert refused(later, A.EXTEND, note="还要等") is Refusal.NO_MORE


def test_orders_of_one_caller_may_be_merged() -> None:
    merged = step(ORDER, A.MERGE, into=OTHER)
    assert (merged.state, merged.merged_into) == (S.MERGED, OTHER.serial)
    for unfit in (None, ORDER, replace(OTHER, caller_token="r2"), replace(OTHER, state=S.DONE)):
        assert refused(ORDER, A.MERGE, into=unfit) is Refusal.OTHER_UNFIT
    nobody = replace(ORDER, caller_token=None)
    assert refused(nobody, A.MERGE, into=replace(OTHER, caller_token=None)) is Refusal.OTHER_UNFIT


def test_words_and_units_are_looked_at() -> None:
    mine = step(ORDER, A.TAKE)
    assert refused(mine, A.ANSWER, note="  ") is Refusal.NOTE_MISSING
    assert refused(mine, A.ANSWER, note="长" * 501) is Refusal.NOTE_TOO_LONG
    assert refused(ORDER, A.ASSIGN, unit="nowhere") is Refusal.UNIT_UNKNOWN


def test_what_is_finished_stays_so() -> None:
    for state in (S.DONE, S.CANCELLED, S.MERGED):
        assert allowed(replace(ORDER, state=state), by="seat7", now=NOW, rules=RULES) == ()


STEPS = st.lists(st.tuples(st.sampled_from(A), st.sampled_from(["seat7", "seat8"]), st.integers(0, 600)), max_size=25)


@given(STEPS)
def test_the_page_offers_exactly_what_may_be_done(steps: list[tuple[A, str, int]]) -> None:
    order, now = ORDER, NOW
    for action, by, minutes in steps:
        now += timedelta(minutes=minutes)
        wish = OrderStep(action, by, "情况" if action in NOTED else "", "seats" if action is A.ASSIGN else "",
                         OTHER if action is A.MERGE else None)
        offered = action in allowed(order, by=by, now=now, rules=RULES)
        try:
            order, _ = take_step(order, wish, now=now, rules=RULES)
        except OrderActionRefused:
            assert not offered
        else:
            assert offered
        assert (order.state is S.IN_HAND) <= (order.holder is not None)
        assert order.is_unfinished or order.state in {S.DONE, S.CANCELLED, S.MERGED}
