"""A seat at his desk in Chromium takes a caller of the real house: real audio, real Rasa, the real room of seats."""

import asyncio
import os
from functools import partial
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from ivr.cli.house import House
from ivr.cli.scripted import Listen, Press, Say, ScriptedCaller
from ivr.domain.accounts import Role
from ivr.domain.handovers import HandoverState
from ivr.speech.pyttsx import PyttsxSynthesizer
from telephony.media.phone import SimulatedPhone
from tests.browser.test_pages import looked_at
from tests.consoles.people import OWN_PASSWORD
from tests.running_house import running_house

pytestmark = [pytest.mark.browser, pytest.mark.rasa, pytest.mark.timeout(240)]
CALLER = "13800003009"


async def at_the_desk(page: Page, house: House) -> None:
    people, signing_in = house.services.people, house.services.signing_in
    first = await people.add("wang", display_name="王同志", roles=[Role.SEAT.value], regions=["320000"], by="test")
    await signing_in.change_password("wang", first, OWN_PASSWORD)
    await signing_in.sign_agreement("wang", signing_in.agreement.version)
    await page.goto(house.console_url + "/seat")
    await page.get_by_label("账号").fill("wang")
    await page.get_by_label("密码", exact=True).fill(OWN_PASSWORD)
    await page.get_by_role("button", name="登录").click()
    await expect(page.locator("#phone-state")).to_have_text("浏览器电话，可以接听")


async def test_a_caller_is_taken_with_one_key_and_let_go_with_another(page: Page, tmp_path: Path) -> None:
    async with running_house(tmp_path / "house") as (house, screen):
        await at_the_desk(page, house)
        await page.keyboard.press("r")
        await expect(page.locator(".mine")).to_have_text("空闲，等来电")
        voice = PyttsxSynthesizer(variant="f4", rate=170)
        phone = SimulatedPhone(house.media_url, number=CALLER, login=house.media_login)
        async with phone.dial("12123") as line, asyncio.TaskGroup() as group:
            caller = ScriptedCaller(line, voice, partial(screen.said_in, line.start.call_id))
            steps = [Say("我要挪车"), Say("苏B一二三四五"), Say("转人工"), Listen("还有别的事"), Say("没有了"), Press("1")]
            calling = group.create_task(caller.follow(steps))
            await expect(page.locator("#accept")).to_be_enabled(timeout=60_000)
            await expect(page.locator(".handover h2")).to_contain_text("电话挪车 尾号 3009")
            await expect(page.locator(".given")).to_contain_text("苏B12345")
            await expect(page.locator("#captions")).to_contain_text("我要挪车")
            await page.keyboard.press("a")
            await expect(page.locator(".mine")).to_have_text("通话中", timeout=30_000)
            if os.environ.get("SCREENSHOTS"):
                await looked_at(page, "seat-real-call")
            assert CALLER not in await page.content()
            await page.keyboard.press("f")
            await expect(page.locator(".mine")).to_have_text("话后整理")
            await calling
            await line.ended(within=60)
        await voice.close()
        await page.locator("#note").fill("已答复")
        await page.locator("#note").press("Control+Enter")
        await expect(page.locator("#noted a")).to_be_visible()
        async with house.storage.reading() as uow:
            (handover,) = await uow.handovers.of_call(line.start.call_id)
        assert (handover.state, handover.seat) == (HandoverState.DONE, "wang")
        assert "还有别的事" in screen.said_in(line.start.call_id)
