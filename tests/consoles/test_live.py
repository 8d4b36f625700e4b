"""Calls on the line."""

import asyncio
import json

import pytest

from ivr.domain.accounts import Role
from ivr.storage.live_sound import Writer
from tests.consoles.people import seated
from tests.consoles.site import Site, Visitor, tone

LIVE = "e" * 32


@pytest.fixture
async def talking(site: Site) -> Site:
    live = site.storage.live_calls
    await live.register(LIVE, {"direction": "in", "tail": "4321", "state": "listening", "region": "320213"})
    for who, text in (("caller", "（来电）"), ("service", "您好，请说要办什么"), ("caller", "我要挪车"), ("caller", "（已封存，尾号0028）")):
        await live.publish(f"call:{LIVE}", {"who": who, "text": text, "state": "listening"})
        await live.update(LIVE, {"state": "listening", "last": text})
    return site


async def told(browser: Visitor, count: int) -> list[dict[str, str]]:
    lines: list[dict[str, str]] = []
    async with browser.stream("GET", f"/live/{LIVE}/captions", headers={"Accept": "*/*"}) as answer:
        assert answer.status_code == 200
        async for line in answer.aiter_lines():
            if line.startswith("data: "):
                lines.append(json.loads(line.removeprefix("data: ")))
            if len(lines) == count:
                return lines
    return lines


async def test_a_call_on_the_line_is_read_from_its_beginning(talking: Site) -> None:
    async with seated(talking, "sun", Role.SUPERVISOR) as browser:
        page = (await browser.get("/live")).text
        assert "尾号 4321" in page
        assert f"/live/{LIVE}" in page
        assert "尾号 4321" in (await browser.get("/live/rows")).text
        assert "只能看字幕" in (await browser.get(f"/live/{LIVE}")).text
        assert [(line["who"], line["text"], line["event"]) for line in await told(browser, 4)] == [
            ("caller", "（来电）", "接通"), ("service", "您好，请说要办什么", ""), ("caller", "我要挪车", ""), ("caller", "（已封存，尾号0028）", ""),
        ]  # fmt: skip


async def test_who_listens_in_hears_the_call_and_is_written_down(talking: Site) -> None:
    writer = talking.storage.recording(LIVE)
    async with seated(talking, "sun", Role.SUPERVISOR) as browser:
        assert "开始旁听" in (await browser.get(f"/live/{LIVE}")).text
        async with browser.stream("GET", f"/live/{LIVE}/sound.wav", headers={"Accept": "*/*"}) as answer:
            assert answer.headers["content-type"] == "audio/wav"
            pieces = answer.aiter_bytes()
            heard = await anext(pieces)
            assert heard[:4] == b"RIFF"
            writer.append(tone(1))
            async with asyncio.timeout(5):
                while len(heard) < 44 + len(tone(1)):
                    heard += await anext(pieces)
            assert heard[44:] == tone(1)
            await writer.close()
            with pytest.raises(StopAsyncIteration):
                await anext(pieces)
    async with talking.storage.reading() as uow:
        assert ("sun", "listen_in", LIVE) in [(each.actor, each.action, each.subject) for each in await uow.audit.entries()]


async def test_a_call_of_another_region_is_neither_seen_nor_heard(talking: Site) -> None:
    talking.storage.recording(LIVE)
    async with seated(talking, "wang", Role.SUPERVISOR, region="330100") as browser:
        assert "4321" not in (await browser.get("/live")).text
        for path in (f"/live/{LIVE}", f"/live/{LIVE}/captions", f"/live/{LIVE}/sound.wav"):
            assert (await browser.get(path)).status_code == 404, path


async def test_a_call_that_ended_is_not_found(site: Site) -> None:
    async with seated(site, "sun", Role.SUPERVISOR) as browser:
        assert (await browser.get(f"/live/{LIVE}")).status_code == 404


CUTS = {
    "switched off": lambda site, browser: site.console.people.change("sun", by="admin", active=False),
    "another role": lambda site, browser: site.console.people.change("sun", by="admin", roles=["auditor"]),
    "another region": lambda site, browser: site.console.people.change("sun", by="admin", regions=["330100"]),
    "password reset": lambda site, browser: site.console.people.reset("sun", by="admin"),
    "signed out": lambda site, browser: sign_out(browser),
}
"""What ends somebody's right to go on listening."""


async def sign_out(browser: Visitor) -> None:
    await browser.post("/sign-out", data={"csrf": await browser.csrf("/account")})


@pytest.mark.parametrize("path", ["captions", "sound.wav", "/board/news"])
@pytest.mark.parametrize("why", CUTS)
async def test_a_listener_who_may_not_listen_any_more_is_cut_off(talking: Site, monkeypatch: pytest.MonkeyPatch, why: str, path: str) -> None:
    for room in ("console", "live"):
        monkeypatch.setattr(f"ivr.consoles.{room}.LOOK_AGAIN_SECONDS", 0.05)
    writer = talking.storage.recording(LIVE)
    where = path if path.startswith("/") else f"/live/{LIVE}/{path}"
    async with seated(talking, "sun", Role.SUPERVISOR, Role.SEAT) as browser, browser.stream("GET", where, headers={"Accept": "*/*"}) as answer:
        assert answer.status_code == 200
        pieces = answer.aiter_bytes()
        await anext(pieces)
        await CUTS[why](talking, browser)
        async with asyncio.timeout(5), asyncio.TaskGroup() as group:
            speaking = group.create_task(speak_on(writer))
            async for _ in pieces:
                pass
            speaking.cancel()
        assert (await browser.get(where, headers={"Accept": "*/*"})).status_code in (401, 403, 404)
    await writer.close()


async def speak_on(writer: Writer) -> None:
    while True:
        writer.append(tone(0.02))
        await asyncio.sleep(0.02)


async def test_a_listener_goes_on_while_nothing_changed(talking: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    for room in ("console", "live"):
        monkeypatch.setattr(f"ivr.consoles.{room}.LOOK_AGAIN_SECONDS", 0.01)
    async with seated(talking, "sun", Role.SUPERVISOR) as browser, browser.stream("GET", f"/live/{LIVE}/captions") as answer:
        lines = answer.aiter_lines()
        for said in range(5):
            await talking.storage.live_calls.publish(f"call:{LIVE}", {"who": "caller", "text": f"第{said}句", "state": "listening"})
            async with asyncio.timeout(5):
                while f"第{said}句" not in await anext(lines):
                    pass
