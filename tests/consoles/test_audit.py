"""The auditor's page and `ivr audit`: one altered row is found."""

import argparse

import pytest
from sqlalchemy import text

from ivr.cli.audit import list_audit, verify_audit
from ivr.domain.accounts import Role
from ivr.settings import Settings
from tests.consoles.people import seated
from tests.consoles.site import CALL, Site, Visitor

ATTACKS = {
    "changed": "UPDATE audit SET actor = 'nobody' WHERE seq = 3",
    "left out": "DELETE FROM audit WHERE seq = 3",
    "cut off": "DELETE FROM audit WHERE seq >= (SELECT max(seq) FROM audit)",
    "exchanged": "UPDATE audit SET seq = CASE seq WHEN 2 THEN -3 ELSE -2 END WHERE seq IN (2, 3)",
}


async def tamper(site: Site, statement: str) -> None:
    """As somebody who owns the database file would: the guards are dropped first."""
    async with site.storage.engine.begin() as connection:
        names = (await connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'"))).scalars().all()
        for name in names:
            await connection.execute(text(f'DROP TRIGGER "{name}"'))
        await connection.execute(text(statement))


async def verified(browser: Visitor) -> str:
    return (await browser.post("/audit/verify", data={"csrf": await browser.csrf("/account")})).text


async def test_every_look_is_there_and_the_chain_holds(administrator: Visitor, filled: Site) -> None:
    await administrator.get(f"/calls/{CALL}")
    page = (await administrator.get("/audit")).text
    assert "看通话" in page
    assert CALL in page
    assert "记录完整" in await verified(administrator)


@pytest.mark.parametrize("how", sorted(ATTACKS))
async def test_one_altered_row_is_found(
    administrator: Visitor, filled: Site, site_settings: Settings, how: str, capsys: pytest.CaptureFixture[str]
) -> None:
    for path in ("/calls", "/cases", "/sms"):
        await administrator.get(path)
    settings = site_settings
    assert await verify_audit(settings, argparse.Namespace()) == 0
    assert "whole" in capsys.readouterr().out
    await tamper(filled, ATTACKS[how])
    assert await verify_audit(settings, argparse.Namespace()) == 1
    assert "BROKEN" in capsys.readouterr().out


async def test_the_record_is_searched_and_paged(administrator: Visitor, filled: Site) -> None:
    async with seated(filled, "wang", Role.DISPATCHER) as browser:
        await browser.get("/board")
    token = await administrator.csrf("/account")
    page = (await administrator.post("/audit", data={"csrf": token, "actor": "wang"})).text
    assert "看调度台" in page
    assert page.count('<td class="once">wang</td>') == page.count("</tr>") - 1
    for _ in range(120):
        await filled.console.audit("clock", "tick", "x")
    page = (await administrator.post("/audit", data={"csrf": token, "action": "tick"})).text
    before = page.partition('name="before" value="')[2].partition('"')[0]
    rest = (await administrator.post("/audit", data={"csrf": token, "action": "tick", "before": before})).text
    assert page.count('<td class="once">tick</td>') == 100
    assert rest.count('<td class="once">tick</td>') == 20


async def test_the_command_line_shows_who_did_what(
    administrator: Visitor, site: Site, site_settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    await administrator.get("/calls")
    assert await list_audit(site_settings, argparse.Namespace(subject="calls", actor=None, limit=5)) == 0
    assert "\tadmin\tlist_calls\tcalls" in capsys.readouterr().out
