import io
import wave

import numpy as np
import pytest

from ivr.speech.audio import write_wav
from ivr.speech.recordings import judge, says_else

TEXT = "请说车牌号"


def voice(seconds=1.5, *, level=6000.0, noise=5.0, rate=8000):
    """A hum in syllables, between two silences."""
    g, count = np.random.default_rng(1), int(seconds * rate)
    time = np.arange(count) / rate
    hum = np.sin(2 * np.pi * 220 * time) * (np.sin(2 * np.pi * 3 * time) > -0.5) * level
    quiet = np.zeros(rate // 4)
    return np.concatenate([quiet, hum, quiet]) + g.standard_normal(count + 2 * len(quiet)) * noise


def wav(samples, rate=8000):
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(np.clip(samples, -32768, 32767).astype("<i2").tobytes())
    return out.getvalue()


def test_a_clean_recording_has_nothing_wrong():
    judged = judge(wav(voice(rate=16000), 16000), TEXT)
    assert (judged.problem, judged.notes) == (None, ())
    assert len(judged.pcm) == 2 * 8000 * 2


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (wav(voice(level=90000.0)), "clipped"),
        (wav(voice(noise=900.0)), "noisy"),
        (wav(voice(0.4)), "too short"),
        (wav(voice(4.0)), "too long"),
        (wav(voice(rate=6000), 6000), "6000 Hz"),
        (wav(np.concatenate([np.zeros(12000), voice()])), "silence around it"),
    ],
)
def test_what_is_not_good_is_noted(data, word):
    judged = judge(data, TEXT)
    assert judged.problem is None
    assert any(word in note for note in judged.notes), judged.notes


@pytest.mark.parametrize("data", [b"", b"RIFF", b"ID3", write_wav(bytes(16000)), wav(voice())[:400]])
def test_what_cannot_be_used_says_why(data):
    judged = judge(data, TEXT)
    assert judged.problem
    assert judged.pcm == b""


@pytest.mark.parametrize(
    ("heard", "else_"),
    [("请说车牌号", False), ("请说车派号", False), ("情说车牌耗", False), ("感谢来电再见", True), ("", False), ("请说", True)],
)
def test_another_sentence_is_told_from_the_same_in_other_characters(heard, else_):
    assert says_else(heard, TEXT) is else_
