"""Dialling, captions and typed words, without a browser."""

import asyncio
import json
from collections.abc import AsyncIterator

import pytest

from ivr.consoles.app import ConsoleOptions
from ivr.settings import Settings
from ivr.storage.errors import LiveDown
from tests.consoles.site import Site, Visitor, open_site


async def news(visitor: Visitor, path: str) -> AsyncIterator[dict]:
    async with visitor.stream("GET", path, timeout=5) as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        async for line in stream.aiter_lines():
            if line.startswith("data: "):
                yield json.loads(line[6:])


async def dial(visitor: Visitor, number: str = "") -> str:
    answer = await visitor.ask("/phone/tickets", {"dialled": "12123", "number": number})
    assert answer.status_code == 200
    return str(answer.json()["call_id"])


async def test_a_visitor_may_dial_and_gets_a_ticket(visitor: Visitor) -> None:
    page = await visitor.get("/phone")
    assert page.status_code == 200
    answer = await visitor.ask("/phone/tickets", {"dialled": "12123", "number": "138 0000 1111"})
    assert set(answer.json()) == {"ticket", "call_id"}
    assert len(answer.json()["call_id"]) == 32


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"dialled": "110"}, 404, "number_unknown"),
        ({"dialled": "12123", "number": "me"}, 422, "number_unusable"),
        ({"dialled": "1" * 40}, 422, "request_wrong"),
        ({}, 422, "request_wrong"),
    ],
)
async def test_what_cannot_be_dialled_is_told(
    visitor: Visitor, body: dict, status: int, code: str
) -> None:
    answer = await visitor.ask("/phone/tickets", body)
    assert (answer.status_code, answer.json()["error"]) == (status, code)
    assert answer.json()["message"]


async def test_a_change_needs_the_pages_token_and_origin(visitor: Visitor) -> None:
    body = {"dialled": "12123"}
    assert (await visitor.post("/phone/tickets", json=body)).status_code == 403
    token = await visitor.csrf()
    assert (await visitor.post("/phone/tickets", json=body)).status_code == 403
    headers = {"X-CSRF": token, "Origin": "http://evil.example"}
    assert (await visitor.post("/phone/tickets", json=body, headers=headers)).status_code == 403


async def test_captions_come_live_and_from_the_beginning(visitor: Visitor, site: Site) -> None:
    call = await dial(visitor)
    live = site.storage.live_calls
    await live.publish(f"call:{call}", {"who": "caller", "text": "（来电）", "state": "greeting"})
    await live.publish(f"call:{call}", {"who": "service", "text": "您好", "state": "speaking"})
    async with asyncio.timeout(5):
        lines = news(visitor, f"/phone/{call}/captions")
        assert await anext(lines) == {"who": "service", "text": "您好", "state": "speaking"}
        said = {"who": "caller", "text": "要挪车", "state": "listening", "secret": "x"}
        await live.publish(f"call:{call}", said)
        assert await anext(lines) == {"who": "caller", "text": "要挪车", "state": "listening"}
        await lines.aclose()


async def test_typed_words_reach_the_call(visitor: Visitor, site: Site) -> None:
    call = await dial(visitor)
    answer = await visitor.ask(f"/phone/{call}/say", {"text": "  我要挪车 "})
    assert answer.status_code == 204
    async with asyncio.timeout(5):
        order = await anext(aiter(site.storage.live_calls.orders(call)))
    assert order == {"order": "typed", "text": "我要挪车"}


@pytest.mark.parametrize("text", ["", "   ", "字" * 201])
async def test_nothing_or_too_much_is_not_taken_for_a_sentence(visitor: Visitor, text: str) -> None:
    call = await dial(visitor)
    assert (await visitor.ask(f"/phone/{call}/say", {"text": text})).status_code == 422


async def test_a_sentence_that_did_not_get_through_is_told(
    visitor: Visitor, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def down(*_: object) -> None:
        raise LiveDown("away")

    call = await dial(visitor)
    monkeypatch.setattr(type(site.storage.live_calls), "order", down)
    answer = await visitor.ask(f"/phone/{call}/say", {"text": "要挪车"})
    assert (answer.status_code, answer.json()["error"]) == (503, "storage")


async def test_another_browser_neither_reads_nor_speaks_in_a_call(
    visitor: Visitor, site: Site
) -> None:
    call = await dial(visitor)
    async with Visitor(site) as other:
        assert (await other.get(f"/phone/{call}/captions")).status_code == 403
        await other.get("/phone")
        assert (await other.get(f"/phone/{call}/captions")).status_code == 404
        assert (await other.ask(f"/phone/{call}/say", {"text": "听"})).status_code == 404


async def test_where_the_phone_is_not_open_one_signs_in_first(site_settings: Settings) -> None:
    options = ConsoleOptions(phone_open=False)
    async with open_site(site_settings, options=options) as site, Visitor(site) as visitor:
        assert "/phone" not in (await visitor.get("/")).text
        page = await visitor.get("/phone")
        assert (page.status_code, page.headers["location"]) == (303, "/sign-in?next=/phone")
        token = await visitor.csrf("/sign-in")
        headers = {"X-CSRF": token, "Accept": "*/*"}
        body = {"dialled": "12123"}
        assert (await visitor.post("/phone/tickets", json=body, headers=headers)).status_code == 401
        await visitor.sign_in()
        assert (await visitor.ask("/phone/tickets", body)).status_code == 200


async def test_the_page_names_no_number_but_its_own(visitor: Visitor, site: Site) -> None:
    assert (await visitor.ask("/phone/number", {"number": "13900002222"})).status_code == 204
    assert "13900002222" in (await visitor.get("/phone")).text
    async with Visitor(site) as other:
        assert "13900002222" not in (await other.get("/phone")).text
    assert (await visitor.ask("/phone/number", {"number": ""})).status_code == 204
    assert "13900002222" not in (await visitor.get("/phone")).text
