from dataclasses import replace
from datetime import timedelta

import pytest

from ivr.domain.calls import CallBegan, CallEnded, Direction
from ivr.domain.orders import RecordMissing
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


async def test_older_pages_begin_where_the_last_one_ended(room: StorageRoom) -> None:
    async with room.uow() as uow:
        for number in range(3):
            began = NOW + timedelta(minutes=number)
            await uow.calls.began(replace(BEGAN, call_id=f"call{number}", began_at=began))
        page = await uow.calls.recent(9, before=NOW + timedelta(minutes=2))
        assert [view.call_id for view in page] == ["call1", "call0"]


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
