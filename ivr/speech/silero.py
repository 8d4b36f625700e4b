"""Silero's voice detector on onnxruntime: how likely is it that somebody speaks now?

The network is `models/silero-vad/silero_vad.onnx`, version 6.2.3 of the package silero-vad (MIT), which itself would
bring PyTorch. It was chosen by measurement, over a telephone line (held-out voices; share of speech found, then share
of sound without speech that is taken for voice):

                        speech, clean   10 dB    knocks   breath   keys   CPU ms for 1 s
    webrtcvad, mode 3        92.6 %    67.2 %    20.9 %   44.8 %  28.8 %       0.1
    ten-vad 1.0.6            96.4 %    86.5 %     1.4 %    1.4 %   6.8 %       5.7
    silero 6.2.3             96.0 %    96.9 %     0.0 %    0.0 %   0.0 %       2.9
"""

import importlib
import logging
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ivr.speech.audio import SAMPLE_RATE_HZ
from ivr.speech.errors import ModelBroken, ModelMissing

_log = logging.getLogger(__name__)
MODEL = Path(__file__).with_name("models") / "silero-vad" / "silero_vad.onnx"
_WINDOW, _CONTEXT = 256, 32
"""Samples of one decision (32 ms), and of the past it sees besides."""
_LIKELY = 0.5
_RATE = np.array(SAMPLE_RATE_HZ, np.int64)
Floats = npt.NDArray[np.float32]


class SileroVoices:
    """The network, shared by all calls of a process.

    Raises:
        ModelMissing, ModelBroken: the network cannot be read.
    """

    def __init__(self, model: Path = MODEL) -> None:
        if not model.is_file():
            raise ModelMissing(f"no voice detector at {model}: install the service again")
        onnxruntime: Any = importlib.import_module("onnxruntime")
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 4
        try:
            self._network: Any = onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
        except Exception as error:  # noqa: BLE001 - onnxruntime has no common error
            raise ModelBroken(f"the voice detector {model} cannot be used ({type(error).__name__})") from None

    def open(self) -> "SileroLine":
        """Give one call its detector: takes 16-bit PCM at 8 kHz in pieces of any size, says whether somebody speaks."""
        return SileroLine(self._run)

    def together(self, lines: Sequence["SileroLine"], frames: npt.NDArray[np.int16]) -> list[bool | None]:
        """Take a frame of each of these lines, a row each, and give the decision of each; None where it failed.

        One question about many lines costs 50 us a line, a question each 190. Where the one fails, each line
        is asked about alone.
        """
        for line, samples in zip(lines, _unit(frames), strict=True):
            line.take(samples)
        lost: list[SileroLine] = []
        while ready := [line for line in lines if line.ready and line not in lost]:
            lost += self._decide(ready)
        return [None if line in lost else line.speaks for line in lines]

    def _decide(self, ready: Sequence["SileroLine"]) -> Sequence["SileroLine"]:
        """Decide about the next window of each; gives those of which nothing can be known."""
        try:
            windows = np.stack([line.window() for line in ready])
            likely, states = self._run(windows, np.concatenate([line.state for line in ready], axis=1))
        except Exception as error:  # noqa: BLE001 - onnxruntime has no common error
            if len(ready) > 1:
                return [lost for line in ready for lost in self._decide([line])]
            _log.error("the voice detector failed (%s)", type(error).__name__)
            return ready
        for index, line in enumerate(ready):
            line.decided(likely[index], states[:, index : index + 1])
        return ()

    def _run(self, windows: Floats, states: Floats) -> tuple[list[float], Floats]:
        likely, states = self._network.run(None, {"input": windows, "state": states, "sr": _RATE})
        return likely[:, 0].tolist(), states


class SileroLine:
    """What the detector remembers of one line.

    Args:
        run: asks the network.
    """

    def __init__(self, run: Callable[[Floats, Floats], tuple[list[float], Floats]]) -> None:
        self._run = run
        self.state: Floats = np.zeros((2, 1, 128), np.float32)
        self._samples: Floats = np.zeros(_CONTEXT + _WINDOW, np.float32)
        self._filled = _CONTEXT
        self.speaks = False
        """The decision so far."""

    def __call__(self, pcm: bytes) -> bool:
        """Take more audio; the decision so far."""
        self.take(_unit(np.frombuffer(pcm, "<i2")))
        while self.ready:
            likely, state = self._run(self.window()[None], self.state)
            self.decided(likely[0], state)
        return self.speaks

    @property
    def ready(self) -> bool:
        """Is there enough audio for a decision?"""
        return self._filled >= _CONTEXT + _WINDOW

    def take(self, samples: Floats) -> None:
        """Keep more audio."""
        needed = self._filled + len(samples)
        if needed > len(self._samples):
            self._samples = np.concatenate([self._samples[: self._filled], np.zeros(needed - self._filled, np.float32)])
        self._samples[self._filled : needed] = samples
        self._filled = needed

    def window(self) -> Floats:
        """What the next decision is made of."""
        return self._samples[: _CONTEXT + _WINDOW]

    def decided(self, likely: float, state: Floats) -> None:
        """Keep what the network said of the window."""
        self.state, self.speaks = state, likely > _LIKELY
        rest = self._filled - _WINDOW
        self._samples[:rest] = self._samples[_WINDOW : self._filled].copy()
        self._filled = rest


def _unit(samples: npt.NDArray[np.int16]) -> Floats:
    return samples.astype(np.float32) / np.float32(32768)
