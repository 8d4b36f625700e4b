"""Whole calls in real audio, in real time, through every room of the house."""

import asyncio
import io
import os
import signal
import wave

import numpy as np
import pytest
from websockets.asyncio.client import connect

from ivr.cli.listened import listen
from ivr.cli.scripted import Listen, Press, Say, SayOver
from ivr.domain.car_moves import CaseState
from ivr.speech.audio import alaw_to_pcm
from telephony.media.phone import SimulatedPhone
from tests.integration.heard import sounds_in, understood

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(240)]
TOLD = Listen("车主已答复")


async def case_of(house, number):
    async with house.storage.reading() as uow:
        return await uow.cases.open_of(house.storage.cipher.token(number))


async def call_record(house, line):
    for _ in range(40):
        view = await house.storage.call_log.call(line.start.call_id)
        if view is not None and view.ended_at is not None:
            return view
        await asyncio.sleep(0.1)
    raise AssertionError("the call left no finished record")


def longest_silence(line):
    """Seconds of the longest stretch in which the caller neither hears nor says anything."""
    longest = quiet = 0
    for said, heard in zip(line.said, line.heard, strict=False):
        loud = any(np.abs(np.frombuffer(alaw_to_pcm(s.data), "<i2")).max(initial=0) > 150 for s in (said, heard))
        quiet = 0 if loud else quiet + 1
        longest = max(longest, quiet)
    return longest * 0.02


async def test_a_blocking_car_is_moved_by_voice(running, place):
    house, _ = running
    line, outcome = await place(
        "13800002001", Say("有辆车把我堵住了，车牌苏B一二三四五，在清扬路六十八号门口"), Say("白色的"), Say("对"), TOLD, Say("没有了"),
    )
    case = await case_of(house, "13800002001")
    assert case.state is CaseState.ACK_COMING
    assert (case.plate, case.place, case.colour) == ("苏B12345", "清扬路六十八号门口", "白")
    assert case.call_id == line.start.call_id
    assert outcome.unanswered == 0
    async with house.storage.reading() as uow:
        texts = [text for text in await uow.sms.recent(50) if case.case_id in text.subject]
    assert {bool(text.contact_token) for text in texts} == {True, False}, "both sides are texted"
    record = await call_record(house, line)
    assert record.end_reason == "said_goodbye"
    said = "".join(turn.text for turn in record.turns)
    assert "对吗" in said
    assert "苏B一二三四五" in said
    assert any(turn.timings and turn.timings.dialogue_ms for turn in record.turns)
    with wave.open(io.BytesIO(await house.storage.recordings.read_wav(line.start.call_id))) as sound:
        assert (sound.getnchannels(), sound.getframerate()) == (2, 8000)
        stereo = np.frombuffer(sound.readframes(sound.getnframes()), "<i2").reshape(-1, 2)
    assert abs(len(stereo) / 8000 - record.seconds) < 1.5
    assert all(np.abs(stereo[:, side].astype(int)).max() > 3000 for side in (0, 1)), "both sides are heard"


async def test_a_blocking_car_is_moved_by_keys_alone(running, place):
    house, _ = running
    await place(
        "13800002002", Press("1"), Press("12345#"), Press("1"), Press("1"), Press("1"), TOLD, Press("*"), Say("没有了"),
    )
    case = await case_of(house, "13800002002")
    assert case.state is CaseState.ACK_COMING
    assert (case.plate, case.place_kind) == ("苏B12345", "road")


async def test_the_read_back_is_interrupted_and_corrected(running, place):
    house, _ = running
    _, outcome = await place(
        "13800002003", Say("我要挪车，车牌苏B一二三四五"), Say("人民路和中山路路口，农业银行门口"), Say("白的"),
        SayOver("不对，地点错了，是清扬路六十八号门口", 2.5), Say("对的"), TOLD, Say("没有了"),
    )
    case = await case_of(house, "13800002003")
    assert (case.plate, case.place) == ("苏B12345", "清扬路六十八号门口")
    assert outcome.stopped_after
    assert outcome.stopped_after[0] < 1.5


