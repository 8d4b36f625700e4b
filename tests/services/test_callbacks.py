import asyncio
from datetime import datetime, timedelta

import pytest

from ivr.domain.calls import NUMBER_OF_RECORD, CallBegan, Direction
from ivr.domain.car_move_limits import CHINA
from ivr.storage.errors import LiveDown
from tests.fakes.site import NOW, REQUESTER, Site


async def test_a_promise_has_a_serial_and_a_time(site: Site) -> None:
    ref = await site.seal("c1")
    order = await site.callbacks.order(
        call_id="c1", caller_ref=ref, queue="exam", reason="no_seat", said="约考试", now=NOW
    )
    assert order.serial == "H2611230001"
    assert order.due_at == NOW + timedelta(hours=2)
    assert order.caller == REQUESTER
    assert REQUESTER not in repr(order)


async def test_asked_in_the_evening_it_is_kept_by_noon_of_the_next_day(site: Site) -> None:
    evening = datetime(2026, 11, 23, 20, 40, tzinfo=CHINA)
    order = await site.callbacks.order(
        call_id="c1", caller_ref=None, queue="plates", reason="closed", said="", now=evening
    )
    assert order.due_at == datetime(2026, 11, 24, 12, 0, tzinfo=CHINA)
    assert order.caller is None


async def began(site: Site, call_id: str) -> None:
    await site.room.call_log.began(
        CallBegan(call_id=call_id, direction=Direction.INBOUND, dialled="12123", began_at=NOW, caller=REQUESTER)
    )


async def test_a_vault_that_was_emptied_in_mid_call_costs_no_number(site: Site) -> None:
    await began(site, "c1")
    ref = await site.seal("c1")
    await site.room.redis.flushall()
    order = await site.callbacks.order(
        call_id="c1", caller_ref=ref, queue="exam", reason="no_seat", said="", now=NOW
    )
    assert order.caller == REQUESTER


async def test_a_vault_that_is_away_costs_no_number_either(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    await began(site, "c1")

    async def away(*_: object, **__: object) -> str:
        raise LiveDown("Redis is away")

    monkeypatch.setattr(site.room.vault, "open", away)
    order = await site.callbacks.order(
        call_id="c1", caller_ref="sv_1", queue="exam", reason="no_seat", said="", now=NOW
    )
    assert order.caller == REQUESTER


async def test_a_vault_that_was_away_when_the_call_began_is_not_asked(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    await began(site, "c1")

    async def asked(*_: object, **__: object) -> str:
        raise AssertionError("nothing was sealed")

    monkeypatch.setattr(site.room.vault, "open", asked)
    order = await site.callbacks.order(
        call_id="c1", caller_ref=NUMBER_OF_RECORD, queue="exam", reason="no_seat", said="", now=NOW
    )
    assert order.caller == REQUESTER


async def test_the_same_wish_of_one_call_is_one_promise(site: Site) -> None:
    ref = await site.seal("c1")
    orders = await asyncio.gather(
        *(
            site.callbacks.order(
                call_id="c1", caller_ref=ref, queue="exam", reason="no_seat", said="x", now=NOW
            )
            for _ in range(5)
        )
    )
    assert {order.serial for order in orders} == {"H2611230001"}


async def test_serials_count_on_through_the_day_and_begin_anew(site: Site) -> None:
    serials = []
    for number, moment in enumerate((NOW, NOW, NOW + timedelta(days=1))):
        order = await site.callbacks.order(
            call_id=f"c{number}", caller_ref=None, queue="q", reason="r", said="", now=moment
        )
        serials.append(order.serial)
    assert serials == ["H2611230001", "H2611230002", "H2611240001"]
