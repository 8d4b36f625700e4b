from datetime import datetime, timedelta

from ivr.domain.orders import SmsMessage, SmsState
from ivr.services.sms_sending import MAX_TRIES, retry_wait
from tests.fakes.site import NOW, REQUESTER, Site


async def queue(site: Site, sms_id: str = "x", **more: object) -> None:
    values: dict[str, object] = {
        "sms_id": sms_id,
        "kind": "test",
        "text": "文字",
        "subject": "s",
        "created_at": NOW,
        "to": REQUESTER,
    }
    async with site.room.uow() as uow:
        await uow.sms.add(SmsMessage(**{**values, **more}))  # type: ignore[arg-type]
        await uow.commit()


async def kept(site: Site, sms_id: str = "x") -> SmsMessage:
    async with site.room.reading() as uow:
        message = await uow.sms.get(sms_id)
    assert message is not None
    return message


async def test_more_texts_than_a_batch_are_all_sent_once(site: Site) -> None:
    for number in range(23):
        await queue(site, f"x{number}")
    assert await site.sending.due(NOW) == 23
    assert await site.sending.due(NOW) == 0
    assert len({m.sms_id for m in site.sender.sent}) == len(site.sender.sent) == 23


async def test_a_carrier_that_is_down_is_tried_again_with_growing_waits(site: Site) -> None:
    await queue(site)
    site.sender.down = True
    moment: datetime = NOW
    for tries in range(1, 4):
        assert await site.sending.due(moment) == 1
        message = await kept(site)
        assert (message.state, message.tries, message.error) == (
            SmsState.QUEUED,
            tries,
            "carrier_down",
        )
        assert message.next_try_at == moment + retry_wait(tries)
        moment = message.next_try_at
    site.sender.down = False
    await site.sending.due(moment)
    assert (await kept(site)).state is SmsState.SENT


async def test_a_text_nobody_takes_is_given_up(site: Site) -> None:
    await queue(site)
    site.sender.down = True
    moment: datetime = NOW
    for _ in range(MAX_TRIES + 1):
        await site.sending.due(moment)
        moment += timedelta(minutes=11)
    message = await kept(site)
    assert (message.state, message.error) == (SmsState.FAILED, "too_many_tries")


async def test_a_refused_text_and_an_old_one_are_given_up_at_once(site: Site) -> None:
    await queue(site, "old", expires_at=NOW)
    site.sender.refuses = True
    await queue(site, "refused")
    await site.sending.due(NOW)
    assert (await kept(site, "old")).error == "expired"
    assert (await kept(site, "refused")).error == "twilio_21211"


async def test_a_text_to_an_owner_waits_for_the_backend(site: Site) -> None:
    await site.car_moving.file(await site.request(), now=NOW)
    await site.sandbox.fault("down")
    await site.sending.due(NOW)
    assert [m.to for m in site.sender.sent] == [REQUESTER]
    await site.sandbox.fault("none")
    await site.sending.due(NOW + timedelta(minutes=1))
    assert len(site.sender.sent) == 2
