"""Hand-overs with lines that play at once: who is rung, what each hears, and what is kept of it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import SimpleNamespace

import pytest

from ivr.call.handing import CALLER_LEFT, FOR_YOU, HANDED_BACK
from ivr.call.ports import CallFacts, HandoverRequest
from ivr.call.seat_line import LineTools
from ivr.call.seat_room import SeatRoom
from ivr.call.seat_talk import SeatTools
from ivr.call.tools import Codec
from ivr.domain.handovers import HandoverState
from telephony.outbound import PlaceResult
from tests.call.surroundings import Line

pytestmark = pytest.mark.timeout(20)
SEAT_VOICE, CALLER_VOICE, THIRD_VOICE = b"\x11\x11" * 160, b"\x22\x02" * 160, b"\x04\x04" * 160


class Mouth:
    """Each sentence sounds like itself: its text, padded to 20 ms."""

    async def audio(self, text, phrase_id=None):
        return text.encode().ljust(320, b"\0")[:320]


class Book:
    """Keeps states, and the desks' orders."""

    def __init__(self):
        self.box = asyncio.Queue()
        self.states = []
        self.told = []
        self.requests = []
        self.failing = None

    async def opened(self, handover_id, **facts):
        if self.failing:
            raise self.failing
        self.requests.append((handover_id, facts))

    async def changed(self, handover_id, state, *, seat=None):
        if self.failing:
            raise self.failing
        self.states.append((state.value, seat))

    async def tell_seat(self, account, news):
        self.told.append((account, news["kind"], news["state"]))

    async def orders(self) -> AsyncIterator:
        while True:
            yield await self.box.get()


class Telephones:
    """Rings; the test says what comes of it, by extension."""

    def __init__(self):
        self.rung = []
        self.results = {}
        self.given_up = []

    async def place(self, call):
        self.rung.append(call)
        result = self.results.get(call.number, PlaceResult.ANSWERED)
        if isinstance(result, asyncio.Future):
            try:
                return await result
            except asyncio.CancelledError:
                self.given_up.append(call.number)
                raise
        return result


class PhoneLine(Line):
    """A line of somebody who was rung."""

    def __init__(self, order_id, source="phone"):
        super().__init__()
        self.start = SimpleNamespace(order_id=order_id, codec="slin", source=source)

    def heard(self):
        return b"".join(audio for _, audio in self.played)


class Caller:
    """The caller's own end."""

    def __init__(self):
        self.places = []
        self.place = None
        self.sound = bytearray()
        self.left = 0

    def waits(self, position, wait_seconds):
        self.places.append(position)

    def enter(self, crossing, name="caller"):
        self.place = crossing.enter(name, self._hear)

    def leave(self):
        self.left += 1
        if self.place is not None:
            self.place.leave()
            self.place = None

    async def _hear(self, pcm):
        self.sound += pcm


class House:
    def __init__(self, room, book, sip, browsers):
        self.room, self.book, self.sip, self.browsers = room, book, sip, browsers
        self.lines = {}

    async def seat(self, account, *, phone="browser", ready=True):
        extension = f"seat:{account}" if phone == "browser" else "8001"
        await self.book.box.put(
            {"order": "present", "seat": account, "name": account, "phone": phone, "extension": extension, "ready": ready,
             "queues": [], "regions": ["*"]}
        )
        await until(lambda: account in self.room._seating.presences)

    async def order(self, order, account, **more):
        await self.book.box.put({"order": order, "seat": account, **more})

    async def picks_up(self, telephones, party="seat", source="phone"):
        """Whoever was rung last is on the line; gives his line and the task that carries it."""
        order_id = telephones.rung[-1].order_id
        assert order_id.endswith(party)
        assert self.room.awaits(order_id)
        line = PhoneLine(order_id, source)
        return line, asyncio.create_task(self.room.arrived(line))

    @property
    def states(self):
        return [state for state, _ in self.book.states]


@asynccontextmanager
async def open_house(wait_seconds=60.0):
    book, sip, browsers = Book(), Telephones(), Telephones()
    codecs = {"slin": Codec(bytes, bytes)}
    tools = SeatTools(book, sip, browsers, LineTools(Mouth(), codecs), "12123", wait_seconds)
    async with SeatRoom(tools) as room:
        yield House(room, book, sip, browsers)


