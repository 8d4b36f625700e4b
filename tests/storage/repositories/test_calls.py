from dataclasses import replace
from datetime import timedelta

import pytest

from ivr.domain.calls import CallBegan, CallEnded, Direction, Speaker, TurnRecord
from ivr.domain.orders import CallbackOrder, RecordMissing
from ivr.storage.room import StorageRoom
from tests.storage.conftest import NOW

BEGAN = CallBegan("call0001", Direction.INBOUND, "12123", NOW, caller="13800001111")


async def test_a_callers_calls_are_found_by_his_token(room: StorageRoom) -> None:
    async with room.uow() as uow:
        await uow.calls.began(BEGAN)
        await uow.calls.began(replace(BEGAN, call_id="call0002", caller="13900002222"))
        await uow.calls.began(replace(BEGAN, call_id="call0003", caller=None))
        token = room.cipher.token("13800001111")
        assert [c.call_id for c in await uow.calls.recent(9, caller_token=token)] == ["call0001"]


async def test_a_dispute_that_comes_up_later_keeps_the_call_longer(room: StorageRoom) -> None:
    async with room.uow() as uow:
        await uow.calls.began(BEGAN)
        await uow.calls.keep_long("call0001")
        view = await uow.calls.get("call0001")
        assert view is not None
        assert view.keep_long
        with pytest.raises(RecordMissing):
            await uow.calls.keep_long("call0009")


async def test_a_call_that_never_began_cannot_end(room: StorageRoom) -> None:
    async with room.uow() as uow:
        with pytest.raises(RecordMissing):
            await uow.calls.ended(CallEnded("call0009", NOW, "failed", 0.0))


async def test_the_number_is_there_for_who_must_call_back_but_never_an_owners(
    room: StorageRoom,
) -> None:
    async with room.uow() as uow:
        await uow.calls.began(BEGAN)
        await uow.calls.began(replace(BEGAN, call_id="call0002", direction=Direction.OUTBOUND))
        assert await uow.calls.number_of("call0001") == "13800001111"
        assert await uow.calls.number_of("call0002") is None
        assert await uow.calls.number_of("call0009") is None


HOUR = timedelta(hours=1)


async def _call(
    room: StorageRoom, call_id: str, *, ago: timedelta, seconds: float | None = 12.0, said: bool = False,
    outcome: str = "", reason: str = "caller_hung_up", caller: str | None = "13800001111",
) -> None:
    began = NOW - ago
    async with room.uow() as uow:
        await uow.calls.began(replace(BEGAN, call_id=call_id, began_at=began, caller=caller))
        if said:
            await uow.calls.turn(TurnRecord(call_id, 1, Speaker.CALLER, "你好", began, 2.0))
        if seconds is not None:
            await uow.calls.ended(CallEnded(call_id, began + timedelta(seconds=seconds), reason, seconds, outcome=outcome))
        await uow.commit()


async def _missed(room: StorageRoom) -> list[str]:
    async with room.reading() as uow:
        found = await uow.calls.missed(
            since=NOW - 7 * 24 * HOUR, least_seconds=3, dead_before=NOW - 2 * HOUR, limit=9
        )
        return [call.call_id for call in found]


async def test_missed_are_calls_in_which_nobody_was_served(room: StorageRoom) -> None:
    await _call(room, "silent", ago=HOUR, caller="13800000001")
    await _call(room, "broke", ago=2 * HOUR, said=True, reason="line_lost", caller="13800000002")
    await _call(room, "died", ago=3 * HOUR, seconds=None, caller="13800000003")
    await _call(room, "on-the-line", ago=HOUR, seconds=None, caller="13800000004")
    await _call(room, "by-mistake", ago=HOUR, seconds=1.0, caller="13800000005")
    await _call(room, "answered", ago=HOUR, said=True, caller="13800000006")
    await _call(room, "served", ago=HOUR, outcome="callback_ordered", caller="13800000007")
    await _call(room, "long-ago", ago=8 * 24 * HOUR, caller="13800000008")
    assert await _missed(room) == ["silent", "broke", "died"]


async def test_who_came_through_later_or_has_an_order_is_not_listed(room: StorageRoom) -> None:
    await _call(room, "first", ago=2 * HOUR)
    await _call(room, "second", ago=HOUR)
    await _call(room, "withheld", ago=3 * HOUR, caller=None)
    assert await _missed(room) == ["second", "first", "withheld"]
    await _call(room, "third", ago=timedelta(minutes=5), said=True)
    assert await _missed(room) == ["withheld"]
    order = CallbackOrder("H1", "withheld", "general", "missed_call", "", NOW, NOW, idempotency_key="k")
    async with room.uow() as uow:
        await uow.callbacks.add(order)
        await uow.commit()
    assert await _missed(room) == []
