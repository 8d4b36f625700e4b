"""Real SIP calls, A-law, through a real Asterisk into the whole house and back."""

import asyncio
import io
import wave
from difflib import SequenceMatcher
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import pytest_asyncio

from ivr.call.handing import CONNECTED, FOR_YOU, HANDED_BACK
from ivr.cli.scripted import Listen, Press, Say, ScriptedCaller
from ivr.domain.car_moves import CaseState
from ivr.domain.handovers import HandoverState, PhoneKind, SeatHere
from ivr.domain.sounds import blurred, plain, sounds
from ivr.settings import Settings
from ivr.speech.audio import alaw_to_pcm, pcm_to_alaw, silence
from ivr.speech.pyttsx import PyttsxSynthesizer
from ivr.speech.vosk import VoskEar
from tests.asterisk.pbx import CARRIER, SEAT
from tests.asterisk.sip_phone import SipPhone
from tests.asterisk.sip_wire import write_sip
from tests.running_house import running_house

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.rasa, pytest.mark.timeout(240)]
MODEL = Settings.model_fields["speech_model"].default
PIECE = 1600  # samples


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def on_the_network(asterisk, tmp_path_factory):
    media_user, media_password = asterisk.media_login
    ami_user, ami_password = asterisk.ami_login
    async with running_house(
        tmp_path_factory.mktemp("house"), outbound="asterisk", media_port=asterisk.media_port, media_user=media_user,
        media_password=media_password, ami_port=asterisk.ami_port, ami_user=ami_user, ami_password=ami_password,
    ) as running:
        yield running


@pytest_asyncio.fixture(loop_scope="session")
async def citizen(asterisk):
    async with SipPhone(CARRIER, number="13800001111") as phone:
        yield phone


@pytest_asyncio.fixture(loop_scope="session")
async def car_owner(asterisk):
    async with SipPhone(CARRIER, port=asterisk.carrier_port, number="13900002222") as phone:
        yield phone


@pytest_asyncio.fixture(loop_scope="session")
async def human(asterisk):
    async with SipPhone(SEAT, port=asterisk.seat_port, number="seat") as phone:
        yield phone


async def recognised(audio, model: Path = MODEL):
    ear = VoskEar(model)
    recognizer = ear.open()
    await recognizer.start()
    await recognizer.accept(alaw_to_pcm(audio))
    heard = await recognizer.finish()
    ear.close()
    return heard.text


def alike(heard, said):
    """Is it the sentence, by its sounds? The ear is small: it may miss one in five."""
    one, other = ([blurred(each) for each in sounds(plain(text))] for text in (heard, said))
    return SequenceMatcher(None, one, other, autojunk=False).ratio() >= 0.8


