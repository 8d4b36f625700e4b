"""Sound between lines, in time."""

import asyncio
from contextlib import asynccontextmanager

from ivr.call.crossing import TICK_SECONDS, Crossing
from telephony.errors import MediaClosed

FRAME = b"\x01\x10" * 160


@asynccontextmanager
async def carried():
    crossing = Crossing()
    task = asyncio.create_task(crossing.run())
    try:
        yield crossing
    finally:
        task.cancel()


class Ear:
    def __init__(self, *, fails=None):
        self.pieces = []
        self.fails = fails

    async def hear(self, pcm):
        if self.fails is not None:
            await self.fails()
        self.pieces.append(pcm)

    @property
    def seconds(self):
        return sum(map(len, self.pieces)) / 16000


async def speak(place, seconds):
    loop = asyncio.get_running_loop()
    began = loop.time()
    for frame in range(int(seconds / 0.02)):
        place.say(FRAME)
        await asyncio.sleep(max(0.0, began + (frame + 1) * 0.02 - loop.time()))


async def test_what_one_says_the_other_hears_soon_and_whole():
    async with carried() as crossing:
        one, other = Ear(), Ear()
        place = crossing.enter("one", one.hear)
        crossing.enter("other", other.hear)
        await speak(place, 1.0)
        await asyncio.sleep(4 * TICK_SECONDS)
        heard = b"".join(other.pieces)
        assert heard.count(FRAME[:2]) >= 0.8 * 8000
        assert FRAME[:2] not in b"".join(one.pieces)
        first = heard.find(FRAME[:2]) / 16000
        assert first < 0.25, "the lead and at most two pieces"


async def test_pieces_come_as_fast_as_they_are_heard():
    async with carried() as crossing:
        ear = Ear()
        crossing.enter("one", ear.hear)
        began = asyncio.get_running_loop().time()
        await asyncio.sleep(1.0)
        took = asyncio.get_running_loop().time() - began
        assert took - 2 * TICK_SECONDS <= ear.seconds <= took + 2 * TICK_SECONDS, "no drift beyond the lead"


async def test_a_line_that_is_gone_leaves_and_the_others_go_on():
    async def gone():
        raise MediaClosed("over")

    async with carried() as crossing:
        lost, one, other = Ear(fails=gone), Ear(), Ear()
        crossing.enter("lost", lost.hear)
        place = crossing.enter("one", one.hear)
        crossing.enter("other", other.hear)
        await speak(place, 0.5)
        assert FRAME[:2] in b"".join(other.pieces)
        assert lost.pieces == []


async def test_a_line_that_takes_no_sound_does_not_stop_the_others():
    async with carried() as crossing:
        other = Ear()
        crossing.enter("stuck", Ear(fails=asyncio.Event().wait).hear)
        place = crossing.enter("one", Ear().hear)
        crossing.enter("other", other.hear)
        await speak(place, 2.0)
        await asyncio.sleep(4 * TICK_SECONDS)
        assert b"".join(other.pieces).count(FRAME[:2]) >= 0.6 * 16000, "half a second is lost, no more"


async def test_who_has_left_is_not_heard():
    async with carried() as crossing:
        ear = Ear()
        place = crossing.enter("one", Ear().hear)
        crossing.enter("other", ear.hear)
        place.leave()
        place.leave()
        await speak(place, 0.2)
        await asyncio.sleep(3 * TICK_SECONDS)
        assert FRAME[:2] not in b"".join(ear.pieces)
