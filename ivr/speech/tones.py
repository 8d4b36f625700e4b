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

from ivr.speech.pitch import Numbers, Pitch, pitch
from ivr.speech.readings import Reading

Word = tuple[str, float, float]
"""(text, start, end) in seconds of the utterance."""

FILE = "tones.json"
"""In the folder of a speech model; one without it has no ear for tones."""
TONES = ("1", "2", "3", "4")
_LEAST_FRAMES = 5
FREEDOM = 4.0
"""Of Student's distribution, with which the table was fitted: voices that do what no other does are not impossible."""
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
        spread = math.log1p(float(away @ inverse @ away) / FREEDOM)
        return math.exp(-0.5 * size - (FREEDOM + len(self.mean)) / 2 * spread)


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
        heard = {word: self._of_sign(word, voice) for reading in found for word in self._read_off(reading)}
        likelier = [math.exp(_likelihood(reading, heard)) for reading in found]
        spoken = sum(reading.share for reading in found if reading.words)
        now = sum(reading.share * times for reading, times in zip(found, likelier, strict=True) if reading.words)
        if now <= 0:
            return list(found)
        weighed = [
            replace(reading, share=reading.share * times * spoken / now) if reading.words else reading
            for reading, times in zip(found, likelier, strict=True)
        ]
        return sorted(weighed, key=lambda reading: -reading.share)

    def _differ(self, found: Sequence[Reading]) -> bool:
        said = {tuple(sign for sign, _, _ in self._read_off(reading)) for reading in found if reading.words}
        return len(said) > 1

    def _read_off(self, reading: Reading) -> Iterator[Word]:
        words = reading.words
        for at, word in enumerate(words):
            beside = [other for other, _, _ in (*words[max(0, at - 1) : at], *words[at + 1 : at + 2])]
            if word[0] in self.signs and (not beside or any(other in self.signs for other in beside)):
                yield word

    def _of_sign(self, word: Word, voice: "Melody") -> float:
        """Log of how much likelier this sign is than any sign."""
        sign, first_seconds, last_seconds = word
        contour = voice.contour(first_seconds, last_seconds)
        if contour is None:
            return 0.0
        tones = {name: tone.density(contour) for name, tone in self.tones.items()}
        any_sign = sum(self.tones[name].share * density for name, density in tones.items())
        if any_sign <= 0:
            return 0.0
        this = sum(share * tones[name] for name, share in self.signs[sign].items())
        return math.log((1 - _OTHER) * this / any_sign + _OTHER)


def _likelihood(reading: Reading, heard: Mapping[Word, float]) -> float:
    """Log of how much likelier its signs are than any signs.

    A word that is no sign must not win by having no tone to be judged by: 币 loses what B loses in its place.
    """
    return sum(
        heard[word] if word in heard else min([0.0, *(times for sign, times in heard.items() if _stands_in(sign, word))])
        for word in reading.words
    )


def _stands_in(sign: Word, word: Word) -> bool:
    return word[1] <= (sign[1] + sign[2]) / 2 < word[2]


class Melody:
    """A voice against its own middle."""

    def __init__(self, voice: Pitch) -> None:
        self._voice = voice
        self._middle = float(np.median(voice.octaves[voice.voiced])) if voice.voiced.any() else 0.0

    def contour(self, first_seconds: float, last_seconds: float) -> Numbers | None:
        """Height, rise from the first half to the second, and bend of a stretch, in octaves; None: hardly a voice."""
        seconds = self._voice.seconds
        inside = self._voice.voiced & (seconds >= first_seconds) & (seconds < last_seconds)
        count = int(inside.sum())
        if count < _LEAST_FRAMES:
            return None
        height, weight = self._voice.octaves[inside] - self._middle, self._voice.strength[inside]
        place = (2 * seconds[inside] - first_seconds - last_seconds) / (last_seconds - first_seconds)
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
