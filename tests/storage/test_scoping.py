"""What a scoped transaction may read and change, on both databases."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from ivr.domain.accounts import Scope
from ivr.domain.calls import CallBegan, Direction, Speaker, TurnRecord
from ivr.domain.orders import CallbackOrder
from ivr.storage.errors import ScopeUnknown
from ivr.storage.models import audit, calls, metadata, turns
from ivr.storage.room import StorageRoom
from ivr.storage.scoping import RULES
from tests.consoles.site import NOW

HERE, THERE = "a" * 32, "b" * 32
WUXI, NANJING = Scope(("320200",)), Scope(("320100",))
NEVER_SEEN = {"site", "audit", "agreements", "failed_checks", "codes_sent", "person_drafts", "car_move_drafts"}
"""Tables that no desk reads: secrets, proofs, drafts, and what only the auditor reads, unscoped."""


@pytest.fixture
async def two(room: StorageRoom) -> StorageRoom:
    async with room.uow() as uow:
        for call_id, region, serial in ((HERE, "320213", "H1"), (THERE, "320100", "H2")):
            await uow.calls.began(CallBegan(call_id, Direction.INBOUND, "12123", NOW, caller="13800001111", region=region))
            await uow.calls.turn(TurnRecord(call_id, 1, Speaker.CALLER, "挪车", NOW, 1.0))
            await uow.callbacks.add(
                CallbackOrder(
                    serial=serial, call_id=call_id, queue="general", reason="no_seat", said="", created_at=NOW,
                    due_at=NOW + timedelta(hours=1), caller="13800001111", idempotency_key=serial,
                )
            )
        await uow.commit()
    return room


async def test_each_sees_his_own_regions_only(two: StorageRoom) -> None:
    for scope, seen, hidden, serial in ((WUXI, HERE, THERE, "H1"), (NANJING, THERE, HERE, "H2")):
        async with two.reading(scope) as uow:
            assert [call.call_id for call in await uow.calls.recent(9)] == [seen]
            assert await uow.calls.get(hidden) is None
            assert await uow.calls.number_of(hidden) is None
            view = await uow.calls.get(seen)
            assert view is not None
            assert len(view.turns) == 1
            assert [order.serial for order in await uow.callbacks.open_orders(9)] == [serial]
            assert await uow.callbacks.count_open() == 1
    async with two.reading(Scope(("*",))) as uow:
        assert len(await uow.calls.recent(9)) == 2
    async with two.reading(Scope(())) as uow:
        assert await uow.calls.recent(9) == []


async def test_nobody_changes_what_he_does_not_see(two: StorageRoom) -> None:
    async with two.uow(WUXI) as uow:
        done = await uow._transaction.execute(update(calls).values(keep_long=True))
        assert done.rowcount == 1
        await uow.commit()
    async with two.reading() as uow:
        there = await uow.calls.get(THERE)
    assert there is not None
    assert not there.keep_long


async def test_joins_counts_and_aliases_are_narrowed_too(two: StorageRoom) -> None:
    other = calls.alias()
    async with two.reading(WUXI) as uow:
        for statement in (
            select(func.count()).select_from(turns),
            select(func.count()).select_from(other),
            select(func.count()).select_from(calls.join(turns, turns.c.call_id == calls.c.call_id)),
        ):
            assert (await uow._transaction.execute(statement)).scalar_one() == 1


async def test_what_no_rule_covers_is_seen_by_nobody(two: StorageRoom) -> None:
    async with two.reading(WUXI) as uow:
        with pytest.raises(ScopeUnknown):
            await uow._transaction.execute(select(audit))
        with pytest.raises(ScopeUnknown):
            await uow._transaction.execute(select(select(calls).subquery()))
        with pytest.raises(ScopeUnknown):
            await uow._transaction.execute(select(select(calls).cte()))


async def test_an_act_of_a_scoped_unit_is_audited(two: StorageRoom) -> None:
    async with two.uow(WUXI) as uow:
        await uow.audit.append(at=NOW, actor="wang", action="view_call", subject=HERE, facts={})
        await uow.commit()
    async with two.reading() as uow:
        assert [entry.actor for entry in await uow.audit.entries()] == ["wang"]
        assert await uow.audit.verify() == 1


def test_of_every_table_it_is_said_who_may_see_it() -> None:
    assert {table.name for table in metadata.tables.values()} == set(RULES) | NEVER_SEEN
