"""Is the caller speaking? Voice is told from noise frame by frame; time is counted in audio.

Two opinions must agree: webrtcvad's spectrum and a level that stands out of the line's own noise
floor. A majority over a short window then switches, so that a click is not voice and a stop
consonant is not silence.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

FRAME_SECONDS = 0.02
"""20 ms; 160 samples at 8 kHz."""

_START_VOICED = 4
_WINDOW = 6
_STOP_VOICED = 1
_FLOOR_RISE_DB_PER_FRAME = 0.05
_MARGIN_DB = 8.0
_QUIETEST_DBFS = -62.0


@dataclass(frozen=True, slots=True)
class Loudness:
    """Level of one frame."""

    dbfs: float


def loudness(samples: npt.NDArray[np.int16]) -> Loudness:
    """Measure one frame; digital silence is -100 dBFS."""
    mean_square = float(np.mean(np.square(samples.astype(np.float32)))) if samples.size else 0.0
    return Loudness(-100.0 if mean_square < 1.0 else 10 * float(np.log10(mean_square / 32768.0**2)))


class VoiceDetector:
    """Classifies a stream of 20 ms frames, 16-bit, 8 kHz, mono.

    Args:
        spectrum: tells whether one frame has the spectrum of speech (webrtcvad's `is_speech`).
    """

    def __init__(self, spectrum: Callable[[bytes], bool]) -> None:
        self._spectrum = spectrum
        self._floor_dbfs = -55.0
        self._window: deque[bool] = deque(maxlen=_WINDOW)
        self._voiced = False
        self._deaf_frames = 0

    def key_pressed(self) -> None:
        """A key's tone is not voice: be deaf for the 200 ms in which it leaves the audio."""
        self._deaf_frames = 10
        self._window.clear()
        self._voiced = False

    def process(self, frame: bytes) -> bool:
        """Take the next frame; True while the caller speaks."""
        level = loudness(np.frombuffer(frame, dtype="<i2")).dbfs
        if self._deaf_frames:
            self._deaf_frames -= 1
            return False
        loud = level > max(self._floor_dbfs + _MARGIN_DB, _QUIETEST_DBFS)
        speech = loud and self._spectrum(frame)
        if level < self._floor_dbfs:
            self._floor_dbfs = max(level, -70.0)
        elif not speech:
            self._floor_dbfs += min(_FLOOR_RISE_DB_PER_FRAME * 4, level - self._floor_dbfs)
        else:
            self._floor_dbfs += _FLOOR_RISE_DB_PER_FRAME * 0.2
        self._window.append(speech)
        count = sum(self._window)
        self._voiced = count >= _START_VOICED if not self._voiced else count > _STOP_VOICED
        return self._voiced
