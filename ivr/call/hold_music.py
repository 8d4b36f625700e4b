"""Music for a caller who waits for a person: four soft chords, made here, so that nobody's rights are touched."""

from functools import lru_cache

import numpy as np

SAMPLES_PER_SECOND = 8000
_CHORDS = ((262, 330, 392), (220, 262, 330), (175, 220, 262), (196, 247, 294))
_CHORD_SECONDS = 2.0
_LOUDNESS = 0.03
"""Of each tone; all together about -20 dBFS at the swell's top, as our speech."""

SECONDS = len(_CHORDS) * _CHORD_SECONDS


@lru_cache(maxsize=1)
def hold_music() -> bytes:
    """One round: 16-bit, 8 kHz, mono; begins and ends in silence."""
    time = np.arange(int(_CHORD_SECONDS * SAMPLES_PER_SECOND)) / SAMPLES_PER_SECOND
    swell = np.sin(np.pi * time / _CHORD_SECONDS)
    chords = [sum(np.sin(2 * np.pi * tone * time) for tone in chord) * swell for chord in _CHORDS]
    return (np.concatenate(chords) * _LOUDNESS * 32767).astype("<i2").tobytes()
