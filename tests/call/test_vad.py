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


def test_what_the_network_calls_speech_is_voice_after_two_frames_and_ends_after_two():
    said = iter([True] * 10 + [False] * 10)
    detector = VoiceDetector(lambda frame: next(said))
    assert feed(detector, -25, 20) == [False] + [True] * 10 + [False] * 9


def test_a_single_frame_is_not_voice_and_a_short_gap_is_not_silence():
    said = iter([False, True, False, False, False, False] + [True] * 4 + [False] + [True] * 3)
    detector = VoiceDetector(lambda frame: next(said))
    heard = feed(detector, -25, 14)
    assert not any(heard[:7])
    assert all(heard[7:])


def test_what_nobody_could_understand_is_not_voice():
    detector = VoiceDetector(lambda frame: True)
    assert not any(feed(detector, -75, 50))


def test_a_line_that_stays_too_quiet_is_not_asked_about_until_something_is_heard():
    asked = []
    detector = VoiceDetector(lambda frame: asked.append(frame) or True)
    assert not any(feed(detector, -75, 50))
    assert len(asked) == 25, "half a second: the classifier has then heard silence"
    assert feed(detector, -25, 3) == [False, True, True]
    assert len(asked) == 28
    feed(detector, -75, 25)
    assert len(asked) == 53, "it begins anew after every sound"


def test_loudness_alone_is_not_enough():
    detector = VoiceDetector(lambda frame: False)
    assert not any(feed(detector, -20, 50))


def test_our_own_echo_is_not_voice_and_a_caller_over_it_is():
    detector = VoiceDetector(lambda frame: True)
    assert not any(detector.process(tone(-42, seed), ours_dbfs=-18.0) for seed in range(50))
    assert all([detector.process(tone(-28, seed), ours_dbfs=-18.0) for seed in range(10)][1:])
    assert all(feed(detector, -42, 10)), "we are silent: so soft a voice is his"


def test_a_crowd_that_never_pauses_becomes_the_background():
    detector = VoiceDetector(lambda frame: True)
    assert all(feed(detector, -40, 60)[1:]), "somebody who begins to speak"
    assert not any(feed(detector, -40, 100)[50:])
    assert all(feed(detector, -25, 10)[1:]), "the caller before it"


def test_a_background_that_is_gone_is_forgotten():
    said = iter([True] * 100 + [False] * 60 + [True] * 10)
    detector = VoiceDetector(lambda frame: next(said))
    feed(detector, -40, 160)
    assert all(feed(detector, -40, 10)[1:])


def test_the_tone_of_a_key_is_not_voice():
    detector = VoiceDetector(lambda frame: True)
    feed(detector, -70, 10)
    detector.key_pressed()
    assert not any(feed(detector, -10, 10))
