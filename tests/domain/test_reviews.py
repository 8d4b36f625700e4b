"""Who may review, score, appeal and decide, and what comes of it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from ivr.domain.reviews import (
    CardItem,
    Review,
    ReviewRefusal,
    ReviewRefused,
    ReviewState,
    Score,
    ScoreCard,
    Verdict,
    appeal,
    close_if_due,
    decide,
    score,
    take,
)

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
FRESH = Review("Q1", "c1", "320200", "car_moving", "2026-11-22", "random", "seat1", second=True)
CARD = ScoreCard("1", 80, (CardItem("a", "甲", 30, fatal=True), CardItem("b", "乙", 15, fatal=False), CardItem("c", "丙", 55, fatal=False)))
DAYS = timedelta(days=5)


def given(by: str, verdict: Verdict = Verdict.PASS, comment: str = "") -> Score:
    return Score(by, NOW, 90, verdict, {"a": True}, "1", comment)


def refused(call, *args, **more) -> ReviewRefusal:
    with pytest.raises(ReviewRefused) as caught:
        call(*args, **more)
    return caught.value.reason


@pytest.mark.parametrize(
    ("fits", "points", "verdict"),
    [("yyy", 100, Verdict.PASS), ("yny", 85, Verdict.PASS), ("yyn", 45, Verdict.DEFECT), ("nyy", 70, Verdict.INCIDENT)],
)
def test_the_card_judges(fits: str, points: int, verdict: Verdict) -> None:
    assert CARD.judge({key: mark == "y" for key, mark in zip("abc", fits, strict=True)}) == (points, verdict)


def test_whoever_talked_with_the_caller_before_handled_the_call_too() -> None:
    both = replace(FRESH, others=frozenset({"seat0"}))
    assert both.handlers == {"seat0", "seat1"}
    assert replace(FRESH, handler=None).handlers == frozenset()
    for by in ("seat0", "seat1"):
        assert refused(take, both, by=by) is ReviewRefusal.OWN_CALL
        assert refused(score, both, given(by), appeal_time=DAYS) is ReviewRefusal.OWN_CALL
    scored = score(both, given("lian"), appeal_time=DAYS)
    assert not scored.waits_for("seat0")
    appealed = appeal(scored, by="seat0", text="不是我说的", now=NOW)
    assert refused(decide, appealed, by="seat1", verdict=Verdict.PASS, text="x") is ReviewRefusal.OWN_CALL


def test_every_item_needs_an_answer() -> None:
    assert refused(CARD.judge, {"a": True}) is ReviewRefusal.MARKS_MISSING


def test_a_reviewer_is_never_the_handler() -> None:
    scored = score(FRESH, given("li"), appeal_time=DAYS)
    appealed = appeal(scored, by="seat1", text="不对", now=NOW)
    assert refused(take, FRESH, by="seat1") is ReviewRefusal.OWN_CALL
    assert refused(score, FRESH, given("seat1"), appeal_time=DAYS) is ReviewRefusal.OWN_CALL
    assert refused(decide, appealed, by="seat1", verdict=Verdict.PASS, text="x") is ReviewRefusal.OWN_CALL


def test_one_reviews_at_a_time() -> None:
    taken = take(FRESH, by="li")
    assert take(taken, by="li") == taken
    assert refused(take, taken, by="wang") is ReviewRefusal.TAKEN
    assert refused(score, taken, given("wang"), appeal_time=DAYS) is ReviewRefusal.TAKEN


def test_what_is_not_a_pass_says_why() -> None:
    assert refused(score, FRESH, given("li", Verdict.DEFECT), appeal_time=DAYS) is ReviewRefusal.TEXT_MISSING
    scored = score(FRESH, given("li", Verdict.DEFECT, "语速太快"), appeal_time=DAYS)
    assert (scored.state, scored.verdict, scored.closes_at) == (ReviewState.SCORED, Verdict.DEFECT, NOW + DAYS)


def test_a_second_reviewer_scores_on_his_own_and_both_are_compared() -> None:
    scored = score(FRESH, given("li"), appeal_time=DAYS)
    assert scored.waits_for("wang")
    assert not scored.waits_for("li")
    assert scored.agree is None
    assert refused(score, scored, given("li"), appeal_time=DAYS) is ReviewRefusal.SAME_REVIEWER
    both = score(scored, given("wang", Verdict.DEFECT, "没说办理时限"), appeal_time=DAYS)
    assert both.agree is False
    assert both.verdict is Verdict.PASS, "the first counts"
    assert refused(score, both, given("chen"), appeal_time=DAYS) is ReviewRefusal.NOT_NOW
    single = score(replace(FRESH, second=False), given("li"), appeal_time=DAYS)
    assert refused(score, single, given("wang"), appeal_time=DAYS) is ReviewRefusal.NOT_NOW


def test_only_the_handler_appeals_in_time_and_somebody_else_decides() -> None:
    scored = score(FRESH, given("li", Verdict.DEFECT, "x"), appeal_time=DAYS)
    assert refused(appeal, scored, by="seat2", text="x", now=NOW) is ReviewRefusal.NOT_YOURS
    assert refused(appeal, scored, by="seat1", text="", now=NOW) is ReviewRefusal.TEXT_MISSING
    assert refused(appeal, scored, by="seat1", text="x", now=NOW + DAYS) is ReviewRefusal.TOO_LATE
    appealed = appeal(scored, by="seat1", text="录音里说了", now=NOW)
    assert refused(decide, appealed, by="li", verdict=Verdict.PASS, text="x") is ReviewRefusal.SAME_REVIEWER
    closed = decide(appealed, by="wang", verdict=Verdict.PASS, text="申诉成立")
    assert (closed.state, closed.verdict, closed.decided_by) == (ReviewState.CLOSED, Verdict.PASS, "wang")
    assert close_if_due(appealed, now=NOW + 2 * DAYS) == appealed


def test_a_score_closes_when_nobody_appeals() -> None:
    scored = score(FRESH, given("li"), appeal_time=DAYS)
    assert close_if_due(scored, now=NOW + DAYS - timedelta(seconds=1)) == scored
    assert close_if_due(scored, now=NOW + DAYS).state is ReviewState.CLOSED
