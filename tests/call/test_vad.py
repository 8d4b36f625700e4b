"""Voice is told from noise: both opinions must agree, and time must pass."""

import numpy as np
import pytest

from ivr.call.vad import VoiceDetector, loudness

SAMPLES = 160


def tone(dbfs, seed=0):
    noise = np.random.default_rng(seed).normal(0, 32768 * 10 ** (dbfs / 20), SAMPLES)
    return np.clip(noise, -32768, 32767).astype("<i2").tobytes()


def feed(detector, dbfs, frames):
    return [detector.process(tone(dbfs, seed)) for seed in range(frames)]


def test_loudness_is_measured_in_dbfs():
    assert loudness(np.frombuffer(tone(-20), dtype="<i2")).dbfs == pytest.approx(-20, abs=1)
    assert loudness(np.zeros(SAMPLES, dtype=np.int16)).dbfs == -100.0
    assert loudness(np.zeros(0, dtype=np.int16)).dbfs == -100.0


def test_speech_that_stands_out_of_the_noise_is_voice():
    detector = VoiceDetector(lambda frame: True)
    assert not any(feed(detector, -70, 20))
    assert feed(detector, -25, 10)[-1]
    assert not feed(detector, -70, 10)[-1]


def test_the_spectrum_alone_is_not_enough():
    detector = VoiceDetector(lambda frame: True)
    assert not any(feed(detector, -75, 50))


def test_loudness_alone_is_not_enough():
    detector = VoiceDetector(lambda frame: False)
    assert not any(feed(detector, -20, 50))


def test_a_click_is_not_voice():
    detector = VoiceDetector(lambda frame: True)
    feed(detector, -70, 10)
    assert not any(feed(detector, -15, 2) + feed(detector, -70, 10))


def test_the_gap_of_a_stop_consonant_is_not_silence():
    detector = VoiceDetector(lambda frame: True)
    feed(detector, -70, 10)
    assert feed(detector, -20, 10)[-1]
    assert all(feed(detector, -70, 3))


def test_steady_noise_becomes_the_floor():
    """An engine that starts to run is taken for speech at first, not for ever."""
    speechlike = iter([True] * 5 + [False] * 1000)
    detector = VoiceDetector(lambda frame: next(speechlike))
    feed(detector, -70, 3)
    feed(detector, -35, 400)
    assert detector.process(tone(-35)) is False


def test_the_tone_of_a_key_is_not_voice():
    detector = VoiceDetector(lambda frame: True)
    feed(detector, -70, 10)
    detector.key_pressed()
    assert not any(feed(detector, -10, 10))
