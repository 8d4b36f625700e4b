"""Hand-overs on both databases."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import delete, text

from ivr.domain.accounts import Scope
from ivr.domain.calls import CallBegan, Direction
from ivr.domain.handovers import Handover, HandoverState
from ivr.domain.orders import RecordMissing
from ivr.storage.errors import KeyWrong
from ivr.storage.models import calls
from ivr.storage.room import StorageRoom
from tests.storage.conftest import NOW

CONTEXT = {
    "service": "move", "level": 0, "summary": "电话挪车，车牌苏B12345。", "given": [{"name": "move.plate", "value": "苏B12345", "sure": 0.42}]
}


async def kept(room: StorageRoom, number: int, **more) -> Handover:
    """A hand-over of a call of its own."""
    region = more.pop("region", "320213")
    asked_at = more.pop("asked_at", NOW + timedelta(seconds=number))
    handover = Handover(
        f"h{number}", f"{number:032x}", region, "car_move", "wanted", more.pop("state", HandoverState.WAITING), more.pop("seat", None),
        asked_at, context=CONTEXT, **more,
    )
    async with room.uow() as uow:
        await uow.calls.began(CallBegan(handover.call_id, Direction.INBOUND, "12123", NOW, caller="13800001111", region=region))
        await uow.handovers.add(handover)
        await uow.commit()
    return handover


async def test_it_is_kept_whole_and_what_was_asked_is_encrypted_and_bound_to_it(room: StorageRoom) -> None:
    first, second = await kept(room, 1), await kept(room, 2)
    async with room.reading() as uow:
        assert await uow.handovers.get("h1") == first
        assert await uow.handovers.get("h9") is None
        assert [each.handover_id for each in await uow.handovers.of_call(second.call_id)] == ["h2"]
        rows = str(await uow._transaction.rows(text("SELECT * FROM handovers")))
    assert "苏B12345" not in rows
    assert "电话挪车" not in rows
    async with room.uow() as uow:
        await uow._transaction.execute(text("UPDATE handovers SET context_enc = (SELECT context_enc FROM handovers WHERE handover_id = 'h1')"))
        await uow.commit()
    async with room.reading() as uow:
        with pytest.raises(KeyWrong):
            await uow.handovers.get("h2")


async def test_a_hand_over_of_no_call_is_not_kept(room: StorageRoom) -> None:
    async with room.uow() as uow:
        with pytest.raises(RecordMissing):
            await uow.handovers.add(Handover("h1", "c", "320213", "general", "wanted", HandoverState.WAITING, None, NOW))


async def test_it_goes_on_until_it_has_ended(room: StorageRoom) -> None:
    first = await kept(room, 1)
    await kept(room, 2)
    talking = replace(first, state=HandoverState.TALKING, seat="wang", offered_at=NOW, joined_at=NOW)
    done = replace(talking, state=HandoverState.DONE, ended_at=NOW + timedelta(minutes=1))
    async with room.uow() as uow:
        for step in (talking, done):
            await uow.handovers.save(step)
        await uow.commit()
    async with room.uow() as uow:
        assert await uow.handovers.get("h1") == done
        assert [each.handover_id for each in await uow.handovers.open_ones(9)] == ["h2"]
        with pytest.raises(RecordMissing):
            await uow.handovers.save(talking)


async def test_each_region_sees_its_own_and_each_seat_finds_his(room: StorageRoom) -> None:
    await kept(room, 1, seat="wang", asked_at=NOW - timedelta(days=2))
    await kept(room, 2, seat="wang")
    await kept(room, 3, seat="li", region="320100")
    async with room.reading(Scope(("320200",))) as uow:
        assert [each.handover_id for each in await uow.handovers.open_ones(9)] == ["h1", "h2"]
        assert [each.handover_id for each in await uow.handovers.of_seat("wang", since=NOW, limit=9)] == ["h2"]
        assert await uow.handovers.of_seat("li", since=NOW, limit=9) == []
        assert await uow.handovers.get("h3") is None
    async with room.reading() as uow:
        today = await uow.handovers.between((NOW, NOW + timedelta(hours=1)), limit=9)
    assert [each.handover_id for each in today] == ["h3", "h2"]


async def test_it_goes_with_its_call(room: StorageRoom) -> None:
    await kept(room, 1)
    async with room.uow() as uow:
        await uow._transaction.execute(delete(calls))
        await uow.commit()
    async with room.reading() as uow:
        assert await uow.handovers.get("h1") is None
