"""The recorded words of the fallback, as a caller hears them."""

import asyncio
import itertools

from telephony.media.handset import Handset
from tests.asterisk.pbx import KIT

SOUNDS = KIT / "sounds"
_PAUSE_BYTES = 4000
"""Between two files Asterisk may leave so much silence."""


def hears(call: Handset, name: str) -> bool:
    """A-law passes Asterisk untouched, so recorded words are heard byte for byte."""
    return heard_at(call, name) is not None


def heard_at(call: Handset, name: str) -> float | None:
    """When a caller heard a piece from the beginning of these words; None: not yet."""
    words = (SOUNDS / f"{name}.alaw").read_bytes()
    heard = b"".join(sound.data for sound in call.heard)
    place = heard.find(words[4000:5600])  # 0.5 s to 0.7 s: the first 0.2 s are silent
    return None if place < 0 else call.heard[place // 160].at


def hears_in_turn(call: Handset, *names: str) -> bool:
    """Has a caller heard these one right after the other?"""
    heard = b"".join(sound.data for sound in call.heard)
    pieces = [(SOUNDS / f"{name}.alaw").read_bytes() for name in names]
    begin = -1
    while (begin := heard.find(_middle(pieces[0]), begin + 1)) >= 0:
        at = begin
        for before, piece in itertools.pairwise(pieces):
            end = at + len(before) + len(piece) + _PAUSE_BYTES
            if (at := heard.find(_middle(piece), at + 1, end)) < 0:
                break
        else:
            return True
    return False


async def until_heard(call: Handset, *names: str, within: float) -> None:
    """Wait for these words, one right after the other."""
    async with asyncio.timeout(within):
        while not hears_in_turn(call, *names):
            await call.wait(0.1)


def _middle(words: bytes) -> bytes:
    return words[len(words) // 4 : len(words) // 4 + min(1600, len(words) // 2)]


async def words_begin(call: Handset, name: str, *, within: float) -> float:
    """Wait for these words; returns when their first loud sample came, by the loop's clock."""
    async with asyncio.timeout(within):
        while (at := heard_at(call, name)) is None:
            await call.wait(0.1)
    return at - 0.3
