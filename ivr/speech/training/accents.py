"""Accents: sounds that many callers do not keep apart, spoken while the label stays the canonical sound."""

import random
from functools import cache

from pypinyin.contrib.tone_convert import to_normal
from pypinyin.pinyin_dict import pinyin_dict

Accent = tuple[tuple[str, str], ...]
"""(sound, what is spoken instead); a leading `-` marks the end of a syllable."""
_HABITS: tuple[Accent, ...] = (
    (("zh", "z"), ("ch", "c"), ("sh", "s")),
    (("zh", "z"), ("ch", "c"), ("sh", "s")),
    (("z", "zh"), ("c", "ch"), ("s", "sh")),
    (("n", "l"),),
    (("l", "n"),),
    (("-ing", "in"), ("-eng", "en")),
    (("-in", "ing"), ("-en", "eng")),
    (("-ang", "an"),),
    (("h", "f"),),
    (("r", "l"),),
)


def choose(r: random.Random) -> Accent:
    """What one speaker does: one to three habits."""
    return tuple(pair for habit in r.sample(_HABITS, r.choice((1, 1, 2, 3))) for pair in habit)


@cache
def _syllables() -> frozenset[str]:
    return frozenset(to_normal(way) for ways in pinyin_dict.values() for way in ways.split(","))


def spoken(syllable: str, accent: Accent) -> str:
    """A syllable with its tone number, as a speaker says it; as it is where that would be no syllable."""
    plain, tone = syllable[:-1], syllable[-1]
    for sound, other in accent:
        end = sound.removeprefix("-")
        if sound.startswith("-"):
            changed = plain.removesuffix(end) + other if plain.endswith(end) else plain
        else:
            longer = plain[len(end) : len(end) + 1] == "h" and end in ("z", "c", "s")
            changed = other + plain.removeprefix(end) if plain.startswith(end) and not longer else plain
        if changed != plain:
            return changed + tone if changed in _syllables() else syllable
    return syllable
