"""A carrier that speaks Twilio's published Messages API on a real socket.

POST /2010-04-01/Accounts/{sid}/Messages.json, form body To/From/Body, Basic auth; 201 with the
message resource, or 4xx with {"code", "message", "more_info", "status"}.
"""

import asyncio
import base64
import contextlib
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, PlainTextResponse, Response

SID = "AC" + "0" * 32
TOKEN = "a token for tests"


@dataclass
class Carrier:
    url: str = ""
    taken: list[dict[str, str]] = field(default_factory=list)
    behaviour: str = "good"
    """good | down | slow | busy | nonsense"""


def _error(status: int, code: int, message: str) -> Response:
    return JSONResponse(
        {
            "code": code,
            "message": message,
            "more_info": f"https://www.twilio.com/docs/errors/{code}",
            "status": status,
        },
        status_code=status,
    )


def _authorised(request: Request) -> bool:
    wanted = base64.b64encode(f"{SID}:{TOKEN}".encode()).decode()
    return request.headers.get("authorization") == f"Basic {wanted}"


def _app(carrier: Carrier) -> FastAPI:
    app = FastAPI()

    @app.post("/2010-04-01/Accounts/{sid}/Messages.json")
    async def create(sid: str, request: Request) -> Response:
        if not _authorised(request) or sid != SID:
            return _error(401, 20003, "Authenticate")
        if carrier.behaviour == "slow":
            await asyncio.sleep(5)
        if carrier.behaviour == "down":
            return PlainTextResponse("upstream", status_code=503)
        if carrier.behaviour == "busy":
            return _error(429, 20429, "Too Many Requests")
        if carrier.behaviour == "nonsense":
            return PlainTextResponse("<html>", status_code=201)
        form = {name: str(value) for name, value in (await request.form()).items()}
        if not form.get("Body"):
            return _error(400, 21602, "Message body is required.")
        if not form.get("To", "").startswith("+86"):
            return _error(400, 21211, f"Invalid 'To' Phone Number: {form.get('To')}")
        carrier.taken.append(form)
        return JSONResponse(_resource(form, len(carrier.taken)), status_code=201)

    return app


def _resource(form: dict[str, str], number: int) -> dict[str, Any]:
    sid = f"SM{number:032x}"
    return {
        "account_sid": SID,
        "api_version": "2010-04-01",
        "body": form["Body"],
        "date_created": "Mon, 23 Nov 2026 02:00:00 +0000",
        "date_sent": None,
        "date_updated": "Mon, 23 Nov 2026 02:00:00 +0000",
        "direction": "outbound-api",
        "error_code": None,
        "error_message": None,
        "from": form.get("From"),
        "messaging_service_sid": None,
        "num_media": "0",
        "num_segments": "1",
        "price": None,
        "price_unit": None,
        "sid": sid,
        "status": "queued",
        "subresource_uris": {"media": f"/2010-04-01/Accounts/{SID}/Messages/{sid}/Media.json"},
        "to": form["To"],
        "uri": f"/2010-04-01/Accounts/{SID}/Messages/{sid}.json",
    }


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready.set()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@asynccontextmanager
async def running_carrier() -> AsyncIterator[Carrier]:
    carrier = Carrier()
    with socket.create_server(("127.0.0.1", 0)) as door:
        carrier.url = f"http://127.0.0.1:{door.getsockname()[1]}"
        config = uvicorn.Config(
            _app(carrier), log_config=None, lifespan="off", timeout_graceful_shutdown=1
        )
        server = _Server(config)
        async with asyncio.TaskGroup() as group:
            serving = group.create_task(server.serve(sockets=[door]))
            await server.ready.wait()
            try:
                yield carrier
            finally:
                server.should_exit = True
                await serving
