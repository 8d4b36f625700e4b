"""A caller remembers every silence, and whether he had been told to wait."""

import random

import pytest

from ivr.cli.calls_bench.caller import FRAME_SECONDS, Manner, Speech
from ivr.cli.faults_bench.witness import Witness

SILENCE = bytes([0xD5]) * 160


def sentence(seed, frames=20):
    draw = random.Random(seed)
    return bytes(draw.randrange(256) for _ in range(160 * frames))


GREETING, WAIT, RECORDER, DEAF, MORE = (sentence(seed) for seed in (0, 1, 2, 3, 4))
OPENING = Speech("opening", sentence(10, 30))
KNOWN = {"greeting": GREETING[800:960], "notifying": WAIT[800:960], "pbx_leave_word": RECORDER[800:960],
         "ear_lost": DEAF[800:960], "anything_else": MORE[800:960]}  # fmt: skip
ANSWERS = {"greeting": OPENING, "notifying": None, "pbx_leave_word": OPENING}


class Line:
    def __init__(self, **more):
        self.person = Witness(Manner(ANSWERS, None, KNOWN), think=(0.3,), **more)
        self.now = 100.0

    def frame(self, heard=SILENCE):
        self.person.frame(self.now)
        self.person.hear(heard, self.now)
        self.now += FRAME_SECONDS

    def says(self, alaw):
        for at in range(0, len(alaw), 160):
            self.frame(alaw[at : at + 160])

    def quiet(self, seconds):
        for _ in range(round(seconds / FRAME_SECONDS)):
            self.frame()


def test_silence_is_what_neither_of_them_breaks():
    line = Line()
    line.says(GREETING)
    blow = line.now
    line.quiet(3.0)
    answered = line.now
    line.says(sentence(5))
    long = [each for each in line.person.silences(blow, line.now) if each.seconds > 0.5]
    assert [round(each.seconds, 1) for each in long] == [1.0, 1.4]
    assert long[-1].began_at + long[-1].seconds == pytest.approx(answered, abs=0.05)
    assert not any(each.held for each in long)
    assert line.person.greeted_at == pytest.approx(100.1, abs=0.05)


def test_who_presses_keys_breaks_the_silence():
    line = Line()
    line.says(GREETING)
    blow = line.now
    for _ in range(100):
        line.person.presses(line.now)
        line.now += FRAME_SECONDS
    line.quiet(0.3)
    assert [each for each in line.person.silences(blow, line.now) if each.seconds > 0.5] == []


def test_a_line_that_says_nothing_any_more_is_silent_to_its_end():
    line = Line()
    blow = line.now
    line.quiet(4.0)
    assert [round(each.seconds, 1) for each in line.person.silences(blow, line.now)] == [4.0]
    assert line.person.known_after(blow) == frozenset()


def test_who_was_told_to_wait_is_on_hold_until_something_else_is_said():
    line = Line()
    line.says(WAIT)
    line.quiet(5.0)
    line.says(GREETING)
    line.quiet(1.0)
    held = [each for each in line.person.silences(100.0, line.now) if each.held]
    assert [round(each.seconds, 1) for each in held] == [5.0]
    assert line.person.known_after(100.0) == {"notifying", "greeting"}


def test_his_own_message_for_the_recorder_is_followed_by_a_wait():
    line = Line()
    line.says(RECORDER)
    line.quiet(6.0)
    long = [each for each in line.person.silences(100.0, line.now) if each.seconds > 2.0]
    assert [(round(each.seconds, 1), each.held) for each in long] == [(4.4, True)]


def test_who_has_heard_enough_hangs_up():
    line = Line(leaves_after=frozenset({"notifying"}))
    line.says(GREETING)
    line.quiet(2.0)
    assert not line.person.gave_up
    line.says(WAIT)
    line.quiet(1.0)
    assert line.person.gave_up


def test_who_is_told_that_he_cannot_be_heard_presses_a_key_whatever_is_asked_behind_it_and_leaves_when_it_is_over():
    line = Line()
    line.says(DEAF + GREETING)
    line.quiet(1.2)
    assert list(line.person.pressed) == ["0"]
    assert not line.person.gave_up
    line.says(MORE)
    line.quiet(1.0)
    assert line.person.gave_up