def request(call_id="c" * 32, queue="car_move", **context):
    facts = CallFacts(call_id, "in", "13800001111", "12123", None, None)
    return HandoverRequest(facts, "320200", queue, "caller_asked", {"summary": "电话挪车。", **context})


async def until(condition, within=5.0):
    async with asyncio.timeout(within):
        while not condition():  # noqa: ASYNC110 - the far end can only look
            await asyncio.sleep(0.005)


def asks(house, caller, **more):
    return asyncio.create_task(house.room.hand_over(request(**more), caller))


async def joined(house, caller, account="zhang"):
    """A caller and a seat who talk: the hand-over, the seat's line, and the task that carries it."""
    await house.seat(account)
    handing = asks(house, caller)
    await until(lambda: house.browsers.rung)
    line, carried = await house.picks_up(house.browsers)
    await until(lambda: caller.place is not None)
    return handing, line, carried


async def test_the_seat_is_rung_briefed_and_joined_and_when_he_hangs_up_the_caller_comes_back():
    async with open_house() as house:
        caller = Caller()
        handing, line, carried = await joined(house, caller)
        assert caller.places[0] == 1
        call = house.browsers.rung[0]
        assert (call.number, call.caller_id_shown, call.inside) == ("seat:zhang", "12123", False)
        assert line.heard().index(FOR_YOU.text.encode()) < line.heard().index("电话挪车。".encode())
        for _ in range(12):
            line.hears(1, SEAT_VOICE)
            caller.place.say(CALLER_VOICE)
        await until(lambda: SEAT_VOICE in bytes(caller.sound))
        await until(lambda: CALLER_VOICE in line.heard())
        assert CALLER_VOICE not in bytes(caller.sound), "nobody hears himself"
        line.leave()
        end = await handing
        await carried
        assert (end.joined, dict(end.payload)) == (True, {"how": "done"})
        assert house.states == ["offered", "briefing", "talking", "done"]
        assert house.book.states[-1] == ("done", "zhang")
        assert ("zhang", "presence", "wrap_up") in house.book.told
        assert caller.left


async def test_an_extension_of_the_pbx_is_rung_inside():
    async with open_house() as house:
        await house.seat("li", phone="sip")
        handing = asks(house, Caller())
        await until(lambda: house.sip.rung)
        assert (house.sip.rung[0].number, house.sip.rung[0].inside) == ("8001", True)
        handing.cancel()


async def test_a_seat_that_does_not_answer_is_passed_over_and_the_next_is_rung():
    async with open_house() as house:
        await house.seat("zhang")
        await house.seat("li")
        house.browsers.results["seat:zhang"] = PlaceResult.NO_ANSWER
        handing = asks(house, Caller())
        await until(lambda: len(house.browsers.rung) == 2)
        assert [call.number for call in house.browsers.rung] == ["seat:zhang", "seat:li"]
        assert ("zhang", "presence", "away") in house.book.told
        handing.cancel()


async def test_nobody_there_is_told_at_once():
    async with open_house() as house:
        end = await asks(house, Caller())
        assert not end.joined
        assert house.states == ["no_seat"]


async def test_a_caller_who_hangs_up_while_it_rings_stops_the_ringing():
    async with open_house() as house:
        await house.seat("zhang")
        house.browsers.results["seat:zhang"] = asyncio.get_running_loop().create_future()
        handing = asks(house, Caller())
        await until(lambda: house.browsers.rung)
        handing.cancel()
        await until(lambda: house.browsers.given_up)
        await until(lambda: house.states[-1:] == ["abandoned"])
        assert house.book.told[-1] == ("zhang", "presence", "free")


async def test_a_caller_who_hangs_up_in_the_talk_is_told_to_the_seat():
    async with open_house() as house:
        caller = Caller()
        handing, line, carried = await joined(house, caller)
        handing.cancel()
        await carried
        assert CALLER_LEFT.text.encode() in line.heard()
        assert line.over
        assert house.states[-1] == "caller_left"


async def test_a_seat_that_picks_up_too_late_is_let_go():
    async with open_house() as house:
        await house.seat("zhang")
        handing = asks(house, Caller())
        await until(lambda: house.browsers.rung)
        handing.cancel()
        await until(lambda: house.states[-1:] == ["abandoned"])
        line, carried = await house.picks_up(house.browsers)
        await carried
        assert line.over


