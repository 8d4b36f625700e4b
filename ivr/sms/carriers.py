"""Opens the carriers that a site has set."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from ivr.settings import Settings, SettingsWrong
from ivr.sms.failover import FailoverSender
from ivr.sms.gateway import GatewayAddress, open_gateway
from ivr.sms.outbox import OutboxSender
from ivr.sms.sender import Sender
from ivr.sms.twilio import TwilioAccount, open_twilio


@asynccontextmanager
async def open_sender(settings: Settings) -> AsyncIterator[Sender]:
    """Open the carrier, and the second one where a site has two; close them at the end.

    Raises:
        SettingsWrong: a carrier is chosen and a part of its account is missing.
    """
    async with AsyncExitStack() as opened:
        first = await _open(settings.sms_sender, settings, opened)
        if settings.sms_second is None or settings.sms_second == settings.sms_sender:
            yield first
            return
        if settings.sms_sender == "outbox":
            raise SettingsWrong("IVR_SMS_SECOND needs a carrier in IVR_SMS_SENDER; the outbox never fails")
        yield FailoverSender([first, await _open(settings.sms_second, settings, opened)])


async def _open(name: str, settings: Settings, opened: AsyncExitStack) -> Sender:
    match name:
        case "twilio":
            return await opened.enter_async_context(open_twilio(_twilio(settings)))
        case "gateway":
            return await opened.enter_async_context(open_gateway(_gateway(settings)))
        case _:
            return OutboxSender()


def _gateway(settings: Settings) -> GatewayAddress:
    key = settings.sms_gateway_key
    if not settings.sms_gateway_url or key is None:
        raise SettingsWrong("the carrier `gateway` needs IVR_SMS_GATEWAY_URL and IVR_SMS_GATEWAY_KEY")
    return GatewayAddress(settings.sms_gateway_url, key.get_secret_value().encode())


def _twilio(settings: Settings) -> TwilioAccount:
    token = settings.twilio_auth_token
    if not settings.twilio_account_sid or token is None or not settings.twilio_from:
        raise SettingsWrong(
            "the carrier `twilio` needs IVR_TWILIO_ACCOUNT_SID, IVR_TWILIO_AUTH_TOKEN and IVR_TWILIO_FROM"
        )
    return TwilioAccount(
        account_sid=settings.twilio_account_sid,
        auth_token=token.get_secret_value(),
        sender=settings.twilio_from,
        base_url=settings.twilio_base_url,
        status_url=f"{settings.public_url.rstrip('/')}/carrier/twilio/status" if settings.public_url else None,
    )