async def test_a_nod_holds_us_for_a_moment_and_not_a_word_is_lost_or_clicks(running, place):
    house, _ = running
    line, outcome = await place("13800002007", SayOver("嗯", 3.0), Listen(), Say("没有了再见"))
    await call_record(house, line)
    assert outcome.stopped_after, "nobody heeded the nod"
    for heard in (line.wav(), await house.storage.recordings.read_wav(line.start.call_id)):
        with wave.open(io.BytesIO(heard)) as sound:
            pcm = sound.readframes(sound.getnframes())
        assert [fault for fault in listen(pcm).faults if fault.kind == "click"] == []
        ours = np.frombuffer(pcm, "<i2")[1::2][: 20 * 8000]
        assert sounds_in("通话会录音信息只用于办业务请直接说要办什么", await understood(ours.tobytes()))


async def test_a_caller_who_says_nothing_is_helped_and_called_back(running, place):
    house, _ = running
    line, _ = await place("13800002004", Listen("流水号"), Listen("再见", within=60))
    record = await call_record(house, line)
    assert record.end_reason == "no_input"
    token = house.storage.cipher.token("13800002004")
    async with house.storage.reading() as uow:
        assert any(order.caller_token == token for order in await uow.callbacks.open_orders(50))
    assert longest_silence(line) < 12


async def test_rengong_in_the_middle_of_a_question(running, place):
    house, _ = running
    line, outcome = await place("13800002005", Say("我要挪车"), SayOver("转人工", 0.8), Listen("流水号"), Say("没有了再见"))
    record = await call_record(house, line)
    assert [event.event for event in record.events] == ["no_seat"]
    assert outcome.stopped_after


async def test_garbage_at_the_door_harms_no_call(running, place):
    house, _ = running

    async def garbage(_line):
        for junk in ("{", "[]", '{"event":"MEDIA_START"}', b"\xff" * 50_000):
            async with connect(
                house.media_url, subprotocols=["media"], proxy=None,
                additional_headers={"Authorization": _basic(house.media_login)},
            ) as other:
                await other.send(junk)
                await asyncio.wait_for(other.wait_closed(), 10)

    _, outcome = await place("13800002006", Say("我要挪车"), Say("算了不办了"), Say("没有了"), during=garbage)
    assert outcome.unanswered == 0


async def test_a_caller_who_hangs_up_leaves_a_whole_record(running):
    house, _ = running
    phone = SimulatedPhone(house.media_url, number="13800002007", login=house.media_login)
    async with phone.dial("12123") as line:
        await line.next_voice(within=10)
        await line.wait(1.0)
    record = await call_record(house, line)
    assert record.end_reason in ("caller_hung_up", "line_lost")
    assert record.recording_sha256
    assert await house.storage.recordings.is_finished(line.start.call_id)


async def test_the_dialogue_dies_in_the_middle_of_a_call(running, place):
    house, screen = running

    async def kill(line):
        while "哪" not in screen.said_in(line.start.call_id) and "车牌" not in screen.said_in(line.start.call_id):
            await line.wait(0.1)
        os.kill(house.rasa.pid, signal.SIGKILL)

    line, _ = await place("13800002008", Say("我要挪车"), Say("苏B一二三四五"), Listen("说完我们登记回电"), Say("车堵在我家门口"), during=kill)
    record = await call_record(house, line)
    assert record.end_reason == "callback_left"
    token = house.storage.cipher.token("13800002008")
    async with house.storage.reading() as uow:
        order = next(o for o in await uow.callbacks.open_orders(50) if o.caller_token == token)
    assert "苏B一二三四五" in order.said
    assert longest_silence(line) < 12
    await asyncio.wait_for(house.rasa.is_ready.wait(), 90)
    _, outcome = await place("13800002009", Say("我要挪车"), Say("算了不办了"), Say("没有了"))
    assert outcome.unanswered == 0


def _basic(login):
    import base64

    return "Basic " + base64.b64encode(":".join(login).encode()).decode()
