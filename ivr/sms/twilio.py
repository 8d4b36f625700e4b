"""Twilio's Messages API, by its SDK; any address that speaks the same API can take its place.

Twilio's own cloud lies abroad: for real callers' data a site sets the address of a domestic gateway.
The SDK logs request bodies, so its logger is cut off.
"""

import asyncio
import base64
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from aiohttp import ClientError
from twilio.base.exceptions import (
    TwilioException,
    TwilioRestException,
    TwilioServiceException,
)
from twilio.http.async_http_client import AsyncTwilioHttpClient
from twilio.http.response import Response
from twilio.rest import Client

from ivr.domain.orders import SmsMessage
from ivr.sms.errors import CarrierDown, SmsRefused
from ivr.sms.sender import Receipt

_NO_ENVIRONMENT = {"TWILIO_REGION": ""}
"""Keeps the SDK from reading the process's environment."""


@dataclass(frozen=True, slots=True)
class TwilioAccount:
    """Who sends, and through which address."""

    account_sid: str
    auth_token: str = field(repr=False)
    sender: str
    """A number in E.164 form, or a sender name that the carrier knows."""
    base_url: str | None = None
    """Another address that speaks Twilio's API; None: Twilio's own."""
    timeout_seconds: float = 10.0
    status_url: str | None = None
    """Where receipts are sent; None: nowhere."""


class TwilioSender:
    """Hands texts over to Twilio, or to whoever speaks its API."""

    def __init__(self, client: Client, account: TwilioAccount) -> None:
        self._client = client
        self._account = account

    async def send(self, message: SmsMessage) -> Receipt:
        """Hand one text over.

        Raises:
            CarrierDown: no answer, too slow, too many requests, or an answer nobody understands.
            SmsRefused: the carrier says no.
        """
        if not message.to:
            raise SmsRefused("no_number")
        try:
            async with asyncio.timeout(self._account.timeout_seconds):
                taken = await self._client.messages.create_async(
                    to=_e164(message.to), from_=self._account.sender, body=message.text,
                    **({"status_callback": self._account.status_url} if self._account.status_url else {}),
                )
        except (TwilioRestException, TwilioServiceException) as refused:
            raise _named(refused) from None
        except (TwilioException, ClientError, TimeoutError, OSError, ValueError) as error:
            raise CarrierDown(type(error).__name__) from None
        if not taken.sid:
            raise CarrierDown("an answer without an id")
        return Receipt(str(taken.sid))


@asynccontextmanager
async def open_twilio(account: TwilioAccount) -> AsyncIterator[TwilioSender]:
    """Open the connections, and close them at the end."""
    async with _Carrier(account.base_url) as http:
        client = Client(  # type: ignore[no-untyped-call]
            account.account_sid,
            account.auth_token,
            http_client=http,
            environment=_NO_ENVIRONMENT,
        )
        _ = client.messages  # the SDK loads its many modules on first use, which takes a second
        yield TwilioSender(client, account)


class _Carrier(AsyncTwilioHttpClient):
    """The SDK's connection, sent to another address where one is set.

    Gives the login as a header: the way in which the SDK gives it to aiohttp is deprecated there.
    """

    def __init__(self, base_url: str | None) -> None:
        silent = logging.getLogger("ivr.sms.twilio.sdk")
        silent.setLevel(logging.CRITICAL + 1)
        super().__init__(logger=silent)
        self._base_url = base_url.rstrip("/") if base_url else None

    async def request(  # type: ignore[override]  # the SDK's own subclasses disagree
        self, method: str, url: str, *args: Any, **more: Any
    ) -> Response:
        login = ":".join(more.pop("auth", None) or ())
        encoded = base64.b64encode(login.encode()).decode("ascii")
        more["headers"] = {**(more.get("headers") or {}), "Authorization": f"Basic {encoded}"}
        if self._base_url is not None:
            parts = urlsplit(url)
            url = self._base_url + parts.path + (f"?{parts.query}" if parts.query else "")
        return await super().request(method, url, *args, **more)


def _e164(number: str) -> str:
    if number.startswith("+"):
        return number
    return "+86" + (number[1:] if number.startswith("0") else number)


def _named(refused: TwilioRestException | TwilioServiceException) -> CarrierDown | SmsRefused:
    """401/403: our account is wrong, which a person can mend; the text is kept meanwhile."""
    if refused.status >= 500 or refused.status in {401, 403, 404, 408, 429}:
        return CarrierDown(f"status {refused.status}")
    return SmsRefused(f"twilio_{refused.code or refused.status}")
