"""A mailbox's beep told from keys, voices and noise; time is counted in audio."""

import numpy as np
import pytest

from ivr.call.tones import BEEP_SECONDS, BeepDetector
from ivr.speech.audio import alaw_to_pcm, pcm_to_alaw
from tests.fakes.voices import tone

_RNG = np.random.default_rng(12123)


def carried(pcm, noise=0.0):
    """As the carrier brings it: A-law, with some noise."""
    wave = np.frombuffer(pcm, "<i2") + _RNG.normal(0, noise, len(pcm) // 2)
    return alaw_to_pcm(pcm_to_alaw(np.clip(wave, -32768, 32767).astype("<i2").tobytes()))


def beeps(pcm):
    detector = BeepDetector()
    return sum(detector.frame(pcm[at : at + 320]) for at in range(0, len(pcm) - 319, 320))


@pytest.mark.parametrize("hertz", [425, 800, 1000, 1400, 2100])
@pytest.mark.parametrize("noise", [0, 60])
def test_one_tone_that_lasts_is_one_beep(hertz, noise):
    assert beeps(carried(tone(0.5, hertz=hertz), noise)) == 1


def test_a_tone_that_is_short_is_none():
    assert beeps(carried(tone(BEEP_SECONDS - 0.04, hertz=1000))) == 0


def test_two_tones_are_a_key():
    key = np.frombuffer(tone(0.5, hertz=770), "<i2") // 2 + np.frombuffer(tone(0.5, hertz=1336), "<i2") // 2
    assert beeps(carried(key.astype("<i2").tobytes())) == 0


def test_a_pitch_that_glides_is_a_voice():
    at = np.arange(8000) / 8000
    glide = np.sin(2 * np.pi * (500 * at + 300 * at**2)) * 8000
    assert beeps(carried(glide.astype("<i2").tobytes())) == 0


def test_a_vowel_has_many_pitches():
    at = np.arange(8000) / 8000
    vowel = sum(np.sin(2 * np.pi * 140 * n * at) / n for n in range(1, 12)) * 3000
    assert beeps(carried(vowel.astype("<i2").tobytes())) == 0


def test_noise_and_silence_are_none():
    assert beeps(carried(bytes(16000), noise=2000)) == 0
    assert beeps(bytes(16000)) == 0
