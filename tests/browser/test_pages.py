"""The pages behind the sign-in, as a browser shows them; `SCREENSHOTS=<folder>` keeps pictures."""

import asyncio
import os
from pathlib import Path

import httpx
import pytest
from playwright.async_api import Page, expect

from ivr.consoles.app import pages_of
from telephony.outbound import OutboundCall
from tests.browser.axe import violations
from tests.browser.conftest import OpenSite
from tests.browser.service import ScriptedService
from tests.consoles.site import ADMIN, CALL, CASE, PASSWORD, Site, fill, hand_over, until

pytestmark = pytest.mark.browser
CONTRAST = """
() => {
  const luminance = (colour) => {
    const [r, g, b] = colour.match(/[\\d.]+/g).map(Number).map((c) => c / 255)
      .map((c) => (c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ground = (node) => {
    for (let at = node; at; at = at.parentElement) {
      const colour = getComputedStyle(at).backgroundColor;
      if (!/, 0\\)$/.test(colour)) return colour;
    }
    return "rgb(255, 255, 255)";
  };
  const pale = [];
  for (const node of document.querySelectorAll("body *")) {
    const own = [...node.childNodes].some((c) => c.nodeType === 3 && c.data.trim());
    if (!own || node.disabled || !node.checkVisibility()) continue;
    const pair = [luminance(getComputedStyle(node).color), luminance(ground(node))].sort((a, b) => b - a);
    if ((pair[0] + 0.05) / (pair[1] + 0.05) < 4.5) pale.push(node.textContent.trim().slice(0, 20));
  }
  return pale;
}
"""
"""Texts whose contrast is below WCAG AA."""


async def looked_at(page: Page, name: str) -> None:
    """Check what can be checked on every page; keep a picture where one is wanted."""
    folder = os.environ.get("SCREENSHOTS")
    if folder:
        await page.screenshot(path=Path(folder) / f"{name}.png")
        await page.screenshot(path=Path(folder) / f"{name}-whole.png", full_page=True)
    assert await page.evaluate(CONTRAST) == []
    assert await violations(page) == []
    assert await page.evaluate(
        "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
    ), "scrolls sideways"


@pytest.fixture
async def site(open_with: OpenSite) -> Site:
    site = await open_with()
    await fill(site.storage)
    return site


async def sign_in(page: Page, site: Site) -> None:
    await page.goto(site.url + "/calls")
    await page.get_by_label("账号").fill(ADMIN)
    await page.get_by_label("密码", exact=True).fill(PASSWORD)
    await page.get_by_role("button", name="登录").click()
    await expect(page).to_have_url(site.url + "/calls")


async def test_every_page_is_legible_and_fits(page: Page, site: Site) -> None:
    await page.goto(site.url + "/")
    await looked_at(page, "welcome")
    await page.goto(site.url + "/sign-in")
    await looked_at(page, "sign-in")
    await page.get_by_label("账号").fill(ADMIN)
    await page.get_by_label("密码", exact=True).fill("wrong")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("alert")).to_contain_text("密码或者动态口令不对")
    await looked_at(page, "sign-in-wrong")
    await sign_in(page, site)
    await site.storage.live_calls.register(
        "e" * 32, {"direction": "in", "tail": "1111", "state": "listening", "region": "320200"}
    )
    await hand_over(site.storage, seat=ADMIN)
    looked = {"/", "/sign-in", "/phone"}
    for path, name in (
        ("/", "overview"), ("/calls", "calls"), (f"/calls/{CALL}", "call"), ("/cases", "cases"),
        (f"/cases/{CASE}", "case"), ("/sms", "sms"), ("/callbacks", "callbacks"), ("/nosuch", "missing"), ("/board", "board"),
        ("/missed", "missed"), ("/callbacks/H2611230001", "order"), ("/staff", "staff"), ("/staff/admin", "person"),
        ("/figures?day=2026-11-23", "figures"), ("/audit", "audit"), ("/account", "account"), ("/account/password", "password"), ("/account/second-factor", "second-factor"),
        ("/account/agreement", "agreement"), ("/handovers?day=2026-11-23", "handovers"), ("/board/map", "map"), ("/live", "live-list"),
        ("/seat", "seat"), ("/reviews", "reviews-none"), ("/reviews/mine", "reviews-mine-none"),
    ):  # fmt: skip
        await page.goto(site.url + path)
        await looked_at(page, name)
        looked.add(path.partition("?")[0])
    assert await forgotten(page, site, looked) == []
    await page.get_by_role("button", name="退出").click()
    await page.goto(site.url + "/calls")
    await expect(page.get_by_label("密码", exact=True)).to_be_visible()


