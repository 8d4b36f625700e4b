"""One utterance: it opens, interrupts, ends."""

import pytest

from ivr.call.listening import (
    BARGE_IN_SECONDS,
    CUT_OFF_SECONDS,
    LONGEST_UTTERANCE_SECONDS,
    LOUD_BARGE_IN_SECONDS,
    STABLE_SECONDS,
    Ear,
    Listening,
    Verdict,
)
from ivr.dialogue.replies import Expect, ExpectKind

STEP = 0.02


def hear(listening, seconds, *, voiced, expect=None):
    verdicts = [
        listening.frame(STEP, voiced=voiced, expect=expect or Expect()) for _ in range(round(seconds / STEP))
    ]
    return [verdict for verdict in verdicts if verdict is not Verdict.NOTHING]


def test_silence_opens_nothing():
    assert hear(Listening(), 5, voiced=False) == []


def test_voice_opens_and_a_pause_finishes():
    listening = Listening()
    assert hear(listening, 1, voiced=True) == [Verdict.BEGAN]
    listening.guess("我要挪车请帮忙")
    assert hear(listening, 1, voiced=False) == [Verdict.FINISHED]
    assert listening.ear is Ear.FINISHING
    assert hear(listening, 1, voiced=True) == [], "what was said is being weighed"


def test_a_knock_is_noise():
    listening = Listening()
    hear(listening, 0.06, voiced=True)
    assert hear(listening, 2, voiced=False) == [Verdict.NOISE]
    assert listening.ear is Ear.CLOSED


def test_others_who_talk_on_do_not_keep_his_turn_open():
    listening = Listening()
    hear(listening, 1, voiced=True)
    listening.guess("我要挪车请帮忙")
    assert hear(listening, 1.5, voiced=True) == [], "he may draw a word out"
    assert hear(listening, 1.5, voiced=True) == [Verdict.FINISHED]


def test_nobody_speaks_for_ever():
    listening = Listening()
    verdicts = hear(listening, LONGEST_UTTERANCE_SECONDS + 1, voiced=True)
    assert verdicts == [Verdict.BEGAN, Verdict.FINISHED]


@pytest.mark.parametrize(
    ("seconds", "partial", "stops"),
    [
        (BARGE_IN_SECONDS - 0.1, "不对", False),
        (BARGE_IN_SECONDS + 0.1, "不对", True),
        (BARGE_IN_SECONDS + 0.1, "嗯", False),
        (BARGE_IN_SECONDS + 0.1, "", False),
        (LOUD_BARGE_IN_SECONDS + 0.1, "", True),
    ],
)
def test_words_stop_our_speech_and_a_nod_does_not(seconds, partial, stops):
    listening = Listening()
    hear(listening, seconds, voiced=True)
    listening.guess(partial)
    assert listening.interrupts() is stops


def test_a_partial_text_that_grows_is_weighed_anew():
    listening = Listening()
    hear(listening, 1, voiced=True)
    listening.guess("那个")
    assert hear(listening, 1, voiced=False) == []
    listening.guess("人工")
    assert hear(listening, STABLE_SECONDS + STEP, voiced=False) == [Verdict.FINISHED]


def test_who_pauses_while_he_speaks_is_waited_for_in_his_next_sentence_too():
    listening = Listening()
    hear(listening, 1, voiced=True)
    listening.guess("我的车在")
    hear(listening, 0.9, voiced=False)
    hear(listening, 1, voiced=True)
    assert listening.pause_seconds == pytest.approx(0.9, abs=0.03)
    listening.guess("我的车在清扬路被挡了")
    assert hear(listening, 1.0, voiced=False) == []
    assert hear(listening, 0.3, voiced=False) == [Verdict.FINISHED]


def test_who_goes_on_right_after_his_turn_was_ended_had_been_cut_off():
    listening = Listening()
    hear(listening, 1, voiced=True)
    listening.guess("我要预约考试")
    assert hear(listening, 0.6, voiced=False) == [Verdict.FINISHED]
    assert listening.pause_seconds == 0
    hear(listening, 0.3, voiced=True)
    assert 0.5 < listening.pause_seconds < 0.7


def test_a_guess_that_still_changes_does_not_end_the_turn():
    listening = Listening()
    yes = Expect(kind=ExpectKind.YES_NO)
    hear(listening, 0.5, voiced=True, expect=yes)
    hear(listening, 0.3, voiced=False, expect=yes)
    listening.guess("对")
    assert hear(listening, 0.06, voiced=False, expect=yes) == []
    assert hear(listening, 0.08, voiced=False, expect=yes) == [Verdict.FINISHED]


def test_the_rest_of_what_was_lost_is_no_utterance():
    listening = Listening()
    hear(listening, 0.5, voiced=True)
    listening.lose()
    assert hear(listening, 0.6, voiced=True) == []
    assert hear(listening, 0.5, voiced=False) + hear(listening, 0.3, voiced=True) == [], "a pause is no end"
    assert hear(listening, CUT_OFF_SECONDS, voiced=False) == []
    assert hear(listening, 0.3, voiced=True) == [Verdict.BEGAN]
