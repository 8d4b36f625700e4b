"""From Vosk's n-best answers to a `Recognition`. Pure.

Vosk gives each alternative a score on a log scale; its confidence here is its share of all
alternatives. The empty reading (nothing was said) takes its share like any other.
"""

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ivr.speech.recognizer import UNKNOWN, Hypothesis, Recognition, Word

MOST_HYPOTHESES = 10
_HEARD_SHARE = 0.5
"""Readings with words must have this much together; else nothing was said."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One alternative."""

    words: tuple[tuple[str, float, float], ...] = ()
    """(text, start, end) in seconds of the utterance."""
    share: float = 1.0

    @property
    def text(self) -> str:
        """Without spaces."""
        return "".join(text for text, _, _ in self.words)


def readings(answer: dict[str, Any], *, began_seconds: float, keep_unknown: bool) -> list[Reading]:
    """Read one answer of Vosk.

    Args:
        answer: with `alternatives`.
        began_seconds: Vosk's own time at which the utterance began.
        keep_unknown: whether `[unk]` is a finding (a grammar) or noise (the full model).
    """
    alternatives = answer.get("alternatives", [])
    scores = [float(each.get("confidence", 0.0)) for each in alternatives]
    weights = [math.exp(score - max(scores)) for score in scores]
    found: dict[str, Reading] = {}
    for each, weight in zip(alternatives, weights, strict=True):
        words = tuple(
            (str(w["word"]), max(float(w["start"]) - began_seconds, 0.0), max(float(w["end"]) - began_seconds, 0.0))
            for w in each.get("result", [])
            if keep_unknown or w["word"] != UNKNOWN
        )
        reading = Reading(words, weight / sum(weights))
        known = found.get(reading.text)
        found[reading.text] = Reading(known.words, known.share + reading.share) if known else reading
    return sorted(found.values(), key=lambda reading: -reading.share)


def recognition(found: Sequence[Reading]) -> Recognition:
    """What was heard, with a confidence for each word: the share of the readings that hold it there."""
    spoken = [reading for reading in found if reading.words][:MOST_HYPOTHESES]
    if sum(reading.share for reading in spoken) < _HEARD_SHARE * sum(reading.share for reading in found):
        return Recognition()
    places: dict[str, list[tuple[float, float, float, int]]] = defaultdict(list)
    for number, reading in enumerate(spoken):
        for text, start, end in reading.words:
            places[text].append((start, end, reading.share, number))
    return Recognition(tuple(
        Hypothesis(reading.text, min(reading.share, 1.0), tuple(_word(*word, places[word[0]]) for word in reading.words))
        for reading in spoken
    ))


def _word(text: str, start: float, end: float, places: Sequence[tuple[float, float, float, int]]) -> Word:
    holding = {number: share for first, last, share, number in places if first < end and start < last}
    return Word(text, start, end, min(sum(holding.values()), 1.0))
