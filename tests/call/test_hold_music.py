"""Music for those who wait."""

import numpy as np

from ivr.call.hold_music import SAMPLES_PER_SECOND, SECONDS, hold_music
from ivr.speech.audio import level


def test_the_music_is_as_long_as_it_says_soft_and_begins_and_ends_in_silence():
    sound = np.frombuffer(hold_music(), dtype="<i2").astype(float)
    assert len(sound) == SECONDS * SAMPLES_PER_SECOND
    loudness = 20 * np.log10(np.sqrt((sound**2).mean()) / 32768)
    assert -32 < loudness < -20
    assert abs(sound[:80]).max() < 100
    assert abs(sound[-80:]).max() < 100
    assert abs(np.diff(sound)).max() < 1500, "no clicks"


def test_it_is_no_louder_than_our_speech():
    quiet = np.frombuffer(hold_music(), dtype="<i2")
    speech = np.frombuffer(level(hold_music()), dtype="<i2")
    assert np.abs(quiet.astype(int)).mean() <= np.abs(speech.astype(int)).mean()
