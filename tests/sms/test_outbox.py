from dataclasses import replace
from datetime import UTC, datetime

import pytest

from ivr.domain.orders import SmsMessage
from ivr.sms.errors import SmsRefused
from ivr.sms.outbox import OutboxSender

MESSAGE = SmsMessage(
    sms_id="x", kind="k", text="t", subject="s", created_at=datetime(2026, 1, 1, tzinfo=UTC), to="1"
)


async def test_the_outbox_takes_every_text_that_has_a_number() -> None:
    assert (await OutboxSender().send(MESSAGE)).carrier_id == "outbox-x"
    with pytest.raises(SmsRefused):
        await OutboxSender().send(replace(MESSAGE, to=None))
