"""Tones of single signs: 津 is level and 晋 falls, 一 is level and E mostly falls. Pure.

The ear hears sounds without tones. Where its guesses differ in a digit, a letter or a province, the melody of the
voice over that sign tells which guess is likelier. Only signs that are read off count, those beside another sign or
alone: inside a sentence a tone depends on its neighbours (一个, 一下).
"""

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ivr.speech.pitch import Pitch, pitch
from ivr.speech.readings import Reading

Numbers = npt.NDArray[np.float64]

FILE = "tones.json"
"""In the folder of a speech model; one without it has no ear for tones."""
TONES = ("1", "2", "3", "4")
_LEAST_FRAMES = 5
_FREEDOM = 4.0
"""Of Student's distribution: voices that do what no other does are not impossible."""
_OTHER = 0.05
"""Of a sign's tone: it may be said otherwise than the table knows."""


@dataclass(frozen=True)
class Tone:
    """How a tone sounds: Student's distribution of its `contour`."""

    mean: tuple[float, ...]
    scale: tuple[tuple[float, ...], ...]
    share: float
    """Of all signs that are said."""

    @cached_property
    def _inverse(self) -> tuple[Numbers, float]:
        scale = np.array(self.scale)
        return np.linalg.inv(scale), float(np.linalg.slogdet(scale)[1])

    def density(self, contour: Numbers) -> float:
        """How likely the contour is, up to a factor that all tones share."""
        inverse, size = self._inverse
        away = contour - np.array(self.mean)
        spread = math.log1p(float(away @ inverse @ away) / _FREEDOM)
        return math.exp(-0.5 * size - (_FREEDOM + len(self.mean)) / 2 * spread)


@dataclass(frozen=True)
class Tones:
    """A model's ear for tones.

    Args:
        tones: of `TONES`.
        signs: of a digit, a letter or a province, in what shares it is said in which tones.
    """

    tones: Mapping[str, Tone]
    signs: Mapping[str, Mapping[str, float]]

    def weigh(self, found: Sequence[Reading], pcm: bytes) -> list[Reading]:
        """Give the guesses their new shares, the likeliest first; what they have together stays the same.

        Args:
            found: with times from the beginning of `pcm`.
            pcm: the utterance, mono, 16-bit, 8 kHz.
        """
        if not self._differ(found):
            return list(found)
        voice = Melody(pitch(pcm))
        heard = [_Sign(first, last, self._of_sign(self.signs[sign], voice.contour(first, last))) for reading in found for sign, first, last in self._read_off(reading)]
        likelier = [math.exp(self._likelihood(reading, voice, heard)) if reading.words else 1.0 for reading in found]
        spoken = sum(reading.share for reading in found if reading.words)
        now = sum(reading.share * times for reading, times in zip(found, likelier, strict=True) if reading.words)
        weighed = [
            replace(reading, share=reading.share * times * spoken / now) if reading.words else reading
            for reading, times in zip(found, likelier, strict=True)
        ]
        return sorted(weighed, key=lambda reading: -reading.share)

    def _differ(self, found: Sequence[Reading]) -> bool:
        said = {tuple(sign for sign, _, _ in self._read_off(reading)) for reading in found if reading.words}
        return len(said) > 1

    def _read_off(self, reading: Reading) -> Iterator[tuple[str, float, float]]:
        words = reading.words
        for at, word in enumerate(words):
            beside = [other for other, _, _ in (*words[max(0, at - 1) : at], *words[at + 1 : at + 2])]
            if word[0] in self.signs and (not beside or any(other in self.signs for other in beside)):
                yield word

    def _likelihood(self, reading: Reading, voice: "Melody", heard: Sequence["_Sign"]) -> float:
        """Log of how much likelier its signs are than any signs.

        A word that is no sign must not win by having no tone to be judged by: 币 loses what B loses in its place.
        """
        own = set(self._read_off(reading))
        total = sum(self._of_sign(self.signs[sign], voice.contour(first, last)) for sign, first, last in own)
        for word in reading.words:
            if word not in own:
                total += min([0.0, *(sign.likelihood for sign in heard if sign.stands_in(word[1], word[2]))])
        return total

    def _of_sign(self, said: Mapping[str, float], contour: Numbers | None) -> float:
        if contour is None:
            return 0.0
        heard = {name: tone.density(contour) for name, tone in self.tones.items()}
        any_sign = sum(self.tones[name].share * density for name, density in heard.items())
        if any_sign <= 0:
            return 0.0
        this = sum(share * heard[name] for name, share in said.items())
        return math.log((1 - _OTHER) * this / any_sign + _OTHER)


@dataclass(frozen=True, slots=True)
class _Sign:
    """Read off in one of the guesses."""

    first_seconds: float
    last_seconds: float
    likelihood: float

    def stands_in(self, first_seconds: float, last_seconds: float) -> bool:
        middle = (self.first_seconds + self.last_seconds) / 2
        return first_seconds <= middle < last_seconds


class Melody:
    """A voice against its own middle."""

    def __init__(self, voice: Pitch) -> None:
        self._voice = voice
        self._middle = float(np.median(voice.octaves[voice.voiced])) if voice.voiced.any() else 0.0
        self._known: dict[tuple[float, float], Numbers | None] = {}

    def contour(self, first_seconds: float, last_seconds: float) -> Numbers | None:
        """Height, rise from the first half to the second, and bend of a stretch, in octaves; None: hardly a voice."""
        span = (first_seconds, last_seconds)
        if span not in self._known:
            self._known[span] = self._contour(*span)
        return self._known[span]

    def _contour(self, first: float, last: float) -> Numbers | None:
        seconds = self._voice.seconds
        inside = self._voice.voiced & (seconds >= first) & (seconds < last)
        count = int(inside.sum())
        if count < _LEAST_FRAMES:
            return None
        height, weight = self._voice.octaves[inside] - self._middle, self._voice.strength[inside]
        place = (seconds[inside] - (first + last) / 2) / ((last - first) / 2)
        powers = np.stack([np.ones(count), place, place**2], axis=1)
        curve = np.linalg.lstsq(powers * weight[:, None], height * weight, rcond=None)[0]
        rise = height[count // 2 :].mean() - height[: count // 2].mean()
        return np.array([height.mean(), rise, curve[2]])


def load_tones(path: Path) -> Tones:
    """Read what `ivr.speech.training.tones` wrote.

    Raises:
        ValueError: it is something else.
        OSError: it cannot be read.
    """
    try:
        told = json.loads(path.read_text("utf-8"))
        tones = {
            name: Tone(tuple(map(float, each["mean"])), tuple(tuple(map(float, row)) for row in each["scale"]), float(each["share"]))
            for name, each in told["tones"].items()
        }
        signs = {str(sign): {name: float(share) for name, share in said.items()} for sign, said in told["signs"].items()}
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise ValueError(f"{path.name} is no table of tones ({type(error).__name__})") from None
    if set(tones) != set(TONES) or not all(set(said) <= set(TONES) for said in signs.values()):
        raise ValueError(f"{path.name} must tell of the tones {', '.join(TONES)}, and of no other")
    for tone in tones.values():
        if len(tone.mean) != 3 or np.array(tone.scale).shape != (3, 3) or np.linalg.eigvalsh(np.array(tone.scale))[0] <= 0:
            raise ValueError(f"{path.name} has a tone that cannot be reckoned with")
    return Tones(tones, signs)
