"""A supervisor's day in the browser: find a call, hear it by keys, take it away with a reason."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from ivr.domain.accounts import Role
from ivr.domain.calls import Speaker, TurnRecord
from tests.browser.conftest import OpenSite, sign_in
from tests.browser.test_pages import looked_at
from tests.consoles.people import employ
from tests.consoles.site import CALL, NOW, Site, fill, tone, until

pytestmark = pytest.mark.browser


@pytest.fixture
async def site(open_with: OpenSite) -> Site:
    site = await open_with()
    await fill(site.storage)
    await employ(site, "sun", Role.SUPERVISOR)
    for number, text, at, sure in ((5, "在清杨路", 1.0, 0.41), (6, "（已封存，尾号0028）", 2.0, None)):
        await site.storage.call_log.turn(
            TurnRecord(CALL, number, Speaker.CALLER, text, NOW + timedelta(seconds=at), at, confidence=sure, state="listening")
        )
    return site


async def audio(page: Page, what: str) -> float:
    return float(await page.evaluate(f"document.getElementById('audio').{what}"))


async def test_a_supervisors_day(page: Page, site: Site, tmp_path: Path) -> None:
    await sign_in(page, site, "sun", "/calls")

    await page.get_by_label("来电人说过").fill("没有这句话")
    await page.get_by_role("button", name="查找").click()
    await expect(page.get_by_text("没有符合条件的通话")).to_be_visible()
    await page.get_by_label("来电人说过").fill("清扬路六十八号")
    await page.get_by_label("业务").select_option(label="电话挪车")
    await page.get_by_role("button", name="查找").click()
    await expect(page.locator("tbody tr")).to_have_count(1)
    assert page.url == site.url + "/calls"  # no word of it in an address
    await expect(page.get_by_label("来电人说过")).to_have_value("清扬路六十八号")
    await looked_at(page, "calls_found")
    await page.get_by_role("link", name="查看").first.click()

    await expect(page.locator("tr.doubtful")).to_contain_text("在清杨路")
    span = await page.locator(".muted").bounding_box()
    assert span is not None
    assert span["width"] > 5
    await page.keyboard.press(" ")
    await until(lambda: _above(page, "currentTime", 0.2))
    await page.keyboard.press(" ")
    assert await page.evaluate("document.getElementById('audio').paused")
    await page.keyboard.press(">")
    assert await audio(page, "playbackRate") == 1.25
    await page.get_by_label("语速").select_option("2")
    assert await audio(page, "playbackRate") == 2
    await page.locator("h1").click()
    await page.keyboard.press("ArrowRight")
    await until(lambda: _above(page, "currentTime", 2.9))
    await page.keyboard.press("ArrowLeft")
    await until(lambda: _below(page, "currentTime", 0.1))
    await page.locator(".download summary").click()
    await looked_at(page, "call_heard")

    await page.get_by_label("用途").select_option(label="投诉核查")
    await page.get_by_label("文号或工单号").fill("TS-17")
    async with page.expect_download() as waiting:
        await page.get_by_role("button", name="下载并留痕").click()
    file = tmp_path / "taken.wav"
    await (await waiting.value).save_as(file)
    assert "投诉核查 TS-17" in file.read_bytes()[-400:].decode(errors="replace")
    async with site.storage.reading() as uow:
        acts = {entry.action for entry in await uow.audit.entries(limit=200) if entry.actor == "sun"}
        await uow.audit.verify()
    assert {"search_calls", "view_call", "listen_recording", "download_recording"} <= acts


async def test_a_call_on_the_line_is_read_and_listened_to(page: Page, site: Site) -> None:
    call_id, live = "e" * 32, site.storage.live_calls
    await live.register(call_id, {"direction": "in", "tail": "4321", "state": "listening", "region": "320213", "last": "我要挪车"})
    await live.publish(f"call:{call_id}", {"who": "caller", "text": "我要挪车", "state": "listening"})
    writer = site.storage.recording(call_id)

    async def talk() -> None:
        for _ in range(600):
            writer.append(tone(0.04))
            await asyncio.sleep(0.02)

    talking = asyncio.create_task(talk())
    await sign_in(page, site, "sun", "/live")
    await expect(page.locator("#rows")).to_contain_text("尾号 4321")
    await looked_at(page, "live")
    await page.get_by_role("link", name="旁听").last.click()
    await expect(page.locator("#captions")).to_contain_text("我要挪车")
    await live.publish(f"call:{call_id}", {"who": "service", "text": "请说那辆车的车牌号。", "state": "speaking"})
    await expect(page.locator("#captions .service")).to_contain_text("车牌号")
    await page.get_by_role("button", name="开始旁听").click()
    await until(lambda: _above(page, "currentTime", 0.3))
    await looked_at(page, "live_call")
    talking.cancel()
    await writer.close()
    await live.publish(f"call:{call_id}", {"who": "end", "text": "", "state": "caller_hung_up"})
    await expect(page.get_by_text("通话已结束")).to_be_visible()
    await live.remove(call_id)
    await page.goto(site.url + "/live")
    await expect(page.get_by_text("现在没有通话")).to_be_visible()


async def test_who_is_switched_off_while_he_listens_sees_and_hears_no_more(page: Page, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    for room in ("console", "live"):
        monkeypatch.setattr(f"ivr.consoles.{room}.LOOK_AGAIN_SECONDS", 0.2)
    call_id, live = "e" * 32, site.storage.live_calls
    await live.register(call_id, {"direction": "in", "tail": "4321", "state": "listening", "region": "320213"})
    await live.publish(f"call:{call_id}", {"who": "caller", "text": "我要挪车", "state": "listening"})
    await sign_in(page, site, "sun", f"/live/{call_id}")
    await expect(page.locator("#captions")).to_contain_text("我要挪车")
    await site.console.people.change("sun", by="admin", active=False)
    await expect(page).to_have_url(f"{site.url}/sign-in?next=/live/{call_id}", timeout=15_000)
    await expect(page.get_by_text("我要挪车")).to_have_count(0)


async def _above(page: Page, what: str, least: float) -> bool:
    return await audio(page, what) > least


async def _below(page: Page, what: str, most: float) -> bool:
    return await audio(page, what) < most
