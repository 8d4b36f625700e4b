"""A caller is handed to a person at a desk, in real audio: whisper, talk, check, end; one recording of it all."""

import asyncio
import io
import wave
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial

import numpy as np
import pytest

from ivr.cli.scenes import LEARNER
from ivr.cli.scripted import EnterCode, Listen, Press, Say, ScriptedCaller
from ivr.domain.handovers import (
    PRESENCE_SECONDS,
    HandoverState,
    PhoneKind,
    SeatHere,
    browser_phone,
    topic_of,
)
from ivr.speech.audio import pcm_to_alaw
from ivr.speech.pyttsx import PyttsxSynthesizer
from telephony.media.phone import SimulatedPhone
from tests.integration.heard import sounds_in, understood

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(240)]


def sides(wav: bytes) -> tuple[np.ndarray, np.ndarray]:
    with wave.open(io.BytesIO(wav)) as sound:
        both = np.frombuffer(sound.readframes(sound.getnframes()), dtype="<i2").reshape(-1, 2)
    return both[:, 0], both[:, 1]


class Desk:
    """A seat with a telephone of his own; `talk` is what he does once the caller is there."""

    def __init__(self, house, account, talk, times=1):
        self.house, self.account, self.talk = house, account, talk
        self.heard: list[bytes] = []
        self.news: list[dict] = []
        self.rings = 0
        self._here = SeatHere(account, "张三", PhoneKind.BROWSER, browser_phone(account), ready=True, regions=("320000",))

    @asynccontextmanager
    async def on_duty(self) -> AsyncIterator["Desk"]:
        seating, exchange = self.house.services.seating, self.house.exchange
        exchange.register(browser_phone(self.account), self._ringing)
        async with asyncio.TaskGroup() as group:
            helpers = [group.create_task(self._listen()), group.create_task(self._sit())]
            await seating.present(self._here)
            await seating.ready(self.account)
            try:
                yield self
            finally:
                for helper in helpers:
                    helper.cancel()
                await seating.left(self.account)
                exchange.unregister(browser_phone(self.account))

    async def _sit(self):
        """The page is open."""
        while True:
            await asyncio.sleep(PRESENCE_SECONDS)
            await self.house.services.seating.present(self._here)

    async def _listen(self):
        async for news in self.house.storage.live_calls.listen(topic_of(self.account), after="0-0"):
            self.news.append(news)

    @property
    def handover_id(self):
        return [each["handover_id"] for each in self.news if each["kind"] == "handover"][-1]

    async def _ringing(self, ring):
        self.rings += 1
        phone = SimulatedPhone(self.house.media_url, number=None, login=self.house.media_login, codec="slin")
        async with phone.answer(ring) as line:
            while self.state != "talking":  # noqa: ASYNC110 - his desk shows it
                await asyncio.sleep(0.02)
            await self.talk(self, line)
            await line.ended(within=60)
            self.heard.append(line.wav())

    @property
    def state(self):
        states = [each["state"] for each in self.news if each["kind"] == "handover"]
        return states[-1] if states else ""

    async def says(self, line, text):
        voice = PyttsxSynthesizer(variant="m7", rate=160)
        await line.speak(await voice.say(text))
        await voice.close()


