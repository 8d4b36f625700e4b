"""Words looked for in what was heard: as written, or by their sounds; and what a caller denies, left out."""

import re
from collections.abc import Iterable
from functools import lru_cache

from ivr.domain.sounds import PAUSE, sounds

_DENIED = re.compile(
    "(?<!是)不是[^，]{1,10}?(?=，|是|我要|要|应该|寄|邮|快递|$)"
    "|(?<![要用])(?:不要|不用|不想要|别|不想)[^，]{1,8}?(?=，|我要|要|想|就要|还是|换|改|就|$)"
)


def word_at(said: str, word: str) -> int | None:
    """Say where a word begins, as written or, from two characters on, by its sounds; None where it is not."""
    at = said.find(word)
    if at >= 0:
        return at
    meant = _sounds(word)
    if len(meant) < 2:
        return None
    heard = sounds(said)
    places = range(len(heard) - len(meant) + 1)
    return next((at for at in places if heard[at : at + len(meant)] == meant), None)


def hears(said: str, words: Iterable[str]) -> bool:
    """Was one of the words said, as written or by its sounds?"""
    return any(word_at(said, word) is not None for word in words)


def without_denied(said: str) -> str:
    """Cut out what the caller says it is not: 不是丢了是坏了 leaves 是坏了."""
    return _DENIED.sub(PAUSE, said)


@lru_cache(maxsize=1024)
def _sounds(word: str) -> tuple[str, ...]:
    return sounds(word)
