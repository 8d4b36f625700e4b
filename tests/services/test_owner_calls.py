import asyncio
from datetime import timedelta

from ivr.domain.orders import OwnerCallState
from tests.fakes.site import NOW, Site

ORDER = "M2611230001-1"


async def state_of(site: Site, order_id: str = ORDER) -> OwnerCallState:
    async with site.room.reading() as uow:
        order = await uow.orders.get(order_id)
    assert order is not None
    return order.state


async def test_of_many_diallers_one_gets_the_call(site: Site) -> None:
    await site.car_moving.file(await site.request(), now=NOW)
    claimed = await asyncio.gather(*(site.book.claim(f"d{n}", NOW) for n in range(5)))
    assert [c.order_id for c in claimed if c is not None] == [ORDER]


async def test_a_claim_whose_dialler_died_is_given_to_another(site: Site) -> None:
    await site.car_moving.file(await site.request(), now=NOW)
    assert await site.book.claim("dies", NOW) is not None
    assert await site.book.claim("other", NOW + timedelta(seconds=10)) is None
    assert await site.book.claim("other", NOW + timedelta(seconds=31)) is not None


async def test_while_the_backend_is_away_the_call_waits_in_the_book(site: Site) -> None:
    await site.car_moving.file(await site.request(), now=NOW)
    await site.book.claim("d", NOW)
    await site.sandbox.fault("down")
    assert await site.book.number_for(ORDER) is None
    await site.book.ended(ORDER, "failed", NOW)
    assert await site.book.claim("d", NOW + timedelta(seconds=5)) is None
    await site.sandbox.fault("none")
    again = await site.book.claim("d", NOW + timedelta(seconds=15))
    assert again is not None
    assert again.attempt == 1
    assert await site.book.number_for(ORDER)


async def test_nobody_behind_the_contact_ends_the_call(site: Site) -> None:
    await site.car_moving.file(await site.request(), now=NOW)
    order = await site.book.claim("d", NOW)
    assert order is not None
    await site.sandbox.backend.mark_contact_stale(
        order.contact_token, case_id=order.case_id, key="key-for-this-test"
    )
    assert await site.book.number_for(ORDER) is None
    assert await state_of(site) is OwnerCallState.FAILED


async def test_a_case_closed_meanwhile_is_not_rung(site: Site) -> None:
    await site.car_moving.file(await site.request(), now=NOW)
    await site.book.claim("d", NOW)
    await site.car_moving.cancel("M2611230001", now=NOW)
    assert await site.book.number_for(ORDER) is None
    assert await state_of(site) is OwnerCallState.WITHDRAWN


async def test_the_second_call_comes_a_minute_after_the_first_failed(site: Site) -> None:
    await site.car_moving.file(await site.request(), now=NOW)
    await site.book.claim("d", NOW)
    await site.book.ringing(ORDER, NOW)
    rung_out = NOW + timedelta(seconds=40)
    await site.book.ended(ORDER, "no_answer", rung_out)
    await site.book.ended(ORDER, "no_answer", rung_out)
    assert await site.book.claim("d", rung_out + timedelta(seconds=59)) is None
    second = await site.book.claim("d", rung_out + timedelta(seconds=60))
    assert second is not None
    assert second.order_id == "M2611230001-2"
    assert "13900" not in repr(second)


async def test_a_call_that_nobody_could_place_waits_and_uses_up_no_try(site: Site) -> None:
    await site.car_moving.file(await site.request(), now=NOW)
    await site.book.claim("d", NOW)
    await site.book.ringing(ORDER, NOW)
    await site.book.not_placed(ORDER, NOW)
    assert await site.book.claim("d", NOW + timedelta(seconds=14)) is None
    again = await site.book.claim("d", NOW + timedelta(seconds=15))
    assert again is not None
    assert again.order_id == ORDER


async def test_who_picked_up_after_all_is_not_rung_again(site: Site) -> None:
    await site.car_moving.file(await site.request(), now=NOW)
    await site.book.claim("d", NOW)
    await site.book.ringing(ORDER, NOW)
    await site.book.answered(ORDER, NOW)
    await site.book.not_reached(ORDER, "failed", NOW)
    assert await state_of(site) is OwnerCallState.ANSWERED
    assert await site.book.claim("d", NOW + timedelta(minutes=2)) is None


async def test_a_mailbox_was_told_nothing_and_the_owner_is_rung_again(site: Site) -> None:
    await site.car_moving.file(await site.request(), now=NOW)
    await site.book.claim("d", NOW)
    await site.book.ringing(ORDER, NOW)
    await site.book.answered(ORDER, NOW)
    await site.book.ended(ORDER, "voicemail", NOW)
    async with site.room.reading() as uow:
        [first, second] = await uow.orders.of_case("M2611230001")
        history = await uow.cases.history("M2611230001")
    assert (first.state, first.result) == (OwnerCallState.FAILED, "voicemail")
    assert second.not_before == NOW + timedelta(seconds=60)
    assert history[-1].note == "voicemail"


async def test_a_late_call_does_not_ring_into_the_quiet_hours(site: Site) -> None:
    evening = NOW.replace(hour=14, minute=29)  # 22:29 in China
    site.clock[0] = evening
    await site.car_moving.file(await site.request(reason="taken_space"), now=evening)
    assert await site.book.claim("d", evening + timedelta(seconds=61)) is None
    await site.car_moving.due(evening + timedelta(seconds=61))
    assert await state_of(site) is OwnerCallState.FAILED
    site.clock[0] = NOW
