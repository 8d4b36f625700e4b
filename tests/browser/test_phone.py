"""The browser phone in a real browser, against the real media door."""

import asyncio

import pytest
from playwright.async_api import BrowserContext, Page, expect

from telephony.outbound import OutboundCall, PlaceResult
from tests.browser.conftest import MICROPHONE_HERTZ, OpenSite
from tests.browser.service import ScriptedService
from tests.consoles.site import Site, tone, until

pytestmark = pytest.mark.browser


@pytest.fixture
def service() -> ScriptedService:
    return ScriptedService()


@pytest.fixture
async def site(open_with: OpenSite, service: ScriptedService) -> Site:
    service.site = await open_with(service)
    return service.site


async def dial(page: Page, site: Site, service: ScriptedService) -> None:
    await page.goto(site.url + "/phone")
    await page.get_by_role("button", name="拨打").click()
    await asyncio.wait_for(service.came.wait(), 15)
    await expect(page.locator("#status")).to_contain_text("通话中")


async def hears(page: Page, *, loud: bool) -> float:
    """Wait until the page plays something, or nothing; Hertz of its strongest tone."""
    heard: dict[str, float] = {}

    async def is_so() -> bool:
        heard.update(await page.evaluate("hears()"))
        return (heard["loud"] > 0.1) is loud

    await until(is_so, seconds=3)
    return heard["hertz"]


async def test_a_call_carries_voice_keys_captions_and_typed_words(
    page: Page, site: Site, service: ScriptedService
) -> None:
    await dial(page, site, service)
    assert service.call is not None
    start = service.call.start
    assert (start.direction, start.dialled, start.caller, start.source) == (
        "in",
        "12123",
        None,
        "phone",
    )

    await service.until(lambda: len(service.heard) > 2 * 16000)
    assert service.loudest() > 1000
    assert service.pitch() == pytest.approx(MICROPHONE_HERTZ, abs=3)

    await service.caption("service", "您好，请直接说要办什么。")
    await service.caption("caller", "有辆车挡住我了")
    captions = page.locator("#captions li")
    await expect(captions.nth(0)).to_contain_text("您好，请直接说要办什么。")
    await expect(captions.nth(1)).to_contain_text("有辆车挡住我了")

    await page.get_by_role("button", name="5", exact=True).click()
    await page.get_by_role("button", name="井号").click()
    await page.locator("#status").click()
    await page.keyboard.press("7")
    await service.until(lambda: len(service.keys) == 3)
    assert [key.digit for key in service.keys] == ["5", "#", "7"]
    assert all(key.duration_ms >= 40 for key in service.keys)

    await page.locator("#say-text").fill("苏B12345挡住我了")
    await page.keyboard.press("Enter")
    await service.until(lambda: service.typed == ["苏B12345挡住我了"])
    assert [key.digit for key in service.keys] == ["5", "#", "7"]

    await page.get_by_role("button", name="挂断").click()
    await service.until(lambda: service.ended == "far_end")
    await expect(page.locator("#status")).to_have_text("已挂断")
    await expect(page.get_by_role("button", name="拨打")).to_be_visible()


async def test_what_the_service_plays_is_heard_in_real_time_and_marked_when_heard(
    page: Page, site: Site, service: ScriptedService
) -> None:
    await dial(page, site, service)
    assert service.call is not None
    began = asyncio.get_running_loop().time()
    await service.call.play(tone(1.5, hertz=500), mark="greeting")
    assert await hears(page, loud=True) == pytest.approx(500, abs=15)
    await service.until(lambda: bool(service.played))
    mark, at = service.played[0]
    assert mark == "greeting"
    assert 1.3 < at - began < 3.0


async def test_a_flush_silences_the_phone_at_once(
    page: Page, site: Site, service: ScriptedService
) -> None:
    await dial(page, site, service)
    assert service.call is not None
    await service.call.play(tone(8), mark="long")
    await hears(page, loud=True)
    await service.call.flush()
    await hears(page, loud=False)
    await service.call.play(tone(0.2), mark="short")
    await service.until(lambda: [mark for mark, _ in service.played] == ["short"], 3)


async def test_what_is_held_is_silent_and_goes_on_where_it_was(page: Page, site: Site, service: ScriptedService) -> None:
    await dial(page, site, service)
    assert service.call is not None
    await service.call.play(tone(3, hertz=500), mark="held")
    await hears(page, loud=True)
    await service.call.pause()
    await hears(page, loud=False)
    assert not service.played
    resumed = asyncio.get_running_loop().time()
    await service.call.resume()
    assert await hears(page, loud=True) == pytest.approx(500, abs=15)
    await service.until(lambda: bool(service.played))
    assert service.played[0][1] - resumed < 3.0, "what had been heard is not heard again"


async def test_the_service_can_hang_up(page: Page, site: Site, service: ScriptedService) -> None:
    await dial(page, site, service)
    assert service.call is not None
    await service.call.hang_up()
    await expect(page.locator("#status")).to_have_text("对方已挂断")
    await expect(page.locator("#notice")).to_be_hidden()


