"""Passwords of the house's own doors: set by the site, or made once and kept in the data folder."""

import os
import secrets
from pathlib import Path
from typing import Protocol

from pydantic import SecretStr

from ivr.settings import Settings

FIRST = "admin"


class People(Protocol):
    """Who makes accounts (ivr.services.people); not imported, so that the watchdog stays small."""

    async def open_first(self, name: str, password: str) -> object:
        """Make the first account."""
        ...


def password(given: SecretStr | None, folder: Path, name: str) -> str:
    """Give the site's password, or one made at random and readable by the owner only."""
    if given is not None:
        return given.get_secret_value()
    path = folder / name
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_urlsafe(18))
    return path.read_text("ascii").strip()


async def open_first(people: People, settings: Settings) -> None:
    """On a site that has no account yet, make `admin`, with the site's password or a random one."""
    await people.open_first(FIRST, password(settings.console_password, settings.keys_dir, "console-password"))
