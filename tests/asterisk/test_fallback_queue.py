"""What a caller is told who waits in Asterisk's own queue: his place in line, and how long it may take."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest

from telephony.ami.client import ManagerClient
from telephony.media.call import MediaCall
from tests.asterisk.doors import door, tone
from tests.asterisk.fallback_words import hears_in_turn, until_heard
from tests.asterisk.pbx import CARRIER, Asterisk
from tests.asterisk.sip_phone import SipCall, SipPhone


@pytest.fixture
async def manager(asterisk: Asterisk) -> AsyncIterator[ManagerClient]:
    async with ManagerClient("127.0.0.1", asterisk.ami_port, login=asterisk.ami_login) as client:
        await client.wait_ready(within=5)
        yield client


async def calls_in(asterisk: Asterisk, stack: AsyncExitStack, number: str) -> SipCall:
    phone = await stack.enter_async_context(SipPhone(CARRIER, number=number))
    return await stack.enter_async_context(phone.dial("12123", port=asterisk.sip_port))


async def waits_for_a_person(asterisk: Asterisk, stack: AsyncExitStack, number: str) -> SipCall:
    """He calls a service that is down, and wants a person."""
    call = await calls_in(asterisk, stack, number)
    await call.next_voice()
    await call.wait(0.3)
    await call.press("0")
    await until_heard(call, "at_most", "digits/1", "minutes", within=10)
    return call


async def test_with_the_service_down_each_who_waits_hears_his_place_and_it_changes_when_one_is_taken(
    asterisk: Asterisk, seat: SipPhone
) -> None:
    async with AsyncExitStack() as stack:
        first = await waits_for_a_person(asterisk, stack, "13800001111")
        await seat.rung()
        second = await waits_for_a_person(asterisk, stack, "13800002222")
        await until_heard(second, "place", "digits/2", "in_line", within=10)
        third = await waits_for_a_person(asterisk, stack, "13800003333")
        await until_heard(third, "place", "digits/3", "in_line", within=10)
        await third.wait(0.5)
        assert not hears_in_turn(first, "place")
        assert not hears_in_turn(third, "place", "digits/2")
        async with seat.picked_up(within=20) as person:
            spoke = asyncio.get_running_loop().time()
            await person.speak(tone(0.4))
            await first.next_voice(after=spoke)
            await until_heard(third, "place", "digits/2", "in_line", within=15)
            await until_heard(second, "next", within=15)
            await first.hang_up()
            await person.ended(within=3)
        async with seat.picked_up(within=10) as person:
            spoke = asyncio.get_running_loop().time()
            await person.speak(tone(0.4))
            await second.next_voice(after=spoke)
    await asterisk.quiet()


async def test_how_long_others_waited_is_told_once_it_is_known(
    asterisk: Asterisk, seat: SipPhone, manager: ManagerClient
) -> None:
    async def hand_over(call: MediaCall) -> None:
        assert call.start.channel is not None
        await manager.set_variable(call.start.channel, "IVR_NEXT", "told")
        await call.hang_up()

    async with door(asterisk, hand_over), AsyncExitStack() as stack:
        first = await calls_in(asterisk, stack, "13800001111")
        await until_heard(first, "at_most", "digits/3", "minutes", within=10)
        async with seat.picked_up(within=10) as person:
            await person.wait(0.2)
        await first.ended(within=5)
        second = await calls_in(asterisk, stack, "13800002222")
        await until_heard(second, "expected", "digits/1", "minutes_or_so", within=10)
        assert not hears_in_turn(second, "at_most")
    await asterisk.quiet()
