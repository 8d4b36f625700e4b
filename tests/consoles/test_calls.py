"""The list of calls, and one call."""

import io
import wave
from datetime import timedelta

import pytest

from ivr.consoles.calls import muted_spans
from ivr.domain.calls import CallBegan, Direction, Speaker, TurnRecord
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
        "挪车 <small class=\"num\">0.97</small>",
        "车牌：<strong>苏B1****</strong> <small class=\"num\">0.91</small>",
        "地点：<strong>清扬路六十八号门口</strong> <small class=\"num\">0.52 低</small>",
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
        at = NOW + timedelta(seconds=number // 3)  # three began at the same moment
        await site.storage.call_log.began(
            CallBegan(f"call{number:04d}", Direction.INBOUND, "12123", at)
        )
    first = (await administrator.get("/calls")).text
    older = first.partition('class="button" href="')[2].partition('"')[0]
    second = (await administrator.get(older)).text
    shown = [number for page in (first, second) for number in range(51) if f"/calls/call{number:04d}" in page]
    assert len(shown) == 51
    assert sorted(shown) == list(range(51))
    assert "/calls/call0050" in first


async def test_a_page_behind_no_call_is_refused(administrator: Visitor) -> None:
    page = await administrator.get("/calls?past=no%20call")
    assert page.status_code == 422
    assert "请求不对" in page.text


async def search(browser: Visitor, **facts: str) -> tuple[int, str]:
    answer = await browser.post("/calls", data={"csrf": await browser.csrf("/account"), **facts})
    return answer.status_code, answer.text


@pytest.mark.parametrize(
    ("facts", "seen"),
    [
        ({"words": "清扬路六十八号"}, True),
        ({"words": "清扬路，六十八号。"}, True),
        ({"words": "清扬路六十九号"}, False),
        ({"tail": "1111", "service": "car_moving"}, True),
        ({"tail": "2222"}, False),
        ({"since": "2026-11-23T00:00", "until": "2026-11-23T00:01"}, False),
        ({"least_minutes": "1", "most_minutes": "2", "outcome": "case_filed"}, True),
        ({"least_minutes": "2"}, False),
        ({"worst_mark": "1"}, False),
        ({"region": "320000"}, True),
        ({"region": "330000"}, False),
    ],
)
async def test_a_call_is_found_by_what_is_known_of_it(administrator: Visitor, filled: Site, facts: dict[str, str], seen: bool) -> None:
    status, page = await search(administrator, **facts)
    assert (status, f"/calls/{CALL}" in page) == (200, seen)
    assert ("没有符合条件的通话" in page) != seen
    async with filled.storage.reading() as uow:
        (entry,) = [each for each in await uow.audit.entries() if each.action == "search_calls"]
    assert not any(value in str(entry.facts) for name, value in facts.items() if name in ("words", "tail"))


@pytest.mark.parametrize(
    ("facts", "told"),
    [
        ({"words": "路"}, "至少两个字"),
        ({"since": "2026-11-23T10:00", "until": "2026-11-23T09:00"}, "早于"),
        ({"least_minutes": "3", "most_minutes": "1"}, "不能大于"),
        ({"tail": "12a4"}, "请求不对"),
        ({"region": "32"}, "请求不对"),
    ],
)
async def test_what_cannot_be_looked_for_is_said(administrator: Visitor, facts: dict[str, str], told: str) -> None:
    status, page = await search(administrator, **facts)
    assert status == 422
    assert told in page


async def test_a_search_without_its_token_finds_nothing(administrator: Visitor, filled: Site) -> None:
    assert (await administrator.post("/calls", data={"words": "清扬路"})).status_code == 403


async def test_a_recording_leaves_the_house_with_a_reason_and_a_mark(administrator: Visitor, filled: Site) -> None:
    whole = (await administrator.get(f"/calls/{CALL}/recording.wav")).content
    form = {"csrf": await administrator.csrf("/account"), "purpose": "dispute", "reference": "TS-2026-17"}
    answer = await administrator.post(f"/calls/{CALL}/download", data=form)
    assert answer.headers["content-disposition"].startswith("attachment; filename=")
    assert len(answer.content) == int(answer.headers["content-length"])
    assert int.from_bytes(answer.content[4:8], "little") == len(answer.content) - 8
    with wave.open(io.BytesIO(answer.content)) as file, wave.open(io.BytesIO(whole)) as heard:
        assert file.readframes(file.getnframes()) == heard.readframes(heard.getnframes())
    mark = answer.content[len(whole) :].decode(errors="replace")
    assert all(part in mark for part in (CALL, "admin", "纠纷取证 TS-2026-17"))
    async with filled.storage.reading() as uow:
        (entry,) = [each for each in await uow.audit.entries(subject=CALL) if each.action == "download_recording"]
    assert entry.facts == {"purpose": "dispute", "reference": "TS-2026-17"}


@pytest.mark.parametrize("form", [{"purpose": "dispute"}, {"reference": "T1"}, {"purpose": "dispute", "reference": "张三"}])
async def test_a_recording_does_not_leave_without_a_reason(administrator: Visitor, filled: Site, form: dict[str, str]) -> None:
    answer = await administrator.post(f"/calls/{CALL}/download", data={"csrf": await administrator.csrf("/account"), **form})
    assert answer.status_code == 422
    assert ("admin", "download_recording", CALL) not in await audited(filled)


def test_the_recording_is_silent_from_the_question_for_a_secret_until_it_was_sealed() -> None:
    said = ((0, Speaker.SERVICE, 1.0, "请问要办什么"), (1, Speaker.CALLER, 4.0, "约考"), (1, Speaker.SERVICE, 5.0, "请输入身份证号"),
            (2, Speaker.CALLER, 12.0, "（已封存，尾号0028）"), (2, Speaker.SERVICE, 12.5, "请输入验证码"))  # fmt: skip
    turns = tuple(TurnRecord(CALL, number, who, text, NOW, at) for number, who, at, text in said)
    assert muted_spans(turns) == [(5.0, 12.0)]
