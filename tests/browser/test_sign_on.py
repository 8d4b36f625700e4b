"""Signing in by a site's own sign-on, in the browser: there and back over two servers."""

import pyotp
import pytest
from playwright.async_api import Page, expect

from ivr.services.passwords import new_second_factor
from ivr.settings import Settings
from tests.browser.test_pages import looked_at
from tests.consoles.test_sign_on import desks

pytestmark = pytest.mark.browser


async def test_a_supervisor_goes_to_the_sign_on_and_comes_back(page: Page, site_settings: Settings) -> None:
    async with desks(site_settings) as (site, fake):
        await page.goto(site.url + "/calls")
        await looked_at(page, "sign-in-with-sign-on")
        await page.get_by_role("link", name="苏警统一登录").click()
        await expect(page).to_have_url(site.url + "/calls")
        await expect(page.get_by_role("heading", name="通话")).to_be_visible()
        await page.get_by_role("button", name="退出").click()
        await expect(page).to_have_url(site.url + "/")  # by way of the sign-on
        assert [left["sub"] for left in fake.left] == ["u-17"]
        await expect(page.get_by_role("link", name="登录工作台")).to_be_visible()

        secret = new_second_factor()
        await site.console.signing_in.bind_second_factor("wang", secret, pyotp.TOTP(secret).at(site.clock.now.timestamp() - 30))
        await page.goto(site.url + "/calls")
        await page.get_by_role("link", name="苏警统一登录").click()
        await expect(page.get_by_role("heading", name="动态口令")).to_be_visible()
        await looked_at(page, "sign-on-code")
        await page.get_by_label("动态口令").fill(pyotp.TOTP(secret).at(site.clock.now))
        await page.get_by_role("button", name="登录").click()
        await expect(page).to_have_url(site.url + "/calls")

        fake.refuses, fake.holds_on = True, True
        await page.get_by_role("button", name="退出").click()
        await expect(page.get_by_text("signed out here")).to_be_visible()
        await page.goto(site.url + "/sign-in")
        await page.get_by_role("link", name="苏警统一登录").click()
        await expect(page.get_by_role("alert")).to_contain_text("或者用账号和密码登录")
        await expect(page.get_by_label("密码", exact=True)).to_be_visible()
