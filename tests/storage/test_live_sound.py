"""Listening in."""

import asyncio

import pytest

from ivr.storage.errors import RecordingMissing
from ivr.storage.live_sound import MOST_WAITING, LiveSound


class Kept:
    def __init__(self) -> None:
        self.pieces: list[bytes] = []

    def append(self, stereo_pcm: bytes) -> None:
        self.pieces.append(stereo_pcm)

    async def close(self) -> str:
        return "closed"


async def heard(sound: LiveSound, call_id: str) -> list[bytes]:
    return [piece async for piece in sound.listen(call_id)]


async def test_what_is_recorded_is_heard_from_now_to_the_end() -> None:
    sound, kept = LiveSound(), Kept()
    writer = sound.through("c1", kept)
    writer.append(b"before")
    ears = [asyncio.create_task(heard(sound, "c1")) for _ in range(2)]
    await asyncio.sleep(0)
    writer.append(b"one")
    sound.pass_on("c2", b"of another call")
    writer.append(b"two")
    assert await writer.close() == "closed"
    assert [await ear for ear in ears] == [[b"one", b"two"]] * 2
    assert kept.pieces == [b"before", b"one", b"two"]
    assert not sound.is_on_air("c1")


async def test_who_does_not_take_the_sound_loses_the_oldest_and_holds_nobody_up() -> None:
    sound = LiveSound()
    writer = sound.through("c1", Kept())
    slow = sound.listen("c1")
    first = asyncio.ensure_future(anext(slow))
    await asyncio.sleep(0)
    for number in range(MOST_WAITING + 50):
        writer.append(b"%d" % number)
    await first
    await writer.close()
    rest = [piece async for piece in slow]
    assert len(rest) <= MOST_WAITING
    assert rest[-1] == b"%d" % (MOST_WAITING + 49)


async def test_a_call_that_is_not_on_the_line_cannot_be_listened_to() -> None:
    with pytest.raises(RecordingMissing):
        await heard(LiveSound(), "c1")
