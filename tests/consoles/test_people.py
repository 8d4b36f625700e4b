"""Accounts over the web: first steps, second factor, lock-out, sessions that end, the administrator's page."""

from datetime import timedelta

import pyotp
import pytest
from sqlalchemy import text

from ivr.domain.accounts import LOCKED_FOR, WRONG_TRIES, Role
from ivr.services.people_errors import AccountWrong
from tests.consoles.people import OWN_PASSWORD, employ, seated
from tests.consoles.site import ADMIN, PASSWORD, Site, Visitor, signing_in_of


async def post(browser: Visitor, path: str, **form: object) -> object:
    return await browser.post(path, data={"csrf": await browser.csrf("/account"), **form})


async def test_a_new_colleague_changes_his_password_and_signs_before_any_desk_opens(visitor: Visitor, site: Site) -> None:
    people = site.console.people
    first = await people.add("wang", display_name="王工", roles=["dispatcher"], regions=["320200"], by="test")
    assert (await visitor.sign_in(first, name="wang")).status_code == 303
    for path in ("/", "/board", "/cases"):
        assert (await visitor.get(path)).headers["location"] == "/account/password"
    form = {"old": first, "new": OWN_PASSWORD, "again": OWN_PASSWORD}
    assert "不一样" in (await post(visitor, "/account/password", **(form | {"again": "else-else-else"}))).text
    assert "现在的密码不对" in (await post(visitor, "/account/password", **(form | {"old": "wrong"}))).text
    assert "太短" in (await post(visitor, "/account/password", **(form | {"new": "short", "again": "short"}))).text
    assert (await post(visitor, "/account/password", **form)).status_code == 303
    assert (await visitor.get("/board")).headers["location"] == "/account/agreement"
    page = (await visitor.get("/account/agreement")).text
    assert site.console.signing_in.agreement.text.splitlines()[0] in page
    agreement = site.console.signing_in.agreement
    version = agreement.version
    assert (await post(visitor, "/account/agreement", version=version)).status_code == 422
    assert (await post(visitor, "/account/agreement", version="older", agreed="yes")).status_code == 422
    assert (await post(visitor, "/account/agreement", version=version, agreed="yes")).status_code == 303
    assert (await visitor.get("/board")).status_code == 200
    async with site.storage.reading() as uow:
        [signed] = await uow.accounts.signed("wang")
        actions = {entry.action for entry in await uow.audit.entries(subject="wang")}
    assert (signed["version"], signed["sha256"], signed["signed_at"]) == (version, agreement.sha256, site.clock.now)
    assert {"account_added", "password_changed", "agreement_signed", "signed_in"} <= actions


async def test_a_second_factor_is_needed_from_then_on_and_each_code_serves_once(site: Site, visitor: Visitor) -> None:
    async with seated(site, "wang", Role.SUPERVISOR) as browser:
        page = (await browser.get("/account/second-factor")).text
        secret = page.partition("<kbd>")[2].partition("</kbd>")[0]
        drawn = await browser.get("/account/second-factor.svg")
        assert drawn.headers["content-type"] == "image/svg+xml"
        totp = pyotp.TOTP(secret)
        assert (await post(browser, "/account/second-factor", one_time="000000")).status_code == 422
        now = totp.at(site.clock.now)
        assert (await post(browser, "/account/second-factor", one_time=now)).status_code == 303
    assert "六位数字" in (await visitor.sign_in(OWN_PASSWORD, name="wang")).text
    assert (await visitor.sign_in(OWN_PASSWORD, name="wang", one_time=now)).status_code == 403, "a code serves once"
    site.clock.now += timedelta(seconds=30)
    later = totp.at(site.clock.now)
    assert (await visitor.sign_in("wrong", name="wang", one_time=later)).status_code == 403
    assert (await visitor.sign_in(OWN_PASSWORD, name="wang", one_time=later)).status_code == 303
    async with site.storage.reading() as uow:
        rows = [dict(row) for row in await uow._transaction.rows(_accounts())]
    assert secret not in str(rows)


