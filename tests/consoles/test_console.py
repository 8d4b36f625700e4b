"""What the pages share."""

import pytest
from pydantic import SecretStr

from ivr.consoles.console import MediaAddress
from ivr.consoles.guard import LOOPBACK_NAMES
from tests.consoles.site import PASSWORD, Site


@pytest.mark.parametrize(
    ("host", "url"), [("127.0.0.1", "ws://127.0.0.1:8765/media"), ("::1", "ws://[::1]:8765/media")]
)
def test_the_doors_address_is_a_url_without_its_login(host: str, url: str) -> None:
    address = MediaAddress(host, 8765, "user", SecretStr("secret"))
    assert address.url == url
    assert "secret" not in repr(address)


async def test_by_default_a_console_answers_on_this_machine_only(site: Site) -> None:
    assert site.console.options.names == LOOPBACK_NAMES
    assert PASSWORD not in repr(site.console)


async def test_an_act_is_written_to_the_chain(site: Site) -> None:
    async with site.storage.reading() as uow:
        before = await uow.audit.verify()
    await site.console.audit("admin", "view_call", "a")
    async with site.storage.reading() as uow:
        assert await uow.audit.verify() == before + 1
        entry = (await uow.audit.entries())[0]
    assert (entry.actor, entry.action, entry.at) == ("admin", "view_call", site.clock.now)
