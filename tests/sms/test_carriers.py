from typing import Any

import pytest
from pydantic import SecretStr

from ivr.settings import Settings, SettingsWrong
from ivr.sms.carriers import open_sender
from ivr.sms.outbox import OutboxSender
from ivr.sms.twilio import TwilioSender

TWILIO: dict[str, Any] = {
    "sms_sender": "twilio",
    "twilio_account_sid": "AC0",
    "twilio_auth_token": SecretStr("t"),
    "twilio_from": "+8610000",
    "twilio_base_url": "http://127.0.0.1:9",
}


async def test_the_outbox_is_the_default() -> None:
    async with open_sender(Settings()) as sender:
        assert isinstance(sender, OutboxSender)


async def test_twilio_is_opened_where_it_is_set() -> None:
    async with open_sender(Settings(**TWILIO)) as sender:
        assert isinstance(sender, TwilioSender)


@pytest.mark.parametrize("missing", ["twilio_account_sid", "twilio_auth_token", "twilio_from"])
async def test_half_an_account_is_refused_by_name(missing: str) -> None:
    with pytest.raises(SettingsWrong, match="IVR_TWILIO"):
        async with open_sender(Settings(**{**TWILIO, missing: None})):
            pass
