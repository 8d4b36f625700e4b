"""The recorded words of the fallback are Chinese that an ear understands."""

from collections.abc import Iterator

import pytest

from ivr.settings import Settings
from ivr.speech.audio import alaw_to_pcm, silence
from ivr.speech.vosk import VoskEar
from tests.asterisk.fallback_words import SOUNDS


@pytest.fixture(scope="module")
def ear() -> Iterator[VoskEar]:
    ear = VoskEar(Settings(_env_file=None).speech_model, threads=1)
    yield ear
    ear.close()


@pytest.mark.parametrize(
    ("names", "understood"),
    [
        ("unavailable", "语音服务"), ("interrupted", "抱歉语音服务断了"), ("nobody", "座席"), ("leave_word", "您的电话"),
        ("waiting", "座席都在忙请再等一等"), ("next", "下一个就是您"), ("noted", "再见"), ("sorry", "联系"),
        ("place digits/3 in_line", "第三位"), ("place digits/20 digits/5 in_line", "二十五"),
        ("at_most digits/1 minutes", "最多等一分钟"), ("expected two_of minutes_or_so", "两分钟左右"),
    ],
)  # fmt: skip
async def test_an_ear_understands_the_words(ear: VoskEar, names: str, understood: str) -> None:
    said = b"".join((SOUNDS / f"{name}.alaw").read_bytes() for name in names.split())
    recognizer = ear.open()
    await recognizer.start()
    await recognizer.accept(silence(0.4) + alaw_to_pcm(said) + silence(0.6))
    assert understood in (await recognizer.finish()).hypotheses[0].text
    recognizer.close()


@pytest.mark.parametrize("number", [*range(11), *range(20, 100, 10), "hundred"])
def test_every_number_that_asterisk_speaks_in_chinese_is_recorded(number: object) -> None:
    assert len((SOUNDS / f"digits/{number}.alaw").read_bytes()) > 1000
