from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from ivr.domain.handover_steps import (
    HandoverRefusal,
    HandoverRefused,
    SeatAct,
    acts,
    forsaken,
    line_of,
    moved,
    see_may,
    third_number,
)
from ivr.domain.handovers import ENDS, Handover, HandoverState

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
S = HandoverState
ASKED = Handover("h1", "c1", "320213", "car_move", "wanted", S.WAITING, None, NOW)


def at(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def test_a_caller_is_offered_joined_and_seen_off() -> None:
    offered = moved(ASKED, S.OFFERED, seat="wang", now=at(5))
    talking = moved(moved(offered, S.BRIEFING, seat=None, now=at(8)), S.TALKING, seat=None, now=at(12))
    done = moved(talking, S.DONE, seat=None, now=at(90))
    assert (done.seat, done.offered_at, done.joined_at, done.ended_at) == ("wang", at(5), at(12), at(90))
    assert done.is_over
    assert moved(done, S.LOST, seat="li", now=at(99)) == done, "an end is an end"


def test_who_waits_again_belongs_to_nobody_and_the_next_one_is_offered_him_later() -> None:
    offered = moved(ASKED, S.OFFERED, seat="wang", now=at(5))
    again = moved(offered, S.WAITING, seat=None, now=at(25))
    assert again.seat is None
    assert moved(again, S.OFFERED, seat="li", now=at(26)).offered_at == at(26)


def test_who_comes_back_from_a_check_was_joined_when_he_first_was() -> None:
    talking = moved(replace(ASKED, seat="wang"), S.TALKING, seat=None, now=at(10))
    away = moved(talking, S.AWAY, seat=None, now=at(40))
    assert (away.seat, away.ended_at) == ("wang", None)
    assert moved(away, S.TALKING, seat=None, now=at(70)).joined_at == at(10)


@pytest.mark.parametrize("end", sorted(ENDS))
def test_of_what_has_ended_the_end_is_known_and_nothing_may_be_done(end: HandoverState) -> None:
    ended = moved(replace(ASKED, seat="wang", state=S.TALKING), end, seat=None, now=at(60))
    assert ended.ended_at == at(60)
    assert acts(ended, by="wang") == ()


def test_each_state_has_its_acts_and_only_for_its_seat() -> None:
    own = replace(ASKED, seat="wang")
    may = {state: set(acts(replace(own, state=state), by="wang")) for state in S if state not in ENDS}
    assert may == {
        S.WAITING: set(),
        S.OFFERED: {SeatAct.DECLINE},
        S.BRIEFING: {SeatAct.DECLINE, SeatAct.RETURN, SeatAct.FINISH},
        S.TALKING: {SeatAct.RETURN, SeatAct.FINISH, SeatAct.THIRD, SeatAct.THIRD_OFF},
        S.AWAY: {SeatAct.FINISH},
    }
    assert acts(replace(own, state=S.TALKING), by="li") == ()


@pytest.mark.parametrize(
    ("handover", "act", "reason"),
    [
        (None, SeatAct.FINISH, HandoverRefusal.UNKNOWN),
        (replace(ASKED, seat="li", state=S.TALKING), SeatAct.FINISH, HandoverRefusal.NOT_YOURS),
        (replace(ASKED, seat="wang", state=S.OFFERED), SeatAct.FINISH, HandoverRefusal.NOT_NOW),
    ],
)
def test_why_an_act_is_refused(handover: Handover | None, act: SeatAct, reason: HandoverRefusal) -> None:
    with pytest.raises(HandoverRefused) as refused:
        see_may(handover, act, by="wang")
    assert refused.value.reason is reason


def test_a_third_party_has_a_number_of_digits() -> None:
    assert third_number(" 110 ") == "110"
    assert third_number("0510-8888 1234") == "051088881234"
    for wrong in ("", "11", "110;rm", "+8610", "1" * 16, "１１０"):
        with pytest.raises(HandoverRefused):
            third_number(wrong)


def test_what_a_dead_process_left_was_given_up_or_lost() -> None:
    assert forsaken(ASKED) is S.ABANDONED
    assert forsaken(replace(ASKED, joined_at=NOW)) is S.LOST


def test_the_line_counts_who_is_with_nobody_yet() -> None:
    line = line_of([replace(ASKED, asked_at=at(9)), replace(ASKED, state=S.OFFERED), replace(ASKED, state=S.TALKING, queue="exam")])
    assert (line.count, line.longest_since, dict(line.by_queue)) == (2, NOW, {"car_move": 2})
    assert line_of([]).longest_since is None
