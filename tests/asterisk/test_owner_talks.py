"""Owners rung by the whole house through a real Asterisk: what they hear, what they press, and who is no owner."""

import asyncio
from datetime import timedelta

import pytest
import pytest_asyncio

from ivr.domain.car_moves import CaseState
from ivr.domain.orders import OwnerCallState
from ivr.services.car_moving_keeping import owner_subject
from ivr.speech.audio import pcm_to_alaw, silence
from ivr.speech.pyttsx import PyttsxSynthesizer
from tests.asterisk.owners import TEN, network
from tests.asterisk.pbx import CARRIER
from tests.asterisk.sip_phone import SipPhone
from tests.asterisk.sip_wire import PCMA
from tests.fakes.voices import tone

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.rasa, pytest.mark.timeout(240)]
NOTICE = "您尾号三四五的小型汽车停在清扬路68号门口，堵住了出入口，请尽快挪车。"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def city(asterisk, tmp_path_factory):
    async with network(asterisk, tmp_path_factory.mktemp("house")) as running:
        yield running


@pytest_asyncio.fixture(loop_scope="session")
async def phone(asterisk):
    async with SipPhone(CARRIER, port=asterisk.carrier_port, number="13900002222") as rung:
        yield rung
    await asterisk.quiet()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def voice():
    synthesizer = PyttsxSynthesizer(variant="f4")
    yield synthesizer
    await synthesizer.close()


@pytest_asyncio.fixture(autouse=True, loop_scope="session")
async def tomorrow(city):
    """Every test has a day of its own: a plate may be asked for three times in one."""
    city.clock.move_to(TEN + timedelta(days=city.day))
    city.day += 1
    yield


async def told_to_owner(city, order_id):
    view = next(view for view in await city.house.storage.call_log.recent(10) if view.order_id == order_id)
    return city.screen.said_in(view.call_id)


@pytest.mark.parametrize(
    ("keys", "state", "plate"),
    [
        ("1", CaseState.ACK_COMING, "苏B12345"),
        ("2", CaseState.ACK_CANNOT, "苏B12345"),
        ("3", CaseState.NOT_HERE, "苏B12345"),
        ("4", CaseState.SOLD, "沪A12345"),  # its owner is not rung again
    ],
)
async def test_an_owner_hears_the_notice_and_answers_by_a_key(city, phone, keys, state, plate):
    case_id = await city.file(plate)
    assert "owner_notice" in await city.texts(owner_subject(case_id)), "an SMS goes beside"
    async with phone.picked_up(within=15) as call:
        await call.next_voice(within=5)
        await call.wait(1.0)
        await call.press(keys)
        await call.ended(within=15)
    assert (await city.case(case_id)).state is state
    [order] = await city.calls(case_id)
    assert order.state is OwnerCallState.DONE
    said = await told_to_owner(city, order.order_id)
    assert NOTICE in said
    assert plate not in said


async def test_the_star_repeats_the_notice(city, phone):
    case_id = await city.file()
    async with phone.picked_up(within=15) as call:
        await call.next_voice(within=5)
        await call.wait(1.0)
        await call.press("*")
        await call.next_voice(after=call.heard[-1].at, within=5)
        await call.wait(1.0)
        await call.press("1")
        await call.ended(within=15)
    [order] = await city.calls(case_id)
    assert (await told_to_owner(city, order.order_id)).count(NOTICE) == 2
    assert (await city.case(case_id)).state is CaseState.ACK_COMING


@pytest.mark.parametrize(
    ("status", "result"), [(486, "busy"), (603, "rejected"), (404, "unreachable"), (480, "no_answer"), (503, "failed")]
)
async def test_the_second_call_comes_a_minute_after_the_first_and_no_third(city, phone, status, result):
    case_id = await city.file()
    await phone.refuse(status, within=15)
    assert (await city.ended(case_id)).result == result
    city.clock.forward(55)
    await asyncio.sleep(1.2)  # the dialler looks twice a second
    assert phone.rings.empty()
    city.clock.forward(10)
    await phone.refuse(status, within=15)
    assert (await city.ended(case_id, attempt=2)).result == result
    assert (await city.case(case_id)).state is CaseState.NO_ANSWER
    assert "owner_missed" in await city.texts(owner_subject(case_id))
    city.clock.forward(90)
    await asyncio.sleep(1.2)
    assert phone.rings.empty()


