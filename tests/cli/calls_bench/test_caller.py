"""A caller knows the service's sentences by their sound, answers after its pause, and waits when told so."""

import random

import pytest

from ivr.cli.calls_bench.caller import AGAIN, FRAME_SECONDS, Manner, Person, Speech, Turn
from ivr.cli.calls_bench.marks import numbered

SILENCE = bytes([0xD5]) * 160


def sentence(seed, frames=20):
    draw = random.Random(seed)
    return bytes(draw.randrange(256) for _ in range(160 * frames))


GREETING, COLOUR, WAIT, UNKNOWN, MISSED, KEYS = (sentence(seed) for seed in range(6))
OPENING, WHITE, YES = Speech("opening", sentence(10, 3)), Speech("white", sentence(11, 3)), Speech("yes", sentence(12, 2))
KNOWN = {"greeting": GREETING[800:960], "colour": COLOUR[800:960], "wait": WAIT[800:960], "missed": MISSED[800:960], "keys": KEYS[800:960]}
ANSWERS = {"greeting": OPENING, "colour": WHITE, "wait": None, "missed": AGAIN, "keys": "1"}


class Line:
    """The service's side, in audio time."""

    def __init__(self):
        self.person = Person(Manner(ANSWERS, YES, KNOWN), think=(0.3,))
        self.now = 0.0
        self.sent = []

    def passes(self, alaw=b"", seconds=0.0):
        """Play this, then nothing for so long."""
        pieces = [alaw[at : at + 160] for at in range(0, len(alaw), 160)] + [SILENCE] * round(seconds / FRAME_SECONDS)
        for piece in pieces:
            self.now += FRAME_SECONDS
            self.person.hear(piece, self.now)
            self.sent.append(self.person.frame(self.now))

    def said(self):
        """What he has sent beside numbered silence, whole frames."""
        return b"".join(each for number, each in enumerate(self.sent, 1) if each != numbered(number))


def test_he_opens_after_the_greeting_and_answers_what_he_knows():
    line = Line()
    line.passes(GREETING, 2.0)
    assert line.said() == OPENING.alaw
    line.passes(COLOUR, 2.0)
    assert line.said() == OPENING.alaw + WHITE.alaw
    assert line.person.understood == ["greeting", "colour"]


def test_a_sentence_he_does_not_know_is_a_read_back_and_he_agrees():
    line = Line()
    line.passes(UNKNOWN, 2.0)
    assert line.said() == YES.alaw


def test_of_two_sentences_the_last_counts():
    line = Line()
    line.passes(UNKNOWN + SILENCE * 20 + COLOUR, 2.0)
    assert line.said() == WHITE.alaw


def test_he_waits_when_told_so_and_when_the_service_goes_on_before_he_has_begun():
    line = Line()
    line.passes(WAIT, 5.0)
    assert line.said() == b""
    line.passes(UNKNOWN, 0.9)  # a pause in which he thinks
    line.passes(COLOUR, 2.0)
    assert line.said() == WHITE.alaw


def test_a_question_that_follows_a_brief_word_to_wait_is_answered():
    brief = Line()
    brief.person.manner = Manner(ANSWERS, YES, KNOWN, frozenset({"wait"}))
    brief.passes(WAIT + sentence(8, 300), 2.0)
    assert brief.said() == YES.alaw
    brief.passes(WAIT, 3.0)
    assert brief.said() == YES.alaw, "the word alone asks nothing"


def test_what_was_not_understood_is_said_again():
    line = Line()
    line.passes(COLOUR, 2.0)
    line.passes(MISSED, 2.0)
    assert line.said() == WHITE.alaw * 2


def test_a_key_is_pressed():
    line = Line()
    line.passes(KEYS, 1.2)
    assert list(line.person.pressed) == ["1"]


def test_a_turn_is_waited_for_from_his_last_sound_to_the_first_of_the_answer():
    line = Line()
    line.passes(COLOUR, 0.7 + 0.3 + 3 * FRAME_SECONDS + 0.5)
    line.passes(UNKNOWN, 0.1)
    (turn,) = line.person.turns
    assert turn.said == "white"
    assert turn.waited == pytest.approx(0.5, abs=2 * FRAME_SECONDS)


def test_a_turn_without_an_answer_is_told_and_he_gives_up():
    line = Line()
    line.passes(COLOUR, 45.0)
    line.person.close()
    assert [turn.waited for turn in line.person.turns] == [None]
    assert line.person.gave_up
    assert isinstance(line.person.turns[0], Turn)
