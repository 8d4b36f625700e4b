"""The recorded words of the fallback are Chinese that an ear understands."""

from collections.abc import Iterator

import pytest

from ivr.domain.sounds import sounds_like
from ivr.settings import Settings
from ivr.speech.audio import alaw_to_pcm, silence
from ivr.speech.vosk import VoskEar
from telephony.media.codecs import ALAW
from telephony.media.handset import Handset, Sound
from tests.asterisk.fallback_words import SOUNDS, heard_at, hears, hears_in_turn

ONE_OF_FOUR_BLURRED = 0.125


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
    guesses = [guess.text for guess in (await recognizer.finish()).hypotheses]
    recognizer.close()
    assert any(understood in guess for guess in guesses), guesses
    pieces = [guesses[0][at : at + len(understood)] for at in range(len(guesses[0]))]
    assert any(sounds_like(piece, understood, limit=ONE_OF_FOUR_BLURRED) for piece in pieces), guesses[0]


@pytest.mark.parametrize("number", [*range(11), *range(20, 100, 10), "hundred"])
def test_every_number_that_asterisk_speaks_in_chinese_is_recorded(number: object) -> None:
    assert len((SOUNDS / f"digits/{number}.alaw").read_bytes()) > 1000


def who_heard(*frames: bytes) -> Handset:
    """Of 20 ms each, from 100 s on."""
    call = Handset(ALAW)
    call.heard = [Sound(100 + 0.02 * number, data) for number, data in enumerate(frames)]
    return call


def frames(name: str) -> list[bytes]:
    words = (SOUNDS / f"{name}.alaw").read_bytes()
    return [words[at : at + 160] for at in range(0, len(words) - 159, 160)]


def test_words_are_known_although_frames_of_them_were_lost() -> None:
    said = frames("interrupted")
    assert heard_at(who_heard(*said), "interrupted") == pytest.approx(100.2)
    holed = [frame for number, frame in enumerate(said) if number not in (27, 30)]
    assert heard_at(who_heard(*holed), "interrupted") == pytest.approx(100.2)
    lost_its_beginning = who_heard(*said[20:])
    assert heard_at(lost_its_beginning, "interrupted") == pytest.approx(100.2 - 0.4)


@pytest.mark.parametrize("other", ["unavailable", "sorry", "nobody", "leave_word", "noted", "waiting"])
def test_other_words_are_other_words(other: str) -> None:
    assert not hears(who_heard(*frames(other)), "interrupted")


def test_words_in_turn_are_in_that_turn_and_close_together() -> None:
    place, two, line = frames("place"), frames("digits/2"), frames("in_line")
    assert hears_in_turn(who_heard(*place, *two, *line), "place", "digits/2", "in_line")
    assert not hears_in_turn(who_heard(*two, *place, *line), "place", "digits/2", "in_line")
    pause = [b"\xd5" * 160] * 50
    assert not hears_in_turn(who_heard(*place, *pause, *two, *line), "place", "digits/2")
