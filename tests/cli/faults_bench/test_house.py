"""An ear that is lost in the middle of a call: real Vosk, a real voice, a real detector."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from ivr.call import announcements as words
from ivr.call.deafness import MOST_LOSSES
from ivr.cli.faults_bench.house import LosableEar
from ivr.settings import Settings
from ivr.speech.errors import VoiceMissing
from ivr.speech.pyttsx import PyttsxSynthesizer
from ivr.speech.silero import SileroVoices
from ivr.speech.vosk import VoskEar
from tests.call.surroundings import FRAME, Around, bye, question

pytestmark = pytest.mark.timeout(60)
WISH = "预约科目二考试"
_PER_MOMENT = 5
_SAID_SECONDS = 10.0


@pytest.fixture
async def speech() -> bytes:
    voice = PyttsxSynthesizer()
    try:
        return await voice.say(WISH)
    except VoiceMissing as error:
        pytest.skip(f"NO VOICE: {error}")
    finally:
        await voice.close()


@pytest.fixture
async def around() -> AsyncIterator[Around]:
    around = Around(question(), bye())
    around.ear = LosableEar(VoskEar(Settings(_env_file=None).speech_model))
    around.voices = SileroVoices().open
    yield around
    around.ear.close()


async def speaks(around: Around, pcm: bytes, *, lost_on_the_way: bool = False) -> None:
    """Say it, and be silent; five times as fast as anybody could."""
    frames = [pcm[at : at + 320] for at in range(0, len(pcm) - 319, 320)]
    for number, frame in enumerate([*frames, *[FRAME] * 60]):
        around.line.hears(1, frame)
        if number % _PER_MOMENT == 0:
            await asyncio.sleep(0.02)
        if lost_on_the_way and number == len(frames) // 2:
            around.ear.lose()


async def carried(around: Around, talk: asyncio.Task[None]) -> None:
    async with asyncio.timeout(40):
        await asyncio.gather(around.session().run(), talk)


async def test_who_was_not_heard_says_it_again_to_another_recognizer(around: Around, speech: bytes) -> None:
    async def talk() -> None:
        await around.until(lambda: around.line.played, _SAID_SECONDS)
        await speaks(around, speech, lost_on_the_way=True)
        await around.until(lambda: words.DID_NOT_UNDERSTAND.text in around.mouth.said, _SAID_SECONDS)
        await speaks(around, speech)

    await carried(around, asyncio.ensure_future(talk()))
    assert around.dialogue.asked == ["/call_started", WISH]
    assert words.EAR_LOST.text not in around.mouth.said


async def test_an_ear_that_stays_dead_leaves_keys_and_a_person(around: Around, speech: bytes) -> None:
    async def talk() -> None:
        await around.until(lambda: around.line.played, _SAID_SECONDS)
        for losses in range(MOST_LOSSES):
            told = len(around.mouth.said)
            await speaks(around, speech, lost_on_the_way=True)
            await around.until(lambda before=told: len(around.mouth.said) > before, _SAID_SECONDS)
            assert (words.EAR_LOST.text in around.mouth.said) == (losses > 0)
        told = len(around.mouth.said)
        await speaks(around, speech)
        assert len(around.mouth.said) == told, "no other recognizer is tried"
        around.line.press("1")

    await carried(around, asyncio.ensure_future(talk()))
    assert around.dialogue.asked == ["/call_started", '/dtmf{"digits": "1"}']
