"""A seat's desk, without a browser; the voice side is played."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from ivr.consoles.app import ConsoleOptions
from ivr.domain.accounts import Role
from ivr.domain.calls import CallBegan, Direction, Speaker, TurnRecord
from ivr.domain.handovers import HandoverState
from ivr.domain.orders import CallbackState
from ivr.settings import Settings
from tests.consoles.people import seated
from tests.consoles.site import NOW, REQUESTER, Site, Visitor, open_site, stereo, tone, until
from tests.consoles.test_phone import news
from tests.fakes.seat_voice import SeatVoice

CALL = "d" * 32
HANDOVER = "h1"
CONTEXT = {
    "service": "move", "stage": "place", "level": 1, "summary": "电话挪车，车牌苏B12345，身份未核对。",
    "given": [
        {"name": "move.plate", "value": "苏B12345", "sure": 0.97}, {"name": "move.place", "value": "清扬路六十八号", "sure": 0.41},
        {"name": "move.reason", "value": "blocked_exit", "sure": 0.9},
    ],
}  # fmt: skip


@pytest.fixture
async def voice(site: Site) -> AsyncIterator[SeatVoice]:
    async with SeatVoice(site.console.seating, site.storage.live_calls, site.exchange).at_work() as playing:
        yield playing


@pytest.fixture
async def wang(site: Site) -> AsyncIterator[Visitor]:
    async with seated(site, "wang", Role.SEAT) as browser:
        yield browser


async def on_the_line(site: Site, *, call_id: str = CALL, region: str = "320213") -> None:
    async with site.storage.uow() as uow:
        await uow.calls.began(CallBegan(call_id, Direction.INBOUND, "12123", NOW, caller=REQUESTER, region=region))
        for number, (who, text) in enumerate(((Speaker.SERVICE, "请说您要办什么"), (Speaker.CALLER, "有辆车挡住我了"))):
            await uow.calls.turn(TurnRecord(call_id, number, who, text, NOW, float(number)))
            await site.storage.live_calls.publish(f"call:{call_id}", {"who": who.value, "text": text, "state": "speaking"})
        await uow.commit()


async def asked(voice: SeatVoice, site: Site, handover_id: str = HANDOVER, *, call_id: str = CALL, region: str = "320213") -> None:
    await on_the_line(site, call_id=call_id, region=region)
    await voice.hands_over(handover_id, call_id=call_id, region=region, queue="car_move", reason="wanted", context=CONTEXT)


async def ask(browser: Visitor, path: str, **form: str) -> httpx.Response:
    token = await browser.csrf("/account")
    return await browser.post(path, data={"csrf": token, **form}, headers={"Accept": "*/*"})


async def act(browser: Visitor, what: str, **form: str) -> int:
    return (await ask(browser, f"/seat/{HANDOVER}/act", act=what, **form)).status_code


async def told(stream: AsyncIterator[dict[str, Any]], kind: str) -> dict[str, Any]:
    """The next message of a kind."""
    async with asyncio.timeout(8):
        async for message in stream:
            if message["kind"] == kind:
                return message
    raise AssertionError("the stream ended")


async def state_of(site: Site) -> HandoverState:
    async with site.storage.reading() as uow:
        kept = await uow.handovers.get(HANDOVER)
    assert kept is not None
    return kept.state


async def talking(site: Site, voice: SeatVoice, browser: Visitor, stream: AsyncIterator[dict[str, Any]]) -> None:
    """The way to a talk by a telephone of the PBX."""
    await told(stream, "here")
    await voice.until(lambda: "wang" in voice.seats)
    await asked(voice, site)
    await voice.offers(HANDOVER, "wang")
    await voice.picks_up(HANDOVER, "wang")
    assert "通话中" in (await browser.get("/seat/now")).text


async def test_a_seat_is_present_while_his_page_is_open_and_ready_when_he_says_so(site: Site, voice: SeatVoice, wang: Visitor) -> None:
    stream = news(wang, "/seat/news")
    await told(stream, "here")
    await voice.until(lambda: "wang" in voice.seats)
    assert voice.seats["wang"] | {"order": ""} == {
        "order": "", "seat": "wang", "name": "wang同志", "phone": "browser", "extension": "seat:wang", "ready": False, "queues": [],
        "regions": ["320200"],
    }
    assert "暂停中" in (await wang.get("/seat")).text
    assert (await ask(wang, "/seat/ready")).status_code == 204
    assert (await told(stream, "presence"))["state"] == "free"
    assert "可以接听" in (await wang.get("/seat/now")).text
    assert (await ask(wang, "/seat/away")).status_code == 204
    await stream.aclose()
    await voice.until(lambda: "wang" not in voice.seats)
    assert [each["order"] for each in voice.acts] == ["ready", "away", "left"]


async def test_a_telephone_of_the_pbx_is_named_by_its_extension(site: Site, voice: SeatVoice, wang: Visitor) -> None:
    wrong = await ask(wang, "/seat/phone", kind="sip")
    assert wrong.status_code == 422
    assert (await ask(wang, "/seat/phone", kind="sip", extension="80a1")).status_code == 422
    assert (await ask(wang, "/seat/phone", kind="sip", extension="8001", queues="exam")).status_code == 303
    stream = news(wang, "/seat/news")
    await told(stream, "here")
    await voice.until(lambda: "wang" in voice.seats)
    assert (voice.seats["wang"]["phone"], voice.seats["wang"]["extension"], voice.seats["wang"]["queues"]) == ("sip", "8001", ["exam"])
    assert "seat:wang" not in site.exchange._phones
    assert 'value="8001"' in (await wang.get("/seat")).text
    await stream.aclose()


async def test_a_caller_comes_with_everything_that_is_known_of_him(site: Site, voice: SeatVoice, wang: Visitor) -> None:
    stream = news(wang, "/seat/news")
    await told(stream, "here")
    await voice.until(lambda: "wang" in voice.seats)
    await asked(voice, site)
    assert "排队 <span" in (await wang.get("/seat/side")).text
    await voice.offers(HANDOVER, "wang")
    assert (await told(stream, "handover"))["state"] == "offered"
    page = (await wang.get("/seat/now")).text
    for shown in ("电话挪车", "尾号 1111", "身份未核对", "只有来电号码", "问地点", "苏B12345", "97%", "清扬路六十八号", "41%", "请再问一遍", "堵住出入口"):
        assert shown in page, shown
    assert page.count("请再问一遍") == 1
    assert REQUESTER not in page
    async with site.storage.reading() as uow:
        assert [(each.actor, each.action) for each in await uow.audit.entries()][:1] == [("wang", "view_handover")]
    lines = news(wang, f"/seat/{HANDOVER}/captions")
    assert [(await anext(lines))["text"] for _ in range(2)] == ["请说您要办什么", "有辆车挡住我了"]
    await lines.aclose()
    await stream.aclose()


async def test_his_browser_is_rung_under_his_own_name_and_answers(site: Site, voice: SeatVoice, wang: Visitor) -> None:
    stream = news(wang, "/seat/news")
    await told(stream, "ready")
    await voice.until(lambda: "wang" in voice.seats)
    await asked(voice, site)
    await voice.offers(HANDOVER, "wang")
    ring = (await told(stream, "ring"))["ring"]
    async with seated(site, "lili", Role.SEAT) as other:
        assert (await other.ask(f"/phone/rings/{ring}/answer", {})).status_code == 410
        assert (await other.ask("/phone/number", {"number": "seat:wang"})).status_code == 422
    answer = await wang.ask(f"/phone/rings/{ring}/answer", {})
    assert set(answer.json()) == {"ticket", "call_id"}
    await stream.aclose()


async def test_what_he_does_with_his_caller_is_ordered_and_told(site: Site, voice: SeatVoice, wang: Visitor) -> None:
    stream = news(wang, "/seat/news")
    await talking(site, voice, wang, stream)
    assert await act(wang, "third", number="110") == 204
    assert (await told(stream, "third"))["state"] == "ringing"
    await told(stream, "third")
    assert "第三方已加入" in (await wang.get("/seat/now")).text
    assert await act(wang, "third_off") == 204
    assert await act(wang, "third", number="not a number") == 422
    assert await act(wang, "return", wish="verify") == 204
    await voice.until(lambda: voice.acts[-1]["order"] == "return")
    assert "线路给您留着" in (await wang.get("/seat/now")).text
    assert await act(wang, "decline") == 409
    await voice.comes_back(HANDOVER)
    assert await act(wang, "finish") == 204

    async def over() -> bool:
        return await state_of(site) is HandoverState.DONE

    await until(over)
    assert [each["order"] for each in voice.acts] == ["third", "third_off", "return", "finish"]
    assert voice.third_parties == ["110"]
    await stream.aclose()


async def test_after_the_talk_a_note_becomes_a_work_order_and_he_is_ready_again(site: Site, voice: SeatVoice, wang: Visitor) -> None:
    stream = news(wang, "/seat/news")
    await talking(site, voice, wang, stream)
    await act(wang, "finish")
    while (await told(stream, "presence"))["state"] != "wrap_up":
        pass
    page = (await wang.get("/seat/now")).text
    assert "整理好了，接下一个" in page
    assert "尾号 1111" in page
    empty = await ask(wang, f"/seat/{HANDOVER}/note", note="  ", fate="mine")
    assert (empty.status_code, empty.json()["error"]) == (422, "note_unusable")
    made = (await ask(wang, f"/seat/{HANDOVER}/note", note="车主已在路上，电话13800001111", fate="mine")).json()["serial"]
    order = (await wang.get(f"/callbacks/{made}")).text
    assert "通话后登记" in order
    assert "13800001111" not in order
    assert made in (await wang.get("/seat/side")).text
    async with site.storage.reading() as uow:
        kept = await uow.callbacks.get(made)
    assert kept is not None
    assert (kept.state, kept.holder, kept.caller) == (CallbackState.IN_HAND, "wang", REQUESTER)
    await ask(wang, "/seat/ready")
    assert (await told(stream, "presence"))["state"] == "free"
    assert "今天接的" in (await wang.get("/seat/now")).text
    kept_words = [each async for each in news(wang, f"/seat/{HANDOVER}/captions")]
    assert [each["text"] for each in kept_words] == ["请说您要办什么", "有辆车挡住我了", ""]
    await stream.aclose()


async def test_nobody_but_his_own_seat_sees_hears_or_acts(site: Site, voice: SeatVoice, wang: Visitor) -> None:
    stream = news(wang, "/seat/news")
    await talking(site, voice, wang, stream)
    site.storage.recording(CALL)
    paths = [f"/seat/{HANDOVER}/{name}" for name in ("captions", "sound.wav", "recording.wav")]
    async with seated(site, "lili", Role.SEAT) as same, seated(site, "zhao", Role.SEAT, region="330100") as far:
        for browser, status in ((same, 403), (far, 404)):
            for path in paths:
                assert (await browser.get(path, headers={"Accept": "*/*"})).status_code == status, path
            for what in ("finish", "return", "third", "third_off", "decline"):
                assert await act(browser, what, number="110") == status, what
            assert (await ask(browser, f"/seat/{HANDOVER}/note", note="x", fate="open")).status_code == status
            for path in ("/seat", "/seat/now", "/seat/side"):
                page = (await browser.get(path)).text
                assert "苏B12345" not in page
                assert "1111" not in page
    assert voice.acts == []
    await stream.aclose()


async def test_captions_and_sound_stop_when_the_caller_goes_to_another_seat(site: Site, voice: SeatVoice, wang: Visitor) -> None:
    stream = news(wang, "/seat/news")
    await told(stream, "here")
    await voice.until(lambda: "wang" in voice.seats)
    await asked(voice, site)
    await voice.offers(HANDOVER, "wang")
    writer = site.storage.recording(CALL)
    lines = news(wang, f"/seat/{HANDOVER}/captions")
    await anext(lines)
    async with wang.stream("GET", f"/seat/{HANDOVER}/sound.wav", headers={"Accept": "*/*"}) as heard:
        pieces = heard.aiter_bytes()
        assert (await anext(pieces))[:4] == b"RIFF"
        writer.append(tone(0.1))
        assert await anext(pieces) == tone(0.1)
        await voice._seating.changed(HANDOVER, HandoverState.WAITING)
        async with asyncio.timeout(8):
            assert [piece async for piece in pieces] == []
            assert [each["who"] async for each in lines] == ["caller", "end"]
    assert (await wang.get(f"/seat/{HANDOVER}/captions", headers={"Accept": "*/*"})).status_code == 403
    await writer.close()
    await stream.aclose()


async def test_the_recording_so_far_is_heard_while_it_goes_on(site: Site, voice: SeatVoice, wang: Visitor) -> None:
    stream = news(wang, "/seat/news")
    await talking(site, voice, wang, stream)
    writer = site.storage.recording(CALL)
    writer.append(stereo(tone(3), tone(3, hertz=300)))

    async def some() -> bool:
        return (await wang.get(f"/seat/{HANDOVER}/recording.wav", headers={"Accept": "*/*"})).status_code == 200

    await until(some)
    heard = (await wang.get(f"/seat/{HANDOVER}/recording.wav", headers={"Accept": "*/*"})).content
    assert heard[:4] == b"RIFF"
    assert heard[44:] == stereo(tone(3), tone(3, hertz=300))[: len(heard) - 44]
    assert len(heard) > 44 + 32_000
    await voice.ends(HANDOVER, "wang", "returned")
    assert (await wang.get(f"/seat/{HANDOVER}/recording.wav", headers={"Accept": "*/*"})).status_code == 409
    await writer.close()
    await stream.aclose()


async def test_colleagues_of_his_regions_are_seen_with_how_they_stand(site: Site, voice: SeatVoice, wang: Visitor) -> None:
    async with seated(site, "lili", Role.SEAT, region="320213") as near, seated(site, "zhao", Role.SEAT, region="330100") as far:
        streams = [news(browser, "/seat/news") for browser in (near, far)]
        for stream in streams:
            await told(stream, "here")
        await ask(near, "/seat/ready")
        side = (await wang.get("/seat/side")).text
        assert "lili同志" in side
        assert "空闲" in side
        assert "zhao同志" not in side
        for stream in streams:
            await stream.aclose()


async def test_whose_account_is_switched_off_is_present_no_more(
    site: Site, voice: SeatVoice, wang: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ivr.consoles.console.LOOK_AGAIN_SECONDS", 0.1)
    stream = news(wang, "/seat/news")
    await told(stream, "here")
    await site.console.people.change("wang", active=False, by="test")
    async with asyncio.timeout(8):
        assert [each["kind"] async for each in stream if each["kind"] not in ("queue", "ready", "over")] == []
    await voice.until(lambda: "wang" not in voice.seats)


async def test_a_form_of_another_site_does_nothing(site: Site, voice: SeatVoice, wang: Visitor) -> None:
    for path in ("/seat/ready", "/seat/away", f"/seat/{HANDOVER}/act"):
        answer = await wang.post(path, data={"csrf": "x", "act": "finish"}, headers={"Accept": "*/*"})
        assert answer.status_code == 403, path


async def test_who_takes_no_calls_has_no_desk(site: Site) -> None:
    async with seated(site, "aud", Role.AUDITOR) as browser:
        assert (await browser.get("/seat")).status_code == 403


async def test_where_a_pbx_rings_the_owners_seats_are_rung_in_the_browser_all_the_same(site_settings: Settings) -> None:
    async with open_site(site_settings, options=ConsoleOptions(phone_rings=False)) as site, seated(site, "wang", Role.SEAT) as browser:
        assert 'id="own-number"' not in (await browser.get("/phone")).text
        await browser.ask("/phone/number", {"number": "13900002222"})
        assert (await browser.get("/phone/rings", headers={"Accept": "*/*"})).status_code == 404
        stream = news(browser, "/seat/news")
        await told(stream, "ready")
        assert "seat:wang" in site.exchange._phones
        await stream.aclose()
