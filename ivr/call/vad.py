"""Is the caller speaking? Voice is told from everything else frame by frame; time is counted in audio.

A network says what is speech. Speech is not yet the caller's: other people talk in the background, and our own
prompt comes back as an echo. Both are told from him by their level. A few frames then decide together, so that
a click is not voice and a stop consonant is not silence.
"""

import math
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

FRAME_SECONDS = 0.02
"""20 ms; 160 samples at 8 kHz."""

_START_VOICED = 2
_WINDOW = 3
_STOP_VOICED = 1
_QUIETEST_DBFS = -70.0
_RESTING_FRAMES = 25
"""After half a second of what is too quiet to be voice the classifier has heard silence, and more of it tells it nothing."""
_WITHOUT_GAP_FRAMES = 75
"""Who talks for 1.5 s without any gap is a crowd; its quietest frame is the level of the background."""
_ABOVE_BACKGROUND_DB = 4.0
_FORGET_FRAMES = 50
"""Frames without speech after which there is no crowd any more."""
_ECHO_BELOW_US_DB = 22.0
"""A line gives back what we say at least so much softer."""


@dataclass(frozen=True, slots=True)
class Loudness:
    """Level of one frame."""

    dbfs: float


def loudness(samples: npt.NDArray[np.int16]) -> Loudness:
    """Measure one frame; digital silence is -100 dBFS."""
    if not samples.size:
        return Loudness(-100.0)
    values = samples.astype(np.float32)
    return Loudness(_dbfs(float(np.dot(values, values)) / samples.size))


def levels_dbfs(frames: npt.NDArray[np.int16]) -> list[float]:
    """Measure many frames of one length, a row each."""
    values = frames.astype(np.float32)
    return [_dbfs(each / frames.shape[1]) for each in np.einsum("ij,ij->i", values, values).tolist()]


def _dbfs(mean_square: float) -> float:
    return -100.0 if mean_square < 1.0 else 10 * math.log10(mean_square / 32768.0**2)


class VoiceDetector:
    """Classifies a stream of 20 ms frames, 16-bit, 8 kHz, mono.

    Args:
        speech: takes each frame and says whether somebody speaks (`SileroVoices.open`).
    """

    def __init__(self, speech: Callable[[bytes], bool]) -> None:
        self.speech = speech
        self._window: deque[bool] = deque(maxlen=_WINDOW)
        self._talk: deque[float] = deque(maxlen=_WITHOUT_GAP_FRAMES)
        """Levels of the speech that has not had a gap yet."""
        self._background_dbfs = -100.0
        self._without_speech = 0
        self._voiced = False
        self._deaf_frames = 0
        self._too_quiet_frames = 0

    def key_pressed(self) -> None:
        """A key's tone is not voice: be deaf for the 200 ms in which it leaves the audio."""
        self._deaf_frames = 10
        self._window.clear()
        self._voiced = False

    def process(self, frame: bytes, *, ours_dbfs: float = -100.0) -> bool:
        """Take the next frame; True while the caller speaks.

        Args:
            frame: his audio.
            ours_dbfs: the loudest of what we said in the last moments.
        """
        level = loudness(np.frombuffer(frame, dtype="<i2")).dbfs
        return self.decide(level, speech=not self.rests(level) and self.speech(frame), ours_dbfs=ours_dbfs)

    def rests(self, level: float) -> bool:
        """Take the level of the next frame; True where nobody need be asked whether it is speech: it is not."""
        self._too_quiet_frames = self._too_quiet_frames + 1 if level <= _QUIETEST_DBFS else 0
        return self._too_quiet_frames > _RESTING_FRAMES

    def decide(self, level: float, *, speech: bool, ours_dbfs: float = -100.0) -> bool:
        """Take the next frame when its level is known and whether somebody speaks in it."""
        if self._deaf_frames:
            self._deaf_frames -= 1
            return False
        self._learn_background(level, speech=speech)
        least = max(_QUIETEST_DBFS, self._background_dbfs + _ABOVE_BACKGROUND_DB, ours_dbfs - _ECHO_BELOW_US_DB)
        self._window.append(speech and level > least)
        count = sum(self._window)
        self._voiced = count >= _START_VOICED if not self._voiced else count > _STOP_VOICED
        return self._voiced

    def _learn_background(self, level: float, *, speech: bool) -> None:
        if not speech:
            self._talk.clear()
            self._without_speech += 1
            if self._without_speech >= _FORGET_FRAMES:
                self._background_dbfs = -100.0
            return
        self._without_speech = 0
        self._talk.append(level)
        if len(self._talk) == _WITHOUT_GAP_FRAMES:
            self._background_dbfs = min(self._talk)
