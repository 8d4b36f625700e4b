"""Dispatcher and supervisor in Chromium work on what one simulated call left in the real house: real audio, real Rasa."""

from functools import partial
from pathlib import Path

import pytest
from playwright.async_api import BrowserContext, Page, expect

from ivr.cli.house import House
from ivr.cli.scripted import Listen, Say, ScriptedCaller
from ivr.domain.accounts import Role
from ivr.domain.car_moves import CaseState
from ivr.speech.pyttsx import PyttsxSynthesizer
from telephony.media.phone import SimulatedPhone
from tests.browser.test_pages import looked_at
from tests.consoles.people import OWN_PASSWORD
from tests.consoles.site import until
from tests.running_house import running_house, with_owner

pytestmark = [pytest.mark.browser, pytest.mark.rasa, pytest.mark.timeout(240)]
CALLER = "13800003011"
STEPS = (
    Say("有辆车把我堵住了，车牌苏B六七八九零，在清扬路六十八号门口"), Say("白色的"), Say("对"), Listen("请别挂"), Say("不等了再见"),
)  # fmt: skip


async def at_work(page: Page, house: House, name: str, role: Role, path: str) -> None:
    people, signing_in = house.services.people, house.services.signing_in
    first = await people.add(name, display_name=name, roles=[role.value], regions=["320000"], by="test")
    await signing_in.change_password(name, first, OWN_PASSWORD)
    await signing_in.sign_agreement(name, signing_in.agreement.version)
    await page.goto(house.console_url + path)
    await page.get_by_label("账号").fill(name)
    await page.get_by_label("密码", exact=True).fill(OWN_PASSWORD)
    await page.get_by_role("button", name="登录").click()


async def plays(page: Page) -> bool:
    return bool(await page.evaluate("document.getElementById('audio').currentTime > 0.3"))


async def drawn(page: Page, picture: str) -> bool:
    return bool(await page.evaluate(f"document.querySelector('{picture}').naturalWidth > 0"))


async def test_a_case_filed_by_voice_is_handled_at_the_board_and_its_call_is_heard_by_a_supervisor(
    page: Page, chromium: BrowserContext, tmp_path: Path
) -> None:
    async with running_house(tmp_path / "house") as (house, screen):
        with_owner(house)
        await at_work(page, house, "wang", Role.DISPATCHER, "/board")
        await expect(page.locator("#line")).to_have_text("实时")
        voice = PyttsxSynthesizer(variant="f4", rate=170)
        phone = SimulatedPhone(house.media_url, number=CALLER, login=house.media_login)
        async with phone.dial("12123") as line:
            await ScriptedCaller(line, voice, partial(screen.said_in, line.start.call_id)).follow(STEPS)
            ticket = page.locator("[data-case]")
            await expect(ticket).to_have_count(1)
            await line.ended(within=60)
        await voice.close()
        call_id = line.start.call_id
        await until(lambda: _ended(house, call_id), seconds=20)

        # the dispatcher: the caller's own words, from the line that is clicked; the case is his, and done
        await ticket.press("Enter")
        case_id = (await page.locator("h1 .num").inner_text()).strip()
        await expect(page.locator(".words")).to_contain_text("堵住")
        await page.locator("[data-at]").first.click()
        await until(lambda: plays(page))
        assert CALLER not in await page.content()
        await page.get_by_role("button", name="我来办").click()
        await looked_at(page, "case-real-call")
        await page.locator("#act").select_option(label="已挪走")
        await page.get_by_role("button", name="确定").click()
        await expect(page.locator("h1")).to_contain_text("已挪走")
        async with house.storage.reading() as uow:
            case = await uow.cases.get(case_id)
        assert case is not None
        assert (case.state, case.holder, case.call_id) == (CaseState.RESOLVED, "wang", call_id)

        # the supervisor: found by what was said, heard, read, and what the dialogue made of it
        other = await chromium.browser.new_context(viewport={"width": 1366, "height": 768}, locale="zh-CN")  # type: ignore[union-attr]
        desk = await other.new_page()
        await at_work(desk, house, "sun", Role.SUPERVISOR, "/calls")
        await desk.get_by_label("来电人说过").fill("白色")
        await desk.get_by_role("button", name="查找").click()
        await desk.get_by_role("link", name="查看").first.press("Enter")
        await expect(desk).to_have_url(f"{house.console_url}/calls/{call_id}")
        await until(lambda: drawn(desk, "#wave img"))
        await expect(desk.locator("tr.caller", has_text="堵住")).to_contain_text("挪车")  # he did not say the word: it was understood
        await expect(desk.locator(".turns")).to_contain_text("毫秒")
        await expect(desk.get_by_role("link", name=case_id)).to_be_visible()
        await desk.keyboard.press(" ")
        await until(lambda: plays(desk))
        await looked_at(desk, "call-real")
        await other.close()


async def _ended(house: House, call_id: str) -> bool:
    kept = await house.storage.call_log.call(call_id)
    return kept is not None and kept.ended_at is not None
