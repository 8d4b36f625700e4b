"""How high a voice is, frame by frame: autocorrelation, and the smoothest path through its peaks. Pure.

After Boersma, "Accurate short-term analysis of the fundamental frequency" (1993): the autocorrelation of a
windowed frame is divided by that of the window, and what it costs to jump or to lose the voice decides between
the peaks. It needs no fundamental, which a telephone line does not carry: its overtones are as regular.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ivr.speech.audio import SAMPLE_RATE_HZ

Numbers = npt.NDArray[np.float64]

FRAME_SECONDS = 0.01
_HOP, _WINDOW, _SIZE = 80, 400, 1024
_LAGS = np.arange(20, 125)
"""Samples in a period: 400 to 65 Hz."""
_VOICELESS = 0.35
"""A peak below it is no voice."""
_OCTAVE_COST = 0.02
"""What an octave lower must be better; else every second period would do as well."""
_JUMP_COST = 0.6
"""From frame to frame, an octave."""
_ONSET_COST = 0.14
"""Of a voice that begins or ends."""
_NO_PEAK = -1.0


@dataclass(frozen=True, slots=True)
class Pitch:
    """A voice in frames of 10 ms."""

    octaves: Numbers
    """log2 of Hz; meaningless where there is no voice."""
    strength: Numbers
    """How regular it is, 0 to 1; 0 where there is no voice."""

    @property
    def voiced(self) -> npt.NDArray[np.bool_]:
        """Where there is a voice."""
        return self.strength > 0

    @property
    def seconds(self) -> Numbers:
        """The middle of every frame."""
        return np.arange(len(self.octaves), dtype=np.float64) * FRAME_SECONDS + _WINDOW / 2 / SAMPLE_RATE_HZ


def _tables() -> tuple[Numbers, Numbers, Numbers]:
    window = np.hanning(_WINDOW)
    own = np.fft.irfft(np.abs(np.fft.rfft(window, _SIZE)) ** 2)[: _LAGS[-1] + 2]
    height = np.log2(SAMPLE_RATE_HZ / _LAGS)
    cost = np.full((len(_LAGS) + 1, len(_LAGS) + 1), _ONSET_COST)
    cost[:-1, :-1] = _JUMP_COST * np.abs(height[:, None] - height[None, :])
    cost[-1, -1] = 0.0
    return window, own / own[0], cost


_WINDOW_SHAPE, _WINDOW_ITSELF, _COST = _tables()
_HEIGHT = np.log2(SAMPLE_RATE_HZ / _LAGS)


def pitch(pcm: bytes) -> Pitch:
    """Follow the voice in mono, 16-bit, 8 kHz; under 50 ms there is none."""
    samples = np.frombuffer(pcm[: len(pcm) // 2 * 2], "<i2").astype(np.float64)
    count = (len(samples) - _WINDOW) // _HOP + 1
    if count < 1:
        return Pitch(np.zeros(0), np.zeros(0))
    frames = samples[np.arange(count)[:, None] * _HOP + np.arange(_WINDOW)]
    frames = (frames - frames.mean(1, keepdims=True)) * _WINDOW_SHAPE
    alike = np.fft.irfft(np.abs(np.fft.rfft(frames, _SIZE)) ** 2, axis=1)[:, : _LAGS[-1] + 2]
    alike = alike / (alike[:, :1] + 1e-9) / _WINDOW_ITSELF
    path = _smoothest(alike)
    voiced = path < len(_LAGS)
    lag, at = _LAGS[np.where(voiced, path, 0)], np.arange(count)
    before, here, after = alike[at, lag - 1], alike[at, lag], alike[at, lag + 1]
    bend = before - 2 * here + after
    between = np.where(bend < 0, np.clip((before - after) / (2 * np.minimum(bend, -1e-12)), -0.5, 0.5), 0.0)
    return Pitch(np.log2(SAMPLE_RATE_HZ / (lag + between)), np.where(voiced, np.maximum(here, 1e-6), 0.0))


def _smoothest(alike: Numbers) -> npt.NDArray[np.int64]:
    """Viterbi: the place in `_LAGS` for every frame, one behind the last where there is no voice."""
    here = alike[:, _LAGS]
    peak = (here >= alike[:, _LAGS - 1]) & (here >= alike[:, _LAGS + 1])
    worth = np.where(peak, here + _OCTAVE_COST * (_HEIGHT - _HEIGHT[-1]), _NO_PEAK)
    worth = np.concatenate([worth, np.full((len(worth), 1), _VOICELESS)], axis=1)
    best, states = worth[0], np.arange(worth.shape[1])
    came_from = np.zeros(worth.shape, np.int64)
    for at in range(1, len(worth)):
        ways = best[None, :] - _COST
        came_from[at] = ways.argmax(1)
        best = ways[states, came_from[at]] + worth[at]
    path = np.zeros(len(worth), np.int64)
    path[-1] = best.argmax()
    for at in range(len(worth) - 1, 0, -1):
        path[at - 1] = came_from[at, path[at]]
    return path
