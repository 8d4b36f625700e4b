"""Opens the accounts of a site, and makes the first one."""

from ivr.bootstrap import people_of
from ivr.cli.passwords import password
from ivr.services.people import People
from ivr.settings import Settings
from ivr.storage.room import StorageRoom

FIRST = "admin"


async def open_people(settings: Settings, storage: StorageRoom) -> People:
    """Give the accounts; on a site that has none yet, `admin` is made with the site's or a random password."""
    people = people_of(settings, storage)
    await people.open_first(FIRST, password(settings.console_password, settings.keys_dir, "console-password"))
    return people
