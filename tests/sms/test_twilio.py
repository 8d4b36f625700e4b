import logging
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from ivr.domain.orders import SmsMessage
from ivr.sms.errors import CarrierDown, SmsRefused
from ivr.sms.twilio import TwilioAccount, open_twilio
from tests.fakes.carrier import SID, TOKEN, Carrier, running_carrier

MESSAGE = SmsMessage(
    sms_id="M2611230001:requester:filed",
    kind="requester_filed",
    text="【公安交管12123】您的挪车请求已受理。",
    subject="M2611230001",
    created_at=datetime(2026, 11, 23, 2, 0, tzinfo=UTC),
    to="13800001111",
)


@pytest.fixture
async def carrier() -> AsyncIterator[Carrier]:
    async with running_carrier() as running:
        yield running


def account(carrier: Carrier) -> TwilioAccount:
    return TwilioAccount(SID, TOKEN, "+8610000", carrier.url, timeout_seconds=5)


async def test_a_text_is_handed_over_as_twilio_wants_it(carrier: Carrier) -> None:
    async with open_twilio(account(carrier)) as sender:
        receipt = await sender.send(MESSAGE)
    assert receipt.carrier_id == f"SM{1:032x}"
    assert carrier.taken == [{"To": "+8613800001111", "From": "+8610000", "Body": MESSAGE.text}]


async def test_a_number_the_carrier_refuses_is_refused_for_good(carrier: Carrier) -> None:
    async with open_twilio(account(carrier)) as sender:
        with pytest.raises(SmsRefused) as refused:
            await sender.send(replace(MESSAGE, to="+1555"))
    assert refused.value.reason == "twilio_21211"
    assert "1555" not in str(refused.value)


@pytest.mark.parametrize("behaviour", ["down", "busy", "slow", "nonsense"])
async def test_a_carrier_in_trouble_may_be_tried_later(carrier: Carrier, behaviour: str) -> None:
    carrier.behaviour = behaviour
    async with open_twilio(replace(account(carrier), timeout_seconds=1)) as sender:
        with pytest.raises(CarrierDown):
            await sender.send(MESSAGE)


async def test_nobody_at_the_address_may_be_tried_later() -> None:
    nowhere = TwilioAccount(SID, TOKEN, "+8610000", "http://127.0.0.1:9", timeout_seconds=0.5)
    async with open_twilio(nowhere) as sender:
        with pytest.raises(CarrierDown):
            await sender.send(MESSAGE)


async def test_a_wrong_token_keeps_the_text_for_later(carrier: Carrier) -> None:
    wrong = replace(account(carrier), auth_token="another")
    async with open_twilio(wrong) as sender:
        with pytest.raises(CarrierDown):
            await sender.send(MESSAGE)


async def test_nothing_of_a_text_reaches_a_log(
    carrier: Carrier, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with open_twilio(account(carrier)) as sender:
        await sender.send(MESSAGE)
    assert "13800001111" not in caplog.text
    assert "挪车" not in caplog.text
    assert TOKEN not in repr(account(carrier))
