"""The list of calls, and one call."""

from datetime import timedelta

from ivr.domain.calls import CallBegan, Direction
from tests.consoles.site import CALL, CASE, NOW, OWNER_CALL, PLATE, REQUESTER, Site, Visitor


async def audited(site: Site) -> list[tuple[str, str, str]]:
    async with site.storage.reading() as uow:
        return [(e.actor, e.action, e.subject) for e in await uow.audit.entries()]


async def test_the_list_shows_calls_by_the_tails_of_their_numbers(
    administrator: Visitor, filled: Site
) -> None:
    page = await administrator.get("/calls")
    assert page.status_code == 200
    assert "尾号 1111" in page.text
    assert REQUESTER not in page.text
    assert "已受理挪车" in page.text
    assert f"/calls/{CALL}" in page.text
    assert ("admin", "list_calls", "calls") in await audited(filled)


async def test_a_call_shows_its_words_times_end_and_case(
    administrator: Visitor, filled: Site
) -> None:
    page = (await administrator.get(f"/calls/{CALL}")).text
    for shown in (
        "有辆车挡住我了",
        "620 毫秒",
        "140 毫秒",
        "对方挂机",
        "按键 1",
        "没有空闲座席",
        "905 毫秒",
    ):
        assert shown in page
    assert f'href="/cases/{CASE}"' in page
    assert REQUESTER not in page
    assert PLATE not in page


async def test_every_look_at_a_call_is_audited(administrator: Visitor, filled: Site) -> None:
    await administrator.get(f"/calls/{CALL}")
    await administrator.get(f"/calls/{CALL}")
    assert (await audited(filled)).count(("admin", "view_call", CALL)) == 2
    async with filled.storage.reading() as uow:
        await uow.audit.verify()


async def test_a_call_to_an_owner_leads_to_the_case_it_was_made_for(
    administrator: Visitor, filled: Site
) -> None:
    page = (await administrator.get(f"/calls/{OWNER_CALL}")).text
    assert f'href="/cases/{CASE}"' in page
    assert "外呼车主" in page
    assert "没有录音" in page


async def test_an_unknown_call_is_not_found_in_chinese(administrator: Visitor) -> None:
    page = await administrator.get("/calls/nosuch")
    assert page.status_code == 404
    assert "没有找到" in page.text


async def test_more_calls_than_fit_are_found_on_the_next_page(
    administrator: Visitor, site: Site
) -> None:
    for number in range(51):
        at = NOW + timedelta(seconds=number)
        await site.storage.call_log.began(
            CallBegan(f"call{number:04d}", Direction.INBOUND, "12123", at)
        )
    first = (await administrator.get("/calls")).text
    assert "call0050" in first
    assert "call0000" not in first
    older = first.partition('class="button" href="')[2].partition('"')[0]
    second = (await administrator.get(older)).text
    assert "call0000" in second
    assert "call0050" not in second


async def test_a_moment_that_is_none_is_refused(administrator: Visitor) -> None:
    page = await administrator.get("/calls?before=yesterday")
    assert page.status_code == 422
    assert "请求不对" in page.text
