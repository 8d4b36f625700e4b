from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from ivr.domain.orders import CallbackOrder, CallbackState, OrderLine, RecordConflict
from ivr.storage.models import callback_history
from ivr.storage.room import StorageRoom
from tests.storage.conftest import NOW

MINUTE = timedelta(minutes=1)
ORDER = CallbackOrder(
    serial="H2611230001",
    call_id="call0001",
    queue="human",
    reason="no_seat",
    said="想问补牌",
    created_at=NOW,
    due_at=NOW + 30 * MINUTE,
    caller="13800001111",
    caller_token="r1",
    idempotency_key="k1",
)


def another(number: int, **changes: object) -> CallbackOrder:
    fields = {"serial": f"H{number}", "idempotency_key": f"k{number}"}
    return replace(ORDER, **{**fields, **changes})  # type: ignore[arg-type]


async def add(room: StorageRoom, *orders: CallbackOrder) -> None:
    async with room.uow() as uow:
        for order in orders:
            await uow.callbacks.add(order)
        await uow.commit()


async def test_an_order_comes_back_as_it_was(room: StorageRoom) -> None:
    withheld = another(2, caller=None, caller_token=None)
    await add(room, ORDER, withheld)
    async with room.reading() as uow:
        assert await uow.callbacks.get("H2611230001") == ORDER
        assert await uow.callbacks.by_key("k1") == ORDER
        assert await uow.callbacks.get("H2") == withheld
        assert await uow.callbacks.get("H9") is None


async def test_one_order_for_one_key_and_one_serial(room: StorageRoom) -> None:
    await add(room, ORDER)
    async with room.uow() as uow:
        for twin in (another(2, idempotency_key="k1"), another(2, serial=ORDER.serial)):
            with pytest.raises(RecordConflict):
                await uow.callbacks.add(twin)


async def test_without_a_key_call_queue_and_reason_are_the_key(room: StorageRoom) -> None:
    await add(room, replace(ORDER, idempotency_key=""))
    async with room.uow() as uow:
        assert await uow.callbacks.by_key("call0001:human:no_seat") is not None
        with pytest.raises(RecordConflict):
            await uow.callbacks.add(another(2, idempotency_key=""))


async def test_desks_see_the_soonest_due_first_and_the_clock_the_overdue(
    room: StorageRoom,
) -> None:
    await add(
        room,
        another(1, due_at=NOW + MINUTE),
        another(2, due_at=NOW, state=CallbackState.IN_HAND),
        another(3, due_at=NOW - MINUTE, reminded_at=NOW),
        another(4, due_at=NOW, state=CallbackState.DONE),
    )
    async with room.reading() as uow:
        assert [order.serial for order in await uow.callbacks.open_orders(9)] == ["H3", "H2", "H1"]
        assert [order.serial for order in await uow.callbacks.overdue(NOW, 9)] == ["H2"]
        assert [order.serial for order in await uow.callbacks.finished(9)] == ["H4"]
        assert [order.serial for order in await uow.callbacks.of_caller("r1", 2)] == ["H1", "H2"]


async def test_one_saved_over_an_older_version_is_refused(room: StorageRoom) -> None:
    await add(room, ORDER)
    done = replace(ORDER, state=CallbackState.DONE, answer="已告知去窗口办", holder="seat7")
    async with room.uow() as uow:
        saved = await uow.callbacks.save(done)
        assert saved == replace(done, version=2)
        assert await uow.callbacks.get(ORDER.serial) == saved
        for stale in (done, another(9)):
            with pytest.raises(RecordConflict):
                await uow.callbacks.save(stale)


async def test_its_history_comes_back_in_order_and_is_encrypted(room: StorageRoom) -> None:
    await add(room, ORDER)
    opened, mine = CallbackState.OPEN, CallbackState.IN_HAND
    lines = [
        OrderLine(ORDER.serial, NOW, "seat7", "take", opened, mine),
        OrderLine(ORDER.serial, NOW + MINUTE, "seat7", "give_back", mine, opened, "要车管所答复"),
    ]
    async with room.uow() as uow:
        for line in lines:
            await uow.callbacks.note(line)
        await uow.commit()
    async with room.reading() as uow:
        assert await uow.callbacks.history(ORDER.serial) == lines
        assert await uow.callbacks.history("H9") == []
    async with room.database.engine.connect() as connection:
        kept = (await connection.execute(select(callback_history.c.note_enc))).scalars().all()
    assert kept[0] is None
    assert "车管所" not in (kept[1] or "")


async def test_a_desk_finds_what_its_account_holds_and_what_nobody_holds_yet_the_most_urgent_first(room: StorageRoom) -> None:
    mine = [another(number, holder="wang", state=CallbackState.IN_HAND, due_at=NOW + (9 - number) * MINUTE) for number in (1, 2)]
    await add(
        room, *mine, another(3, holder="li", state=CallbackState.IN_HAND), another(4, holder="wang", state=CallbackState.DONE),
        another(5), another(6, due_at=NOW), another(7, state=CallbackState.CANCELLED),
    )
    async with room.reading() as uow:
        assert [order.serial for order in await uow.callbacks.held_by("wang", 9)] == ["H2", "H1"]
        assert [order.serial for order in await uow.callbacks.unheld(9)] == ["H6", "H5"]
        assert len(await uow.callbacks.unheld(1)) == 1