async def forgotten(page: Page, site: Site, looked: set[str]) -> list[str]:
    """Pages with an address of their own that nobody looked at."""
    cookies = {each["name"]: each["value"] for each in await page.context.cookies()}
    found = []
    async with httpx.AsyncClient(base_url=site.url, cookies=cookies, trust_env=False) as browser:
        for path in sorted({path for path in pages_of(site.console_app) if "{" not in path} - looked):
            async with browser.stream("GET", path) as answer:  # one may go on for ever
                if answer.headers.get("content-type", "").startswith("text/html") and "<!doctype" in (await anext(answer.aiter_text(), "")):
                    found.append(path)
    return found


async def test_a_recording_plays_from_the_line_that_is_clicked(page: Page, site: Site) -> None:
    async def played(seconds: float) -> bool:
        at = await page.evaluate("document.getElementById('audio').currentTime")
        return seconds <= float(at) < seconds + 1.5

    await sign_in(page, site)
    await page.get_by_role("link", name="查看").last.click()
    await expect(page.locator("#wave img")).to_be_visible()
    await page.wait_for_function("document.querySelector('#wave img').naturalWidth === 1200")
    await page.locator("[data-at]").first.click()
    await until(lambda: played(0.6))
    await expect(page.locator("#cursor")).to_be_visible()
    box = await page.locator("#wave").bounding_box()
    assert box is not None
    await page.mouse.click(box["x"] + box["width"] * 0.8, box["y"] + 20)
    await until(lambda: played(2.4))


@pytest.mark.parametrize("size", [(1366, 768), (390, 844)], ids=["desk", "hand"])
async def test_the_phone_fits_in_every_state(
    page: Page, open_with: OpenSite, size: tuple[int, int]
) -> None:
    service = ScriptedService()
    site = await open_with(service)
    service.site = site
    name = f"{size[0]}"
    await page.set_viewport_size({"width": size[0], "height": size[1]})
    await page.goto(site.url + "/phone")
    await looked_at(page, f"phone-idle-{name}")
    if size[1] == 768:
        assert await page.evaluate("document.documentElement.scrollHeight") <= 768
    await page.get_by_role("button", name="拨打").click()
    await asyncio.wait_for(service.came.wait(), 15)
    for who, text in (
        (
            "service",
            "您好，公安交管12123，通话会录音，信息只用于办业务。请直接说要办什么，说人工可转座席。",
        ),
        ("caller", "有辆车挡住我了，苏B一二三四五"),
        ("service", "车停在什么地方？"),
        ("caller", "清扬路六十八号，幼儿园门口"),
        ("service", "要通知苏B，一二三，四五的车主挪车，对吗？"),
    ):
        await service.caption(who, text)
    await expect(page.locator("#captions li")).to_have_count(5)
    await looked_at(page, f"phone-talking-{name}")
    await page.get_by_role("button", name="挂断").click()
    await page.locator("#own-number").fill("13900002222")
    await page.get_by_role("button", name="保存").click()
    await expect(page.locator("#own-state")).to_have_text("可以接听来电")
    async with asyncio.TaskGroup() as group:
        order = OutboundCall("order-1", "13900002222", "c" * 32, ring_seconds=10)
        group.create_task(site.exchange.place(order))
        await expect(page.locator("#ring")).to_be_visible()
        await looked_at(page, f"phone-ringing-{name}")
        await page.get_by_role("button", name="拒接").click()
