"""The console as a whole: errors, and running it."""

import asyncio
import socket

import httpx
import pytest

from ivr.consoles.app import serve
from ivr.settings import Settings
from ivr.storage.errors import DatabaseDown
from tests.consoles.site import Site, Visitor, open_site
from tests.consoles.test_phone import dial, news


async def test_an_error_is_a_page_to_a_reader_and_json_to_a_script(visitor: Visitor) -> None:
    page = await visitor.get("/nosuch")
    assert (page.status_code, "没有找到" in page.text) == (404, True)
    told = await visitor.get("/nosuch", headers={"Accept": "application/json"})
    assert told.json() == {"error": "not_found", "message": "这一页不存在，或者内容已按期限删除。"}
    assert (await visitor.delete("/phone")).status_code == 405


async def test_no_machine_description_is_given_away(visitor: Visitor) -> None:
    for path in ("/docs", "/redoc", "/openapi.json"):
        assert (await visitor.get(path)).status_code == 404


async def test_a_database_that_is_away_is_told_in_chinese(
    administrator: Visitor, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object) -> None:
        raise DatabaseDown("postgresql://secret")

    monkeypatch.setattr(type(site.storage), "reading", away)
    page = await administrator.get("/cases")
    assert (page.status_code, "系统繁忙" in page.text) == (503, True)
    assert "secret" not in page.text


async def test_a_fault_of_ours_shows_no_trace(
    administrator: Visitor, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise LookupError("13800001111")

    monkeypatch.setattr(type(site.storage), "reading", fail)
    page = await administrator.get("/cases")
    assert (page.status_code, "系统出错" in page.text) == (500, True)
    assert "1380" not in page.text
    assert "LookupError" not in page.text


async def test_it_stops_at_once_although_pages_listen(site_settings: Settings) -> None:
    loop = asyncio.get_running_loop()
    async with open_site(site_settings) as site:
        visitor = Visitor(site)
        call = await dial(visitor)
        await site.storage.live_calls.publish(f"call:{call}", {"who": "service", "text": "x"})
        lines = news(visitor, f"/phone/{call}/captions")
        await anext(lines)
        stopping = loop.time()
    assert loop.time() - stopping < 1.0
    with pytest.raises((StopAsyncIteration, httpx.HTTPError)):
        await anext(lines)
    await visitor.aclose()


async def test_an_address_that_is_taken_is_an_error_and_no_exit(site: Site) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(OSError, match="in use"):
        await serve(site.console, "127.0.0.1", taken.getsockname()[1])  # type: ignore[arg-type]
