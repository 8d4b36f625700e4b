"""When a run holds, and what its table and its page say."""

from dataclasses import replace

import pytest

from ivr.cli.calls_bench.caller import Turn
from ivr.cli.calls_bench.page import page
from ivr.cli.calls_bench.scores import CallSeen, Run, Sound, mean_at_once, most_at_once, share

CALL = CallSeen(
    "苏B10001", 0.0, 0.1, 80.0, "service", (Turn("opening", 20.0, 0.8), Turn("yes", 40.0, 1.2)), ("greeting", "anything_else"),
    ("苏B10001", "ack_coming"),
)
SOUND = Sound(4000, 0, 0, 0.0, 4000, 0, 0, 2, 2)
RUN = Run(1, (10.0, 70.0), [CALL], 1, 2, 1.5, {"dialogue": [90.0, 110.0]}, {"machine": 0.4, "asterisk": 0.1}, SOUND, 0.004)


def test_a_run_holds_when_all_is_done_nothing_is_lost_and_the_answers_come_in_time():
    assert RUN.holds
    assert RUN.waits == [0.8, 1.2]


@pytest.mark.parametrize(
    "worse",
    [
        replace(RUN, calls=[]),
        replace(RUN, calls=[CALL, replace(CALL, case=("苏B10002", "ack_coming"))]),
        replace(RUN, calls=[replace(CALL, case=("苏B10001", "no_answer"))]),
        replace(RUN, calls=[replace(CALL, ended_by="gave_up")]),
        replace(RUN, calls=[replace(CALL, understood=("greeting",))]),
        replace(RUN, sound=replace(SOUND, lost=1)),
        replace(RUN, calls=[replace(CALL, turns=(Turn("opening", 20.0, 1.6),))]),
    ],
)
def test_anything_less_does_not_hold(worse):
    assert not worse.holds
    assert "DOES NOT HOLD" in worse.text()


def test_turns_outside_the_time_in_which_all_lines_are_taken_are_not_weighed():
    assert replace(RUN, window=(30.0, 70.0)).waits == [1.2]


def test_waits_are_told_by_what_was_said_the_slowest_first():
    turns = (Turn("opening", 20.0, 0.5), Turn("opening", 21.0, 0.7), Turn("yes", 22.0, 0.9), Turn("13800001111#", 23.0, 0.2), Turn("1", 24.0, 0.3))
    run = replace(RUN, calls=[replace(CALL, turns=turns)])
    assert run.waits_by_kind == {"yes": [0.9], "opening": [0.5, 0.7], "keys": [0.2, 0.3]}
    assert "by sentence   yes 0.90/0.90 s  opening 0.50/0.70 s  keys 0.20/0.30 s" in run.text()


def test_a_turn_without_an_answer_is_counted():
    assert replace(RUN, calls=[replace(CALL, turns=(Turn("yes", 20.0, None),))]).unanswered == 1


def test_the_table_tells_calls_frames_and_processor():
    text = RUN.text()
    assert "offered 1  held 1  completed 1 (100.0%)  owners rung 1" in text
    assert "1 callers at once for 1.0 min (with the owners 1.5 calls on average, 2 at most): holds" in text
    assert "p50 0.80 s  p95 1.20 s" in text
    assert "lost 0  repeated 0  late 0.00 s" in text
    assert "asterisk                   10.0  (10.00)" in text


def test_the_page_shows_every_turn_and_stands_alone():
    told = page(RUN)
    assert told.count("<circle") == 2 + 2 + 2  # all turns, those of the first minute, the stages
    assert "http" not in told


def test_lines_at_once_are_counted_by_their_spans():
    assert most_at_once([(0, 10), (5, 15), (10, 20), (30, 40)]) == 2
    assert mean_at_once([(0, 10), (5, 15), (40, 50)], (5.0, 25.0)) == (5 + 10) / 20
    assert share([], 0.95) == 0.0
