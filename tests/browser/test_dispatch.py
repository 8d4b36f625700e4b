"""A dispatcher's day in the browser, with cases that are really in the database."""

import time
from dataclasses import replace
from datetime import timedelta

import pytest
from playwright.async_api import BrowserContext, Page, expect

from ivr.domain.accounts import Role
from ivr.domain.car_moves import CarMoveCase, CaseState
from ivr.domain.case_map import Spot
from tests.browser.conftest import OpenSite, sign_in
from tests.browser.test_pages import looked_at
from tests.consoles.people import employ
from tests.consoles.site import CASE, NOW, Site, fill, until
from tests.domain.test_car_moves import CASE as SOME

pytestmark = pytest.mark.browser


async def file(site: Site, case_id: str, **more: object) -> CarMoveCase:
    """A case as the voice service files it, told to all boards."""
    values: dict[str, object] = {
        "case_id": case_id, "idempotency_key": case_id, "call_id": case_id, "opened_at": site.clock.now - timedelta(minutes=1),
        "requester_token": case_id, "state": CaseState.NOTIFYING, "contact_token": "ct", "notified_at": site.clock.now,
        "next_due_at": site.clock.now + timedelta(minutes=10),
    }
    case = replace(SOME, **(values | more))  # type: ignore[arg-type]
    async with site.storage.uow() as uow:
        await uow.cases.add(case)
        await uow.commit()
    await site.storage.live_calls.publish("cases", {"case_id": case.case_id, "state": case.state.value})
    return case


async def at_the_board(page: Page, site: Site, name: str) -> None:
    await sign_in(page, site, name, "/board")
    await expect(page.locator("#line")).to_have_text("实时")


async def state_of(site: Site, case_id: str) -> CarMoveCase:
    async with site.storage.reading() as uow:
        case = await uow.cases.get(case_id)
    assert case is not None
    return case


async def plays(page: Page) -> bool:
    return bool(await page.evaluate("document.getElementById('audio').currentTime > 0.3"))


async def stands(site: Site, case_id: str, state: CaseState) -> bool:
    return (await state_of(site, case_id)).state is state


@pytest.fixture
async def site(open_with: OpenSite) -> Site:
    site = await open_with()
    await fill(site.storage)
    await employ(site, "wang", Role.DISPATCHER)
    await employ(site, "lili", Role.DISPATCHER)
    return site


async def act(page: Page, what: str, note: str = "") -> None:
    await page.locator("#act").select_option(label=what)
    await page.locator("#note").fill(note)
    await page.get_by_role("button", name="确定").click()


async def test_a_dispatchers_day(page: Page, chromium: BrowserContext, site: Site) -> None:
    for number in range(2, 8):
        await file(site, f"M261123000{number}", plate_token=f"p{number}", place=f"人民路{number}号", urgent=number == 5)
    await file(site, "M2611230020", plate_token="old", opened_at=NOW - timedelta(minutes=40), place="太湖大道高架下")
    await at_the_board(page, site, "wang")
    await expect(page.locator("[data-case]")).to_have_count(8)
    first = page.locator(".lane").nth(1).locator("[data-case]")
    assert [await each.get_attribute("data-case") for each in await first.all()][:2] == ["M2611230005", "M2611230020"]
    await looked_at(page, "board-full")

    # a new case is there within a second, is announced, and another region's is not
    began = time.monotonic()
    await file(site, "M2611230030", plate_token="new", place="清扬路1号")
    await expect(page.locator('[data-case="M2611230030"]')).to_be_visible(timeout=1000)
    print(f"\non the board after {time.monotonic() - began:.2f} s")
    await expect(page.locator("#said")).to_have_text("新的挪车单 1 件")
    await file(site, "M2611230031", plate_token="far", region="330100")
    await file(site, "M2611230032", plate_token="near")
    await expect(page.locator('[data-case="M2611230032"]')).to_be_visible()
    await expect(page.locator('[data-case="M2611230031"]')).to_have_count(0)

    # narrowed by words, from the keyboard, and nothing of it in the address
    await page.keyboard.press("/")
    await page.keyboard.type("太湖")
    await expect(page.locator("[data-case]")).to_have_count(1)
    assert page.url == site.url + "/board"
    await page.locator("#words").fill("")
    await expect(page.locator("[data-case]")).to_have_count(10)
    await page.locator("#lanes").click(position={"x": 3, "y": 3})
    await page.keyboard.press("j")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/cases/M2611230005")

    # the urgent one is his with the first act; what is refused is told, and his words stay
    await page.get_by_role("button", name="我来办").click()
    await expect(page.get_by_text("经手")).to_be_visible()
    assert (await state_of(site, "M2611230005")).holder == "wang"
    await act(page, "只写备注", "来电人说旁边有消防栓，电话13800001111")
    await expect(page.locator("table").first).to_contain_text("旁边有消防栓")
    assert "13800001111" not in await page.content()
    await act(page, "再打车主电话")
    await expect(page.locator("#orders + table, #orders ~ table")).to_contain_text("等待拨打")
    await page.locator("#act").select_option(label="误报，撤销")
    await page.get_by_role("button", name="确定").click()
    assert (await state_of(site, "M2611230005")).is_open, "a reason is required"
    await looked_at(page, "case-desk")

    # two dispatchers on one case: the second sees that it changed, keeps his words, and must take it over
    other = await chromium.browser.new_context(viewport={"width": 1366, "height": 768}, locale="zh-CN")  # type: ignore[union-attr]
    second = await other.new_page()
    await at_the_board(second, site, "lili")
    await second.goto(site.url + "/cases/M2611230005")
    await expect(second.get_by_role("button", name="接手（现在在 wang 手里）")).to_be_visible()
    assert await second.locator("#act option").all_inner_texts() == ["只写备注"]
    await second.locator("#note").fill("还没写完")
    await act(page, "转辖区交警大队", "在道路上")
    await expect(second.locator("#stale")).to_be_visible()
    await second.get_by_role("button", name="确定").click()
    await expect(second.get_by_role("alert")).to_contain_text("刚被别人")
    await expect(second.locator("#note")).to_have_value("还没写完")
    await looked_at(second, "case-changed")
    await other.close()
    case = await state_of(site, "M2611230005")
    assert (case.state, case.on_road) == (CaseState.ESCALATED, True)

    # merged with another of the same plate, only what fits is offered
    await file(site, "M2611230040", plate_token="p2", place="人民路2号对面")
    await page.goto(site.url + "/cases/M2611230040")
    await page.locator("#act").select_option(label="重复，并入另一件")
    await page.locator("#into").select_option("M2611230002")
    await page.get_by_role("button", name="确定").click()
    await expect(page.get_by_role("link", name="并入 M2611230002")).to_be_visible()
    assert (await state_of(site, "M2611230040")).merged_into == "M2611230002"

    # the rest of the day
    for case_id, what, note, state in (
        ("M2611230002", "已挪走", "", CaseState.RESOLVED), ("M2611230003", "误报，撤销", "车是他自己的", CaseState.CANCELLED),
        ("M2611230004", "恶意请求", "一天三次", CaseState.MISUSE), ("M2611230006", "可能套牌，报线索", "颜色不符", CaseState.NOT_HERE),
        ("M2611230007", "短信请他找物业或社区", "小区里", CaseState.ESCALATED), ("M2611230032", "短信请他拨打110", "车里有小孩", CaseState.ESCALATED),
    ):  # fmt: skip
        await page.goto(f"{site.url}/cases/{case_id}")
        await act(page, what, note)
        await expect(page.locator("h1")).to_contain_text(case_id)
        await until(lambda case_id=case_id, state=state: stands(site, case_id, state))
    await page.goto(site.url + "/cases/M2611230030")
    await page.locator("#act").select_option(label="转交同事")
    await page.locator("#to").select_option("lili")
    await page.locator("#note").fill("我下班了")
    await page.get_by_role("button", name="确定").click()
    await expect(page.get_by_role("button", name="接手（现在在 lili 手里）")).to_be_visible()
    async with site.storage.reading() as uow:
        acts = {entry.action for entry in await uow.audit.entries(limit=500) if entry.actor == "wang"}
        await uow.audit.verify()
    assert {"case_take", "case_police", "case_merge", "case_misuse", "case_hand_on", "case_note", "view_board", "view_case"} <= acts


