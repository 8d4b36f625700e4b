"""Signing in by a site's own sign-on, over sockets."""

import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import httpx
import pyotp
import pytest
from joserfc.jwk import OctKey, RSAKey

from ivr.cli.keeping import sign_on_of
from ivr.consoles.console import ConsoleOptions
from ivr.consoles.oidc import SignOnPlace, SiteSignOn
from ivr.domain.accounts import Role
from ivr.services.passwords import new_second_factor
from ivr.settings import Settings, SettingsWrong
from tests.consoles.people import OWN_PASSWORD, employ
from tests.consoles.site import NOW, Site, Visitor, open_site
from tests.fakes.sign_on import CLIENT, SECRET, FakeSignOn, open_sign_on


@asynccontextmanager
async def desks(settings: Settings, *, trusts: bool = False, strict: bool = False) -> AsyncIterator[tuple[Site, FakeSignOn]]:
    async with AsyncExitStack() as stack:
        fake = await stack.enter_async_context(open_sign_on())
        fake.now = int(NOW.timestamp())
        place = SignOnPlace(fake.issuer, CLIENT, SECRET, trusts_second_factor=trusts)
        options = ConsoleOptions(sign_on=SiteSignOn(place, label="苏警统一登录"))
        site = await stack.enter_async_context(open_site(settings, options=options, second_factor_required=strict))
        await employ(site, "wang", Role.SUPERVISOR)
        yield site, fake


@pytest.fixture
async def opened(site_settings: Settings) -> AsyncIterator[tuple[Site, FakeSignOn]]:
    async with desks(site_settings) as found:
        yield found


async def away(browser: Visitor, path: str = "/sign-on?next=/calls") -> str:
    """Go to the sign-on; the address to which it sends back."""
    sent = await browser.get(path)
    assert sent.status_code == 303, sent.text
    async with httpx.AsyncClient(trust_env=False) as elsewhere:
        answer = await elsewhere.get(sent.headers["location"])
    return str(answer.headers["location"])


async def signed_on(browser: Visitor, path: str = "/sign-on?next=/calls") -> httpx.Response:
    return await browser.get(await away(browser, path))


async def test_a_supervisor_signs_on_and_has_his_own_roles_and_regions(opened: tuple[Site, FakeSignOn]) -> None:
    site, fake = opened
    async with Visitor(site) as browser:
        page = (await browser.get("/sign-in?next=/calls")).text
        assert "苏警统一登录" in page
        assert 'href="/sign-on?next=/calls"' in page
        before = browser.cookies["ivr_session"]
        answer = await signed_on(browser)
        assert (answer.status_code, answer.headers["location"]) == (303, "/calls")
        assert browser.cookies["ivr_session"] != before, "an id that somebody planted before is worth nothing"
        assert (await browser.get("/calls")).status_code == 200
        assert (await browser.get("/staff")).status_code == 403
    asked = fake.asked[0]
    assert (asked["response_type"], asked["code_challenge_method"], asked["client_id"]) == ("code", "S256", CLIENT)
    assert len(asked["state"]) > 30
    assert len(asked["nonce"]) > 30
    async with site.storage.reading() as uow:
        [entry] = [each for each in await uow.audit.entries() if each.action == "signed_in"]
    assert (entry.actor, entry.facts) == ("wang", {"by": "sign_on"})


async def test_a_site_without_one_shows_no_button_and_has_no_such_pages(site: Site, visitor: Visitor) -> None:
    assert "/sign-on" not in (await visitor.get("/sign-in")).text
    for path in ("/sign-on", "/sign-on/back", "/sign-on/code"):
        assert (await visitor.get(path)).status_code == 404


