"""Browser phones that are rung, without a browser."""

import asyncio

import pytest

from ivr.consoles import rings as module
from telephony.outbound import OutboundCall, PlaceResult
from tests.consoles.site import Site, Visitor, until
from tests.consoles.test_phone import news

NUMBER = "13900002222"
CALL = "c" * 32


def order(ring_seconds: float = 5) -> OutboundCall:
    return OutboundCall("order-1", NUMBER, CALL, ring_seconds=ring_seconds)


@pytest.fixture
async def phone(visitor: Visitor) -> Visitor:
    assert (await visitor.ask("/phone/number", {"number": NUMBER})).status_code == 204
    return visitor


async def test_a_ring_comes_with_the_shown_number_and_is_picked_up(
    phone: Visitor, site: Site
) -> None:
    async with asyncio.timeout(8), asyncio.TaskGroup() as group:
        told = news(phone, "/phone/rings")
        assert await anext(told) == {"kind": "ready"}
        placing = group.create_task(site.exchange.place(order()))
        ring = await anext(told)
        assert ring["shown"] == "12123"
        assert NUMBER not in str(ring)
        answer = await phone.ask(f"/phone/rings/{ring['ring']}/answer", {})
        assert answer.json()["call_id"] == CALL
        assert await placing is PlaceResult.ANSWERED
        assert await anext(told) == {"kind": "over", "ring": ring["ring"]}
        assert (await phone.ask(f"/phone/rings/{ring['ring']}/answer", {})).status_code == 410
        await told.aclose()


@pytest.mark.parametrize(
    ("how", "result"), [("reject", PlaceResult.REJECTED), ("busy", PlaceResult.BUSY)]
)
async def test_a_ring_is_refused(phone: Visitor, site: Site, how: str, result: PlaceResult) -> None:
    async with asyncio.timeout(8), asyncio.TaskGroup() as group:
        told = news(phone, "/phone/rings")
        await anext(told)
        placing = group.create_task(site.exchange.place(order()))
        ring = (await anext(told))["ring"]
        async with Visitor(site) as other:
            await other.get("/phone")
            assert (await other.ask(f"/phone/rings/{ring}/{how}", {})).status_code == 410
        assert (await phone.ask(f"/phone/rings/{ring}/{how}", {})).status_code == 204
        assert await placing is result
        await told.aclose()


async def test_a_phone_that_comes_back_hears_the_ring_that_goes_on(
    phone: Visitor, site: Site
) -> None:
    async with asyncio.timeout(8), asyncio.TaskGroup() as group:
        told = news(phone, "/phone/rings")
        await anext(told)
        placing = group.create_task(site.exchange.place(order()))
        ring = (await anext(told))["ring"]
        await told.aclose()
        told = news(phone, "/phone/rings")
        assert await anext(told) == {"kind": "ready"}
        assert (await anext(told))["ring"] == ring
        await phone.ask(f"/phone/rings/{ring}/reject", {})
        assert await placing is PlaceResult.REJECTED
        await told.aclose()


async def test_a_number_that_is_taken_is_told(
    phone: Visitor, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_PATIENCE_SECONDS", 0.05)
    monkeypatch.setattr(module, "_RETRY_SECONDS", 0.02)
    async with site.exchange.ring_channel(NUMBER):
        assert [message async for message in news(phone, "/phone/rings")] == [{"kind": "taken"}]


async def test_a_phone_without_a_number_does_not_ring(visitor: Visitor) -> None:
    await visitor.get("/phone")
    assert (await visitor.get("/phone/rings", headers={"Accept": "*/*"})).status_code == 404


async def test_a_page_that_goes_away_frees_its_number(phone: Visitor, site: Site) -> None:
    told = news(phone, "/phone/rings")
    await anext(told)
    assert NUMBER in site.exchange._phones
    await told.aclose()

    async def is_free() -> bool:
        return NUMBER not in site.exchange._phones

    await until(is_free)
