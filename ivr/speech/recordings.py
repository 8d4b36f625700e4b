"""A studio's recordings, judged one by one before callers hear them. Pure.

A file that cannot be used is never played: the synthesizer's sentence stands in. A file that can be used
and is not good (quiet room missing, cut off, another sentence) is played, so it must be found here.
"""

import io
import wave
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ivr.domain.sounds import PAUSE, apart, plain, sounds
from ivr.speech.audio import SAMPLE_RATE_HZ, read_wav, seconds_of, trim_silence
from ivr.speech.edit_distance import distance
from ivr.speech.errors import AudioFormatUnsupported

_CLIPPED_AT, _CLIPPED_SHARE = 32700, 0.0005
_LEAST_ABOVE_NOISE_DB = 25.0
_FASTEST, _SLOWEST = 0.11, 0.55
"""Seconds a syllable."""
_MOST_SILENCE_SECONDS = 1.0
_FRAME_SAMPLES = 160
_TOO_FAR = 0.5
"""Share of syllables that the ear hears otherwise; real voices are heard worse than our own."""


@dataclass(frozen=True, slots=True)
class Judged:
    """One recording."""

    problem: str | None = None
    """Why it cannot be used."""
    notes: tuple[str, ...] = ()
    """What is not good about it."""
    pcm: bytes = b""
    """Mono, 16-bit, 8 kHz; empty when it cannot be used."""


def judge(data: bytes, text: str) -> Judged:
    """Look at a WAV file of a phrase.

    Args:
        data: the file.
        text: what should be said in it.
    """
    try:
        pcm = read_wav(data)
    except AudioFormatUnsupported as error:
        return Judged(str(error))
    spoken = trim_silence(pcm)
    if not spoken:
        return Judged("it is silent")
    with wave.open(io.BytesIO(data)) as file:
        rate = file.getframerate()
    notes = [
        f"{rate} Hz is less than a telephone's {SAMPLE_RATE_HZ}" if rate < SAMPLE_RATE_HZ else "",
        _clipped(pcm), _noisy(pcm), _pace(spoken, text),
        "more than a second of silence around it (it is cut off when it is played)"
        if seconds_of(pcm) - seconds_of(spoken) > _MOST_SILENCE_SECONDS else "",
    ]  # fmt: skip
    return Judged(notes=tuple(note for note in notes if note), pcm=pcm)


def says_else(heard: str, text: str) -> bool:
    """Is what the ear heard another sentence than the phrase?"""
    one, other = (sounds(plain(each).replace(PAUSE, "")) for each in (heard, text))
    return bool(one) and distance(one, other, apart) > _TOO_FAR * max(len(one), len(other))


def _samples(pcm: bytes) -> npt.NDArray[np.float64]:
    return np.frombuffer(pcm, "<i2").astype(np.float64)


def _clipped(pcm: bytes) -> str:
    share = float(np.mean(np.abs(_samples(pcm)) >= _CLIPPED_AT))
    return f"clipped: {100 * share:.1f} % of it is as loud as can be" if share > _CLIPPED_SHARE else ""


def _noisy(pcm: bytes) -> str:
    samples = _samples(pcm)
    frames = samples[: len(samples) // _FRAME_SAMPLES * _FRAME_SAMPLES].reshape(-1, _FRAME_SAMPLES)
    if len(frames) < 10:
        return ""
    power = np.sort(np.mean(frames**2, axis=1) + 1e-3)
    above = 10 * np.log10(power[int(0.9 * len(power))] / power[int(0.02 * len(power))])
    return f"noisy: speech is only {above:.0f} dB above the room" if above < _LEAST_ABOVE_NOISE_DB else ""


def _pace(spoken: bytes, text: str) -> str:
    syllables = len(plain(text).replace(PAUSE, ""))
    each = seconds_of(spoken) / max(1, syllables)
    if _FASTEST <= each <= _SLOWEST:
        return ""
    return f"{seconds_of(spoken):.1f} s is too {'short' if each < _FASTEST else 'long'} for {syllables} syllables"
