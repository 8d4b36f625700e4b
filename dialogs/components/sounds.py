"""A sentence as it sounds: toneless syllables, and the n-grams of them a classifier is given.

The recogniser hears right sounds in wrong characters (科二 -> 可二); in syllables both are one.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from pypinyin import Style, lazy_pinyin

_ALIKE = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("n", "l"), ("r", "l"), ("h", "f"))
"""Initials that accents and narrow lines make one."""
_ENDS = (("ang", "an"), ("eng", "en"), ("ing", "in"))
SOFT = "~"
"""Marks a syllable in which what sounds alike is one."""


def syllables(text: str) -> list[str]:
    """Toneless syllables; letters and digits stand for themselves, all else is left out."""
    found: list[str] = []
    for part in lazy_pinyin(text.upper(), style=Style.NORMAL):  # what stays upper case was no Chinese character
        found += [part] if part.islower() else [sign.lower() for sign in part if sign.isalnum()]
    return found


def soften(syllable: str) -> str:
    """Give one form to syllables that are taken for each other."""
    for long, short in _ALIKE:
        if len(syllable) > len(long) and syllable.startswith(long):
            syllable = short + syllable[len(long) :]
            break
    for long, short in _ENDS:
        if syllable.endswith(long):
            return syllable[: -len(long)] + short
    return syllable


def grams(heard: Sequence[str], longest: int) -> Iterator[str]:
    """All runs of 1 to `longest` syllables, exact and softened; the ends of the sentence are marked."""
    for line in (["^", *heard, "$"], ["^", *(SOFT + soften(each) for each in heard), "$"]):
        for length in range(1, longest + 1):
            for first in range(len(line) - length + 1):
                yield " ".join(line[first : first + length])


def counts(readings: Iterable[tuple[str, float]], longest: int) -> Mapping[str, float]:
    """Expected counts over the readings of one utterance, each with its share (shares add up to 1)."""
    total: Counter[str] = Counter()
    for text, share in readings:
        for gram in grams(syllables(text), longest):
            total[gram] += share  # type: ignore[assignment]
    return total
