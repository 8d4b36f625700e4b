"""People at the desks of a test's site: one of each role, signed in with agreement signed."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from ivr.domain.accounts import Role
from tests.consoles.site import Site, Visitor

OWN_PASSWORD = "纸鸢-in-the-wind"


async def employ(site: Site, name: str, *roles: Role, region: str = "320200") -> None:
    """Make an account that has done everything it must do first."""
    people, signing_in = site.console.people, site.console.signing_in
    first = await people.add(name, display_name=f"{name}同志", roles=[role.value for role in roles], regions=[region], by="test")
    await signing_in.change_password(name, first, OWN_PASSWORD)
    await signing_in.sign_agreement(name, signing_in.agreement.version)


@asynccontextmanager
async def seated(site: Site, name: str, *roles: Role, region: str = "320200") -> AsyncIterator[Visitor]:
    """The same, at his desk."""
    await employ(site, name, *roles, region=region)
    async with Visitor(site) as browser:
        answer = await browser.sign_in(OWN_PASSWORD, name=name)
        assert answer.status_code == 303, answer.text
        yield browser
