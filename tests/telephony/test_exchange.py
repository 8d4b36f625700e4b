"""The embedded exchange rings, waits, and tells what became of it."""

import asyncio

import pytest

from telephony.errors import MediaClosed, NumberTaken
from telephony.exchange import Exchange, Ring
from telephony.outbound import OutboundCall, PlaceResult

NUMBER = "13900002222"


def order(ring_seconds: float = 1.0) -> OutboundCall:
    return OutboundCall("order-1", NUMBER, "a" * 32, ring_seconds=ring_seconds)


async def pick_up(ring: Ring) -> None:
    ring.answer()


async def refuse(ring: Ring) -> None:
    ring.reject()


async def talk(ring: Ring) -> None:
    ring.busy()


async def ignore(ring: Ring) -> None:
    return None


@pytest.mark.parametrize(
    ("phone", "result"),
    [
        (pick_up, PlaceResult.ANSWERED),
        (refuse, PlaceResult.REJECTED),
        (talk, PlaceResult.BUSY),
        (ignore, PlaceResult.REJECTED),
    ],
)
async def test_what_the_phone_does_is_what_is_told(phone, result: PlaceResult) -> None:
    async with Exchange() as exchange:
        exchange.register(NUMBER, phone)
        assert await exchange.place(order()) is result


async def test_an_unknown_number_fails() -> None:
    async with Exchange() as exchange:
        assert await exchange.place(order()) is PlaceResult.FAILED


async def test_a_phone_that_only_rings_is_given_up_and_stops_ringing() -> None:
    rings: list[Ring] = []

    async def sleep(ring: Ring) -> None:
        rings.append(ring)
        await asyncio.Event().wait()

    async with Exchange() as exchange:
        exchange.register(NUMBER, sleep)
        assert await exchange.place(order(0.05)) is PlaceResult.NO_ANSWER
    assert not rings[0].ringing
    assert await rings[0].over() is None


async def test_a_caller_who_gives_up_stops_the_ringing() -> None:
    rings: list[Ring] = []

    async def sleep(ring: Ring) -> None:
        rings.append(ring)
        await asyncio.Event().wait()

    async with Exchange() as exchange:
        exchange.register(NUMBER, sleep)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await exchange.place(order())
        assert await rings[0].over() is None


async def test_a_phone_lives_on_after_it_picked_up() -> None:
    done = asyncio.Event()

    async def owner(ring: Ring) -> None:
        ring.answer()
        await asyncio.sleep(0.05)
        done.set()

    async with Exchange() as exchange:
        exchange.register(NUMBER, owner)
        assert await exchange.place(order()) is PlaceResult.ANSWERED
        assert not done.is_set()
        async with asyncio.timeout(1):
            await done.wait()


async def test_a_phone_that_loses_its_line_harms_nobody() -> None:
    async def broken(ring: Ring) -> None:
        raise MediaClosed("gone")

    async with Exchange() as exchange:
        exchange.register(NUMBER, broken)
        assert await exchange.place(order()) is PlaceResult.REJECTED


async def test_a_number_belongs_to_one_phone() -> None:
    async with Exchange() as exchange:
        exchange.register(NUMBER, pick_up)
        with pytest.raises(NumberTaken) as taken:
            exchange.register(NUMBER, pick_up)
        assert NUMBER not in str(taken.value)
        exchange.unregister(NUMBER)
        exchange.register(NUMBER, pick_up)


async def test_a_phone_elsewhere_is_rung_over_its_channel() -> None:
    async with Exchange() as exchange, asyncio.TaskGroup() as group:

        async def browser() -> Ring:
            async with exchange.ring_channel(NUMBER) as rings:
                async for ring in rings:
                    assert ring.caller_shown == "12123"
                    ring.answer()
                    return ring
            raise AssertionError

        answering = group.create_task(browser())
        await asyncio.sleep(0)
        assert await exchange.place(order()) is PlaceResult.ANSWERED
        start = (await answering).start()
        assert (start.direction, start.order_id, start.caller) == ("out", "order-1", NUMBER)
        assert await exchange.place(order()) is PlaceResult.FAILED


async def test_a_ring_that_was_given_up_is_not_offered_any_more() -> None:
    async with Exchange() as exchange, exchange.ring_channel(NUMBER) as rings:
        assert await exchange.place(order(0.02)) is PlaceResult.NO_ANSWER
        async with asyncio.TaskGroup() as group:
            placing = group.create_task(exchange.place(order()))
            ring = await anext(rings)
            assert ring.ringing
            ring.reject()
            assert await placing is PlaceResult.REJECTED


async def test_nothing_shows_the_number_that_is_rung() -> None:
    seen: list[str] = []

    async def owner(ring: Ring) -> None:
        seen.append(repr(ring))

    async with Exchange() as exchange:
        exchange.register(NUMBER, owner)
        await exchange.place(order())
    assert NUMBER not in seen[0]


async def test_an_error_in_the_block_flies_as_it_is_and_ends_every_phone() -> None:
    ended = asyncio.Event()

    async def owner(ring: Ring) -> None:
        ring.answer()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    async def fail() -> None:
        async with Exchange() as exchange:
            exchange.register(NUMBER, owner)
            await exchange.place(order())
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    assert ended.is_set()
