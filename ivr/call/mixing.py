"""What each of several people hears of the others: pure sums of 16-bit sound, 8 kHz, mono.

Each speaks in pieces of any length; all hear in equal pieces. Who has run dry is silent until a little
more than one piece has come from him, so that a line that trembles does not crackle.
"""

import numpy as np
import numpy.typing as npt

SAMPLES_PER_SECOND = 8000
SPARE_SAMPLES = 160
"""20 ms beyond one piece are collected before somebody who was silent is heard."""
MOST_SAMPLES = 2400
"""Of somebody who sends faster than is heard; the oldest go beyond it (0.3 s)."""

_Sound = npt.NDArray[np.int16]
_LOUDEST = 32767


class Mixer:
    """Collects what is said and gives what is heard."""

    def __init__(self) -> None:
        self._said: dict[str, _Sound] = {}
        self._flows: dict[str, bool] = {}
        self._told: _Sound = np.zeros(0, dtype="<i2")

    def enter(self, name: str) -> None:
        """Somebody may speak and hear."""
        self._said[name] = np.zeros(0, dtype="<i2")
        self._flows[name] = False

    def tell(self, pcm: bytes) -> None:
        """Let all hear something of ours, to its end."""
        self._told = np.concatenate([self._told, np.frombuffer(pcm, dtype="<i2")])

    def leave(self, name: str) -> None:
        """He is gone; what he has said and nobody heard yet goes with him."""
        self._said.pop(name, None)
        self._flows.pop(name, None)

    def say(self, name: str, pcm: bytes) -> None:
        """Take a piece of somebody's sound; of a stranger it is dropped."""
        if name in self._said:
            joined = np.concatenate([self._said[name], np.frombuffer(pcm, dtype="<i2")])
            self._said[name] = joined[-MOST_SAMPLES:]

    def hear(self, samples: int) -> dict[str, bytes]:
        """Give everybody the next piece of what the others say."""
        pieces = {name: self._take(name, samples) for name in self._said}
        total = np.zeros(samples, dtype=np.int32)
        told, self._told = self._told[:samples], self._told[samples:]
        total[: len(told)] += told
        for piece in pieces.values():
            total += piece
        return {name: _clipped(total - piece) for name, piece in pieces.items()}

    def _take(self, name: str, samples: int) -> _Sound:
        said = self._said[name]
        self._flows[name] = len(said) >= samples if self._flows[name] else len(said) >= samples + SPARE_SAMPLES
        if not self._flows[name]:
            return np.zeros(samples, dtype="<i2")
        self._said[name] = said[samples:]
        return said[:samples]


def _clipped(sound: npt.NDArray[np.int32]) -> bytes:
    return np.clip(sound, -_LOUDEST - 1, _LOUDEST).astype("<i2").tobytes()
