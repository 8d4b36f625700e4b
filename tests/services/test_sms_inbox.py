from datetime import datetime, timedelta
from functools import partial

from ivr.domain.car_moves import CaseState
from ivr.domain.orders import SmsState
from ivr.services.sms_inbox import SmsInbox
from tests.fakes.site import NOW, REQUESTER, Site


async def answered(site: Site, sender: str, text: str, now: datetime) -> bool:
    return await site.car_moving.reply_by_sms(sender, text, now=now) is not None


async def test_a_receipt_finds_its_text(site: Site) -> None:
    places = await site.offices.offices("exam", region="320200", now=NOW)
    assert await site.offices.text(places, caller_ref=await site.seal("c1"), call_id="c1", now=NOW)
    await site.sending.due(NOW)
    inbox = SmsInbox(site.room.uow, ())
    assert await inbox.delivered("carrier-1", arrived=False)
    async with site.room.reading() as uow:
        assert (await uow.sms.recent(1))[0].state is SmsState.UNDELIVERED
    assert await inbox.delivered("carrier-1", arrived=True)
    async with site.room.reading() as uow:
        assert (await uow.sms.recent(1))[0].state is SmsState.DELIVERED
    assert not await inbox.delivered("carrier-9", arrived=True)


async def test_a_caller_texts_that_the_car_is_gone(site: Site) -> None:
    case = await site.car_moving.file(await site.request(), now=NOW)
    later = NOW + timedelta(minutes=21)
    site.clock[0] = later
    await site.car_moving.due(later)
    inbox = SmsInbox(site.room.uow, (partial(answered, site),))
    assert not await inbox.received(REQUESTER, "谢谢", now=later)
    assert await inbox.received(REQUESTER, "1", now=later)
    async with site.room.reading() as uow:
        kept = await uow.cases.get(case.case_id)
    assert kept is not None
    assert kept.state is CaseState.RESOLVED
    assert not await inbox.received("13900000000", "1", now=later)
