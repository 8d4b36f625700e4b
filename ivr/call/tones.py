"""A pure tone on the line: the beep of a mailbox, a fax machine. Frame by frame; time is counted in audio.

A key is two tones, a voice has many: neither puts nearly all its energy at one pitch and keeps it there.
"""

import numpy as np

from ivr.call.vad import FRAME_SECONDS, loudness

_RATE_HZ = 8000
_SAMPLES = 160
_POINTS = 1024
_LOWEST_HZ, _HIGHEST_HZ = 350.0, 2300.0
_LOBE_HZ = 110.0
"""Half the width of a tone in the spectrum of 20 ms under a Hann window."""
_PURE = 0.97
"""Least share of the energy at the pitch."""
_DRIFT_HZ = 20.0
"""From where it began."""
_QUIETEST_DBFS = -45.0
BEEP_SECONDS = 0.24
_WINDOW = np.hanning(_SAMPLES)
_PITCHES_HZ = np.fft.rfftfreq(_POINTS, 1 / _RATE_HZ)


class BeepDetector:
    """Tells when one tone has lasted long enough."""

    def __init__(self) -> None:
        self._pitch_hz = 0.0
        self._seconds = 0.0

    def frame(self, pcm: bytes) -> bool:
        """Take 20 ms; True once for each beep."""
        pitch = _pitch(np.frombuffer(pcm, dtype="<i2"))
        if pitch is None:
            self._seconds = 0.0
            return False
        if self._seconds == 0.0 or abs(pitch - self._pitch_hz) > _DRIFT_HZ:
            self._pitch_hz, self._seconds = pitch, 0.0
        before, self._seconds = self._seconds, self._seconds + FRAME_SECONDS
        return before < BEEP_SECONDS <= self._seconds


def _pitch(samples: "np.ndarray[tuple[int], np.dtype[np.int16]]") -> float | None:
    """The pitch of a frame that is one pure tone."""
    if samples.size != _SAMPLES or loudness(samples).dbfs < _QUIETEST_DBFS:
        return None
    energy = np.square(np.abs(np.fft.rfft(samples * _WINDOW, _POINTS)))
    pitch = float(_PITCHES_HZ[int(energy.argmax())])
    if not _LOWEST_HZ <= pitch <= _HIGHEST_HZ:
        return None
    near = np.abs(_PITCHES_HZ - pitch) <= _LOBE_HZ
    return pitch if float(energy[near].sum()) >= _PURE * float(energy.sum()) else None
