"""The shipped voice detector on real sounds: speech from everything else."""

import numpy as np
import pytest

from ivr.speech.audio import alaw_to_pcm, pcm_to_alaw, silence
from ivr.speech.errors import ModelBroken, ModelMissing, VoiceMissing
from ivr.speech.pyttsx import PyttsxSynthesizer
from ivr.speech.silero import SileroVoices

FRAME = 320


@pytest.fixture(scope="module")
def voices():
    return SileroVoices()


def share(voices, pcm):
    """How much of it is taken for speech."""
    speech = voices.open()
    pcm = alaw_to_pcm(pcm_to_alaw(pcm))
    said = [speech(pcm[at : at + FRAME]) for at in range(0, len(pcm) - FRAME + 1, FRAME)]
    return sum(said) / len(said)


def wave(samples):
    return np.clip(samples, -32768, 32767).astype("<i2").tobytes()


async def test_speech_is_found_on_a_good_line_and_in_noise(voices):
    synthesizer = PyttsxSynthesizer()
    try:
        pcm = await synthesizer.say("我的车被人堵住了，请帮我叫车主来挪一下车")
    except VoiceMissing:
        pytest.skip("espeak-ng is not installed")
    finally:
        await synthesizer.close()
    samples = np.frombuffer(pcm, "<i2").astype(float)
    noise = np.random.default_rng(1).standard_normal(len(samples)) * samples.std() * 10 ** (-10 / 20)
    assert share(voices, pcm) > 0.85
    assert share(voices, wave(samples + noise)) > 0.85


def noises():
    g, seconds = np.random.default_rng(2), np.arange(40000) / 8000
    keys = 6000 * (np.sin(2 * np.pi * 770 * seconds) + np.sin(2 * np.pi * 1336 * seconds)) * (seconds % 0.6 < 0.12)
    knock = g.standard_normal(40000) * np.exp(-(seconds % 0.8) * 25) * 8000
    return {"silence": np.zeros(40000), "hiss": g.standard_normal(40000) * 500, "keys": keys, "knocks": knock}


@pytest.mark.parametrize(("name", "samples"), noises().items())
def test_what_is_no_speech_is_not_taken_for_it(voices, name, samples):
    assert share(voices, wave(samples)) < 0.03, name


def test_two_lines_do_not_disturb_each_other(voices):
    one, other = voices.open(), voices.open()
    loud = wave(np.random.default_rng(3).standard_normal(160) * 8000)
    for _ in range(50):
        one(loud)
    assert [other(silence(0.02)) for _ in range(10)] == [False] * 10


def test_pieces_of_any_size_are_taken(voices):
    speech = voices.open()
    assert [speech(bytes(size)) for size in (0, 2, 1000, 320)] == [False] * 4


def test_a_network_that_is_not_there_or_is_none_says_so(tmp_path):
    with pytest.raises(ModelMissing, match="install"):
        SileroVoices(tmp_path / "none.onnx")
    (tmp_path / "bad.onnx").write_bytes(b"no network")
    with pytest.raises(ModelBroken, match=r"bad\.onnx"):
        SileroVoices(tmp_path / "bad.onnx")


async def test_lines_asked_together_are_decided_as_each_by_itself(voices):
    synthesizer = PyttsxSynthesizer()
    try:
        pcm = await synthesizer.say("我要挪车")
    except VoiceMissing:
        pytest.skip("espeak-ng is not installed")
    finally:
        await synthesizer.close()
    spoken = [silence(at * 0.13) + pcm + silence(1.5 - at * 0.13) for at in range(7)]
    rows = np.stack([np.frombuffer(each, "<i2")[: len(pcm) // 2 + 11_000] for each in spoken])
    together, alone = [voices.open() for _ in spoken], [voices.open() for _ in spoken]
    found = []
    for at in range(0, rows.shape[1] - 160, 160):
        frames = rows[:, at : at + 160]
        found.append(voices.together(together, frames))
        assert found[-1] == [line(frame.tobytes()) for line, frame in zip(alone, frames, strict=True)]
    assert any(map(any, found))
    assert not all(map(all, found))


def test_some_lines_may_be_asked_without_the_others_and_pieces_of_any_size_be_taken(voices):
    line, other = voices.open(), voices.open()
    samples = (np.random.default_rng(4).standard_normal(8000) * 3000).astype("<i2")
    for at in range(0, 8000, 80):
        voices.together([line], samples[None, at : at + 80])
    other(samples.tobytes())
    assert line.speaks == other.speaks
    assert np.allclose(line.state, other.state, atol=1e-6)


class Failing(SileroVoices):
    """A network that cannot be asked about a line with this sound in it."""

    def __init__(self, loudest):
        super().__init__()
        self._loudest = loudest

    def _run(self, windows, states):
        if np.abs(windows).max() > self._loudest:
            raise RuntimeError("the network failed")
        return super()._run(windows, states)


def test_where_the_network_fails_for_one_line_the_others_are_decided_as_alone():
    failing, good = Failing(0.5), SileroVoices()
    lines, alone = [failing.open() for _ in range(3)], good.open()
    quiet = (np.random.default_rng(5).standard_normal((50, 160)) * 1000).astype("<i2")
    loud = np.full(160, 30_000, "<i2")
    for frame in quiet:
        decided = failing.together(lines, np.stack([frame, loud, frame]))
        expected = alone(frame.tobytes())
        assert decided[0] == decided[2] == expected
    assert decided[1] is None
    assert np.allclose(lines[0].state, alone.state, atol=1e-5)
