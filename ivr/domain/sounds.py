"""How Chinese characters sound, and which sounds a telephone blurs.

A recogniser writes the right sounds in wrong characters, so everything heard is compared as
toneless pinyin.
"""

import unicodedata
from collections.abc import Sequence
from functools import lru_cache

from pypinyin import Style, lazy_pinyin

PAUSE = "，"
"""Stands for every punctuation mark in plain text."""

_READ_ELSE = {"嗯": "en", "诶": "ei", "欸": "ei", "勒": "le", "俩": "lia", "呃": "e", "藏": "zang"}


def plain(text: str) -> str:
    """Bring what was heard into one form: half width, capitals, no spaces, one kind of pause."""
    folded = unicodedata.normalize("NFKC", text).upper()
    marked = "".join(PAUSE if unicodedata.category(char)[0] in "PS" else char for char in folded)
    return "".join(marked.split())


def guesses(texts: str | Sequence[str]) -> Sequence[str]:
    """Take one text or several guesses of it, best first."""
    return [texts] if isinstance(texts, str) else texts


@lru_cache(maxsize=8192)
def sound(char: str) -> str:
    """Give the toneless pinyin of one character; of anything else, itself."""
    if char in _READ_ELSE:
        return _READ_ELSE[char]
    if not "\u4e00" <= char <= "\u9fff":
        return char
    return lazy_pinyin(char, style=Style.NORMAL)[0]


def sounds(text: str) -> tuple[str, ...]:
    """Give the toneless pinyin of each character."""
    return tuple(sound(char) for char in text)


@lru_cache(maxsize=4096)
def blurred(syllable: str) -> str:
    """Fold what a telephone and most accents do not tell apart: zh/z, n/l, f/hu, in/ing."""
    folded = syllable
    for clear, blurry in (("zh", "z"), ("ch", "c"), ("sh", "s"), ("n", "l")):
        if folded.startswith(clear):
            folded = blurry + folded[len(clear) :]
            break
    if folded.startswith("f"):
        folded = "hu" if folded == "fu" else "hu" + folded[1:]
    return folded[:-1] if folded.endswith(("ing", "eng", "ang")) else folded


def apart(one: str, other: str) -> float:
    """Say how far two syllables are apart: 0 the same, 0.5 blurred on the phone, 1 different."""
    if one == other:
        return 0.0
    return 0.5 if blurred(one) == blurred(other) else 1.0


def sounds_like(heard: str, meant: str, *, limit: float = 0.5) -> bool:
    """Do two texts of the same length sound alike, on average not more than `limit` apart?"""
    if len(heard) != len(meant) or not meant:
        return False
    far = [apart(sound(one), sound(other)) for one, other in zip(heard, meant, strict=True)]
    return max(far) <= 0.5 and sum(far) / len(far) <= limit
