"""An owner talks with the requester who holds the line: two SIP calls, one real Asterisk, the whole house between.

What each telephone was ever sent is looked through byte by byte: neither's number reaches the other.
"""

import asyncio
import base64
import re
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import pytest
import pytest_asyncio

from ivr.domain.car_moves import CaseState
from ivr.speech.audio import alaw_to_pcm
from tests.asterisk.doors import tone
from tests.asterisk.owners import Network, network
from tests.asterisk.pbx import CARRIER
from tests.asterisk.sip_phone import SipCall, SipPhone
from tests.asterisk.sip_wire import PCMA

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.rasa, pytest.mark.timeout(600)]
RULES = """
car_moving.connect_seconds:
  - {region: "320200", valid_from: 2019-06-02, value: 28, source: "this test"}
"""
PLATES = {
    "苏B12345": ("13900002222", "白色"), "苏A88888": ("13900004444", "黑色"), "苏B66666": ("13900006666", "红色"),
    "苏E5K678": ("13900008888", "白色"), "京N8P8F8": ("13900009999", "黑色"), "沪A12345": ("13900001010", "灰色"),
    "苏B98765": ("13900001313", "灰色"), "浙A6H666": ("13900001414", "棕色"),
}  # fmt: skip
WISH = "有辆车堵住我了，车牌{plate}，{colour}，停在清扬路六十八号门口"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def city(asterisk, tmp_path_factory):
    folder = tmp_path_factory.mktemp("house")
    rules = tmp_path_factory.mktemp("rules")
    (rules / "site.yml").write_text(RULES)
    async with network(asterisk, folder, rules_dir=rules) as running:
        yield running


@pytest_asyncio.fixture(loop_scope="session")
async def car_owner(asterisk):
    async with SipPhone(CARRIER, port=asterisk.carrier_port, number="owner") as phone:
        yield phone
    await asterisk.quiet()


@dataclass
class Holding:
    """A requester who holds the line, and the id of his call with the service."""

    call: SipCall
    call_id: str
    number: str
    city: Network

    @property
    def told(self) -> str:
        return self.city.screen.said_in(self.call_id)

    async def until_told(self, words: str, within: float = 40) -> None:
        async with asyncio.timeout(within):
            while words not in self.told:  # noqa: ASYNC110 - a test can only look
                await asyncio.sleep(0.05)

    async def types(self, text: str) -> None:
        """As on the keyboard of the browser's telephone: what is typed counts at once."""
        await self.city.house.storage.live_calls.order(self.call_id, {"order": "typed", "text": text})


@asynccontextmanager
async def requester(asterisk, city, plate, number):
    """Somebody who calls in, has a car moved, and holds the line while its owner is rung."""
    live = city.house.storage.live_calls
    async with SipPhone(CARRIER, number=number) as phone, phone.dial("12123", port=asterisk.sip_port) as call:
        async with asyncio.timeout(10):
            while not (mine := [view for view in await live.list() if view.get("tail") == number[-4:]]):  # noqa: ASYNC110
                await asyncio.sleep(0.05)
        there = Holding(call, mine[0]["call_id"], number, city)
        await there.until_told("请直接说要办什么")
        await there.types(WISH.format(plate=plate, colour=PLATES[plate][1]))
        await there.until_told("马上通知车主挪车，对吗")
        await there.types("对")
        await there.until_told("请别挂")
        yield there


@asynccontextmanager
async def answered(car_owner, *, keys="1"):
    """The owner picks up and presses a key once he hears something."""
    async with car_owner.picked_up(within=60) as call:
        await call.next_voice(within=10)
        await call.wait(0.5)
        await call.press(keys)
        yield call


async def told_to_owner(asks, words, within=20):
    """Wait until the owner has been told something in the call about this requester's case."""
    case, _ = await history(asks)
    async with asyncio.timeout(within):
        while True:
            views = [v for v in await asks.city.house.storage.call_log.recent(20) if v.order_id == f"{case.case_id}-1"]
            if views and words in asks.city.screen.said_in(views[0].call_id):
                return
            await asyncio.sleep(0.05)


def pitch(call, seconds=0.8):
    wave = np.frombuffer(alaw_to_pcm(b"".join(call.received)[-int(8000 * seconds) :]), "<i2").astype(float)
    return float(np.abs(np.fft.rfft(wave)).argmax() * 8000 / len(wave))


async def both_speak(one, other, seconds=1.6):
    async with asyncio.TaskGroup() as group:
        group.create_task(one.speak(tone(seconds, 440)))
        group.create_task(other.speak(tone(seconds, 700)))


async def history(asks):
    """The requester's case, and (event, note) of each line of its history."""
    async with asks.city.house.storage.reading() as uow:
        case = await uow.cases.open_of(asks.city.house.storage.cipher.token(asks.number))
        return case, [(line.event, line.note) for line in await uow.cases.history(case.case_id)]


def assert_never_sent(phone, number):
    """Nothing that ever came to a telephone holds the other's number, whole or in part, in any way of writing."""
    parts = {number, number[3:], number[:-4], "+86" + number[:7], number[::-1]}
    spellings = {part.encode() for part in parts}
    spellings |= {base64.b64encode(number.encode()), number.encode().hex().encode(), number.encode("utf-16-le")}
    swapped = "".join(b + a for a, b in zip(*[iter(number + "f")] * 2, strict=True))
    spellings.add(bytes.fromhex(swapped))  # as it stands in ISUP
    for packet in phone.packets:
        assert not any(spelling in packet for spelling in spellings)


