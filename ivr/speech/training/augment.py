"""A telephone, in numpy: rooms, noises, lines, lost packets, A-law. Samples on the int16 scale, 8 kHz."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy.signal import butter, sosfilt

Audio = npt.NDArray[np.float64]
Span = tuple[float, float, int]
"""(first sample, last sample, HMM state)."""

_LINE = butter(4, [280, 3450], "band", fs=8000, output="sos")
_A = 87.6
KINDS = ("white", "pink", "brown", "babble", "babble", "car", "hum")
_SLOPES = {"pink": 0.5, "brown": 1.0}


def rms(samples: Audio) -> float:
    """Root mean square, never zero."""
    return float(np.sqrt(np.mean(samples * samples) + 1e-9))


def through_alaw(samples: Audio) -> Audio:
    """G.711 A-law and back."""
    scaled = np.clip(samples, -32768, 32767) / 32768.0
    sign, size = np.sign(scaled), np.abs(scaled)
    low = 1 + np.log(_A)
    coded = np.where(size < 1 / _A, _A * size / low, (1 + np.log(np.maximum(_A * size, 1e-9))) / low)
    steps = (np.floor(coded * 128) + 0.5) / 128
    back = np.where(steps < 1 / low, steps * low / _A, np.exp(steps * low - 1) / _A)
    return np.round(sign * back * 32768.0)


def noise(kind: str, count: int, g: np.random.Generator, voices: Sequence[Audio]) -> Audio:
    """`count` samples of one kind of noise, at any level."""
    if kind == "white":
        return g.standard_normal(count)
    if kind == "babble" and voices:
        out = np.zeros(count)
        for _ in range(int(g.integers(3, 8))):
            voice = voices[int(g.integers(len(voices)))]
            out += np.resize(np.roll(voice, int(g.integers(len(voice)))), count) * g.uniform(0.3, 1)
        return out
    seconds = np.arange(count) / 8000.0
    if kind == "hum":
        base = float(g.choice([50, 60, 100, 120]))
        tones = sum(np.sin(2 * np.pi * base * k * seconds + g.uniform(0, 6)) / k for k in range(1, 12))
        return np.asarray(tones + 0.3 * g.standard_normal(count))
    spectrum = np.fft.rfft(g.standard_normal(count))
    shaped = np.fft.irfft(spectrum / (np.arange(len(spectrum)) + 8.0) ** _SLOPES.get(kind, 0.7), count)
    if kind == "car":
        shaped = shaped * (1 + 0.5 * np.sin(2 * np.pi * g.uniform(0.2, 3) * seconds))
    return np.asarray(shaped)


def equalize(samples: Audio, g: np.random.Generator) -> Audio:
    """Another microphone: a smooth random gain over frequency."""
    spectrum = np.fft.rfft(samples)
    points = np.cumsum(g.normal(0, g.uniform(1, 6) / 2.5, 7))
    where = np.linspace(0, 1, len(spectrum)) ** 0.5
    gain = np.interp(where, np.linspace(0, 1, 7), points - points.mean())
    return np.asarray(np.fft.irfft(spectrum * 10 ** (gain / 20), len(samples)))


def reverberate(samples: Audio, g: np.random.Generator) -> Audio:
    """A room."""
    count = int(8000 * g.uniform(0.05, 0.35))
    response = g.standard_normal(count) * np.exp(-6.9 * np.arange(count) / count)
    response[0] = 0
    response *= g.uniform(0.1, 0.6) / (np.sqrt((response**2).sum()) + 1e-9)
    response[0] = 1
    size = len(samples) + count
    return np.asarray(np.fft.irfft(np.fft.rfft(samples, size) * np.fft.rfft(response, size), size)[: len(samples)])


def lose_packets(samples: Audio, g: np.random.Generator) -> Audio:
    """Some 20 ms packets become silence or are repeated."""
    out = samples.copy()
    for _ in range(int(g.integers(1, 6))):
        first = int(g.integers(0, max(1, len(out) // 160 - 2))) * 160
        count = 160 * int(g.integers(1, 3))
        if g.random() < 0.5 or first < count:
            out[first : first + count] = 0
        else:
            out[first : first + count] = out[first - count : first][: len(out[first : first + count])]
    return out


def telephone(
    speech: Audio, spans: Sequence[Span], g: np.random.Generator, voices: Sequence[Audio]
) -> tuple[npt.NDArray[np.float32], list[Span]]:
    """One sentence as it might arrive, with its spans moved along."""
    lead, tail = int(8000 * g.uniform(0.05, 0.7)), int(8000 * g.uniform(0.1, 0.8))
    voice = equalize(speech, g) if g.random() < 0.5 else speech
    line = np.concatenate([np.zeros(lead), voice, np.zeros(tail)])
    moved = [(first + lead, last + lead, state) for first, last, state in spans]
    if g.random() < 0.35:
        line = reverberate(line, g)
    level = rms(voice)
    if g.random() < 0.8:
        other = noise(str(g.choice(KINDS)), len(line), g, voices)
        line = line + other * (level / rms(other)) * 10 ** (-g.uniform(2, 32) / 20)
    else:
        line = line + g.standard_normal(len(line)) * level * 10 ** (-g.uniform(35, 70) / 20)
    if g.random() < 0.7:
        line = sosfilt(_LINE, line)
    line = line * (10 ** (g.uniform(-34, -4) / 20) * 32768 / (np.abs(line).max() + 1e-9))
    if g.random() < 0.04:
        line = np.clip(line * g.uniform(1.5, 5), -32768, 32767)
    if g.random() < 0.12:
        line = lose_packets(line, g)
    line = through_alaw(line) if g.random() < 0.7 else np.round(line)
    if g.random() < 0.1:
        before, after = int(g.integers(0, 3000)), int(g.integers(0, 4000))
        line = np.concatenate([np.zeros(before), line, np.zeros(after)])
        moved = [(first + before, last + before, state) for first, last, state in moved]
    return np.clip(line, -32768, 32767).astype(np.float32), moved
