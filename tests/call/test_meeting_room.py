"""Meetings of one process: sound goes across, somebody is always given back, and what came of it is kept."""

import asyncio
from contextlib import asynccontextmanager, suppress

import pytest

from ivr.call import meeting
from ivr.call.meeting import CONNECTED, How, Invitation, Side
from ivr.call.meeting_room import MeetingRoom
from ivr.speech.errors import SynthesisFailed

pytestmark = pytest.mark.timeout(20)
VOICES = {Side.REQUESTER: b"\x11\x01" * 480, Side.OWNER: b"\x22\x02" * 480}


class Mouth:
    failing = False

    async def audio(self, text, phrase_id=None):
        if self.failing:
            raise SynthesisFailed("no voice")
        return text.encode().ljust(320, b"\0")[:320]


class Book:
    def __init__(self):
        self.ends = []

    async def ended(self, case_id, result, *, seconds):
        self.ends.append((case_id, result, seconds > 0))


class Caller:
    """A call's own end; speaks as long as it is joined, or is silent."""

    def __init__(self, side, *, silent=False):
        self.side, self.place, self.left, self.silent = side, None, 0, silent
        self.heard = bytearray()
        self.joined = asyncio.Event()

    def enter(self, crossing, name="caller"):
        assert name == self.side.value
        self.place = crossing.enter(name, self._hear)
        self.joined.set()

    def leave(self):
        self.left += 1

    async def _hear(self, pcm):
        self.heard += pcm
        if not self.silent:
            self.place.say(VOICES[self.side])


def invited(side, longest=60.0):
    return Invitation("X1", side, "M1", longest)


@asynccontextmanager
async def opened():
    book, mouth = Book(), Mouth()
    async with MeetingRoom(mouth, book) as room:
        yield room, book, mouth


async def until(condition):
    async with asyncio.timeout(5):
        while not condition():  # noqa: ASYNC110 - the far end can only look
            await asyncio.sleep(0.01)


async def test_both_hear_each_other_until_one_hangs_up():
    async with opened() as (room, book, _):
        he, owner = Caller(Side.REQUESTER), Caller(Side.OWNER)
        waiting = asyncio.ensure_future(room.meet(invited(Side.REQUESTER), he))
        leaving = asyncio.ensure_future(room.meet(invited(Side.OWNER), owner))
        await until(lambda: VOICES[Side.OWNER][:200] in he.heard and VOICES[Side.REQUESTER][:200] in owner.heard)
        assert CONNECTED.text.encode()[:60] in he.heard
        leaving.cancel()
        assert await waiting is How.LEFT
        assert he.left == 1
        with suppress(asyncio.CancelledError):
            await leaving
        await until(lambda: book.ends)
    assert book.ends == [("M1", "talked", True)]


async def test_their_time_is_limited(monkeypatch):
    monkeypatch.setattr(meeting, "WARNED_SECONDS", 0.2)
    async with opened() as (room, book, _):
        callers = [Caller(side, silent=True) for side in Side]
        ends = await asyncio.gather(*(room.meet(invited(each.side, 0.6), each) for each in callers))
    assert ends == [How.TIME_UP] * 2
    assert book.ends == [("M1", "time_up", True)]
    assert all(meeting.SOON_OVER.text.encode()[:30] in each.heard for each in callers)


async def test_nobody_waits_for_one_who_refuses():
    async with opened() as (room, book, _):
        owner = Caller(Side.OWNER)
        waiting = asyncio.ensure_future(room.meet(invited(Side.OWNER), owner))
        await asyncio.sleep(0)
        room.refuse(invited(Side.REQUESTER))
        assert await waiting is How.FAILED
        assert not owner.joined.is_set()
    assert book.ends == [("M1", "refused", False)]


async def test_a_mouth_that_fails_keeps_nobody_from_talking():
    async with opened() as (room, _, mouth):
        mouth.failing = True
        he, owner = Caller(Side.REQUESTER), Caller(Side.OWNER)
        talking = [asyncio.ensure_future(room.meet(invited(each.side), each)) for each in (he, owner)]
        await until(lambda: VOICES[Side.OWNER][:200] in he.heard)
        assert not any(each.done() for each in talking)


async def test_a_house_that_closes_gives_everybody_back():
    async with opened() as (room, book, _):
        owner = Caller(Side.OWNER)
        waiting = asyncio.ensure_future(room.meet(invited(Side.OWNER), owner))
        await asyncio.sleep(0.05)
    assert await waiting is How.FAILED
    assert book.ends == [("M1", "failed", False)]
