"""Telephone audio in numpy: A-law, rates, loudness, silence, WAV. Pure.

PCM is always mono, 16-bit signed little-endian, 8 kHz: 16 000 bytes a second, 320 bytes in 20 ms.
"""

import io
import struct
import wave
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import soxr

from ivr.speech.errors import AudioFormatUnsupported

SAMPLE_RATE_HZ: Final = 8000
BYTES_PER_SECOND: Final = 16000
FRAME_BYTES: Final = 320
"""20 ms."""

SPEECH_DBFS: Final = -20.0
"""Loudness of everything that is said, measured over its voiced part."""

Samples = npt.NDArray[np.int16]

_PEAK = 32000
_FULL_SCALE = 32768.0
_FRAME_SAMPLES = 80
"""10 ms: the grain in which silence is measured."""
_SILENCE_BELOW_LOUDEST_DB = 40.0
_NOISE_FLOOR_DBFS = -66.0


def _decode_table() -> Samples:
    """G.711: 8 bits, even bits inverted: sign, 3 bits of segment, 4 bits of step."""
    code = np.arange(256, dtype=np.int32) ^ 0x55
    segment, step = (code >> 4) & 7, code & 15
    size = (step << 4) + 8
    size = np.where(segment > 0, (size + 256) << np.maximum(segment - 1, 0), size)
    return np.where(code & 0x80, size, -size).astype(np.int16)


def _encode_table() -> npt.NDArray[np.uint8]:
    """Every 16-bit sample, as an unsigned index -> its code."""
    sample = np.arange(65536, dtype=np.int32).astype(np.uint16).view(np.int16).astype(np.int32)
    size = np.where(sample >= 0, sample, -sample - 1) >> 4
    segment = np.zeros_like(size)
    for bound in (16, 32, 64, 128, 256, 512, 1024):
        segment += size >= bound
    shift = np.maximum(segment, 1)
    step = np.where(segment > 0, (size >> (shift - 1)) & 15, size & 15)
    sign = np.where(sample >= 0, 0x80, 0)
    code: npt.NDArray[np.uint8] = ((sign | (segment << 4) | step) ^ 0x55).astype(np.uint8)
    return code


_TO_PCM: Final = _decode_table()
_TO_ALAW: Final = _encode_table()


def alaw_to_pcm(data: bytes) -> bytes:
    """Decode G.711 A-law; one byte becomes one sample."""
    return _TO_PCM.take(np.frombuffer(data, np.uint8)).tobytes()


def pcm_to_alaw(pcm: bytes) -> bytes:
    """Encode as G.711 A-law; half a sample at the end is dropped."""
    return _TO_ALAW[_samples(pcm).view(np.uint16)].tobytes()


