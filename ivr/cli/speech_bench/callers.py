"""Callers for measurements: words said by espeak-ng voices that no model was trained on, over a telephone.

espeak-ng fails after some thousands of voice changes in one process, so it speaks in a child process,
which is replaced in time. The same line always sounds the same.
"""

import multiprocessing
import random
from collections.abc import Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from functools import cache
from types import TracebackType

import numpy as np
import numpy.typing as npt
import soxr

from ivr.speech.audio import SAMPLE_RATE_HZ, alaw_to_pcm, pcm_to_alaw
from ivr.speech.training.espeak import Espeak
from ivr.speech.training.lexicon import pronounce
from ivr.speech.training.texts import names

Samples = npt.NDArray[np.float64]

_VOICE = "cmn-latn-pinyin"
_LINES_PER_CHILD = 400
_CLEAN_DB = 45.0
"""Noise of a good line, below speech."""
_LOW_HZ, _HIGH_HZ, _SLOPE = 280.0, 3450.0, 8
_BABBLE = (
    "我 想 问 一下 这个 怎么 办", "他 昨天 说 今天 下午 过来", "你 先 别 着急 慢慢 说", "车 就 停 在 门口 的 路边",
    "这个 月 的 水费 交 了 没有", "明天 早上 八 点 开会 不要 迟到", "晚上 回家 吃饭 吗", "电话 打 不通 你 再 试试",
)


@dataclass(frozen=True, slots=True)
class Line:
    """What one caller says once."""

    words: tuple[str, ...]
    """As the lexicon knows them: Chinese words, single digits and capital letters."""
    seed: int
    """Chooses voice, speed, pitch and noise."""
    noise_db: float | None = None
    """Speech above noise; None is a good line. Even seeds hear babble, odd ones pink noise."""


def say(line: Line) -> bytes:
    """Speak one line in this process.

    Returns:
        PCM, mono, 16-bit, 8 kHz, once through A-law; empty when a word cannot be said.
    """
    r, g = random.Random(line.seed), np.random.default_rng(line.seed)  # noqa: S311
    voice = _spoken(line.words, r)
    if not len(voice):
        return b""
    before, after = (np.zeros(int(seconds * SAMPLE_RATE_HZ)) for seconds in (g.uniform(0.5, 0.8), g.uniform(0.4, 0.6)))
    audio = np.concatenate([before, voice, after])
    if line.noise_db is None:
        other, below = g.standard_normal(len(audio)), _CLEAN_DB
    else:
        other, below = (_babble(len(audio), g) if line.seed % 2 == 0 else _pink(len(audio), g)), line.noise_db
    mixed = _band(audio + other * _rms(voice) / _rms(other) * 10 ** (-below / 20))
    loud = mixed * (10 ** (g.uniform(-20, -6) / 20) * 32767 / np.abs(mixed).max())
    return alaw_to_pcm(pcm_to_alaw(np.rint(loud).astype("<i2").tobytes()))


def _spoken(words: Sequence[str], r: random.Random) -> Samples:
    syllables: list[str] = []
    for word in words:
        ways = pronounce(word)
        if not ways:
            return np.zeros(0)
        way = r.choice(ways) if r.random() < 0.5 else ways[0]
        syllables += [*way[:-1], way[-1] + ("," if r.random() < 0.06 else "")]
    engine = _engine()
    audio, _ = engine.say(
        " ".join(syllables), f"{_VOICE}+{r.choice(names()['held_out_variant'])}", rate=r.uniform(130, 205),
        pitch=r.uniform(20, 80), pitch_range=r.uniform(20, 90), gap=r.choice((0, 0, 0, 1, 3)),
    )
    return np.asarray(soxr.resample(audio.astype(np.float64), engine.sample_rate_hz, SAMPLE_RATE_HZ))


@cache
def _engine() -> Espeak:
    return Espeak()


@cache
def _crowd() -> tuple[Samples, ...]:
    r = random.Random(7)  # noqa: S311
    voices = [_spoken(text.split(), r) for text in _BABBLE]
    return tuple(voice / _rms(voice) for voice in voices if len(voice))


def _babble(count: int, g: np.random.Generator) -> Samples:
    out = np.zeros(count)
    for _ in range(int(g.integers(3, 8))):
        voice = _crowd()[int(g.integers(len(_crowd())))]
        out += np.resize(np.roll(voice, int(g.integers(len(voice)))), count) * g.uniform(0.3, 1)
    return out


def _pink(count: int, g: np.random.Generator) -> Samples:
    spectrum = np.fft.rfft(g.standard_normal(count))
    return np.asarray(np.fft.irfft(spectrum / np.sqrt(np.arange(len(spectrum)) + 8.0), count))


def _band(samples: Samples) -> Samples:
    """Keep what a telephone line carries."""
    hertz = np.fft.rfftfreq(len(samples), 1 / SAMPLE_RATE_HZ)
    with np.errstate(divide="ignore"):
        gain = 1 / np.sqrt((1 + (_LOW_HZ / hertz) ** _SLOPE) * (1 + (hertz / _HIGH_HZ) ** (2 * _SLOPE)))
    return np.asarray(np.fft.irfft(np.fft.rfft(samples) * gain, len(samples)))


def _rms(samples: Samples) -> float:
    return float(np.sqrt(np.mean(samples * samples) + 1e-9))


class Callers:
    """A child process that speaks; a context manager.

    Raises:
        OSError: libespeak-ng is not there (apt-get install espeak-ng).
    """

    def __init__(self) -> None:
        self._pool = _child()
        self._begun = 0

    def __enter__(self) -> "Callers":
        """Begin."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the child."""
        self._pool.shutdown(wait=True, cancel_futures=True)

    def begin(self, line: Line) -> "Future[bytes]":
        """Have a line spoken meanwhile."""
        if self._begun >= _LINES_PER_CHILD:
            self._replace()
        self._begun += 1
        try:
            return self._pool.submit(say, line)
        except BrokenProcessPool:
            self._replace()
            return self._pool.submit(say, line)

    def result(self, line: Line, begun: "Future[bytes]") -> bytes:
        """Wait for a line; a child that died over another one is replaced."""
        try:
            return begun.result()
        except BrokenProcessPool:
            return self.begin(line).result()

    def _replace(self) -> None:
        self._pool.shutdown(wait=False)
        self._pool, self._begun = _child(), 0


def _child() -> ProcessPoolExecutor:
    # max_tasks_per_child would do, but hangs in Python 3.11 when the last task of a child ends
    return ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn"))
