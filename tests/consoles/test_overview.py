"""The first page; signing in and out."""

import pytest

from ivr.call.ports import CallFacts
from ivr.cli.keeping import CallRecords
from ivr.consoles.overview import local_path
from ivr.consoles.sign_in import FREE_TRIES
from ivr.domain.accounts import Role
from tests.consoles.people import seated
from tests.consoles.site import ADMIN, NOW, PASSWORD, REQUESTER, Site, Visitor


async def actions(site: Site) -> list[str]:
    async with site.storage.reading() as uow:
        return [entry.action for entry in await uow.audit.entries()]


async def test_a_visitor_is_shown_the_ways_in_and_nothing_else(
    visitor: Visitor, filled: Site
) -> None:
    page = await visitor.get("/")
    assert 'href="/phone"' in page.text
    assert 'href="/sign-in"' in page.text
    assert "1111" not in page.text
    assert "set-cookie" not in page.headers


async def test_who_signed_in_sees_what_goes_on(administrator: Visitor, filled: Site) -> None:
    await filled.storage.live_calls.register("e" * 32, {"direction": "in", "tail": "1111"})
    page = (await administrator.get("/")).text
    for shown in ("M2611230001", "H2611230001", "正在通话", "尾号 1111"):
        assert shown in page
    assert REQUESTER not in page


@pytest.mark.parametrize(("region", "shown"), [("320200", True), ("330100", False)])
async def test_a_call_on_the_line_is_shown_to_those_of_its_region(site: Site, region: str, shown: bool) -> None:
    records = CallRecords(site.storage, "320213", lambda: NOW)
    facts = CallFacts("e" * 32, "in", "13800004321", "12123", None, None)
    await records.began(facts)
    async with seated(site, "sun", Role.SUPERVISOR, region=region) as browser:
        assert ("尾号 4321" in (await browser.get("/")).text) is shown
        await records.ended(facts, reason="said_goodbye", seconds=3.0, recording=None)
        assert "正在通话" not in (await browser.get("/")).text


@pytest.mark.parametrize(
    "path", ["/calls", "/calls/x", "/calls/x/recording.wav", "/calls/x/waveform.svg", "/cases",
             "/cases/x", "/sms", "/callbacks"]
)  # fmt: skip
async def test_pages_with_personal_data_send_a_visitor_to_the_sign_in(
    visitor: Visitor, path: str
) -> None:
    page = await visitor.get(path)
    assert page.status_code == 303
    assert page.headers["location"] == f"/sign-in?next={path}"
    plain = await visitor.get(path, headers={"Accept": "*/*"})
    assert (plain.status_code, plain.json()["error"]) == (401, "sign_in_needed")


async def test_the_right_password_leads_to_the_wanted_page_with_a_new_session(
    visitor: Visitor, site: Site
) -> None:
    await visitor.csrf("/sign-in")
    planted = visitor.cookies["ivr_session"]
    answer = await visitor.sign_in(next_page="/sms")
    assert (answer.status_code, answer.headers["location"]) == (303, "/sms")
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert visitor.cookies["ivr_session"] != planted
    assert (await visitor.get("/sms")).status_code == 200
    assert "signed_in" in await actions(site)
    async with Visitor(site) as thief:
        thief.cookies.set("ivr_session", planted)
        assert (await thief.get("/sms")).status_code == 303


async def test_a_wrong_password_is_told_and_audited(visitor: Visitor, site: Site) -> None:
    answer = await visitor.sign_in("wrong")
    assert answer.status_code == 403
    assert "密码或者动态口令不对" in answer.text
    assert (await visitor.get("/calls")).status_code == 303
    assert (await actions(site))[0] == "sign_in_failed"


async def test_guessing_is_slowed_down(visitor: Visitor) -> None:
    for _ in range(FREE_TRIES):
        await visitor.sign_in("wrong")
    answer = await visitor.sign_in(PASSWORD)
    assert answer.status_code == 429
    assert "请稍后再试" in answer.text


async def test_a_form_that_is_not_ours_changes_nothing(visitor: Visitor, site: Site) -> None:
    form = {"csrf": "made up", "name": ADMIN, "password": PASSWORD}
    assert (await visitor.post("/sign-in", data=form)).status_code == 403
    form["csrf"] = await visitor.csrf("/sign-in")
    foreign = {"Origin": "http://evil.example"}
    assert (await visitor.post("/sign-in", data=form, headers=foreign)).status_code == 403
    ours = {"Origin": site.url}
    assert (await visitor.post("/sign-in", data=form, headers=ours)).status_code == 303


async def test_signing_out_ends_the_session(administrator: Visitor, site: Site) -> None:
    cookie = administrator.cookies["ivr_session"]
    wrong = await administrator.post("/sign-out", data={"csrf": "made up"})
    assert wrong.status_code == 403
    token = await administrator.csrf("/calls")
    answer = await administrator.post("/sign-out", data={"csrf": token})
    assert answer.status_code == 303
    administrator.cookies.set("ivr_session", cookie)
    assert (await administrator.get("/calls")).status_code == 303
    assert "signed_out" in await actions(site)


@pytest.mark.parametrize(
    "path", ["//evil.example", "/\\evil.example", "https://evil.example", "", "/a\nb"]
)
def test_nobody_is_sent_away_after_signing_in(path: str) -> None:
    assert local_path(path) == "/"


def test_a_page_of_ours_is_a_good_place_to_go() -> None:
    assert local_path("/calls?before=2026") == "/calls?before=2026"
