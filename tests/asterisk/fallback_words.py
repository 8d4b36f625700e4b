"""The recorded words of the fallback, as a caller hears them."""

import asyncio

from telephony.media.handset import Handset
from tests.asterisk.pbx import KIT

SOUNDS = KIT / "sounds"


def hears(call: Handset, name: str) -> bool:
    """A-law passes Asterisk untouched, so recorded words are heard byte for byte."""
    return heard_at(call, name) is not None


def heard_at(call: Handset, name: str) -> float | None:
    """When a caller heard a piece from the beginning of these words; None: not yet."""
    words = (SOUNDS / f"{name}.alaw").read_bytes()
    heard = b"".join(sound.data for sound in call.heard)
    place = heard.find(words[4000:5600])  # 0.5 s to 0.7 s: the first 0.2 s are silent
    return None if place < 0 else call.heard[place // 160].at


async def words_begin(call: Handset, name: str, *, within: float) -> float:
    """Wait for these words; returns when their first loud sample came, by the loop's clock."""
    async with asyncio.timeout(within):
        while (at := heard_at(call, name)) is None:
            await call.wait(0.1)
    return at - 0.3