async def test_an_owner_presses_5_and_talks_with_the_requester(asterisk, city, car_owner):
    async with requester(asterisk, city, "苏B12345", "13800003001") as asks, answered(car_owner) as owner:
        await asks.until_told("请先不要挂机")
        await told_to_owner(asks, "要和对方通话请按5")
        await owner.press("5")
        await asks.call.wait(10.0)  # both hear that they are joined
        await both_speak(asks.call, owner)
        assert pitch(owner) == pytest.approx(440, abs=15)
        assert pitch(asks.call) == pytest.approx(700, abs=15)
        await owner.hang_up()
        await asks.until_told("对方已挂机")
        await asks.until_told("还有别的事吗")
        case, lines = await history(asks)
        assert case.state is CaseState.ACK_COMING
        talks = [note for event, note in lines if event == "Join.talk"]
        assert talks[0] == "asked"
        assert re.fullmatch(r"talked \d+", talks[1])
        await asks.types("没有了")
        await asks.call.ended(within=15)
    await both_are_recorded(city, asks)


async def both_are_recorded(city, asks):
    """Each call's own recording holds both voices: its caller's on the left, the other's on the right."""
    async with asyncio.timeout(10):
        while True:
            views = [view for view in await city.house.storage.call_log.recent(2) if view.recording_path]
            if len(views) == 2:
                break
            await asyncio.sleep(0.1)
    for view in views:
        left, right = (440, 700) if view.call_id == asks.call_id else (700, 440)
        wav = await city.house.storage.recordings.read_wav(view.call_id)
        stereo = np.frombuffer(wav[44:], "<i2").reshape(-1, 2).astype(float)
        assert loudest_of(stereo[:, 0]) == pytest.approx(left, abs=15)
        assert loudest_of(stereo[:, 1]) == pytest.approx(right, abs=15)


def loudest_of(side):
    """The pitch that holds for a second."""
    seconds = [side[at : at + 8000] for at in range(0, len(side) - 8000, 4000)]
    spectra = [np.abs(np.fft.rfft(second)) for second in seconds]
    return float(max(spectra, key=lambda s: s.max()).argmax())


async def test_an_owner_who_only_says_that_he_comes_lets_the_requester_go(asterisk, city, car_owner):
    async with requester(asterisk, city, "苏A88888", "13800003002") as asks, answered(car_owner) as owner:
        await asks.until_told("请先不要挂机")
        await owner.hang_up()
        await asks.until_told("车主没有要求通话", within=20)  # he is first told that it may come to a talk


async def test_a_requester_who_hangs_up_is_told_to_the_owner(asterisk, city, car_owner):
    async with requester(asterisk, city, "苏B66666", "13800003003") as asks, answered(car_owner) as owner:
        await told_to_owner(asks, "要和对方通话请按5")
        await owner.press("5")
        await owner.wait(6.0)
        await asks.call.hang_up()
        await told_to_owner(asks, "对方已挂机")
        await owner.ended(within=15)


async def test_the_talk_is_limited_and_both_go_back_to_the_service(asterisk, city, car_owner):
    async with requester(asterisk, city, "苏E5K678", "13800003004") as asks, answered(car_owner) as owner:
        await told_to_owner(asks, "要和对方通话请按5")
        await owner.press("5")
        began = asyncio.get_running_loop().time()
        await asks.until_told("通话时间到了", within=45)
        assert asyncio.get_running_loop().time() - began > 28
        await owner.ended(within=15)
        _, lines = await history(asks)
    assert ("Join.talk", "time_up 28") in lines


async def test_in_twenty_calls_neither_number_reaches_the_other(asterisk, city, car_owner):
    """Four at a time; each owner is told, answers, talks with his requester, and both hang up."""
    talked = []

    async def one(number, plate):
        async with requester(asterisk, city, plate, number) as asks:
            await asks.until_told("请先不要挂机", within=30)
            await asks.until_told("对方已挂机", within=60)
            assert asks.call.kinds == {PCMA}, "no keys, no text: sound only"
            talked.append((asks.call.phone, PLATES[plate][0]))

    async def owner_answers():
        async with answered(car_owner) as call:
            assert "sip:12123@" in call.invite.get("From")
            for _ in range(3):  # a key pressed while the service thinks is not taken
                await call.wait(4.0)
                await call.press("5")
            await call.wait(6.0)
            await call.speak(tone(0.5))
            assert call.kinds == {PCMA}

    numbers = [f"138{n:04d}{9000 + 7 * n}" for n in range(20)]
    for first in range(0, 20, 4):
        async with asyncio.TaskGroup() as group:
            for n in range(first, first + 4):
                plate = list(PLATES)[n % len(PLATES)]
                group.create_task(one(numbers[n], plate))
                group.create_task(owner_answers())
        city.clock.forward(timedelta(days=1).total_seconds())
    assert len(talked) == 20
    for phone, owners_number in talked:
        assert len(phone.packets) > 500
        assert_never_sent(phone, owners_number)
    for number in numbers:
        assert_never_sent(car_owner, number)
    log = asterisk.log()
    assert not any(number in log for number in (*numbers, *(number for number, _ in PLATES.values())))


async def test_the_search_of_these_tests_finds_a_number():
    phone = SipPhone(CARRIER, number="1")
    phone.packets = [b"INVITE sip:1\r\nP-Asserted-Identity: <sip:13800003001@x>\r\n"]
    with pytest.raises(AssertionError):
        assert_never_sent(phone, "13800003001")
    assert_never_sent(phone, "13900002222")
