"""The simulated phone dials, and is rung."""

import asyncio

import pytest
from websockets.exceptions import InvalidStatus

from telephony.exchange import Exchange
from telephony.media.call import HungUp, MediaCall
from telephony.media.call_start import new_call_id
from telephony.media.server import MediaDoor
from telephony.outbound import OutboundCall, PlaceResult
from tests.telephony.media.ringing import door, idle, phone


async def test_a_refusal_reaches_the_dialler() -> None:
    async with door(idle, login=("a", "b")) as at:
        with pytest.raises(InvalidStatus):
            async with phone(at).dial():
                pass


async def test_an_error_in_the_block_flies_as_it_is_and_hangs_up() -> None:
    ends: list[str] = []

    async def answer(call: MediaCall) -> None:
        ends.extend([event.reason async for event in call.events() if isinstance(event, HungUp)])

    async def fail(at: MediaDoor) -> None:
        async with phone(at).dial() as call:
            await call.wait(0.1)
            raise ZeroDivisionError

    async with door(answer) as at:
        with pytest.raises(ZeroDivisionError):
            await fail(at)
    assert ends == ["far_end"]


async def test_a_rung_phone_arrives_at_the_door_with_its_order() -> None:
    starts = []

    async def answer(call: MediaCall) -> None:
        starts.append(call.start)
        await idle(call)

    async with door(answer) as at, Exchange() as exchange:

        async def owner(ring) -> None:
            async with phone(at).answer(ring) as call:
                await call.wait(0.1)

        exchange.register("13900002222", owner)
        order = OutboundCall("order-1", "13900002222", new_call_id())
        assert await exchange.place(order) is PlaceResult.ANSWERED
        await asyncio.sleep(0.2)
    assert [(s.direction, s.order_id, s.call_id, s.source) for s in starts] == [
        ("out", "order-1", order.call_id, "phone")
    ]