LIES = {
    "another nonce": {"nonce": "stolen"}, "no nonce": {"nonce": None}, "for somebody else": {"aud": "other-client"},
    "of another sign-on": {"iss": "https://evil.example.org"}, "too old": {"exp": 1_600_000_000}, "without an end": {"exp": None},
    "for many, and from another": {"aud": [CLIENT, "x"], "azp": "x"}, "of tomorrow": {"iat": int((NOW + timedelta(days=1)).timestamp())},
    "without the name": {"preferred_username": None},
}  # fmt: skip


@pytest.mark.parametrize("lie", LIES)
async def test_a_token_that_does_not_hold_lets_nobody_in(opened: tuple[Site, FakeSignOn], lie: str) -> None:
    site, fake = opened
    fake.lies = LIES[lie]
    async with Visitor(site) as browser:
        answer = await signed_on(browser)
        assert (answer.status_code, "统一登录没有通过" in answer.text) == (403, True)
        assert (await browser.get("/calls")).status_code == 303


@pytest.mark.parametrize("key", ["another key", "a shared secret", "nothing"])
async def test_a_token_that_the_sign_on_did_not_sign_lets_nobody_in(opened: tuple[Site, FakeSignOn], key: str) -> None:
    site, fake = opened
    match key:
        case "another key":
            fake.signs_with = RSAKey.generate_key(2048, {"kid": "one"}, auto_kid=False)
        case "a shared secret":
            fake.algorithm, fake.signs_with = "HS256", OctKey.import_key(SECRET.ljust(64, "x"))
        case _:
            fake.algorithm = "none"
    async with Visitor(site) as browser:
        answer = await signed_on(browser)
        assert (answer.status_code, "统一登录没有通过" in answer.text) == (403, True)


async def test_a_coming_back_answers_one_going_of_the_same_browser(opened: tuple[Site, FakeSignOn]) -> None:
    site, _ = opened
    async with Visitor(site) as browser, Visitor(site) as other:
        back = await away(browser)
        await other.get("/sign-on")
        assert (await other.get(back)).status_code == 403, "a code of somebody else's browser"
        assert (await browser.get(back)).status_code == 303
        assert (await browser.get(back)).status_code == 403, "used up"
        forged = await away(other)
        state = parse_qs(urlsplit(forged).query)["state"][0]
        assert (await other.get(forged.replace(state, "x" * len(state)))).status_code == 403
    async with Visitor(site) as late:
        back = await away(late)
        site.clock.now += timedelta(minutes=11)
        assert (await late.get(back)).status_code == 403
    async with Visitor(site) as stranger:
        assert (await stranger.get(back)).headers["location"] == "/sign-in"


async def test_an_answer_of_another_sign_on_is_not_taken(opened: tuple[Site, FakeSignOn]) -> None:
    site, fake = opened
    async with Visitor(site) as browser:
        mixed = (await away(browser)).replace("realm", "other")
        assert (await browser.get(mixed)).status_code == 403
        fake.told_issuer = "https://evil.example.org"
        assert "暂时不可用" in (await browser.get("/sign-on")).text


async def test_who_says_no_there_or_finds_it_down_can_come_in_with_a_password(opened: tuple[Site, FakeSignOn]) -> None:
    site, fake = opened
    async with Visitor(site) as browser:
        fake.refuses = True
        assert "或者用账号和密码登录" in (await signed_on(browser)).text
        fake.refuses, fake.broken = False, True
        told = await browser.get("/sign-on?next=/calls")
        assert "统一登录暂时不可用" in told.text
        assert 'name="password"' in told.text
        fake.broken = False
        back = await away(browser)
        fake.broken = True
        assert "统一登录暂时不可用" in (await browser.get(back)).text


@pytest.mark.parametrize(("name", "told"), [("nobody", "还没有您的账号"), ("off", "已停用")])
async def test_nobody_gets_an_account_by_it(opened: tuple[Site, FakeSignOn], name: str, told: str) -> None:
    site, fake = opened
    await employ(site, "off", Role.SEAT)
    await site.console.people.change("off", by="admin", active=False)
    fake.user["preferred_username"] = name
    async with Visitor(site) as browser:
        assert told in (await signed_on(browser)).text
    assert "nobody" not in {each.name for each in await site.console.people.all()}
    async with site.storage.reading() as uow:
        [entry] = [each for each in await uow.audit.entries() if each.action == "sign_in_failed"]
    assert entry.subject == {"nobody": "unknown", "off": "off"}[name]