def share_heard(pcm, heard):
    """How much of these words, in pieces of 0.2 s, is in what was heard (A-law): the same wave, at any loudness,
    with what a bridge adds and but for a frame that the phone lost."""
    words, sound = (np.frombuffer(each, dtype="<i2").astype(np.float32) for each in (pcm, alaw_to_pcm(heard)))
    places = np.lib.stride_tricks.sliding_window_view(sound, PIECE)
    strength = np.sqrt(np.convolve(sound**2, np.ones(PIECE), mode="valid")) + 1.0
    pieces = [words[at : at + PIECE] for at in range(0, len(words) - PIECE, PIECE // 2)]
    loud = [each / np.linalg.norm(each) for each in pieces if np.abs(each).max() > 1000]
    return float(np.mean([(places @ each / strength).max() > 0.85 for each in loud]))


async def case_of(house, number):
    async with house.storage.reading() as uow:
        return await uow.cases.open_of(house.storage.cipher.token(number))


async def finished(house, screen, call_ids_before):
    """The record of the call that came in since."""
    for _ in range(60):
        for view in await house.storage.call_log.recent(10):
            if view.call_id not in call_ids_before and view.ended_at is not None and view.direction == "in":
                return view
        await asyncio.sleep(0.1)
    raise AssertionError("the call left no finished record")


async def calls_so_far(house):
    return {view.call_id for view in await house.storage.call_log.recent(50)}


def told_in(screen):
    """What the service said in any call so far."""
    return "".join(screen.said.values())


async def test_a_sip_caller_is_understood_and_the_owner_presses_a_key(asterisk, citizen, car_owner, on_the_network):
    house, screen = on_the_network
    voice = PyttsxSynthesizer(variant="f4")

    async def owner_answers():
        async with car_owner.picked_up(within=90) as call:
            await call.next_voice(within=10)
            await call.wait(4)
            await call.press("1")
            await call.ended(within=45)  # he is offered a talk, and says nothing to it

    async with asyncio.TaskGroup() as group:
        group.create_task(owner_answers())
        async with citizen.dial("12123", port=asterisk.sip_port) as call:
            greeting = await call.heard_until_silence(quiet_seconds=0.8, within=30)
            assert alike(await recognised(greeting), "您好公安交管幺二幺二三通话会录音信息只用于办业务请直接说要办什么说人工可转座席")
            scripted = ScriptedCaller(call, voice, partial(told_in, screen))
            last = await call.speak(_alaw(await voice.say("有辆车把我堵住了，车牌苏B一二三四五，在清扬路六十八号门口")))
            answer = await call.heard_until_silence(quiet_seconds=0.8, after=last, within=15)
            assert alike(await recognised(answer), "苏B一二三四五车是什么颜色不清楚也没关系")
            await call.press("1")
            read_back = await call.heard_until_silence(quiet_seconds=0.8, after=call.heard[-1].at, within=15)
            assert alike(await recognised(read_back), "苏B一二三四五白色停在清扬路六十八号门口马上通知车主挪车对吗")
            await call.press("1")
            await scripted.follow((Listen("车主已答复"), Say("没有了")))
            await call.ended(within=30)
    await voice.close()
    case = await case_of(house, "13800001111")
    assert case.state is CaseState.ACK_COMING
    assert (case.plate, case.colour) == ("苏B12345", "白")
    assert "13800001111" not in asterisk.log()
    assert "13900002222" not in asterisk.log()


async def test_keys_by_rfc_4733_reach_the_dialogue_and_the_caller_hangs_up(asterisk, citizen, on_the_network):
    house, screen = on_the_network
    before = await calls_so_far(house)
    async with citizen.dial("12123", port=asterisk.sip_port) as call:
        await call.heard_until_silence(quiet_seconds=0.8, within=30)
        await call.press("2")
        answer = await call.heard_until_silence(quiet_seconds=0.8, after=call.heard[-1].at, within=15)
        assert alike(await recognised(answer), "先核对身份请在键盘上输入身份证号最后一位是叉就按星号")
    view = await finished(house, screen, before)
    assert view.end_reason in ("caller_hung_up", "line_lost")
    assert view.recording_sha256


async def test_rengong_takes_the_caller_to_a_seat_who_was_told_before(asterisk, citizen, human, on_the_network):
    house, screen = on_the_network
    before = await calls_so_far(house)
    voice = PyttsxSynthesizer(variant="f4")
    await house.services.seating.present(SeatHere("li", "李四", PhoneKind.SIP, "8001", ready=True, regions=("*",)))
    seat_heard, invites = [], []

    async def seat_answers():
        async with human.picked_up(within=60) as call:
            invites.append(call.invite)
            seat_heard.append(await call.heard_until_silence(quiet_seconds=0.8, within=20))
            await call.speak(_alaw(await voice.say("您好，我是座席。")))
            await call.wait(3.0)

    async with asyncio.TaskGroup() as group:
        group.create_task(seat_answers())
        async with citizen.dial("12123", port=asterisk.sip_port) as call:
            await call.heard_until_silence(quiet_seconds=0.8, within=30)
            await call.speak(_alaw(await voice.say("我要挪车")))
            await call.heard_until_silence(quiet_seconds=0.8, after=call.heard[-1].at, within=15)
            await call.speak(_alaw(await voice.say("转人工")))
            await ScriptedCaller(call, voice, partial(told_in, screen)).follow((Listen("还有别的事"), Say("没有了"), Press("1")))
            await call.ended(within=30)
    await voice.close()
    view = await finished(house, screen, before)
    async with house.storage.reading() as uow:
        (handover,) = await uow.handovers.of_call(view.call_id)
    assert (handover.seat, handover.state, handover.queue) == ("li", HandoverState.DONE, "car_move")
    assert view.end_reason not in ("transferred", "failed")
    whispered = [(FOR_YOU.text, FOR_YOU.phrase_id), ("电话挪车，身份未核对。", None), (CONNECTED.text, CONNECTED.phrase_id)]
    unsaid = await house.mouth.audio(HANDED_BACK.text, HANDED_BACK.phrase_id)
    assert share_heard(unsaid, seat_heard[0]) < 0.3
    for sentence in whispered:
        assert share_heard(await house.mouth.audio(*sentence), seat_heard[0]) > 0.8, f"the seat did not hear {sentence[0]}"
    right = _right(await house.storage.recordings.read_wav(view.call_id))
    assert "我是座席" in (await recognised(pcm_to_alaw(right))).replace(" ", "")
    assert citizen.number not in write_sip(invites[0]).decode(errors="replace"), "the seat's telephone shows 12123 only"
    assert citizen.number not in asterisk.log()


def _right(wav):
    with wave.open(io.BytesIO(wav)) as sound:
        return np.frombuffer(sound.readframes(sound.getnframes()), dtype="<i2").reshape(-1, 2)[:, 1].tobytes()


def _alaw(pcm):
    return pcm_to_alaw(pcm + silence(0.02))
