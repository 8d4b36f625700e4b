"""How high a voice is: made-up voices of which it is known."""

import numpy as np
import pytest

from ivr.speech.pitch import FRAME_SECONDS, pitch

RATE = 8000


def voice(hertz, *, lowest=0.0, noise=0.0, seed=1):
    """Twenty overtones on a melody in Hz, one value a sample; those below `lowest` are left out, as on a telephone."""
    phase = 2 * np.pi * np.cumsum(hertz) / RATE
    tones = sum(
        np.where((k * hertz > lowest) & (k * hertz < 3400), np.sin(k * phase) / k, 0.0) for k in range(1, 21)
    )
    loud = tones / np.abs(tones).max() * 8000
    loud = loud + np.random.default_rng(seed).standard_normal(len(loud)) * noise * np.sqrt(np.mean(loud**2))
    return loud.astype("<i2").tobytes()


@pytest.mark.parametrize("hertz", [75, 110, 140, 220, 330])
def test_a_level_voice_is_found_to_a_few_percent(hertz):
    found = pitch(voice(np.full(RATE, float(hertz))))
    assert found.voiced.mean() > 0.95
    assert 2 ** np.median(found.octaves[found.voiced]) == pytest.approx(hertz, rel=0.03)


def test_the_fundamental_need_not_come_over_the_line():
    found = pitch(voice(np.full(RATE, 120.0), lowest=300.0))
    assert 2 ** np.median(found.octaves[found.voiced]) == pytest.approx(120, rel=0.03)


def test_a_fall_is_followed_without_a_jump():
    melody = np.linspace(240.0, 120.0, RATE)
    found = pitch(voice(melody))
    wanted = np.log2(np.interp(found.seconds, np.arange(RATE) / RATE, melody))
    assert found.voiced.mean() > 0.9
    assert np.abs(found.octaves - wanted)[found.voiced].max() < 0.1


def test_a_voice_in_noise_is_followed_and_what_comes_before_it_is_no_voice():
    quiet = np.random.default_rng(2).standard_normal(RATE // 2) * 300
    found = pitch(quiet.astype("<i2").tobytes() + voice(np.full(RATE, 150.0), noise=0.3))
    before = found.seconds < 0.45
    assert found.voiced[before].mean() < 0.1
    assert found.voiced[~before].mean() > 0.8
    assert 2 ** np.median(found.octaves[found.voiced]) == pytest.approx(150, rel=0.03)


@pytest.mark.parametrize("pcm", [b"", b"\x00", bytes(798), bytes(16000), b"\xff\x7f" * 4000, b"\x00\x80" * 4000])
def test_silence_a_constant_and_next_to_nothing_have_no_voice(pcm):
    assert not pitch(pcm).voiced.any()


def test_frames_are_counted_from_the_beginning():
    found = pitch(voice(np.full(RATE, 150.0)))
    assert found.seconds[0] == pytest.approx(0.025)
    assert np.diff(found.seconds) == pytest.approx(FRAME_SECONDS)
