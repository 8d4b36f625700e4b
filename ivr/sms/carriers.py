"""Opens the carrier that a site has set."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from ivr.settings import Settings, SettingsWrong
from ivr.sms.outbox import OutboxSender
from ivr.sms.sender import Sender
from ivr.sms.twilio import TwilioAccount, open_twilio


@asynccontextmanager
async def open_sender(settings: Settings) -> AsyncIterator[Sender]:
    """Open the carrier, and close it at the end.

    Raises:
        SettingsWrong: Twilio is chosen and a part of its account is missing.
    """
    if settings.sms_sender == "outbox":
        yield OutboxSender()
        return
    token = settings.twilio_auth_token
    if not settings.twilio_account_sid or token is None or not settings.twilio_from:
        raise SettingsWrong(
            "IVR_SMS_SENDER=twilio needs IVR_TWILIO_ACCOUNT_SID, IVR_TWILIO_AUTH_TOKEN and"
            " IVR_TWILIO_FROM"
        )
    account = TwilioAccount(
        account_sid=settings.twilio_account_sid,
        auth_token=token.get_secret_value(),
        sender=settings.twilio_from,
        base_url=settings.twilio_base_url,
    )
    async with open_twilio(account) as sender:
        yield sender
