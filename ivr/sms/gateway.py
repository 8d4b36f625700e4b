r"""A domestic carrier behind a plain HTTP gateway: one signed JSON request a text.

    POST {url}            Content-Type: application/json
    X-Timestamp: Unix seconds
    X-Signature: hex(HMAC-SHA256(key, timestamp + "\n" + body))
    {"id": "...", "to": "13800001111", "text": "【公安交管12123】..."}

    2xx {"id": "carrier's own number"}      taken
    4xx {"code": "machine_word"}            refused for good (401, 403, 404, 408, 429: try later)
    else                                    try later

`id` is the same when a text is handed over again: the gateway sends it once.
"""

import hashlib
import hmac
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

import httpx
from pydantic import BaseModel, Field, ValidationError

from ivr.domain.orders import SmsMessage
from ivr.sms.errors import CarrierDown, SmsRefused
from ivr.sms.sender import Receipt

_LATER = frozenset({401, 403, 404, 408, 425, 429})


@dataclass(frozen=True, slots=True)
class GatewayAddress:
    """Where the gateway answers, and the secret shared with it."""

    url: str
    key: bytes = field(repr=False)
    timeout_seconds: float = 10.0


class _Taken(BaseModel):
    id: str = Field(min_length=1, max_length=128)


class _Refused(BaseModel):
    code: str = Field(pattern=r"^[a-z0-9_]{1,40}$")


class GatewaySender:
    """Hands texts over to the gateway."""

    def __init__(self, client: httpx.AsyncClient, at: GatewayAddress, clock: Callable[[], datetime]) -> None:
        self._client = client
        self._at = at
        self._clock = clock

    async def send(self, message: SmsMessage) -> Receipt:
        """Hand one text over.

        Raises:
            CarrierDown: try later.
            SmsRefused: never this one.
        """
        if not message.to:
            raise SmsRefused("no_number")
        body = json.dumps({"id": message.sms_id, "to": message.to, "text": message.text}, ensure_ascii=False).encode()
        stamp = str(int(self._clock().timestamp()))
        headers = {
            "Content-Type": "application/json",
            "X-Timestamp": stamp,
            "X-Signature": signature(self._at.key, stamp, body),
        }
        try:
            answer = await self._client.post(self._at.url, content=body, headers=headers)
        except httpx.HTTPError as error:
            raise CarrierDown(type(error).__name__) from None
        return _read(answer)


def signature(key: bytes, stamp: str, body: bytes) -> str:
    """Sign a body, either way."""
    return hmac.new(key, stamp.encode() + b"\n" + body, hashlib.sha256).hexdigest()


@asynccontextmanager
async def open_gateway(
    at: GatewayAddress, *, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
) -> AsyncIterator[GatewaySender]:
    """Open the connections, and close them at the end."""
    async with httpx.AsyncClient(timeout=at.timeout_seconds, trust_env=False, follow_redirects=False) as client:
        yield GatewaySender(client, at, clock)


def _read(answer: httpx.Response) -> Receipt:
    try:
        if answer.is_success:
            return Receipt(_Taken.model_validate_json(answer.content).id)
        if 400 <= answer.status_code < 500 and answer.status_code not in _LATER:
            raise SmsRefused(f"gateway_{_Refused.model_validate_json(answer.content).code}")
    except ValidationError:
        raise CarrierDown(f"status {answer.status_code}, an answer nobody understands") from None
    raise CarrierDown(f"status {answer.status_code}")