async def test_a_caller_is_handed_over_with_everything_known_and_asked_afterwards_whether_there_is_more(running, place):
    house, screen = running

    async def talk(desk, line):
        await line.wait(1.0)  # 已接通
        await desk.says(line, "您好，请说您要办什么")
        await line.wait(4.0)
        await desk.says(line, "好的，已经记下")
        await line.hang_up()

    async def caller(line):
        while desk.state != "talking":
            await line.wait(0.05)
        voice = PyttsxSynthesizer(variant="f4", rate=170)
        await line.wait(4.0)
        await line.speak(pcm_to_alaw(await voice.say("驾照丢了要补一个")))
        await voice.close()

    desk = Desk(house, "zhang", talk)
    async with desk.on_duty():
        line, _ = await place(
            "13800003001", Say("我要挪车"), Say("苏B五四三二一"), Say("转人工"), Listen("还有别的事"), Say("没有了"), Press("1"), during=caller
        )
    call_id = line.start.call_id
    assert desk.rings == 1
    async with house.storage.reading() as uow:
        (handover,) = await uow.handovers.of_call(call_id)
    assert (handover.queue, handover.state, handover.seat) == ("car_move", HandoverState.DONE, "zhang")
    assert handover.context["summary"] == "电话挪车，车牌苏B，五四三，二一，身份未核对。"
    given = {each["name"]: each for each in handover.context["given"]}
    assert given["move.plate"]["value"] == "苏B54321"
    assert 0 < given["move.plate"]["sure"] <= 1
    assert handover.context["transcript"][-1].startswith("系统：")
    async with house.storage.reading() as uow:
        handled = await uow.handovers.of_seat("zhang", since=house.storage.clock() - timedelta(hours=1), limit=5)
    assert [each.call_id for each in handled] == [call_id]
    assert "还有别的事" in screen.said_in(call_id)

    left, right = sides(await house.storage.recordings.read_wav(call_id))
    assert sounds_in("驾照丢了", await understood(left.tobytes())), "the caller's own words to the seat are recorded"
    seat_said = await understood(right.tobytes())
    assert sounds_in("您好请说您要办什么", seat_said)
    assert sounds_in("已经记下", seat_said)
    at_the_desk = await understood(sides(desk.heard[0])[1].tobytes())
    assert sounds_in("电话挪车车牌", at_the_desk), "the summary is whispered to the seat"
    assert sounds_in("驾照丢了", at_the_desk)
    assert not sounds_in("电话挪车车牌", seat_said), "the caller does not hear the whisper"


async def test_a_seat_sends_the_caller_to_be_checked_and_gets_him_back_with_his_proof(running, place):
    house, screen = running

    async def talk(desk, line):
        await line.wait(1.5)
        if desk.rings == 1:
            await house.services.seating.give_back(desk.handover_id, desk.account, "verify")
        else:
            await desk.says(line, "您好，请说您要办什么")
            await line.hang_up()

    desk = Desk(house, "wang", talk)
    async with desk.on_duty():
        line, _ = await place(
            "13800003002", Say("转人工"), Listen("请您先核对身份"), Press(f"{LEARNER}#"), EnterCode(), Listen("还有别的事"), Say("没有了"), Press("1")
        )
    call_id = line.start.call_id
    assert desk.rings == 2, "he comes back to the same seat"
    assert "接回座席" in screen.said_in(call_id)
    async with house.storage.reading() as uow:
        first, second = await uow.handovers.of_call(call_id)
    assert (first.state, first.context["level"]) == (HandoverState.RETURNED, 0)
    assert (second.state, second.context["level"], second.seat) == (HandoverState.DONE, 2, "wang")
    assert second.context["summary"].endswith("身份已核对。")


async def test_nobody_takes_him_in_time_and_a_callback_is_ordered(running, place):
    house, screen = running
    line, _ = await place("13800003003", Say("转人工"), Listen("流水号"), Say("没有了再见"))
    async with house.storage.reading() as uow:
        (handover,) = await uow.handovers.of_call(line.start.call_id)
    assert handover.state is HandoverState.NO_SEAT
    assert "流水号" in screen.said_in(line.start.call_id)


async def test_a_caller_who_waits_hears_his_place_and_music(running, place):
    house, screen = running
    busy, over = asyncio.Event(), asyncio.Event()

    async def talk(desk, line):
        busy.set()
        await over.wait()
        await line.hang_up()

    desk = Desk(house, "zhao", talk)
    async with desk.on_duty():
        first_phone = SimulatedPhone(house.media_url, number="13800003004", login=house.media_login)
        voice = PyttsxSynthesizer(variant="f4", rate=170)
        async with first_phone.dial("12123") as first:
            caller = ScriptedCaller(first, voice, partial(screen.said_in, first.start.call_id))
            await caller.follow([Press("0")])
            await asyncio.wait_for(busy.wait(), 60)

            async def waits(line):
                async with asyncio.timeout(30):
                    while "下一位" not in screen.said_in(line.start.call_id):  # noqa: ASYNC110
                        await asyncio.sleep(0.05)
                await line.wait(8.0)
                await line.hang_up()

            line, _ = await place("13800003005", Press("0"), Listen("下一位"), during=waits)
            over.set()
        await voice.close()
    last = sides(line.wav())[1].astype(float)[-4 * 8000 :]
    assert 20 * np.log10(np.sqrt((last**2).mean()) / 32768 + 1e-9) > -40, "he is not left in silence"
    async with house.storage.reading() as uow:
        (handover,) = await uow.handovers.of_call(line.start.call_id)
    assert handover.state is HandoverState.ABANDONED

