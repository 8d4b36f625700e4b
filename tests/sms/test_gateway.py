"""The HTTP gateway on a real socket, and two carriers one after the other."""

import asyncio
import contextlib
import json
import socket
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest
import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, PlainTextResponse, Response
from pydantic import SecretStr

from ivr.domain.orders import SmsMessage
from ivr.settings import Settings, SettingsWrong
from ivr.sms.carriers import open_sender
from ivr.sms.errors import CarrierDown, SmsRefused
from ivr.sms.failover import FailoverSender
from ivr.sms.gateway import GatewayAddress, GatewaySender, open_gateway, signature
from ivr.sms.outbox import OutboxSender
from ivr.sms.sender import Receipt

KEY = b"a shared secret for tests"
NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
MESSAGE = SmsMessage("s1", "offices", "【公安交管12123】最近的窗口", "c1", NOW, to="13800001111")


@dataclass
class Gateway:
    url: str = ""
    status: int = 200
    body: Any = field(default_factory=lambda: {"id": "g-1"})
    taken: list[dict[str, str]] = field(default_factory=list)


class _Quiet(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@pytest.fixture
async def gateway() -> AsyncIterator[Gateway]:
    known, app = Gateway(), FastAPI()

    @app.post("/send")
    async def send(request: Request) -> Response:
        body = await request.body()
        if request.headers["x-signature"] != signature(KEY, request.headers["x-timestamp"], body):
            return JSONResponse({"code": "signature_wrong"}, status_code=400)
        known.taken.append(json.loads(body))
        if isinstance(known.body, str):
            return PlainTextResponse(known.body, status_code=known.status)
        return JSONResponse(known.body, status_code=known.status)

    with socket.create_server(("127.0.0.1", 0)) as door:
        known.url = f"http://127.0.0.1:{door.getsockname()[1]}/send"
        server = _Quiet(uvicorn.Config(app, log_config=None, lifespan="off"))
        serving = asyncio.ensure_future(server.serve(sockets=[door]))
        yield known
        server.should_exit = True
        await serving


@pytest.fixture
async def sender(gateway: Gateway) -> AsyncIterator[GatewaySender]:
    async with open_gateway(GatewayAddress(gateway.url, KEY), clock=lambda: NOW) as opened:
        yield opened


async def test_a_text_is_signed_and_taken(gateway: Gateway, sender: GatewaySender) -> None:
    assert await sender.send(MESSAGE) == Receipt("g-1")
    assert gateway.taken == [{"id": "s1", "to": "13800001111", "text": MESSAGE.text}]


@pytest.mark.parametrize(
    ("status", "body"),
    [(503, "upstream"), (429, {"code": "busy"}), (401, {"code": "key_wrong"}), (200, "nonsense"), (200, {"id": ""}), (400, "nonsense")],
)
async def test_what_may_pass_is_tried_later(gateway: Gateway, sender: GatewaySender, status: int, body: Any) -> None:
    gateway.status, gateway.body = status, body
    with pytest.raises(CarrierDown):
        await sender.send(MESSAGE)


async def test_a_refusal_is_final(gateway: Gateway, sender: GatewaySender) -> None:
    gateway.status, gateway.body = 422, {"code": "number_unknown"}
    with pytest.raises(SmsRefused) as refused:
        await sender.send(MESSAGE)
    assert refused.value.reason == "gateway_number_unknown"
    assert "13800001111" not in str(refused.value)


async def test_a_wrong_key_is_refused(gateway: Gateway) -> None:
    async with open_gateway(GatewayAddress(gateway.url, b"another")) as opened:
        with pytest.raises(SmsRefused, match="signature_wrong"):
            await opened.send(MESSAGE)
    assert gateway.taken == []


async def test_nobody_there_is_tried_later() -> None:
    async with open_gateway(GatewayAddress("http://127.0.0.1:9/send", KEY, timeout_seconds=0.5)) as opened:
        with pytest.raises(CarrierDown):
            await opened.send(MESSAGE)


async def test_the_second_carrier_takes_what_the_first_cannot(gateway: Gateway, sender: GatewaySender) -> None:
    two = FailoverSender([sender, OutboxSender()])
    assert (await two.send(MESSAGE)).carrier_id == "g-1"
    gateway.status, gateway.body = 503, "down"
    assert (await two.send(MESSAGE)).carrier_id == "outbox-s1"
    gateway.status, gateway.body = 422, {"code": "number_unknown"}
    with pytest.raises(SmsRefused):
        await two.send(MESSAGE)
    with pytest.raises(ValueError, match="no carrier"):
        FailoverSender([])


async def test_carriers_are_opened_as_they_are_set(gateway: Gateway) -> None:
    account: dict[str, Any] = {"sms_gateway_url": gateway.url, "sms_gateway_key": SecretStr(KEY.decode())}
    async with open_sender(Settings(sms_sender="gateway", **account)) as opened:
        assert isinstance(opened, GatewaySender)
    twilio: dict[str, Any] = {"twilio_account_sid": "AC0", "twilio_auth_token": SecretStr("t"), "twilio_from": "+8610000"}
    async with open_sender(Settings(sms_sender="gateway", sms_second="twilio", **account, **twilio)) as opened:
        assert isinstance(opened, FailoverSender)
    with pytest.raises(SettingsWrong, match="IVR_SMS_GATEWAY_URL"):
        async with open_sender(Settings(sms_sender="gateway")):
            pass
    with pytest.raises(SettingsWrong, match="IVR_SMS_SECOND"):
        async with open_sender(Settings(sms_sender="outbox", sms_second="gateway", **account)):
            pass
