"""Tasks end for certain, also where a library loses their cancellation."""

import asyncio
from contextlib import suppress

import pytest

from ivr.ending import end_all, heed_cancellation


async def test_a_task_that_lost_its_cancellation_is_asked_again():
    lost = 0

    async def listens():
        nonlocal lost
        while True:
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                lost += 1
                if lost > 1:
                    raise

    task = asyncio.create_task(listens())
    await asyncio.sleep(0)
    await asyncio.wait_for(end_all([task], again_seconds=0.05), 2)
    assert (task.cancelled(), lost) == (True, 2)


async def test_who_puts_his_things_in_order_is_not_disturbed():
    async def works():
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0.05)
            order.append("tidy")

    order: list[str] = []
    task = asyncio.create_task(works())
    await asyncio.sleep(0)
    await end_all([task], again_seconds=1.0)
    assert order == ["tidy"]


async def test_a_listener_heeds_a_cancellation_that_came_with_an_answer():
    """`asyncio.wait_for` of Python 3.11 gives the answer and forgets the cancellation."""
    answered = asyncio.Event()
    went_on: list[bool] = []

    async def listens():
        with suppress(asyncio.CancelledError):  # as the library does
            await answered.wait()
        heed_cancellation()
        went_on.append(True)

    task = asyncio.create_task(listens())
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert went_on == []


async def test_nobody_is_stopped_who_was_not_asked_to():
    heed_cancellation()
