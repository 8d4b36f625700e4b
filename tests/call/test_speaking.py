"""Sentences in, audio out; what was overtaken is never played."""

import asyncio

from ivr.call.commands import Speak, Utter
from ivr.call.events import SpeechLost
from ivr.call.speaking import Speaking
from ivr.speech.errors import SynthesisFailed
from tests.call.surroundings import Line


class Mouth:
    def __init__(self):
        self.said = []
        self.gate = asyncio.Event()
        self.gate.set()
        self.broken = False

    async def audio(self, text, phrase_id=None):
        await self.gate.wait()
        if self.broken:
            raise SynthesisFailed("the engine died")
        self.said.append(text)
        return text.encode()


class Stage:
    def __init__(self):
        self.line, self.mouth, self.told, self.played = Line(), Mouth(), [], []
        self.speaking = Speaking(
            self.line, self.mouth, encode=lambda pcm: pcm, tell=self.told.append, playing=self.played.append
        )

    async def run(self, work):
        running = asyncio.create_task(self.speaking.run())
        await work()
        for _ in range(20):
            await asyncio.sleep(0)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


def batch(mark, *texts):
    return Speak(tuple(Utter(text) for text in texts), mark)


async def test_sentences_sound_one_by_one_and_only_the_last_bears_the_mark():
    stage = Stage()

    async def work():
        stage.speaking.perform(batch("p1", "一", "二"))

    await stage.run(work)
    assert [mark for mark, _ in stage.line.played] == ["p1.0", "p1"]
    assert stage.played == ["一".encode(), "二".encode()]


async def test_what_silence_overtook_is_not_played():
    stage = Stage()
    stage.mouth.gate.clear()

    async def work():
        stage.speaking.perform(batch("p1", "旧的"))
        stage.speaking.perform(batch("p2", "也旧"))
        await asyncio.sleep(0)
        await stage.speaking.fall_silent()
        stage.mouth.gate.set()
        stage.speaking.perform(batch("p3", "新的"))

    await stage.run(work)
    assert [mark for mark, _ in stage.line.played] == ["p3"]
    assert stage.line.flushes == 1


async def test_a_sentence_that_cannot_be_said_is_reported_so_that_the_call_goes_on():
    stage = Stage()
    stage.mouth.broken = True

    async def work():
        stage.speaking.perform(batch("p1", "一", "二"))

    await stage.run(work)
    assert stage.told == [SpeechLost("p1")]
    assert stage.line.played == []


async def test_a_line_that_is_gone_is_no_error():
    stage = Stage()
    stage.line.over = True

    async def work():
        stage.speaking.perform(batch("p1", "一"))

    await stage.run(work)
    assert stage.told == []
