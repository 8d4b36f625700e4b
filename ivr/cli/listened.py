"""What one would hear in a call's recording, told by numbers: clipped starts, clicks, one talking over the other. Pure.

Sound is the stereo recording of a call: caller left, service right, 16-bit, 8 kHz.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ivr.speech.audio import SAMPLE_RATE_HZ, frame_dbfs

KINDS = ("clipped start", "click", "talk-over")
Samples = npt.NDArray[np.int16]

_FRAME = 80
"""Samples in 10 ms."""
_SOUNDS_DBFS, _LOUD_DBFS = -50.0, -32.0
_SENTENCE_GAP_SECONDS, _SHORTEST_SECONDS = 0.4, 0.08
_CLIPPED_START = 0.12
"""Of full scale: speech that rises from silence to more than this within a millisecond had a beginning that is missing."""
_CLICK = 0.2
"""Of full scale: the least jump between two neighbouring samples, out of or into silence, that is heard as a click."""
_FULL_SCALE = 32768.0


@dataclass(frozen=True, slots=True)
class Stretch:
    """Somebody speaks."""

    begin_seconds: float
    end_seconds: float


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that is heard to be wrong."""

    kind: str
    """One of `KINDS`."""
    at_seconds: float


@dataclass(frozen=True, slots=True)
class Listened:
    """One recording."""

    caller: tuple[Stretch, ...]
    service: tuple[Stretch, ...]
    faults: tuple[Fault, ...]


def listen(pcm: bytes) -> Listened:
    """Judge a stereo recording."""
    both = np.frombuffer(pcm[: len(pcm) // 4 * 4], "<i2").reshape(-1, 2)
    caller, service = stretches(both[:, 0]), stretches(both[:, 1])
    faults = [
        *(Fault("clipped start", at) for at in _clipped_starts(both[:, 1], service)),
        *(Fault("click", at) for at in _clicks(both[:, 1])),
        *(Fault("talk-over", at) for at in _talked_over(caller, service)),
    ]
    return Listened(caller, service, tuple(sorted(faults, key=lambda fault: fault.at_seconds)))


def stretches(samples: Samples) -> tuple[Stretch, ...]:
    """Where somebody speaks: sentences, with the short silences inside them."""
    levels = frame_dbfs(samples)
    loud = np.flatnonzero(levels > _LOUD_DBFS)
    found: list[Stretch] = []
    gap = round(_SENTENCE_GAP_SECONDS * 100)
    for group in np.split(loud, np.flatnonzero(np.diff(loud) > gap) + 1) if len(loud) else ():
        first, last = int(group[0]), int(group[-1])
        while first > 0 and levels[first - 1] > _SOUNDS_DBFS:
            first -= 1
        if last + 1 - first >= _SHORTEST_SECONDS * 100:
            found.append(Stretch(first / 100, (last + 1) / 100))
    return tuple(found)


def _clipped_starts(samples: Samples, spoken: Sequence[Stretch]) -> list[float]:
    """Starts that come out of silence without their rise."""
    clipped = []
    for stretch in spoken:
        around = max(0, round(stretch.begin_seconds * SAMPLE_RATE_HZ) - _FRAME)
        sizes = np.abs(samples[around : around + 2 * _FRAME].astype(np.int64)) / _FULL_SCALE
        first = np.flatnonzero(sizes > 10 ** (_SOUNDS_DBFS / 20))
        if len(first) and sizes[int(first[0]) : int(first[0]) + SAMPLE_RATE_HZ // 1000].max() > _CLIPPED_START:
            clipped.append(stretch.begin_seconds)
    return clipped


def _clicks(samples: Samples) -> list[float]:
    """Jumps next to which there is silence on one side at least: inside speech a jump is a consonant."""
    values = samples.astype(np.float64) / _FULL_SCALE
    clicks = []
    for at in np.flatnonzero(np.abs(np.diff(values)) > _CLICK):
        before, after = values[max(0, at - _FRAME // 2) : at], values[at + 2 : at + 2 + _FRAME // 2]
        if min(_rms(before), _rms(after)) < 10 ** (_SOUNDS_DBFS / 20):
            clicks.append(int(at) / SAMPLE_RATE_HZ)
    return clicks


def _rms(values: npt.NDArray[np.float64]) -> float:
    return float(np.sqrt(np.mean(values**2))) if len(values) else 1.0


def _talked_over(caller: Sequence[Stretch], service: Sequence[Stretch]) -> list[float]:
    """We begin while he speaks. That he begins while we speak is his right."""
    return [
        ours.begin_seconds
        for ours in service
        if any(his.begin_seconds + 0.1 < ours.begin_seconds < his.end_seconds - 0.1 for his in caller)
    ]
