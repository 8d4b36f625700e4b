"""A seat's day in the browser. The voice side is whoever `at_work` gives: played here, the real house elsewhere."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from playwright.async_api import BrowserContext, Page, expect

from ivr.domain.accounts import Role
from ivr.domain.handovers import HandoverState
from ivr.domain.orders import CallbackOrder, CallbackState
from telephony.media.call import MediaCall
from tests.browser.conftest import OpenSite, sign_in
from tests.browser.test_pages import looked_at
from tests.consoles.people import employ
from tests.consoles.site import NOW, REQUESTER, Site, stereo, tone, until
from tests.consoles.test_seat import CALL, CONTEXT, on_the_line
from tests.fakes.seat_voice import SeatVoice

pytestmark = pytest.mark.browser
SAID = (
    ("service", "您好，公安交管12123，请说您要办什么。"), ("caller", "有辆车挡住我了，苏B一二三四五"), ("service", "车停在什么地方？"),
    ("caller", "清扬路六十八号"), ("caller", "我要找人工"), ("service", "好的，马上为您转接人工，请不要挂机。"),
)  # fmt: skip


class Line:
    """Where the media door leaves the calls that come in, once somebody takes them."""

    def __init__(self) -> None:
        self.voice: SeatVoice | None = None

    async def __call__(self, call: MediaCall) -> None:
        assert self.voice is not None
        await self.voice.on_call(call)


@pytest.fixture
def line() -> Line:
    return Line()


@pytest.fixture
async def site(open_with: OpenSite, line: Line) -> Site:
    site = await open_with(line)
    await on_the_line(site, call_id="f" * 32)
    await employ(site, "wang", Role.SEAT)
    await employ(site, "lili", Role.SEAT)
    async with site.storage.uow() as uow:
        for number, holder in enumerate(("wang", None, None), 1):
            await uow.callbacks.add(_order(number, holder))
        await uow.commit()
    return site


def _order(number: int, holder: str | None) -> CallbackOrder:
    return CallbackOrder(
        serial=f"H261122000{number}", call_id="f" * 32, queue="general", reason="no_seat", said="问年检", created_at=NOW,
        due_at=NOW + timedelta(minutes=(-2, 25, 95)[number - 1]), caller=REQUESTER, idempotency_key=f"k{number}", holder=holder,
        state=CallbackState.IN_HAND if holder else CallbackState.OPEN,
    )  # fmt: skip


@pytest.fixture
async def voice(site: Site, line: Line) -> AsyncIterator[SeatVoice]:
    async with SeatVoice(site.console.seating, site.storage.live_calls, site.exchange).at_work() as playing:
        line.voice = playing
        yield playing


async def wants_a_person(site: Site, voice: SeatVoice, handover_id: str = "h1", call_id: str = CALL) -> None:
    """A caller has talked with the service and asks for a person."""
    await on_the_line(site, call_id=call_id)
    for who, text in SAID:
        await site.storage.live_calls.publish(f"call:{call_id}", {"who": who, "text": text, "state": "speaking"})
    await voice.hands_over(handover_id, call_id=call_id, region="320213", queue="car_move", reason="wanted", context=CONTEXT)


async def at_the_desk(page: Page, site: Site, name: str) -> None:
    await sign_in(page, site, name, "/seat")
    await expect(page.locator("#line")).to_have_text("在班")
    await expect(page.locator("#phone-state")).to_have_text("浏览器电话，可以接听")


async def stands(site: Site, handover_id: str, state: HandoverState) -> bool:
    async with site.storage.reading() as uow:
        kept = await uow.handovers.get(handover_id)
    return kept is not None and kept.state is state


async def plays(page: Page) -> bool:
    return bool(await page.evaluate("document.getElementById('audio').currentTime > 0.2"))


async def test_a_seats_day_with_the_browser_phone(page: Page, site: Site, voice: SeatVoice) -> None:
    await at_the_desk(page, site, "wang")
    await expect(page.get_by_role("heading", name="暂停中")).to_be_visible()
    await looked_at(page, "seat-away")
    await page.keyboard.press("r")
    await expect(page.locator(".mine")).to_have_text("空闲，等来电")

    # somebody waits; then the phone rings, with everything that is known of him
    await wants_a_person(site, voice)
    await expect(page.locator("#line-title .count")).to_have_text("1")
    await voice.offers("h1", "wang")
    await expect(page.locator(".handover h2")).to_contain_text("电话挪车 尾号 1111")
    await expect(page.locator("#said")).to_have_text("来电，请接听")
    assert (await page.title()).startswith("● 来电")
    await expect(page.locator(".given tr.doubtful")).to_have_text("地点 清扬路六十八号 41% 请再问一遍", use_inner_text=True)
    await expect(page.locator("#captions li")).to_have_count(len(SAID) + 2)
    await expect(page.locator("#accept")).to_be_focused()
    writer = site.storage.recording(CALL)
    writer.append(stereo(tone(3), tone(3, hertz=300)))
    await looked_at(page, "seat-offered")
    assert REQUESTER not in await page.content()

    # the recording so far, and the call as it is now, without answering
    await page.keyboard.press("l")
    await until(lambda: plays(page))

    # answered with a key: he hears and is heard
    await page.keyboard.press("a")
    await expect(page.locator(".mine")).to_have_text("通话中")
    await expect(page.locator("#audio")).to_be_hidden()
    assert await page.title() == "座席台 · 12123 语音服务"
    await voice.until_heard(8000)
    await page.keyboard.press("t")
    await page.keyboard.type("110")
    await page.keyboard.press("Enter")
    await expect(page.locator("#third-state")).to_have_text("第三方已加入")
    await page.get_by_role("button", name="请第三方离开").click()
    await expect(page.locator("#third-state")).to_have_text("第三方已离开")
    await site.storage.live_calls.publish(f"call:{CALL}", {"who": "caller", "text": "对，就是这里", "state": "talking"})
    await expect(page.locator("#captions li").last).to_contain_text("对，就是这里")
    await looked_at(page, "seat-talking")

    # he is sent to prove who he is, and comes back
    await page.locator("h2").first.focus()
    await page.keyboard.press("v")
    await expect(page.locator(".hail")).to_contain_text("线路给您留着")
    await looked_at(page, "seat-verify")
    await voice.comes_back("h1")
    await expect(page.locator(".mine")).to_have_text("通话中")

    # hung up; written down from the keyboard; ready again
    await page.locator("h2").first.focus()
    await page.keyboard.press("f")
    await expect(page.locator(".mine")).to_have_text("话后整理")
    assert await stands(site, "h1", HandoverState.DONE)
    await page.keyboard.press("n")
    await page.keyboard.type("已联系车主，十分钟内到，电话13900002222")
    await page.get_by_label("我来跟办").check()
    await looked_at(page, "seat-wrap-up")
    await page.locator("#note").press("Control+Enter")
    await expect(page.locator("#noted a")).to_be_visible()
    serial = await page.locator("#noted a").inner_text()
    await expect(page.locator("#held-title ~ ul")).to_contain_text(serial)
    async with site.storage.reading() as uow:
        order = await uow.callbacks.get(serial)
    assert order is not None
    assert (order.holder, "13900002222" in order.said) == ("wang", False)
    await page.locator("h2").first.focus()
    await page.keyboard.press("r")
    await expect(page.locator(".mine")).to_have_text("空闲，等来电")
    await expect(page.locator("caption", has_text="今天接的")).to_be_visible()
    await looked_at(page, "seat-free")
    await writer.close()


async def test_a_caller_is_left_to_others_and_one_is_given_back(page: Page, site: Site, voice: SeatVoice) -> None:
    await at_the_desk(page, site, "wang")
    await page.keyboard.press("r")
    await wants_a_person(site, voice)
    await voice.offers("h1", "wang")
    await expect(page.locator("#accept")).to_be_enabled()
    await page.keyboard.press("d")
    await expect(page.locator(".handover")).to_have_class("handover idle")
    await expect(page.locator("#talk-room")).to_be_hidden()
    assert await stands(site, "h1", HandoverState.WAITING)
    await voice.offers("h1", "wang")
    await page.locator("#accept").click()
    await expect(page.locator(".mine")).to_have_text("通话中")
    await page.get_by_role("button", name="交还服务").click()
    await expect(page.locator(".hail")).to_contain_text("交还服务")
    assert await stands(site, "h1", HandoverState.RETURNED)
    await page.get_by_role("button", name="暂停接听").click()
    await expect(page.get_by_role("heading", name="暂停中")).to_be_visible()


async def test_a_seat_with_a_telephone_of_the_pbx_sees_it_all_as_it_happens(page: Page, site: Site, voice: SeatVoice) -> None:
    await at_the_desk(page, site, "wang")
    await page.get_by_text("换电话、选业务").click()
    await page.get_by_label("桌上话机").check()
    await page.get_by_label("分机号").fill("8001")
    await page.get_by_label("挪车").check()
    await looked_at(page, "seat-phone-choice")
    await page.get_by_role("button", name="保存").click()
    await expect(page.locator("#line")).to_have_text("在班")
    await expect(page.locator("#phone-state")).to_have_text("话机分机 8001")
    await voice.until(lambda: voice.seats.get("wang", {}).get("extension") == "8001")
    await page.keyboard.press("r")
    await wants_a_person(site, voice)
    await voice.offers("h1", "wang")
    await expect(page.locator("#hail")).to_have_text("请拿起话机 8001")
    await expect(page.locator("#accept")).to_have_count(0)
    await looked_at(page, "seat-offered-sip")
    await voice.picks_up("h1", "wang")
    await expect(page.locator(".mine")).to_have_text("通话中")
    await voice.ends("h1", "wang", "caller_left")
    await expect(page.locator(".hail")).to_contain_text("来电人先挂断")


async def test_two_seats_see_each_other_and_the_same_queue(page: Page, chromium: BrowserContext, site: Site, voice: SeatVoice) -> None:
    await at_the_desk(page, site, "wang")
    context = await chromium.browser.new_context(viewport={"width": 1366, "height": 768}, locale="zh-CN")  # type: ignore[union-attr]
    second = await context.new_page()
    await at_the_desk(second, site, "lili")
    await expect(page.locator(".people li")).to_contain_text("lili同志")
    await second.keyboard.press("r")
    await expect(page.locator(".people li")).to_contain_text("空闲")
    await wants_a_person(site, voice)
    for each in (page, second):
        await expect(each.locator("#line-title .count")).to_have_text("1")
    await voice.offers("h1", "lili")
    await expect(page.locator(".people li")).to_contain_text("来电振铃")
    await expect(second.locator("#accept")).to_be_enabled()
    await expect(page.locator("#accept")).to_have_count(0)
    await context.close()
    await expect(page.locator(".people li")).to_have_count(0)


async def test_a_second_page_of_a_seat_says_where_it_rings(page: Page, chromium: BrowserContext, site: Site, voice: SeatVoice) -> None:
    await at_the_desk(page, site, "wang")
    await expect(page.locator("#phone-state")).to_have_text("浏览器电话，可以接听")
    second = await chromium.new_page()
    await second.goto(site.url + "/seat")
    await expect(second.locator("#phone-state")).to_contain_text("另一个页面")
    await second.close()
    await voice.until(lambda: "wang" in voice.seats)
    assert not any(each["order"] == "left" for each in voice.acts)


async def test_who_loses_his_line_is_told(page: Page, site: Site, voice: SeatVoice) -> None:
    await at_the_desk(page, site, "wang")
    await page.keyboard.press("r")
    await wants_a_person(site, voice)
    await voice.offers("h1", "wang")
    await page.locator("#accept").click()
    await expect(page.locator(".mine")).to_have_text("通话中")
    await voice.ends("h1", "wang", "lost")
    await expect(page.locator(".hail")).to_contain_text("座席线路断")

    async def silent() -> bool:
        return bool(await page.evaluate("document.getElementById('mic').value === 0"))

    await until(silent)