async def test_a_phone_that_told_its_number_dials_with_it_and_is_rung_under_it(
    page: Page, site: Site, service: ScriptedService
) -> None:
    await page.goto(site.url + "/phone")
    await page.locator("#own-number").fill("139 0000 2222")
    await page.get_by_role("button", name="保存").click()
    await expect(page.locator("#own-state")).to_have_text("可以接听来电")
    order = OutboundCall("order-1", "13900002222", "c" * 32, ring_seconds=10)
    async with asyncio.TaskGroup() as group:
        placing = group.create_task(site.exchange.place(order))
        await page.get_by_role("button", name="接听").click()
        assert await placing is PlaceResult.ANSWERED
    await asyncio.wait_for(service.came.wait(), 10)
    assert service.call is not None
    start = service.call.start
    assert (start.direction, start.order_id, start.call_id) == ("out", "order-1", "c" * 32)
    assert start.caller == "13900002222"
    await service.caption("service", "这里是12123，请您挪一下车。")
    await expect(page.locator("#captions li").first).to_contain_text("请您挪一下车")
    await page.get_by_role("button", name="1", exact=True).click()
    await service.until(lambda: [key.digit for key in service.keys] == ["1"])

    busy = OutboundCall("order-2", "13900002222", "d" * 32, ring_seconds=10)
    assert await site.exchange.place(busy) is PlaceResult.BUSY


async def test_a_ringing_phone_can_be_refused_and_stops_when_the_caller_gives_up(
    page: Page, site: Site
) -> None:
    await page.goto(site.url + "/phone")
    await page.locator("#own-number").fill("13900002222")
    await page.keyboard.press("Enter")
    await expect(page.locator("#own-state")).to_have_text("可以接听来电")
    async with asyncio.TaskGroup() as group:
        order = OutboundCall("order-1", "13900002222", "c" * 32, ring_seconds=10)
        placing = group.create_task(site.exchange.place(order))
        await expect(page.locator("#ring-from")).to_have_text("12123")
        await page.get_by_role("button", name="拒接").click()
        assert await placing is PlaceResult.REJECTED
        order = OutboundCall("order-2", "13900002222", "d" * 32, ring_seconds=0.5)
        placing = group.create_task(site.exchange.place(order))
        await expect(page.locator("#ring")).to_be_visible()
        assert await placing is PlaceResult.NO_ANSWER
        await expect(page.locator("#ring")).to_be_hidden()


async def test_a_reloaded_phone_is_still_rung(page: Page, site: Site) -> None:
    await page.goto(site.url + "/phone")
    await page.locator("#own-number").fill("13900002222")
    await page.keyboard.press("Enter")
    await expect(page.locator("#own-state")).to_have_text("可以接听来电")
    await page.reload()
    await expect(page.locator("#own-state")).to_have_text("可以接听来电")


async def test_a_full_door_and_a_closed_one_are_told_in_chinese(
    page: Page, open_with: OpenSite, service: ScriptedService
) -> None:
    site = await open_with(service, max_calls=5)
    service.site = site
    site.door.refuse_new()
    await page.goto(site.url + "/phone")
    await page.get_by_role("button", name="拨打").click()
    await expect(page.locator("#notice")).to_have_text("线路都在忙，请稍后再拨")
    await site.door.__aexit__(None, None, None)
    await page.get_by_role("button", name="拨打").click()
    await expect(page.locator("#notice")).to_have_text("服务没有打开，请稍后再拨")


async def test_without_a_microphone_one_can_still_press_keys_and_type(
    page: Page, site: Site, service: ScriptedService
) -> None:
    await page.add_init_script(
        "navigator.mediaDevices.getUserMedia ="
        " () => Promise.reject(new DOMException('none', 'NotFoundError'));"
    )
    await dial(page, site, service)
    await expect(page.locator("#notice")).to_contain_text("没有找到话筒")
    await service.until(lambda: len(service.heard) > 8000)
    assert service.loudest() == 0
    await page.locator("#say-text").fill("要挪车")
    await page.keyboard.press("Enter")
    await service.until(lambda: service.typed == ["要挪车"])


async def test_a_wrong_number_is_told_and_the_keyboard_dials(
    page: Page, site: Site, service: ScriptedService
) -> None:
    await page.goto(site.url + "/phone")
    await page.locator("#number-dialled").fill("")
    await page.locator("#status").click()
    for key in "12122":
        await page.keyboard.press(key)
    await page.get_by_role("button", name="拨打").click()
    await expect(page.locator("#notice")).to_contain_text("空号")
    await page.get_by_role("button", name="删除一位").click()
    await page.get_by_role("button", name="3", exact=True).click()
    await page.locator("#number-dialled").press("Enter")
    await asyncio.wait_for(service.came.wait(), 15)


async def test_a_lost_network_ends_the_call_with_a_word(
    page: Page, chromium: BrowserContext, site: Site, service: ScriptedService
) -> None:
    await dial(page, site, service)
    assert service.call is not None
    connection = service.call._wire._connection  # type: ignore[attr-defined]
    connection.transport.abort()
    await expect(page.locator("#notice")).to_contain_text("线路断了")