async def test_a_caller_sent_to_a_check_comes_back_to_his_own_seat():
    async with open_house() as house:
        caller = Caller()
        handing, line, _ = await joined(house, caller)
        handover_id = house.book.requests[0][0]
        await house.order("return", "zhang", handover_id=handover_id, wish="verify")
        end = await handing
        assert dict(end.payload) == {"how": "returned", "wish": "verify"}
        await until(lambda: line.over)
        assert HANDED_BACK.text.encode() in line.heard()
        await house.seat("li")
        handing = asks(house, caller)
        await until(lambda: len(house.browsers.rung) == 2)
        assert house.browsers.rung[1].number == "seat:zhang"
        handing.cancel()


async def test_only_his_own_seat_may_act_on_a_hand_over():
    async with open_house() as house:
        caller = Caller()
        handing, line, _ = await joined(house, caller)
        await house.seat("li")
        handover_id = house.book.requests[0][0]
        await house.order("finish", "li", handover_id=handover_id)
        await house.order("return", "li", handover_id=handover_id, wish="continue")
        await house.order("away", "li")
        await until(lambda: ("li", "presence", "away") in house.book.told)
        assert not line.over
        await house.order("finish", "zhang", handover_id=handover_id)
        assert dict((await handing).payload) == {"how": "done"}


async def test_an_order_that_makes_no_sense_stops_no_other():
    async with open_house() as house:
        await house.book.box.put({"order": "present", "seat": "x", "phone": "pigeon"})
        await house.book.box.put({"nothing": 1})
        await house.seat("zhang")


async def test_a_third_is_heard_by_both_and_hears_both():
    async with open_house() as house:
        caller = Caller()
        handing, line, _ = await joined(house, caller)
        handover_id = house.book.requests[0][0]
        await house.order("third", "zhang", handover_id=handover_id, number="05108888")
        await until(lambda: house.sip.rung)
        assert house.sip.rung[0].number == "05108888"
        third, _ = await house.picks_up(house.sip, "third", "asterisk")
        await until(lambda: ("zhang", "third", "joined") in house.book.told)
        for _ in range(12):
            third.hears(1, THIRD_VOICE)
            line.hears(1, SEAT_VOICE)
        await until(lambda: SEAT_VOICE in third.heard())
        both = bytes(a + b for a, b in zip(SEAT_VOICE[:2], THIRD_VOICE[:2], strict=True))
        await until(lambda: both in bytes(caller.sound))
        third.leave("lost")
        await until(lambda: ("zhang", "third", "left") in house.book.told)
        assert not handing.done(), "the two go on"
        handing.cancel()


async def test_a_line_of_a_page_that_broke_hands_him_over_again():
    async with open_house() as house:
        handing, line, _ = await joined(house, Caller())
        line.leave("lost")
        assert dict((await handing).payload) == {"how": "lost"}


async def test_from_asterisk_a_lost_line_is_a_hang_up():
    async with open_house() as house:
        await house.seat("zhang")
        caller = Caller()
        handing = asks(house, caller)
        await until(lambda: house.browsers.rung)
        line, _ = await house.picks_up(house.browsers, source="asterisk")
        await until(lambda: caller.place is not None)
        line.leave("lost")
        assert dict((await handing).payload) == {"how": "done"}


async def test_a_database_that_is_away_keeps_nobody_from_talking():
    async with open_house() as house:
        house.book.failing = OSError("away")
        handing, line, _ = await joined(house, Caller())
        line.leave()
        assert (await handing).joined


async def test_danger_is_not_kept_waiting_behind_others():
    async with open_house() as house:
        await house.seat("zhang")
        first, second, third = Caller(), Caller(), Caller()
        talks = [asks(house, first, call_id="1" * 32)]
        await until(lambda: house.browsers.rung)
        line, _ = await house.picks_up(house.browsers)
        await until(lambda: first.place is not None)
        talks.append(asks(house, second, call_id="2" * 32))
        await until(lambda: second.places == [1])
        talks.append(asks(house, third, call_id="3" * 32, urgent=True))
        await until(lambda: third.places == [1] and second.places == [1, 2])
        line.leave()
        await house.order("ready", "zhang")
        await until(lambda: len(house.browsers.rung) == 2)
        assert house.book.states[-1] == (HandoverState.OFFERED.value, "zhang")
        urgent = next(handover_id for handover_id, facts in house.book.requests if facts["call_id"] == "3" * 32)
        assert house.browsers.rung[1].order_id == f"{urgent}.seat"
        for talk in talks[1:]:
            talk.cancel()
