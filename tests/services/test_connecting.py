"""Owners who talk with requesters: to whom it is offered, where both are sent, and what is kept of it."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from ivr.domain.car_moves import OwnerAnswer
from ivr.domain.orders import OwnerCallState
from ivr.domain.rules import Rules
from ivr.services.connecting import Connecting
from tests.fakes.site import NOW, Site

CASE, ORDER, OWNERS_CALL = "M2611230001", "M2611230001-1", "o" * 32


async def filed(site: Site, *, on_line: bool = True) -> None:
    await site.car_moving.file(await site.request(), now=NOW)
    if on_line:
        await site.room.live_calls.register("c1", {"direction": "in"})


async def heard(site: Site, call_id: str, count: int) -> list[dict[str, Any]]:
    orders: list[dict[str, Any]] = []
    async with asyncio.timeout(3):
        async for order in site.room.live_calls.orders(call_id):
            orders.append(order)
            if len(orders) == count:
                break
    return orders


async def test_a_talk_is_offered_while_the_requester_is_on_the_line(site: Site) -> None:
    await filed(site, on_line=False)
    assert not await site.connecting.offered(ORDER)
    await site.room.live_calls.register("c1", {"direction": "in"})
    assert await site.connecting.offered(ORDER)
    await site.car_moving.cancel(CASE, now=NOW)
    assert not await site.connecting.offered(ORDER)
    assert not await site.connecting.offered("nonsense")


async def test_a_region_may_do_without(site: Site, tmp_path: Any) -> None:
    row = '{region: "320200", valid_from: 2026-01-01, value: 0, source: "the site"}'
    (tmp_path / "site.yml").write_text(f"car_moving.connect:\n  - {row}\n")
    without = Connecting(site.room.uow, site.room.live_calls, Rules.load(tmp_path), lambda: NOW)
    await filed(site)
    assert not await without.offered(ORDER)
    assert not await without.connect(ORDER, call_id=OWNERS_CALL)
    assert await site.connecting.offered(ORDER)


async def test_both_are_sent_to_one_room_and_learn_no_number(site: Site) -> None:
    await filed(site)
    assert await site.connecting.connect(ORDER, call_id=OWNERS_CALL)
    [his] = await heard(site, "c1", 1)
    [owners] = await heard(site, OWNERS_CALL, 1)
    assert his["order"] == owners["order"] == "cross"
    assert (his["payload"]["side"], owners["payload"]["side"]) == ("requester", "owner")
    assert his["payload"]["room"] == owners["payload"]["room"]
    assert his["payload"]["longest"] == 300
    assert set(his["payload"]) == {"room", "side", "case_id", "longest"}


async def test_an_owner_who_talks_before_he_answers_is_not_taken_for_lost(site: Site) -> None:
    await filed(site)
    await site.book.claim("d", NOW)
    await site.book.ringing(ORDER, NOW)
    await site.book.answered(ORDER, NOW)
    assert await site.connecting.connect(ORDER, call_id=OWNERS_CALL)
    await site.car_moving.due(NOW + timedelta(seconds=330))
    async with site.room.reading() as uow:
        order = await uow.orders.get(ORDER)
    assert order is not None
    assert order.state is OwnerCallState.ANSWERED


async def test_the_requester_hears_that_the_owner_may_talk_and_that_he_will_not(site: Site) -> None:
    await filed(site)
    await site.car_moving.owner_says(ORDER, OwnerAnswer.COMING, now=NOW)
    await site.connecting.owner_left(ORDER)
    answered, left = await heard(site, "c1", 2)
    assert (answered["order"], answered["payload"]["kind"]) == ("resume", "may_talk")
    assert (left["order"], left["payload"]["kind"]) == ("resume_hold", "no_talk")


@pytest.mark.parametrize("answer", [OwnerAnswer.CANNOT, None])
async def test_of_another_answer_or_none_he_is_not_told_that(site: Site, answer: OwnerAnswer | None) -> None:
    await filed(site)
    if answer is not None:
        await site.car_moving.owner_says(ORDER, answer, now=NOW)
    await site.connecting.owner_left(ORDER)
    await site.room.live_calls.order("c1", {"order": "mark"})
    orders = await heard(site, "c1", 1 if answer is None else 2)
    assert orders[-1] == {"order": "mark"}
    assert "kind" not in orders[0].get("payload", {})


async def test_what_came_of_it_is_kept(site: Site) -> None:
    await filed(site)
    await site.connecting.connect(ORDER, call_id=OWNERS_CALL)
    site.clock[0] = NOW + timedelta(seconds=50)
    await site.connecting.ended(CASE, "talked", seconds=41.6)
    site.clock[0] = NOW
    async with site.room.reading() as uow:
        history = await uow.cases.history(CASE)
    assert [(line.event, line.actor, line.note) for line in history[-2:]] == [
        ("Join.talk", "owner", "asked"), ("Join.talk", "line", "talked 42"),
    ]  # fmt: skip
    await site.connecting.ended("M0000000000", "talked", seconds=1)
