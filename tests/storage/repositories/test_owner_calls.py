import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from ivr.domain.orders import OwnerCall, OwnerCallState, RecordMissing
from ivr.storage.room import StorageRoom
from tests.storage.conftest import NOW

MINUTE = timedelta(minutes=1)
ORDER = OwnerCall(
    order_id="M2611230001-1",
    case_id="M2611230001",
    call_id="call0001",
    contact_token="ct-1",
    attempt=1,
    not_before=NOW,
    not_after=NOW + 10 * MINUTE,
)


def another(number: int, **changes: object) -> OwnerCall:
    return replace(ORDER, **{"order_id": f"o{number}", **changes})  # type: ignore[arg-type]


async def add(room: StorageRoom, *orders: OwnerCall) -> None:
    async with room.uow() as uow:
        for order in orders:
            await uow.orders.add(order)
        await uow.commit()


async def claim(room: StorageRoom, worker: str, now: object = NOW) -> OwnerCall | None:
    async with room.uow() as uow:
        order = await uow.orders.claim(worker, now=now, until=now + MINUTE)  # type: ignore[arg-type, operator]
        await uow.commit()
        return order


async def test_an_order_comes_back_as_it_was_and_is_kept_once(room: StorageRoom) -> None:
    await add(room, ORDER)
    await add(room, replace(ORDER, attempt=9))
    async with room.reading() as uow:
        assert await uow.orders.get(ORDER.order_id) == ORDER
        assert await uow.orders.of_case(ORDER.case_id) == [ORDER]


async def test_the_oldest_that_may_be_rung_is_taken(room: StorageRoom) -> None:
    await add(
        room,
        another(1, not_before=NOW + MINUTE),
        another(2, not_before=NOW - MINUTE),
        another(3, not_before=NOW - 2 * MINUTE, state=OwnerCallState.DONE),
        another(4, not_before=NOW - 3 * MINUTE, not_after=NOW),
    )
    taken = await claim(room, "w1")
    assert taken is not None
    assert (taken.order_id, taken.state) == ("o2", OwnerCallState.CLAIMED)
    assert (taken.claimed_by, taken.claimed_until) == ("w1", NOW + MINUTE)
    assert await claim(room, "w2") is None


async def test_ten_diallers_at_once_never_take_the_same(room: StorageRoom) -> None:
    await add(room, *(another(number) for number in range(6)))
    taken = await asyncio.gather(*(claim(room, f"w{number}") for number in range(10)))
    ids = sorted(order.order_id for order in taken if order is not None)
    assert ids == [f"o{number}" for number in range(6)]


async def test_a_claim_that_ran_out_before_it_rang_is_taken_by_another(room: StorageRoom) -> None:
    await add(room, ORDER)
    await claim(room, "w1")
    assert await claim(room, "w2", NOW + MINUTE / 2) is None
    again = await claim(room, "w2", NOW + 2 * MINUTE)
    assert again is not None
    assert again.claimed_by == "w2"


async def test_calls_that_were_lost_or_came_too_late_are_found(room: StorageRoom) -> None:
    past = NOW - MINUTE
    await add(
        room,
        another(1, state=OwnerCallState.RINGING, claimed_until=past),
        another(2, state=OwnerCallState.ANSWERED, claimed_until=past),
        another(3, state=OwnerCallState.ANSWERED, claimed_until=NOW + MINUTE),
        another(4, not_after=past),
        another(5, state=OwnerCallState.CLAIMED, claimed_until=past, not_after=past),
        another(6, state=OwnerCallState.DONE, claimed_until=past),
        another(7),
    )
    async with room.reading() as uow:
        lapsed = {order.order_id for order in await uow.orders.lapsed(NOW)}
    assert lapsed == {"o1", "o2", "o4", "o5"}


async def test_only_queued_calls_are_withdrawn(room: StorageRoom) -> None:
    await add(room, another(1), another(2, state=OwnerCallState.RINGING))
    async with room.uow() as uow:
        assert await uow.orders.withdraw(ORDER.case_id) == 1
        states = {order.order_id: order.state for order in await uow.orders.of_case(ORDER.case_id)}
    assert states == {"o1": OwnerCallState.WITHDRAWN, "o2": OwnerCallState.RINGING}


async def test_saving_one_that_is_not_there_is_refused(room: StorageRoom) -> None:
    await add(room, ORDER)
    done = replace(ORDER, state=OwnerCallState.DONE, result="coming")
    async with room.uow() as uow:
        await uow.orders.save(done)
        assert await uow.orders.get(ORDER.order_id) == done
        with pytest.raises(RecordMissing):
            await uow.orders.save(another(9))