async def test_our_second_factor_is_asked_for_after_it(opened: tuple[Site, FakeSignOn]) -> None:
    site, fake = opened
    secret = new_second_factor()
    await site.console.signing_in.bind_second_factor("wang", secret, pyotp.TOTP(secret).at(site.clock.now))
    fake.user["amr"] = ["pwd", "otp"]
    site.clock.now += timedelta(minutes=1)
    fake.now = int(site.clock.now.timestamp())
    async with Visitor(site) as browser:
        answer = await signed_on(browser)
        assert answer.headers["location"] == "/sign-on/code"
        assert (await browser.get("/calls")).status_code == 303, "not before it was shown"
        csrf = await browser.csrf("/sign-on/code")
        wrong = await browser.post("/sign-on/code", data={"csrf": csrf, "one_time": "000000"})
        assert (wrong.status_code, "动态口令不对" in wrong.text) == (403, True)
        assert (await browser.post("/sign-on/code", data={"csrf": "forged", "one_time": "1"})).status_code == 403
        right = {"csrf": csrf, "one_time": pyotp.TOTP(secret).at(site.clock.now)}
        assert (await browser.post("/sign-on/code", data=right)).headers["location"] == "/calls"
        assert (await browser.get("/calls")).status_code == 200
    async with Visitor(site) as thief:
        await signed_on(thief)
        csrf = await thief.csrf("/sign-on/code")
        for _ in range(5):
            last = await thief.post("/sign-on/code", data={"csrf": csrf, "one_time": "000000"})
        assert last.status_code == 403
        locked = await thief.post("/sign-on/code", data={"csrf": csrf, "one_time": "000000"})
        assert "锁定" in locked.text


async def test_where_a_second_factor_is_required_one_must_be_bound_unless_the_sign_on_is_trusted_in_it(site_settings: Settings) -> None:
    async with desks(site_settings, strict=True) as (site, fake):
        fake.user["amr"] = ["pwd", "otp"]
        async with Visitor(site) as browser:
            await signed_on(browser)
            assert (await browser.get("/calls")).headers["location"] == "/account/second-factor"


async def test_a_trusted_sign_on_that_tells_of_a_second_factor_needs_none_of_ours(site_settings: Settings) -> None:
    async with desks(site_settings, strict=True, trusts=True) as (site, fake):
        await site.console.people.reset("wang", by="admin")  # he has a password to change, and does not use it
        for methods, reached in ((["pwd"], "/account/second-factor"), (["pwd", "otp"], None)):
            fake.user["amr"] = methods
            async with Visitor(site) as browser:
                await signed_on(browser)
                answer = await browser.get("/calls")
                assert answer.headers.get("location") == reached, methods
                assert reached or answer.status_code == 200


async def sign_out(browser: Visitor) -> httpx.Response:
    return await browser.post("/sign-out", data={"csrf": await browser.csrf("/account")})


def form_of(page: str) -> tuple[str, dict[str, str]]:
    [place] = re.findall(r'<form id="leave" method="post" action="([^"]+)"', page)
    return place, dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page))


