"""A day of reviews in the browser: the reviewer scores, the seat objects, another reviewer decides."""

import pytest
from playwright.async_api import BrowserContext, Page, expect

from ivr.consoles.words_reviews import REVIEW_WORDS
from ivr.domain.accounts import Role
from tests.browser.conftest import OpenSite, sign_in
from tests.browser.test_pages import looked_at
from tests.consoles.busy_day import DAY, a_drawn_day
from tests.consoles.people import employ
from tests.consoles.site import Site

pytestmark = pytest.mark.browser


@pytest.fixture
async def drawn(open_with: OpenSite) -> Site:
    site = await open_with()
    await a_drawn_day(site, handler="hua")
    await employ(site, "lian", Role.SUPERVISOR, region="320000")
    await employ(site, "ming", Role.SUPERVISOR, region="320000")
    await employ(site, "hua", Role.SEAT)
    return site


async def at_desk(chromium: BrowserContext, site: Site, name: str, path: str) -> Page:
    """A browser of his own."""
    assert chromium.browser is not None
    page = await (await chromium.browser.new_context(viewport={"width": 1366, "height": 768}, locale="zh-CN")).new_page()
    await sign_in(page, site, name, path)
    return page


async def test_a_day_of_reviews(chromium: BrowserContext, drawn: Site) -> None:
    lian = await at_desk(chromium, drawn, "lian", f"/reviews?day={DAY}")
    await expect(lian.locator(".sum")).to_contain_text("a seed")
    await looked_at(lian, "reviews")
    await lian.keyboard.press("Enter")  # the next one waits under the finger
    await expect(lian.get_by_role("heading", level=1)).to_contain_text("Q")
    review = lian.url
    for item in await lian.locator("fieldset.judge").all():
        await item.get_by_label("符合", exact=True).check()
    for item in await lian.locator("fieldset.judge").filter(has_not_text="一票否决").all():
        await item.get_by_label("不符合").check()
    await lian.get_by_role("button", name="提交评分").click()
    await expect(lian.get_by_role("alert")).to_contain_text("请写明理由")
    await lian.locator("#text").fill("说得太快，没有核对地点")
    await looked_at(lian, "review")
    await lian.get_by_role("button", name="提交评分").click()
    await lian.goto(review)
    await expect(lian.get_by_role("heading", name="结论")).to_be_visible()

    hua = await at_desk(chromium, drawn, "hua", "/reviews/mine")
    await looked_at(hua, "reviews-mine")
    await hua.get_by_role("link", name=review.rpartition("/")[2]).click()
    await expect(hua.get_by_text("说得太快，没有核对地点")).to_be_visible()
    await hua.locator("#text").fill("来电人自己说得快")
    await hua.get_by_role("button", name="提交申诉").click()
    await expect(hua.get_by_text("来电人自己说得快")).to_be_visible()

    ming = await at_desk(chromium, drawn, "ming", review.removeprefix(drawn.url))
    await ming.locator("#verdict").select_option("pass")
    await ming.locator("#text").last.fill("申诉成立")
    await ming.get_by_role("button", name="裁定").click()
    await expect(ming.get_by_role("heading", name="结论")).to_contain_text(REVIEW_WORDS["verdict"]["pass"])
    await looked_at(ming, "review-decided")
    await hua.reload()
    await expect(hua.get_by_text("申诉成立")).to_be_visible()
    async with drawn.storage.reading() as uow:
        await uow.audit.verify()
