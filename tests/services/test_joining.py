"""People whom a dispatcher has joined: nobody is rung for an order that came too late."""

import asyncio

import pytest

from ivr.domain.car_move_desk import JoinKind
from ivr.services.joining import BOX, JoinPlan, Joins
from ivr.storage.errors import DatabaseDown
from tests.fakes.site import NOW, RULES, Site
from tests.storage.aged_orders import age

CASE, BY = "M2611230001", "dispatcher"


@pytest.fixture
async def joins(site: Site) -> Joins:
    await site.car_moving.file(await site.request(), now=NOW)
    return Joins(site.room.uow, site.room.live_calls, site.sandbox.backend, RULES, lambda: NOW)


async def order(joins: Joins, kind: JoinKind) -> str:
    return await joins.order(CASE, kind, by=BY, desk_number="8001", now=NOW)


async def next_plan(joins: Joins) -> JoinPlan:
    async with asyncio.timeout(5):
        return await anext(joins.plans())


async def test_an_order_is_heard_also_by_a_voice_process_that_comes_a_little_later(site: Site, joins: Joins) -> None:
    join_id = await order(joins, JoinKind.CALL_REQUESTER)
    await age(site.room.live_calls._redis, BOX, 19)
    plan = await next_plan(joins)
    assert (plan.join_id, plan.case_id, plan.desk_number) == (join_id, CASE, "8001")
    assert await joins.number(join_id, "first") == "8001"


async def test_one_that_lay_too_long_rings_nobody_and_its_dispatcher_reads_so(site: Site, joins: Joins) -> None:
    late = await order(joins, JoinKind.CALL_REQUESTER)
    await age(site.room.live_calls._redis, BOX, 21)
    fresh = await order(joins, JoinKind.CALL_OWNER)
    assert (await next_plan(joins)).join_id == fresh
    assert await joins.number(late, "first") is None
    async with site.room.reading() as uow:
        history = await uow.cases.history(CASE)
    assert [(line.event, line.actor, line.note) for line in history[-3:]] == [
        ("Join.call_requester", BY, "ordered"), ("Join.call_owner", BY, "ordered"), ("Join.call_requester", "line", "late"),
    ]  # fmt: skip


async def test_a_database_that_is_away_does_not_end_the_listening(
    site: Site, joins: Joins, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: object, **__: object) -> None:
        raise DatabaseDown("away")

    await order(joins, JoinKind.CALL_REQUESTER)
    await age(site.room.live_calls._redis, BOX, 21)
    fresh = await order(joins, JoinKind.CALL_OWNER)
    monkeypatch.setattr(joins, "ended", away)
    assert (await next_plan(joins)).join_id == fresh
