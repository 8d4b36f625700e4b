"""What a caller meets when the service is gone, full, or has handed him on."""

import asyncio
import re
from collections.abc import AsyncIterator

import pytest

from telephony.ami.client import ManagerClient
from telephony.media.call import MediaCall
from telephony.media.connection import Line
from tests.asterisk.doors import Seen, door, tone
from tests.asterisk.fallback_words import hears
from tests.asterisk.pbx import Asterisk
from tests.asterisk.sip_phone import SipCall, SipPhone


@pytest.fixture
async def manager(asterisk: Asterisk) -> AsyncIterator[ManagerClient]:
    async with ManagerClient("127.0.0.1", asterisk.ami_port, login=asterisk.ami_login) as client:
        await client.wait_ready(within=5)
        yield client


async def assert_fallback_reaches_a_person(
    call: SipCall, seat: SipPhone, *, words: str = "unavailable"
) -> None:
    await call.next_voice()
    await call.wait(2.0)
    assert hears(call, words)
    await call.press("0")
    async with seat.picked_up(within=5) as person:
        spoke = asyncio.get_running_loop().time()
        await person.speak(tone(0.4))
        await call.next_voice(after=spoke)
        await call.hang_up()
        await person.ended(within=3)


async def test_with_the_door_shut_recorded_words_offer_a_person_by_key_0(
    asterisk: Asterisk, caller: SipPhone, seat: SipPhone
) -> None:
    async with caller.dial("12123", port=asterisk.sip_port) as call:
        await assert_fallback_reaches_a_person(call, seat)


async def test_with_the_door_full_the_next_caller_is_offered_a_person_and_the_first_is_not_harmed(
    asterisk: Asterisk, caller: SipPhone, seat: SipPhone
) -> None:
    seen = Seen()
    async with (
        door(asterisk, lambda call: seen.watch(call, echo=True), max_calls=1),
        SipPhone(caller.host, number="13800002222") as second,
        caller.dial("12123", port=asterisk.sip_port) as held,
    ):
        await held.wait(0.2)
        async with second.dial("12123", port=asterisk.sip_port) as call:
            await assert_fallback_reaches_a_person(call, seat)
        spoke = asyncio.get_running_loop().time()
        await held.speak(tone(0.3))
        await held.next_voice(after=spoke)