def _accounts() -> object:
    return text("SELECT * FROM accounts")


async def test_where_a_second_factor_is_required_nobody_passes_without(site: Site) -> None:
    await employ(site, "wang", Role.SEAT)
    people = site.console.people
    strict = signing_in_of(site.storage, people, second_factor_required=True)
    assert strict.next_step(await people.get("wang")).value == "second-factor"  # type: ignore[union-attr]


async def test_wrong_tries_lock_the_account_for_a_while(site: Site) -> None:
    await employ(site, "wang", Role.SEAT)
    for attempt in range(WRONG_TRIES):
        async with Visitor(site) as browser:
            site.console.tries.succeeded("127.0.0.1")
            assert (await browser.sign_in("wrong", name="wang")).status_code == 403, attempt
    site.console.tries.succeeded("127.0.0.1")
    async with Visitor(site) as browser:
        assert "锁定" in (await browser.sign_in(OWN_PASSWORD, name="wang")).text
        site.clock.now += LOCKED_FOR + timedelta(seconds=1)
        assert (await browser.sign_in(OWN_PASSWORD, name="wang")).status_code == 303


async def test_a_password_typed_as_a_name_is_not_written_down(site: Site, visitor: Visitor) -> None:
    await visitor.sign_in("x", name="my secret password")
    async with site.storage.reading() as uow:
        assert "my secret password" not in str(await uow.audit.entries())


@pytest.mark.parametrize("how", ["off", "save", "reset"])
async def test_what_the_administrator_changes_ends_the_sessions_at_once(administrator: Visitor, site: Site, how: str) -> None:
    async with seated(site, "wang", Role.DISPATCHER) as browser:
        assert (await browser.get("/board")).status_code == 200
        form = {"what": how, "display_name": "王工", "roles": ["seat"], "regions": "320200"}
        answer = await post(administrator, "/staff/wang", **form)
        assert answer.status_code in (200, 303)
        assert (await browser.get("/board")).headers["location"].startswith("/sign-in")


async def test_the_administrator_makes_accounts_and_cannot_lock_everybody_out(administrator: Visitor, site: Site) -> None:
    form = {"name": "li", "display_name": "李工", "roles": ["supervisor", "auditor"], "regions": "320200，320500"}
    page = (await post(administrator, "/staff", **form)).text
    first = page.partition('<kbd class="secret">')[2].partition("</kbd>")[0]
    async with Visitor(site) as browser:
        assert (await browser.sign_in(first, name="li")).status_code == 303
    account = await site.console.people.get("li")
    assert (account.roles, account.regions) == (frozenset({Role.SUPERVISOR, Role.AUDITOR}), ("320200", "320500"))
    for wrong, told in (({"name": "li"}, "已经有了"), ({"name": "Ä"}, "账号名不对"), ({"name": "ok2", "roles": ["king"]}, "岗位"),
                        ({"name": "ok2", "regions": "无锡"}, "区划代码"), ({"name": "ok2", "regions": " "}, "区划代码")):  # fmt: skip
        answer = await post(administrator, "/staff", **(form | wrong))
        assert answer.status_code == 422
        assert told in answer.text
    answer = await post(administrator, f"/staff/{ADMIN}", what="off")
    assert "最后一个" in answer.text
    assert (await administrator.get("/staff")).status_code == 200


async def test_another_wording_is_signed_again(administrator: Visitor, site: Site) -> None:
    signing_in = site.console.signing_in
    signing_in.agreement = type(signing_in.agreement)("2027-01", signing_in.agreement.text + "\n八、新的一条。")
    assert (await administrator.get("/calls")).headers["location"] == "/account/agreement"


async def test_the_first_account_is_made_once(site: Site) -> None:
    assert not await site.console.people.open_first("other", "another-password")
    with pytest.raises(AccountWrong):
        await site.console.people.change(ADMIN, by="test", roles=["seat"])
    async with Visitor(site) as browser:
        assert (await browser.sign_in(PASSWORD, name=ADMIN)).status_code == 303
