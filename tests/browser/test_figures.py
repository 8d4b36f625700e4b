"""A supervisor reads a day in the browser: its figures, who asked for a person, and one of these calls."""

import csv
from pathlib import Path

import pytest
from playwright.async_api import Locator, Page, expect

from ivr.domain.accounts import Role
from tests.browser.conftest import OpenSite, sign_in
from tests.browser.test_pages import looked_at
from tests.consoles.busy_day import DAY, a_busy_day, by_hand
from tests.consoles.people import employ
from tests.consoles.site import CALL, Site, fill, hand_over, until

pytestmark = pytest.mark.browser


@pytest.fixture
async def site(open_with: OpenSite) -> Site:
    site = await open_with()
    await employ(site, "sun", Role.SUPERVISOR, region="320000")
    return site


async def downloaded(page: Page, link: Locator, to: Path) -> list[dict[str, str]]:
    async with page.expect_download() as waiting:
        await link.press("Enter")
    await (await waiting.value).save_as(to)
    return table(to)


def table(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(path.read_text("utf-8-sig").splitlines()))


async def drawn(page: Page, picture: str) -> bool:
    return bool(await page.evaluate(f"document.querySelector('{picture}').naturalWidth > 0"))


async def test_a_days_figures_are_read_taken_away_and_followed_to_the_calls(page: Page, site: Site, tmp_path: Path) -> None:
    await a_busy_day(site.storage)
    hand = await by_hand(site.storage, "32%")
    await sign_in(page, site, "sun", f"/figures?day={DAY}")
    await expect(page.get_by_role("heading", level=1)).to_have_text(f"{DAY} 数据")
    tiles = page.locator(".tile")
    await expect(tiles.filter(has_text="来电").first.locator("strong")).to_have_text(str(hand["offered"]))
    for name in ("hours", "days"):
        await until(lambda name=name: drawn(page, f"img[src*={name}]"))
    await looked_at(page, "figures-busy")
    total = (await downloaded(page, page.get_by_role("link", name="导出 CSV"), tmp_path / "day.csv"))[-1]
    assert (total["地区"], total["来电"]) == ("合计", str(hand["offered"]))

    # another day and back, from the keyboard; the day that is typed is the day that is shown
    await page.get_by_role("link", name="前一天").press("Enter")
    await expect(page.get_by_role("heading", level=1)).not_to_have_text(f"{DAY} 数据")
    await page.get_by_label("日期").fill(DAY.isoformat())
    await page.get_by_label("日期").press("Enter")
    await expect(page).to_have_url(f"{site.url}/figures?day={DAY}")

    # who asked for a person, seat by seat
    await page.get_by_role("link", name="逐条看").press("Enter")
    await expect(page).to_have_url(f"{site.url}/handovers?day={DAY}")
    rows = page.locator("tbody tr")
    await expect(rows).to_have_count(hand["asked_person"])
    await looked_at(page, "handovers-busy")
    await page.get_by_label("座席").select_option("wang")
    await page.get_by_label("座席").press("Tab")
    await page.keyboard.press("Enter")
    await expect(rows).to_have_count(hand["joined"])
    assert {await row.locator("td").nth(5).inner_text() for row in await rows.all()} == {"wang"}
    await expect(page.get_by_label("座席")).to_have_value("wang")
    taken = await downloaded(page, page.get_by_role("link", name="导出 CSV"), tmp_path / "handovers.csv")
    assert (len(taken), {row["座席"] for row in taken}) == (hand["joined"], {"wang"})

    # and one of these calls
    await rows.first.get_by_role("link").press("Enter")
    await expect(page.get_by_role("heading", name="转人工")).to_be_visible()
    await expect(page).to_have_url(f"{site.url}/calls/{taken[0]['通话编号']}")
    await page.go_back()
    await expect(page.get_by_label("座席")).to_have_value("wang")
    await page.get_by_label("日期").fill("2020-01-01")
    await page.get_by_role("button", name="查看").click()
    await expect(page.get_by_text("没有接过来电人")).to_be_visible()
    async with site.storage.reading() as uow:
        acts = {entry.action for entry in await uow.audit.entries(limit=200) if entry.actor == "sun"}
    assert {"view_figures", "export_figures", "list_handovers", "export_handovers", "view_call"} <= acts


async def test_a_call_shows_what_was_understood_and_to_whom_it_was_handed(page: Page, site: Site) -> None:
    await fill(site.storage)
    await hand_over(site.storage, seat="wang")
    await sign_in(page, site, "sun", "/calls")
    await page.get_by_role("link", name="查看").last.press("Enter")
    await expect(page).to_have_url(f"{site.url}/calls/{CALL}")
    said = page.locator(".turns tr.caller").first
    await expect(said).to_contain_text("挪车")
    await expect(said).to_contain_text("0.52 低")
    handed = page.locator("section", has=page.get_by_role("heading", name="转人工"))
    await expect(handed).to_contain_text("wang")
    await expect(handed).to_contain_text("正在振铃")
    await expect(page.locator("section", has=page.get_by_role("heading", name="经过"))).to_contain_text("来电人要求人工")
    await page.get_by_role("link", name="M2611230001").press("Enter")
    await expect(page.get_by_role("heading", level=1)).to_contain_text("M2611230001")
