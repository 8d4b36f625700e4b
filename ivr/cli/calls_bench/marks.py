"""Numbers inside a caller's silence, and what they tell of his sound in the recording. Pure.

A frame of A-law silence holds 160 times +0 or -0, which nobody hears: 64 of them are a sign, the others a
number. A caller who numbers his silent frames finds in the recording, to the frame, what was lost or late
on the whole way: Asterisk, media door, call. A decoded sample is never 0, so a 0 on the caller's side is
silence that the house filled in because nothing had come in time.
"""

import itertools
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

FRAME_SAMPLES = 160
_SIGN_SAMPLES, _BITS = 64, 48
_PLUS, _MINUS, _QUIET = 0xD5, 0x55, 8
"""A-law's two zeros, and their size once decoded."""
_SIGN = np.where(np.random.default_rng(12123).random(_SIGN_SAMPLES) < 0.5, 1, -1)

Signal = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Carried:
    """What became of one caller's frames."""

    frames: int
    """Between his first and his last number."""
    lost: int
    repeated: int
    filled_samples: int
    """Silence put in where nothing had come for longer than the recorder waits."""


@cache
def numbered(number: int) -> bytes:
    """A silent frame of A-law that bears a number."""
    bits = np.array([1 if number >> at & 1 else -1 for at in range(_BITS)])
    return np.where(np.concatenate([_SIGN, bits, -bits]) > 0, _PLUS, _MINUS).astype(np.uint8).tobytes()


def carried(caller: npt.NDArray[np.int16], *, skip: int = 0) -> Carried | None:
    """Compare the numbers on the caller's side of a recording with where they lie; None: none was found.

    Args:
        caller: his samples.
        skip: numbers below this are passed over: the line was not yet open.
    """
    found = [(at, number) for at, number in _numbers(caller) if number >= skip]
    if len(found) < 2:
        return None
    lost = repeated = filled = 0
    for (at, number), (next_at, next_number) in itertools.pairwise(found):
        put_in = int(np.count_nonzero(caller[at + FRAME_SAMPLES : next_at] == 0))
        missing = (next_number - number) - round((next_at - at - put_in) / FRAME_SAMPLES)
        lost, repeated, filled = lost + max(0, missing), repeated + max(0, -missing), filled + put_in
    return Carried(found[-1][1] - found[0][1] + 1, lost, repeated, filled)


def _numbers(caller: npt.NDArray[np.int16]) -> list[tuple[int, int]]:
    """Every (sample, number), in order."""
    signs: Signal = np.where(np.abs(caller) == _QUIET, np.sign(caller), 0).astype(np.int64)
    likeness = np.correlate(signs.astype(np.float32), _SIGN.astype(np.float32), "valid")
    found = []
    for at in np.flatnonzero(likeness >= _SIGN_SAMPLES - 0.5):
        rest = signs[at + _SIGN_SAMPLES : at + FRAME_SAMPLES]
        if len(rest) == 2 * _BITS and np.array_equal(rest[:_BITS], -rest[_BITS:]) and rest.all():
            found.append((int(at), sum(1 << bit for bit in range(_BITS) if rest[bit] > 0)))
    return found
