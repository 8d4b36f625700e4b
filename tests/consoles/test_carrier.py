"""SMS carriers report over HTTP; what is not signed is refused."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr
from twilio.request_validator import RequestValidator

from ivr.consoles.app import ConsoleOptions, MediaAddress, create_app
from ivr.consoles.carrier_door import CarrierDoor
from ivr.settings import Settings
from ivr.sms.gateway import signature
from ivr.storage.room import open_storage
from telephony.exchange import Exchange
from tests.consoles.site import NOW, desk_services

PUBLIC = "https://example.org"
TOKEN, KEY = "twilio-token", b"gateway-key"


@dataclass
class Inbox:
    told: list[tuple[str, ...]] = field(default_factory=list)

    async def delivered(self, carrier_id: str, *, arrived: bool) -> bool:
        self.told.append((carrier_id, str(arrived)))
        return True

    async def received(self, sender: str, text: str, *, now: datetime) -> bool:
        self.told.append((sender, text))
        return True


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


@pytest.fixture
async def client(tmp_path: Path, inbox: Inbox) -> AsyncIterator[httpx.AsyncClient]:
    async with open_storage(Settings(data_dir=tmp_path), clock=lambda: NOW) as storage:
        app = create_app(
            storage=storage, phones=Exchange(), services=desk_services(storage), media=MediaAddress("127.0.0.1", 1, "u", SecretStr("p")),
            options=ConsoleOptions(names=(), carrier=CarrierDoor(inbox, PUBLIC, TOKEN, KEY)),
        )
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://console") as opened:
            yield opened


async def twilio(client: httpx.AsyncClient, path: str, form: dict[str, str], token: str = TOKEN) -> int:
    signed = RequestValidator(token).compute_signature(PUBLIC + path, form)
    return (await client.post(path, data=form, headers={"X-Twilio-Signature": signed})).status_code


async def gateway(client: httpx.AsyncClient, path: str, body: object, *, key: bytes = KEY, late: int = 0) -> int:
    content, stamp = json.dumps(body).encode(), str(int(NOW.timestamp()) - late)
    headers = {"X-Timestamp": stamp, "X-Signature": signature(key, stamp, content)}
    return (await client.post(path, content=content, headers=headers)).status_code


async def test_receipts_and_answers_of_twilio(client: httpx.AsyncClient, inbox: Inbox) -> None:
    assert await twilio(client, "/carrier/twilio/status", {"MessageSid": "SM1", "MessageStatus": "delivered"}) == 204
    assert await twilio(client, "/carrier/twilio/status", {"MessageSid": "SM2", "MessageStatus": "undelivered"}) == 204
    assert await twilio(client, "/carrier/twilio/status", {"MessageSid": "SM3", "MessageStatus": "queued"}) == 204
    assert await twilio(client, "/carrier/twilio/inbound", {"From": "+8613800001111", "Body": "1"}) == 200
    assert inbox.told == [("SM1", "True"), ("SM2", "False"), ("13800001111", "1")]


async def test_receipts_and_answers_of_the_gateway(client: httpx.AsyncClient, inbox: Inbox) -> None:
    assert await gateway(client, "/carrier/gateway/status", {"id": "g1", "delivered": True}) == 204
    assert await gateway(client, "/carrier/gateway/inbound", {"from": "13800001111", "text": "2"}) == 204
    assert inbox.told == [("g1", "True"), ("13800001111", "2")]


async def test_what_is_not_signed_late_or_nonsense_is_refused(client: httpx.AsyncClient, inbox: Inbox) -> None:
    form = {"MessageSid": "SM1", "MessageStatus": "delivered"}
    assert await twilio(client, "/carrier/twilio/status", form, token="another") == 403
    assert (await client.post("/carrier/twilio/inbound", data={"From": "1", "Body": "1"})).status_code == 403
    assert await gateway(client, "/carrier/gateway/status", {"id": "g1", "delivered": True}, key=b"another") == 403
    assert await gateway(client, "/carrier/gateway/status", {"id": "g1", "delivered": True}, late=301) == 403
    assert (await client.post("/carrier/gateway/inbound", content=b"{}")).status_code == 403
    assert await gateway(client, "/carrier/gateway/inbound", {"from": "nobody", "text": "1"}) == 422
    assert await gateway(client, "/carrier/gateway/status", ["nonsense"]) == 422
    assert inbox.told == []


async def test_without_an_agreement_the_door_is_shut(tmp_path: Path) -> None:
    async with open_storage(Settings(data_dir=tmp_path), clock=lambda: NOW) as storage:
        app = create_app(
            storage=storage, phones=Exchange(), services=desk_services(storage), media=MediaAddress("127.0.0.1", 1, "u", SecretStr("p")),
            options=ConsoleOptions(names=()),
        )
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://console") as client:
            assert await gateway(client, "/carrier/gateway/status", {"id": "g1", "delivered": True}) == 403
            assert await twilio(client, "/carrier/twilio/inbound", {"From": "1", "Body": "1"}) == 403