async def test_the_callers_own_words_play_from_the_line(page: Page, site: Site) -> None:
    await at_the_board(page, site, "wang")
    async with site.storage.uow() as uow:
        await uow._transaction.execute(_recorded())
        await uow.commit()
    await page.goto(f"{site.url}/cases/{CASE}")
    await expect(page.locator(".words")).to_contain_text("有辆车挡住我了")
    await page.locator("[data-at]").first.click()
    await until(lambda: plays(page))


def _recorded() -> object:
    from sqlalchemy import text

    return text("UPDATE calls SET recording_path = 'here'")


async def test_the_map_shows_where_open_cases_stand_and_is_walked_by_keys(page: Page, site: Site) -> None:
    spots = {
        "M11": ("清扬路六十八号门口", Spot(120.300, 31.560)), "M12": ("清扬路二百号", Spot(120.318, 31.566)),
        "M13": ("太湖大道农业银行门口", Spot(120.281, 31.571)), "M14": ("太湖大道一号", Spot(120.312, 31.583)),
        "M15": ("梁溪小区三幢", Spot(120.2901, 31.580)), "M16": ("梁溪小区四幢", Spot(120.2902, 31.580)), "M17": ("那边的树下", None),
    }  # fmt: skip
    for number, (key, (place, spot)) in enumerate(spots.items()):
        on_road = "小区" not in place and spot is not None
        await file(site, key, place=place, region="320213", urgent=number == 4, on_road=on_road or None, opened_at=NOW - timedelta(minutes=9 * number))
        async with site.storage.uow() as uow:
            await uow.spots.keep(key, spot)
            await uow.commit()
    await sign_in(page, site, "wang", "/board")
    await page.get_by_role("link", name="地图").click()
    await expect(page.locator("#line")).to_have_text("实时")
    await expect(page.locator(".mark")).to_have_count(5)
    await expect(page.locator(".road")).to_have_count(2)
    await looked_at(page, "board_map")
    both = page.get_by_role("link", name="×2 梁溪小区")
    await expect(both).to_have_attribute("href", "#mark-1")
    await page.get_by_label("单位").select_option(label="交警（道路）")
    await expect(page.locator(".mark")).to_have_count(4)
    await file(site, "M18", place="太湖大道二号", region="320213", requester_token="M18")
    async with site.storage.uow() as uow:
        await uow.spots.keep("M18", Spot(120.30, 31.579))
        await uow.commit()
    await site.storage.live_calls.publish("cases", {"case_id": "M18"})
    await expect(page.locator('[data-case="M18"]')).to_be_visible()
    await page.locator("#bell").focus()
    await page.keyboard.press("Tab")
    assert await page.evaluate("document.activeElement.closest('svg') !== null"), "the first mark comes after the filter"
    await page.keyboard.press("Enter")
    await expect(page.locator("h1")).to_contain_text("M1")