MAILBOXES = {
    "with_a_beep": ("您好，我现在不方便接听电话，请留言。", 0.5),
    "of_the_network": ("您拨打的用户暂时无法接听，请稍后再拨。", 0.0),
    "short": ("请留言。", 0.6),
    "long": ("您好，这里是语音信箱，您呼叫的用户现在无法接听您的电话，请在听到提示音后开始留言，留言完毕请直接挂机。", 0.5),
    "an_assistant": ("您好，我是机主的智能语音助理，机主现在不方便接电话，请问您有什么事情，我可以帮您转告。", 0.0),
}


@pytest.mark.parametrize("kind", MAILBOXES)
async def test_a_machine_is_told_nothing_and_the_owner_is_rung_again(city, phone, voice, kind):
    text, beep = MAILBOXES[kind]
    sound = await voice.say(text) + silence(0.3) + tone(beep, hertz=1000, size=0.3) + silence(6)
    case_id = await city.file()
    async with phone.picked_up(within=15) as call:
        async with asyncio.TaskGroup() as group:
            group.create_task(call.speak(pcm_to_alaw(silence(0.4) + sound)))
            await call.ended(within=15)
        assert call.ended_by == "there"
        assert call.kinds <= {PCMA}, "no key is fed to a machine"
    order = await city.ended(case_id)
    assert (order.state, order.result) == (OwnerCallState.FAILED, "voicemail")
    assert (await city.case(case_id)).state is CaseState.NOTIFYING
    [_, second] = await city.calls(case_id)
    assert timedelta(seconds=58) < second.not_before - (city.clock() - timedelta(seconds=5)) < timedelta(seconds=66)
    await city.close(case_id)


@pytest.mark.parametrize("greeting", ["喂？", "喂，你好，哪位", "您好，我是张师傅，请问您是哪位"])
async def test_a_person_who_says_hello_hears_the_notice_at_once(city, phone, voice, greeting):
    case_id = await city.file()
    hello = pcm_to_alaw(silence(0.3) + await voice.say(greeting))
    async with phone.picked_up(within=15) as call:
        async with asyncio.TaskGroup() as group:
            group.create_task(call.speak(hello))
            await call.next_voice(within=4)
        await call.wait(9.0)
        await call.press("1")
        await call.ended(within=15)
    assert (await city.case(case_id)).state is CaseState.ACK_COMING
    [order] = await city.calls(case_id)
    assert NOTICE in await told_to_owner(city, order.order_id)


async def test_at_night_only_a_blocked_exit_rings(city, phone):
    city.clock.move_to(city.clock().replace(hour=15, minute=0))  # 23:00 in China
    quiet = await city.file(reason="taken_space")
    blocked = await city.file("苏BD12345", reason="blocked_exit")
    invite = await phone.rung(within=15)
    assert "13900003333" in invite.first
    phone._answer(invite, 486, "Busy", tag="busy")
    await city.ended(blocked)
    assert not await city.calls(quiet), "it expires before the morning"
    assert "owner_notice_quiet" in await city.texts(owner_subject(quiet))
    assert phone.rings.empty()
    for case_id in (quiet, blocked):
        await city.close(case_id)


async def test_in_the_morning_the_owner_is_rung_after_all(city, phone):
    city.clock.move_to(city.clock().replace(hour=22, minute=0) - timedelta(days=1))  # 6:00 in China
    case_id = await city.file(reason="taken_space")
    city.clock.forward(28 * 60)
    await asyncio.sleep(1.2)
    assert phone.rings.empty()
    city.clock.forward(3 * 60)
    await phone.refuse(486, within=15)
    await city.ended(case_id)
    await city.close(case_id)


async def test_numbers_stand_in_no_log_of_asterisk(asterisk):
    for number in ("13900002222", "13900003333", "1380002"):
        assert number not in asterisk.log()

