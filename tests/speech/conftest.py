"""The shipped model and the voice, once a session; both are told loudly when absent."""

import asyncio
import warnings
from pathlib import Path

import pytest

from ivr.speech.errors import VoiceMissing
from ivr.speech.pyttsx import PyttsxSynthesizer
from ivr.speech.vosk import VoskEar

MODEL = Path(__file__).resolve().parents[2] / "ivr" / "speech" / "models" / "zh-12123"


@pytest.fixture(scope="session")
def model():
    if not (MODEL / "am" / "final.mdl").exists():
        warnings.warn(pytest.PytestWarning(f"NO SPEECH MODEL at {MODEL}: run `make speech-model`"), stacklevel=1)
        pytest.skip("NO SPEECH MODEL: run `make speech-model`")
    return MODEL


@pytest.fixture(scope="session")
def ear(model):
    ear = VoskEar(model)
    yield ear
    ear.close()


@pytest.fixture(scope="session")
def spoken():
    """Sentence -> its audio by the real voice, with a pause before and after."""
    sentences = ("再说一遍", "转人工", "不是", "好的", "预约科目二考试")

    async def say_all():
        voice = PyttsxSynthesizer()
        try:
            return {text: bytes(4800) + await voice.say(text) + bytes(6400) for text in sentences}
        finally:
            await voice.close()

    try:
        return asyncio.run(say_all())
    except VoiceMissing as error:
        pytest.skip(f"NO VOICE: {error}")
