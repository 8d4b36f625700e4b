"""What stands around every page."""

import pytest
from starlette.responses import PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

from ivr.consoles.guard import Guard
from tests.consoles.site import Site, Visitor


@pytest.mark.parametrize("path", ["/", "/phone", "/static/console.css", "/nosuch", "/calls"])
async def test_every_answer_says_what_a_page_may_load(visitor: Visitor, path: str) -> None:
    headers = (await visitor.get(path)).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["cache-control"] == "no-store"
    assert "server" not in headers


async def test_a_foreign_name_that_points_here_is_not_answered(
    visitor: Visitor, site: Site
) -> None:
    for name, status in (("evil.example", 421), ("localhost:99", 200), ("[::1]:8080", 200)):
        assert (await visitor.get("/", headers={"Host": name})).status_code == status


async def ask(app: Guard) -> list[dict]:
    sent: list[dict] = []

    async def receive() -> dict:
        return {"type": "http.request"}

    async def send(message: dict) -> None:
        sent.append(message)

    await app({"type": "http", "headers": [], "path": "/", "method": "GET"}, receive, send)
    return sent


def broken() -> Response:
    return PlainTextResponse("sorry", status_code=500)


async def test_a_failure_is_told_without_its_words(caplog: pytest.LogCaptureFixture) -> None:
    async def page(scope: Scope, receive: Receive, send: Send) -> None:
        raise ValueError("13800001111")

    sent = await ask(Guard(page, names=(), broken=broken))
    assert sent[0]["status"] == 500
    assert sent[1]["body"] == b"sorry"
    assert "13800001111" not in caplog.text
    assert [record.error for record in caplog.records] == ["ValueError"]


async def test_a_failure_in_the_middle_of_an_answer_ends_it() -> None:
    async def page(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        raise ExceptionGroup("two", [ValueError("x")])

    sent = await ask(Guard(page, names=(), broken=broken))
    assert [message["type"] for message in sent] == ["http.response.start"]


async def test_a_foreign_name_gets_no_line_either() -> None:
    async def line(scope: Scope, receive: Receive, send: Send) -> None:
        raise AssertionError

    sent: list[dict] = []

    async def receive() -> dict:
        return {"type": "websocket.connect"}

    async def send(message: dict) -> None:
        sent.append(message)

    guard = Guard(line, names=("localhost",), broken=broken)
    await guard({"type": "websocket", "headers": [(b"host", b"evil.example")]}, receive, send)
    assert sent == [{"type": "websocket.close", "code": 1008}]
