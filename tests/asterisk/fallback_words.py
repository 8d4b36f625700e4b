"""The recorded words of the fallback, as a caller hears them.

A-law passes Asterisk untouched, so recorded words are heard byte for byte, but for frames that his phone
lost: any piece of three frames that is in no other recording tells which words they are.
"""

import asyncio
import itertools
from functools import cache

from telephony.media.handset import Handset
from tests.asterisk.pbx import KIT

SOUNDS = KIT / "sounds"
_FRAME = 160
_PIECE = 3 * _FRAME
_LATEST = 12_000
"""Pieces are taken from the first 1.5 s: words are recognised when they begin."""
_SILENT = 1600
"""Recordings begin with 0.2 s of silence."""
_PAUSE_BYTES = 4000
"""Between two files Asterisk may leave so much silence."""
_FEWEST_VALUES = 12
"""A piece with fewer different samples is silence."""


def hears(call: Handset, name: str) -> bool:
    """Has a caller heard these words begin?"""
    return heard_at(call, name) is not None


def heard_at(call: Handset, name: str) -> float | None:
    """When a caller heard the first loud sample of these words; None: not yet."""
    begins = _begins(_heard(call), name)
    if not begins:
        return None
    begin, found = begins[0]
    return call.heard[found // _FRAME].at - (found - begin - _SILENT) / 8000


def hears_in_turn(call: Handset, *names: str) -> bool:
    """Has a caller heard these one right after the other?"""
    heard = _heard(call)
    reached = [begin for begin, _ in _begins(heard, names[0])]
    for before, name in itertools.pairwise(names):
        most = len(_words(before)) + _PAUSE_BYTES
        nexts = [begin for begin, _ in _begins(heard, name)]
        reached = [begin for begin in nexts if any(0 < begin - at <= most for at in reached)]
    return bool(reached)


async def until_heard(call: Handset, *names: str, within: float) -> None:
    """Wait for these words, one right after the other."""
    async with asyncio.timeout(within):
        while not hears_in_turn(call, *names):
            await call.wait(0.1)


async def words_begin(call: Handset, name: str, *, within: float) -> float:
    """Wait for these words; returns when their first loud sample came, by the loop's clock."""
    async with asyncio.timeout(within):
        while (at := heard_at(call, name)) is None:
            await call.wait(0.1)
    return at


def _heard(call: Handset) -> bytes:
    return b"".join(sound.data for sound in call.heard)


@cache
def _words(name: str) -> bytes:
    return (SOUNDS / f"{name}.alaw").read_bytes()


@cache
def _pieces(name: str) -> tuple[int, ...]:
    """Where, in these words, there is a piece that is nowhere else."""
    words = _words(name)
    known = [_words(str(path.relative_to(SOUNDS).with_suffix(""))) for path in SOUNDS.rglob("*.alaw")]
    pieces = []
    for place in range(0, min(_LATEST, len(words)) - _PIECE, 2 * _FRAME):
        piece = words[place : place + _PIECE]
        if len(set(piece)) >= _FEWEST_VALUES and sum(each.count(piece) for each in known) == 1:
            pieces.append(place)
    assert pieces, f"{name} sounds like another recording"
    return tuple(pieces)


def _begins(heard: bytes, name: str) -> list[tuple[int, int]]:
    """Where these words begin, and where a piece of them was found; in the order of the finds."""
    words, begins = _words(name), []
    for place in _pieces(name):
        found = -1
        while (found := heard.find(words[place : place + _PIECE], found + 1)) >= 0:
            begins.append((found - place, found))
    return sorted(begins, key=lambda each: each[1])
