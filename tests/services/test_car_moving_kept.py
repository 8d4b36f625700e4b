"""Car moving on the real storage: what is on the disk, and what two sides at once make of it."""

import asyncio
from datetime import timedelta

import pytest

from ivr.domain.car_move_limits import Refusal
from ivr.domain.car_moves import CaseState, OwnerAnswer
from ivr.domain.orders import OwnerCallState, SmsState
from ivr.services.car_moving_views import MoveRefused
from tests.fakes.site import NOW, OWNER, REQUESTER, Site


async def test_a_request_walks_from_filing_to_resolved(site: Site) -> None:
    view = await site.car_moving.file(await site.request(), now=NOW)
    order = await site.book.claim("dialler", NOW)
    assert order is not None
    assert await site.book.number_for(order.order_id) == OWNER
    await site.book.ringing(order.order_id, NOW)
    await site.book.answered(order.order_id, NOW)
    await site.car_moving.owner_says(order.order_id, OwnerAnswer.COMING, now=NOW)
    await site.book.ended(order.order_id, "answered_no_key", NOW)
    assert await site.sending.due(NOW) == 2
    assert await site.car_moving.due(NOW + timedelta(minutes=20)) == 1
    later = NOW + timedelta(minutes=21)
    assert await site.sending.due(later) == 1
    done = await site.car_moving.reply_by_sms(REQUESTER, "1", now=later)
    assert done is not None
    assert done.state is CaseState.RESOLVED
    async with site.room.reading() as uow:
        history = await uow.cases.history(view.case_id)
    assert [line.event for line in history] == [
        "Filed",
        "VehicleLookedUp",
        "Notified",
        "OwnerAnswered",
        "TimePassed",
        "RequesterSaid",
    ]


async def test_the_requester_waiting_on_the_line_hears_the_answer(site: Site) -> None:
    await site.car_moving.file(await site.request(), now=NOW)
    await site.car_moving.owner_says("M2611230001-1", OwnerAnswer.CANNOT, now=NOW)
    async for order in site.room.live_calls.orders("c1"):
        assert order == {
            "order": "resume",
            "event": "case_update",
            "payload": {"case_id": "M2611230001", "state": "ack_cannot"},
        }
        break


async def test_ten_filings_with_one_key_make_one_case(site: Site) -> None:
    request = await site.request()
    views = await asyncio.gather(*(site.car_moving.file(request, now=NOW) for _ in range(10)))
    assert {view.case_id for view in views} == {"M2611230001"}
    async with site.room.reading() as uow:
        assert len(await uow.orders.of_case("M2611230001")) == 1
        assert len(await uow.sms.recent(100)) == 2


async def test_two_requests_of_one_caller_at_once_make_one_case(site: Site) -> None:
    one = await site.request("苏B12345", call_id="c1")
    other = await site.request("苏A88888", call_id="c2")
    results = await asyncio.gather(
        site.car_moving.file(one, now=NOW),
        site.car_moving.file(other, now=NOW),
        return_exceptions=True,
    )
    refused = [result for result in results if isinstance(result, MoveRefused)]
    assert [result.refusal for result in refused] == [Refusal.OPEN_CASE]


async def test_the_owner_answers_while_the_requester_cancels(site: Site) -> None:
    view = await site.car_moving.file(await site.request(), now=NOW)
    await asyncio.gather(
        site.car_moving.owner_says(f"{view.case_id}-1", OwnerAnswer.COMING, now=NOW),
        site.car_moving.cancel(view.case_id, now=NOW),
    )
    async with site.room.reading() as uow:
        case = await uow.cases.get(view.case_id)
        order = await uow.orders.get(f"{view.case_id}-1")
    assert case is not None
    assert case.state is CaseState.CANCELLED
    assert order is not None
    assert order.state in {OwnerCallState.DONE, OwnerCallState.WITHDRAWN}


async def test_no_number_plate_or_place_lies_open_on_the_disk(site: Site) -> None:
    await site.car_moving.file(await site.request(), now=NOW)
    await site.sending.due(NOW)
    await site.car_moving.save_draft("c9", {"plate": "苏A88888", "place": "人民路"})
    folder = site.room.engine.url.database
    assert folder is not None
    for suffix in ("", "-wal"):
        with open(folder + suffix, "rb") as file:  # noqa: ASYNC230
            content = file.read()
        for secret in (REQUESTER, OWNER, "苏B12345", "苏A88888", "清扬路", "人民路"):
            assert secret.encode() not in content


async def test_the_owners_number_is_resolved_for_the_text_and_kept_nowhere(site: Site) -> None:
    await site.car_moving.file(await site.request(), now=NOW)
    await site.sending.due(NOW)
    assert {message.to for message in site.sender.sent} == {REQUESTER, OWNER}
    async with site.room.reading() as uow:
        kept = {m.kind: m for m in await uow.sms.recent(10)}
    assert kept["owner_notice"].to is None
    assert kept["owner_notice"].state is SmsState.SENT
    assert kept["owner_notice"].sent_at == NOW


@pytest.mark.parametrize("mode", ["down", "wrong"])
async def test_kept_while_the_backend_is_away_then_notified_once(site: Site, mode: str) -> None:
    await site.sandbox.fault(mode)
    view = await site.car_moving.file(await site.request(), now=NOW)
    assert view.kept_only
    await site.sandbox.fault("none")
    for seconds in (5, 30, 31, 32):
        await site.car_moving.due(NOW + timedelta(seconds=seconds))
    async with site.room.reading() as uow:
        case = await uow.cases.get(view.case_id)
        assert len(await uow.orders.of_case(view.case_id)) == 1
    assert case is not None
    assert case.state is CaseState.NOTIFYING
