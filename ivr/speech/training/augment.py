"""A telephone, in numpy: rooms, noises, lines, speech coders, lost packets, A-law. Samples on the int16 scale, 8 kHz."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy.fft import next_fast_len
from scipy.signal import butter, lfilter, sosfilt

Audio = npt.NDArray[np.float64]
Span = tuple[float, float, int]
"""(first sample, last sample, HMM state)."""

_LINE = butter(4, [280, 3450], "band", fs=8000, output="sos")
_A = 87.6
KINDS = ("white", "pink", "brown", "babble", "babble", "car", "hum", "street")
_KEY_TONES = ((697, 770, 852, 941), (1209, 1336, 1477))
_CODER_FRAME, _CODER_ORDER, _CODER_GRID = 160, 8, 3
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
    if kind == "street" and voices:
        parts = (("car", 1.0), ("babble", g.uniform(0.3, 1)), ("white", g.uniform(0.05, 0.4)))
        made = [(noise(part, count, g, voices), level) for part, level in parts]
        return np.asarray(sum(samples / rms(samples) * level for samples, level in made))
    seconds = np.arange(count) / 8000.0
    if kind == "hum":
        base = float(g.choice([50, 60, 100, 120]))
        tones = sum(np.sin(2 * np.pi * base * k * seconds + g.uniform(0, 6)) / k for k in range(1, 12))
        return np.asarray(tones + 0.3 * g.standard_normal(count))
    size = next_fast_len(count, real=True)
    spectrum = np.fft.rfft(g.standard_normal(size))
    shaped = np.fft.irfft(spectrum / (np.arange(len(spectrum)) + 8.0) ** _SLOPES.get(kind, 0.7), size)[:count]
    if kind == "car":
        shaped = shaped * (1 + 0.5 * np.sin(2 * np.pi * g.uniform(0.2, 3) * seconds))
    return np.asarray(shaped)


def equalize(samples: Audio, g: np.random.Generator) -> Audio:
    """Another microphone: a smooth random gain over frequency."""
    size = next_fast_len(len(samples), real=True)
    spectrum = np.fft.rfft(samples, size)
    points = np.cumsum(g.normal(0, g.uniform(1, 6) / 2.5, 7))
    where = np.linspace(0, 1, len(spectrum)) ** 0.5
    gain = np.interp(where, np.linspace(0, 1, 7), points - points.mean())
    return np.asarray(np.fft.irfft(spectrum * 10 ** (gain / 20), size)[: len(samples)])


def reverberate(samples: Audio, g: np.random.Generator) -> Audio:
    """A room."""
    count = int(8000 * g.uniform(0.05, 0.35))
    response = g.standard_normal(count) * np.exp(-6.9 * np.arange(count) / count)
    response[0] = 0
    response *= g.uniform(0.1, 0.6) / (np.sqrt((response**2).sum()) + 1e-9)
    response[0] = 1
    size = next_fast_len(len(samples) + count, real=True)
    return np.asarray(np.fft.irfft(np.fft.rfft(samples, size) * np.fft.rfft(response, size), size)[: len(samples)])


def _prompt(count: int, g: np.random.Generator, voices: Sequence[Audio]) -> Audio:
    """Our own prompt, come back as an echo in the first part of a line."""
    voice = reverberate(voices[int(g.integers(len(voices)))], g)
    begin, length = int(g.integers(len(voice))), int(g.uniform(0.2, 0.8) * count)
    part = voice[begin : begin + length]
    return np.concatenate([part, np.zeros(count - len(part))])


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


def key_tones(count: int, g: np.random.Generator) -> Audio:
    """A few keys pressed somewhere in `count` samples of silence, peak 1."""
    out = np.zeros(count)
    for _ in range(int(g.integers(1, 5))):
        length = min(count, int(8000 * g.uniform(0.05, 0.25)))
        first = int(g.integers(0, count - length + 1))
        seconds = np.arange(length) / 8000.0
        pair = (float(g.choice(tones)) for tones in _KEY_TONES)
        out[first : first + length] = sum(0.5 * np.sin(2 * np.pi * hertz * seconds) for hertz in pair)
    return out


def _predictors(frames: Audio) -> Audio:
    """Linear prediction of every frame, [frames, order + 1]: what a coder of mobile phones sends."""
    size = _CODER_ORDER + 1
    windowed = frames * np.hamming(frames.shape[1])
    lags = np.stack([(windowed[:, : frames.shape[1] - lag] * windowed[:, lag:]).sum(1) for lag in range(size)], 1)
    out = np.zeros((len(frames), size))
    out[:, 0] = 1
    error = lags[:, 0] * 1.01 + 1.0
    for step in range(1, size):
        reflection = -(lags[:, step] + (out[:, 1:step] * lags[:, step - 1 : 0 : -1]).sum(1)) / error
        reflection = np.round(np.clip(reflection, -0.8, 0.8) * 32) / 32
        out[:, 1 : step + 1] += reflection[:, None] * out[:, step - 1 :: -1][:, :step]
        error = error * (1 - reflection**2)
    return out * 0.9 ** np.arange(size)


def through_coder(samples: Audio, levels: int) -> Audio:
    """A mobile phone's coder (like GSM's): one sample of three of what prediction leaves, in few levels."""
    frames = -(-len(samples) // _CODER_FRAME)
    padded = np.resize(np.concatenate([samples, np.zeros(frames * _CODER_FRAME - len(samples))]), (frames, _CODER_FRAME))
    filters = _predictors(padded)
    out = np.empty_like(padded)
    before, after = np.zeros(_CODER_ORDER), np.zeros(_CODER_ORDER)
    for index, (frame, taps) in enumerate(zip(padded, filters, strict=True)):
        left, before = lfilter(taps, [1.0], frame, zi=_analysis_state(taps, before))[0], frame[: -_CODER_ORDER - 1 : -1]
        out[index] = lfilter([1.0], taps, _on_a_grid(left, levels), zi=_synthesis_state(taps, after))[0]
        out[index] *= min(1.0, 1.2 * rms(frame) / rms(out[index]))
        after = out[index][: -_CODER_ORDER - 1 : -1]
    return out.reshape(-1)[: len(samples)]


def _analysis_state(taps: Audio, past: Audio) -> Audio:
    return np.array([(taps[k + 1 :] * past[: _CODER_ORDER - k]).sum() for k in range(_CODER_ORDER)])


def _synthesis_state(taps: Audio, past: Audio) -> Audio:
    return -_analysis_state(taps, past)


def _on_a_grid(left: Audio, levels: int) -> Audio:
    out = np.zeros_like(left)
    for first in range(0, len(left), 40):
        part = left[first : first + 40]
        place = max(range(_CODER_GRID), key=lambda at: float((part[at::_CODER_GRID] ** 2).sum()))
        kept = part[place::_CODER_GRID]
        step = np.abs(kept).max() / levels + 1e-9
        out[first + place : first + 40 : _CODER_GRID] = np.round(kept / step) * step
    return out


def telephone(
    speech: Audio, spans: Sequence[Span], g: np.random.Generator, voices: Sequence[Audio]
) -> tuple[npt.NDArray[np.float32], list[Span]]:
    """One sentence as it might arrive, with its spans moved along."""
    lead, tail = int(8000 * g.uniform(0.05, 0.7)), int(8000 * g.uniform(0.1, 0.8))
    voice = equalize(speech, g) if g.random() < 0.5 else speech
    line = np.concatenate([np.zeros(lead), voice, np.zeros(tail)])
    moved = [(first + lead, last + lead, state) for first, last, state in spans]
    line = _coded(_surrounded(line, rms(voice), g, voices), g)
    if g.random() < 0.1:
        before, after = int(g.integers(0, 3000)), int(g.integers(0, 4000))
        line = np.concatenate([np.zeros(before), line, np.zeros(after)])
        moved = [(first + before, last + before, state) for first, last, state in moved]
    return np.clip(line, -32768, 32767).astype(np.float32), moved


def _surrounded(line: Audio, level: float, g: np.random.Generator, voices: Sequence[Audio]) -> Audio:
    """In a room, among noises; `level` is the speaker's."""
    if g.random() < 0.35:
        line = reverberate(line, g)
    if g.random() < 0.8:
        other = noise(str(g.choice(KINDS)), len(line), g, voices)
        line = line + other * (level / rms(other)) * 10 ** (-g.uniform(2, 28) / 20)
    else:
        line = line + g.standard_normal(len(line)) * level * 10 ** (-g.uniform(35, 70) / 20)
    if g.random() < 0.06 and voices:
        line = line + _prompt(len(line), g, voices) * level * 10 ** (-g.uniform(14, 36) / 20)
    if g.random() < 0.03:
        line = line + key_tones(len(line), g) * level * 10 ** (-g.uniform(-6, 20) / 20)
    return line


def _coded(line: Audio, g: np.random.Generator) -> Audio:
    """Through the network."""
    if g.random() < 0.7:
        line = sosfilt(_LINE, line)
    line = line * (10 ** (g.uniform(-34, -4) / 20) * 32768 / (np.abs(line).max() + 1e-9))
    if g.random() < 0.05:
        line = np.clip(line * g.uniform(1.5, 6), -32768, 32767)
    if g.random() < 0.12:
        line = through_coder(line, int(g.integers(3, 8)))
    if g.random() < 0.12:
        line = lose_packets(line, g)
    return through_alaw(line) if g.random() < 0.7 else np.round(line)