async def test_signing_out_here_ends_the_session_at_the_sign_on(opened: tuple[Site, FakeSignOn]) -> None:
    site, fake = opened
    async with Visitor(site) as browser:
        await signed_on(browser)
        answer = await sign_out(browser)
        place, form = form_of(answer.text)
        assert "?" not in place.replace("?realm=one", ""), "an ID token is no matter for an address"
        assert f"form-action 'self' {fake.issuer.removesuffix('/realm')};" in answer.headers["content-security-policy"]
        assert "ivr_session" not in browser.cookies
        async with httpx.AsyncClient(trust_env=False) as elsewhere:
            back = await elsewhere.post(place, data=form)
        assert (back.status_code, back.headers["location"]) == (303, site.url + "/")
        assert (await browser.get("/calls")).headers["location"].startswith("/sign-in")
    [left] = fake.left
    assert (left["sub"], left["client_id"], left["realm"]) == ("u-17", CLIENT, "one")
    async with site.storage.reading() as uow:
        assert "signed_out" in {each.action for each in await uow.audit.entries() if each.actor == "wang"}


async def test_who_came_with_a_password_is_not_sent_there(opened: tuple[Site, FakeSignOn]) -> None:
    site, fake = opened
    async with Visitor(site) as browser:
        assert (await browser.sign_in(OWN_PASSWORD, name="wang")).status_code == 303
        assert (await sign_out(browser)).headers["location"] == "/"
    assert fake.left == []


@pytest.mark.parametrize("how", ["it ends none", "it is down", "it is another one"])
async def test_where_the_sign_on_ends_no_session_ours_ends_all_the_same(opened: tuple[Site, FakeSignOn], how: str) -> None:
    site, fake = opened
    async with Visitor(site) as browser:
        await signed_on(browser)
        match how:
            case "it ends none":
                fake.ends_sessions = False
            case "it is down":
                fake.broken = True
            case _:
                fake.told_issuer = "https://evil.example.org"
        assert (await sign_out(browser)).headers["location"] == "/"
        assert (await browser.get("/calls")).headers["location"].startswith("/sign-in")


async def test_who_showed_our_second_factor_after_it_leaves_by_it_too(opened: tuple[Site, FakeSignOn]) -> None:
    site, _ = opened
    secret = new_second_factor()
    await site.console.signing_in.bind_second_factor("wang", secret, pyotp.TOTP(secret).at(site.clock.now - timedelta(seconds=30)))
    async with Visitor(site) as browser:
        await signed_on(browser)
        form = {"csrf": await browser.csrf("/sign-on/code"), "one_time": pyotp.TOTP(secret).at(site.clock.now)}
        assert (await browser.post("/sign-on/code", data=form)).headers["location"] == "/calls"
        assert "id_token_hint" in (await sign_out(browser)).text


def test_one_comes_back_to_the_first_page_of_the_address_that_the_sign_on_knows() -> None:
    place = SignOnPlace("https://sso.example.org", "x")
    assert SiteSignOn(place, label="登", return_url="https://desks.example.org/sign-on/back").home_url == "https://desks.example.org/"
    assert SiteSignOn(place, label="登").home_url is None


async def test_a_client_whose_secret_goes_in_the_form(opened: tuple[Site, FakeSignOn]) -> None:
    site, fake = opened
    fake.methods = ["client_secret_post"]
    async with Visitor(site) as browser:
        assert (await signed_on(browser)).headers["location"] == "/calls"


async def test_one_is_sent_on_only_to_a_page_of_ours(opened: tuple[Site, FakeSignOn]) -> None:
    site, _ = opened
    async with Visitor(site) as browser:
        assert (await signed_on(browser, "/sign-on?next=//evil.example.org")).headers["location"] == "/"


def test_a_sign_on_named_in_part_or_without_https_is_refused() -> None:
    assert sign_on_of(Settings()) is None
    with pytest.raises(SettingsWrong, match="IVR_OIDC_CLIENT_ID"):
        sign_on_of(Settings(oidc_issuer="https://sso.example.org"))
    with pytest.raises(SettingsWrong, match="https"):
        sign_on_of(Settings(oidc_issuer="http://sso.example.org", oidc_client_id="x"))
    found = sign_on_of(Settings(oidc_issuer="https://sso.example.org", oidc_client_id="x", oidc_label="登"))
    assert found is not None
    assert found.label == "登"