async def test_when_the_connection_breaks_in_mid_call_the_caller_is_not_dropped(
    asterisk: Asterisk, caller: SipPhone, seat: SipPhone, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def die(line: Line, call: MediaCall) -> None:
        await asyncio.sleep(0.1)
        line._connection.transport.abort()

    monkeypatch.setattr(Line, "write", die)
    seen = Seen()
    async with door(asterisk, seen.watch), caller.dial("12123", port=asterisk.sip_port) as call:
        await assert_fallback_reaches_a_person(call, seat, words="interrupted")
    assert seen.hung_up == "lost"


async def test_a_wrong_password_at_the_door_leaves_the_caller_with_the_fallback(
    asterisk: Asterisk, caller: SipPhone
) -> None:
    seen = Seen()
    shut = door(asterisk, seen.watch)
    shut._authorization = "Basic something else"
    async with shut, caller.dial("12123", port=asterisk.sip_port) as call:
        await call.next_voice()
        await call.wait(1.6)
        assert hears(call, "unavailable")
    assert seen.call is None


async def test_a_service_that_hangs_keeps_the_caller_waiting_two_seconds_at_most(
    asterisk: Asterisk, caller: SipPhone
) -> None:
    released = asyncio.Event()

    async def say_nothing(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await released.wait()
        writer.close()

    hanging = await asyncio.start_server(say_nothing, "127.0.0.1", asterisk.media_port)
    async with hanging, caller.dial("12123", port=asterisk.sip_port) as call:
        began = asyncio.get_running_loop().time()
        assert await call.next_voice() - began < 2.6
        await call.wait(1.6)
        assert hears(call, "unavailable")
        released.set()


@pytest.mark.parametrize("after", [0.5, 0.0])
async def test_who_hangs_up_while_the_service_is_being_reached_is_noted(
    asterisk: Asterisk, caller: SipPhone, after: float
) -> None:
    released = asyncio.Event()

    async def say_nothing(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await released.wait()
        writer.close()

    spool = asterisk.home / "spool/ivr"
    before = set(spool.glob("*.call"))
    hanging = await asyncio.start_server(say_nothing, "127.0.0.1", asterisk.media_port)
    async with hanging:
        async with caller.dial("12123", port=asterisk.sip_port) as call:
            await call.wait(after)
            await call.hang_up()
        async with asyncio.timeout(5):
            while not (new := set(spool.glob("*.call")) - before):  # noqa: ASYNC110 - another process writes it
                await asyncio.sleep(0.05)
        released.set()
    (notes,) = new
    began, ended = notes.read_text().splitlines()
    assert re.fullmatch(rf"began \d+\.\d+ unreached x{caller.number} x12123", began)
    assert re.fullmatch(r"ended \d+\.\d+ nobody", ended)


async def leave(call: MediaCall, manager: ManagerClient, **variables: str) -> None:
    assert call.start.channel is not None
    for name, value in variables.items():
        await manager.set_variable(call.start.channel, name, value)
    await call.hang_up()


async def test_when_the_service_ends_the_call_the_caller_is_hung_up(
    asterisk: Asterisk, caller: SipPhone, manager: ManagerClient
) -> None:
    async with (
        door(asterisk, lambda call: leave(call, manager, IVR_NEXT="hangup")),
        caller.dial("12123", port=asterisk.sip_port) as call,
    ):
        await call.ended(within=3)
        assert call.ended_by == "there"


async def test_the_service_hands_the_caller_to_a_queue(
    asterisk: Asterisk, caller: SipPhone, seat: SipPhone, manager: ManagerClient
) -> None:
    async with (
        door(asterisk, lambda call: leave(call, manager, IVR_NEXT="human")),
        caller.dial("12123", port=asterisk.sip_port) as call,
        seat.picked_up(within=5) as person,
    ):
        await person.speak(tone(0.4))
        await call.next_voice()


async def test_a_queue_that_does_not_exist_becomes_the_human_queue(
    asterisk: Asterisk, caller: SipPhone, seat: SipPhone, manager: ManagerClient
) -> None:
    async with (
        door(asterisk, lambda call: leave(call, manager, IVR_NEXT="no_such_queue")),
        caller.dial("12123", port=asterisk.sip_port),
        seat.picked_up(within=5),
    ):
        pass


async def test_with_nobody_in_the_queue_the_caller_is_told_and_may_leave_a_message(
    asterisk: Asterisk, caller: SipPhone, manager: ManagerClient
) -> None:
    async with (
        door(asterisk, lambda call: leave(call, manager, IVR_NEXT="empty")),
        caller.dial("12123", port=asterisk.sip_port) as call,
    ):
        await call.ended(within=35)
        for words in ("nobody", "leave_word", "noted"):
            assert hears(call, words)
        assert call.ended_by == "there"


async def test_the_service_hands_the_caller_to_an_emergency_number(
    asterisk: Asterisk, caller: SipPhone, owner: SipPhone, manager: ManagerClient
) -> None:
    async with (
        door(asterisk, lambda call: leave(call, manager, IVR_NUMBER="110", IVR_NEXT="number")),
        caller.dial("12123", port=asterisk.sip_port) as call,
        owner.picked_up(within=5) as police,
    ):
        assert police.invite is not None
        assert police.invite.first.startswith("INVITE sip:110@")
        await police.speak(tone(0.4))
        await call.next_voice()


async def test_a_number_that_is_not_a_service_number_is_not_dialled(
    asterisk: Asterisk, caller: SipPhone, seat: SipPhone, owner: SipPhone, manager: ManagerClient
) -> None:
    async with (
        door(
            asterisk, lambda call: leave(call, manager, IVR_NUMBER="13900002222", IVR_NEXT="number")
        ),
        caller.dial("12123", port=asterisk.sip_port),
        seat.picked_up(within=5),
    ):
        assert owner.rings.empty()