def _samples(pcm: bytes) -> Samples:
    return np.frombuffer(pcm, "<i2", count=len(pcm) // 2)


def _bytes(samples: npt.NDArray[np.float64]) -> bytes:
    return np.clip(np.rint(samples), -32768, 32767).astype("<i2").tobytes()


def seconds_of(pcm: bytes) -> float:
    """How long it sounds."""
    return len(pcm) / BYTES_PER_SECOND


def silence(seconds: float) -> bytes:
    """Digital silence."""
    return bytes(2 * round(seconds * SAMPLE_RATE_HZ))


def resample(pcm: bytes, from_hz: int, to_hz: int = SAMPLE_RATE_HZ) -> bytes:
    """Change the sample rate, band-limited."""
    if from_hz == to_hz or not pcm:
        return pcm
    return _bytes(soxr.resample(_samples(pcm).astype(np.float64), from_hz, to_hz))


def frame_dbfs(samples: Samples) -> npt.NDArray[np.float64]:
    """Loudness of each 10 ms; a shorter rest counts as a frame."""
    count = -(-len(samples) // _FRAME_SAMPLES)
    padded = np.zeros(count * _FRAME_SAMPLES)
    padded[: len(samples)] = samples
    power = np.mean(padded.reshape(count, _FRAME_SAMPLES) ** 2, axis=1)
    return np.asarray(10 * np.log10(np.maximum(power, 1e-3) / _FULL_SCALE**2))


def _voiced(samples: Samples) -> npt.NDArray[np.bool_]:
    loudness = frame_dbfs(samples)
    threshold = max(float(loudness.max()) - _SILENCE_BELOW_LOUDEST_DB, _NOISE_FLOOR_DBFS)
    return loudness > threshold


def loudness_dbfs(pcm: bytes) -> float:
    """Loudness of the voiced part; -inf for silence."""
    samples = _samples(pcm)
    if not len(samples) or not (voiced := _voiced(samples)).any():
        return -np.inf
    heard = samples[np.repeat(voiced, _FRAME_SAMPLES)[: len(samples)]].astype(np.float64)
    return float(10 * np.log10(np.mean(heard**2) / _FULL_SCALE**2))


def level(pcm: bytes, dbfs: float = SPEECH_DBFS) -> bytes:
    """Bring the voiced part to a loudness; peaks are never clipped, silence stays silent."""
    now = loudness_dbfs(pcm)
    if not np.isfinite(now):
        return pcm
    samples = _samples(pcm).astype(np.float64)
    gain = min(10 ** ((dbfs - now) / 20), _PEAK / float(np.abs(samples).max()))
    return _bytes(samples * gain)


def fade(pcm: bytes, *, in_seconds: float = 0.005, out_seconds: float = 0.01) -> bytes:
    """Let both ends begin and end at zero, so that nothing clicks."""
    samples = _samples(pcm).astype(np.float64)
    rise = min(round(in_seconds * SAMPLE_RATE_HZ), len(samples) // 2)
    fall = min(round(out_seconds * SAMPLE_RATE_HZ), len(samples) // 2)
    samples[:rise] *= np.sin(np.linspace(0, np.pi / 2, rise)) ** 2
    if fall:
        samples[-fall:] *= np.cos(np.linspace(0, np.pi / 2, fall)) ** 2
    return _bytes(samples)


def trim_silence(pcm: bytes, *, keep_before: float = 0.01, keep_after: float = 0.06) -> bytes:
    """Cut silence off both ends, but for so many seconds; silence alone becomes empty."""
    samples = _samples(pcm)
    if not len(samples) or not (voiced := _voiced(samples)).any():
        return b""
    frames = np.flatnonzero(voiced)
    first = int(frames[0]) * _FRAME_SAMPLES - round(keep_before * SAMPLE_RATE_HZ)
    last = (int(frames[-1]) + 1) * _FRAME_SAMPLES + round(keep_after * SAMPLE_RATE_HZ)
    return samples[max(first, 0) : last].tobytes()


def read_wav(source: Path | bytes) -> bytes:
    """Read a WAV file as PCM; other rates are resampled, more channels mixed down.

    Raises:
        AudioFormatUnsupported: not a WAV file, cut off, or not 16-bit PCM.
    """
    data = source if isinstance(source, bytes) else source.read_bytes()
    if data[:4] != b"RIFF" or data[8:12] != b"WAVE":
        raise AudioFormatUnsupported("not a WAV file")
    try:
        with wave.open(io.BytesIO(data)) as file:
            width, channels, rate = file.getsampwidth(), file.getnchannels(), file.getframerate()
            promised = file.getnframes() * channels * width
            body = file.readframes(file.getnframes())
    except wave.Error as error:
        raise AudioFormatUnsupported(f"a WAV file that cannot be read ({error})") from None
    except (EOFError, RuntimeError, struct.error):
        raise AudioFormatUnsupported("a WAV file that is cut off") from None
    if width != 2 or rate <= 0:
        raise AudioFormatUnsupported(f"WAV, {8 * width}-bit, {rate} Hz, {channels} channels")
    if len(body) < promised or not body:
        raise AudioFormatUnsupported("a WAV file that is cut off" if promised else "a WAV file without audio")
    mixed = _samples(body).reshape(-1, channels).astype(np.float64).mean(axis=1)
    return resample(_bytes(mixed), rate)


def write_wav(pcm: bytes) -> bytes:
    """Wrap PCM as a WAV file."""
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setnchannels(1)
        writer.setsampwidth(2)
        writer.setframerate(SAMPLE_RATE_HZ)
        writer.writeframes(pcm)
    return file.getvalue()
