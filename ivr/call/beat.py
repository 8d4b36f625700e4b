"""One beat for the frames of all calls.

A network asked about eighty lines at once costs a quarter of what it costs when asked eighty times. So frames
wait a moment for those of the other lines, which the media door reads in one round (`telephony.media.pulse`); what
is decided about them is the same, for time is counted in audio.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from ivr.call.vad import VoiceDetector, levels_dbfs
from ivr.speech.audio import FRAME_BYTES

_log = logging.getLogger(__name__)
_WAIT_SECONDS = 0.005
"""From the first frame: so long does it take to read eighty lines."""


class Network(Protocol):
    """Says of many lines at once whether somebody speaks (ivr.speech.silero.SileroVoices)."""

    def together(self, lines: Sequence[Any], frames: npt.NDArray[np.int16]) -> list[bool | None]:
        """Take a frame of each line, a row each; None for a line of which nothing can be known."""
        ...


@dataclass(slots=True)
class _Frame:
    detector: VoiceDetector
    pcm: bytes = field(repr=False)
    ours_dbfs: float
    told: Callable[[bool], None]
    lost: Callable[[], None]


class Beat:
    """Collects frames and decides about them together.

    Args:
        network: which opened the detectors' classifiers.
    """

    def __init__(self, network: Network) -> None:
        self._network = network
        self._waiting: list[_Frame] = []

    def put(
        self, detector: VoiceDetector, pcm: bytes, *, ours_dbfs: float, told: Callable[[bool], None], lost: Callable[[], None]
    ) -> None:
        """Take 20 ms of one line.

        Args:
            detector: of the line.
            pcm: its sound.
            ours_dbfs: the loudest of what we said in the last moments.
            told: learns at the next beat whether its caller speaks.
            lost: learns that nobody can know; one line's trouble is no other's.
        """
        if not self._waiting:
            asyncio.get_running_loop().call_later(_WAIT_SECONDS, self._strike)
        self._waiting.append(_Frame(detector, pcm, ours_dbfs, told, lost))

    def _strike(self) -> None:
        waiting, self._waiting = self._waiting, []
        by_line: dict[int, list[_Frame]] = {}
        for each in waiting:
            by_line.setdefault(id(each.detector), []).append(each)
        for together in zip_longest(*by_line.values()):  # of a burst the first frame of each line, then the second
            frames = [each for each in together if each is not None]
            self._decide([each for each in frames if len(each.pcm) == FRAME_BYTES])
            for each in frames:
                if len(each.pcm) != FRAME_BYTES:
                    each.lost()

    def _decide(self, frames: Sequence[_Frame]) -> None:
        if not frames:
            return
        samples = np.frombuffer(b"".join([each.pcm for each in frames]), "<i2").reshape(len(frames), -1)
        levels = levels_dbfs(samples)
        asked = [at for at, (each, level) in enumerate(zip(frames, levels, strict=True)) if not each.detector.rests(level)]
        speech: list[bool | None] = [False] * len(frames)
        if asked:
            answers = self._network.together([frames[at].detector.speech for at in asked], samples[asked])
            for at, speaks in zip(asked, answers, strict=True):
                speech[at] = speaks
        for each, level, speaks in zip(frames, levels, speech, strict=True):
            if speaks is None:
                each.lost()
            else:
                _tell(each, each.detector.decide(level, speech=speaks, ours_dbfs=each.ours_dbfs))


def _tell(frame: _Frame, voiced: bool) -> None:
    try:
        frame.told(voiced)
    except Exception:  # noqa: BLE001 - the other lines of this beat are told too
        _log.exception("a line could not be told what was heard")
        frame.lost()
