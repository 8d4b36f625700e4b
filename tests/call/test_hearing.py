"""Frames in, words out: pre-roll, one report of a lost ear, nothing unbounded."""

import asyncio

import pytest

from ivr.call.commands import DropUtterance, FinishUtterance, OpenEar, OpenUtterance
from ivr.call.events import FrameHeard, Heard, PartlyHeard, RecognizerLost
from ivr.call.hearing import Hearing
from ivr.call.vad import VoiceDetector
from ivr.speech.errors import RecognizerLost as EngineLost
from ivr.speech.recognizer import Hypothesis, Recognition
from tests.call.surroundings import FRAME, LOUD


class Ear:
    """Counts the audio of an utterance; knows one answer, and one when asked narrowly.

    Its first `failing` recognizers die at their first sound.
    """

    def __init__(self, text="", narrow="", failing=0):
        self.text, self.narrow, self.failing = text, narrow, failing
        self.taken = self.opened = self.closed = 0
        self.phrases = ()

    def open(self):
        self.opened += 1
        return self

    def close(self):
        self.closed += 1

    async def start(self, *, phrases=()):
        self.taken, self.phrases = 0, phrases

    async def accept(self, pcm):
        if self.opened <= self.failing:
            raise EngineLost("the engine died")
        self.taken += len(pcm)
        return self.text

    async def finish(self):
        text = self.narrow if self.phrases else self.text
        return Recognition((Hypothesis(text, 0.9),) if text else ())


async def heard_from(ear, work):
    """Run the shell while `work` feeds it; the events but for single frames."""
    events = []
    hearing = Hearing(lambda: VoiceDetector(lambda frame: frame == LOUD), ear, events.append)
    running = asyncio.create_task(hearing.run())
    for each in work if isinstance(work, tuple) else (work,):
        each(hearing)
        for _ in range(50):
            await asyncio.sleep(0)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    return [event for event in events if not isinstance(event, FrameHeard)], hearing


async def test_the_first_consonant_is_kept():
    ear = Ear("你好")

    def work(hearing):
        for _ in range(50):
            hearing.frame(LOUD)
        hearing.perform(OpenUtterance())
        hearing.frame(LOUD)
        hearing.perform(FinishUtterance())

    events, _ = await heard_from(ear, work)
    assert ear.taken == 36 * 320
    assert events[-1] == Heard(("你好",), 0.9, 0.02, (0.9,))
    assert PartlyHeard("你好") in events


async def test_a_short_answer_that_only_the_narrow_look_heard_comes_first_and_is_less_sure():
    ear = Ear("喂", narrow="对")
    events, _ = await heard_from(
        ear, lambda hearing: (hearing.perform(OpenUtterance()), hearing.frame(LOUD), hearing.perform(FinishUtterance(("对",))))
    )
    assert events[-1].texts == ("对", "喂")
    assert events[-1].confidence < 0.9


@pytest.mark.parametrize(("full", "narrow", "binding", "first"), [
    ("不对", "对", False, "不对"), ("喂", "对", True, "喂"), ("喂", "不对", True, "不对"), ("好的呀", "不用", False, "不用"),
])  # fmt: skip
async def test_a_yes_of_the_narrow_look_neither_overrules_a_no_nor_binds(full, narrow, binding, first):
    def work(hearing):
        hearing.perform(OpenUtterance())
        hearing.frame(LOUD)
        hearing.perform(FinishUtterance((narrow,), binding=binding))

    events, _ = await heard_from(Ear(full, narrow=narrow), work)
    assert events[-1].texts[0] == first
    assert full in events[-1].texts


async def test_what_is_dropped_is_never_told():
    events, _ = await heard_from(
        Ear("噪声"), lambda hearing: (hearing.perform(OpenUtterance()), hearing.frame(LOUD), hearing.perform(DropUtterance()))
    )
    assert not any(isinstance(event, Heard) for event in events)


async def test_a_lost_ear_is_told_once():
    def work(hearing):
        for _ in range(2):
            hearing.perform(OpenUtterance())
            for _ in range(6):
                hearing.frame(FRAME)

    ear = Ear(failing=9)
    events, _ = await heard_from(ear, work)
    assert events == [RecognizerLost()]
    assert (ear.opened, ear.closed) == (1, 1), "no other is opened unless it is wanted"


def speak(hearing):
    hearing.perform(OpenUtterance())
    for _ in range(6):
        hearing.frame(LOUD)
    hearing.perform(FinishUtterance())


async def test_another_ear_hears_what_is_said_from_then_on():
    ear = Ear("你好", failing=2)
    again = lambda hearing: hearing.perform(OpenEar())  # noqa: E731
    events, _ = await heard_from(ear, (speak, speak, again, speak, again, speak))
    assert [type(each) for each in events if not isinstance(each, PartlyHeard)] == [RecognizerLost, RecognizerLost, Heard]
    assert events[-1].texts == ("你好",)
    assert (ear.opened, ear.closed) == (3, 3)


async def test_another_ear_has_another_voice_detector_where_that_was_lost():
    def lost(hearing):
        hearing.lost = hearing.detector
        hearing.detector_lost()

    def again(hearing):
        hearing.perform(OpenEar())
        assert hearing.detector is not hearing.lost

    ear = Ear("你好")
    events, _ = await heard_from(ear, (lost, again, speak))
    assert [type(each) for each in events if not isinstance(each, PartlyHeard)] == [RecognizerLost, Heard]
    assert ear.opened == 1, "the recognizer was well"


async def test_one_that_is_deaf_for_two_reasons_says_so_once():
    def work(hearing):
        hearing.detector_lost()
        hearing.perform(OpenUtterance())
        for _ in range(6):
            hearing.classified(FRAME, voiced=False)

    events, _ = await heard_from(Ear(failing=9), work)
    assert events == [RecognizerLost()]


async def test_an_ear_that_falls_behind_does_not_pile_up_audio():
    def work(hearing):
        hearing.perform(OpenUtterance())
        for _ in range(400):
            hearing.frame(FRAME)
        assert hearing.dropped_frames > 0
        hearing.perform(FinishUtterance())

    events, _ = await heard_from(Ear("到了"), work)
    assert events[-1].texts == ("到了",), "the end of an utterance is never dropped"
