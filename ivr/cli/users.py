"""`ivr user list | add | change | off | on | reset`: accounts from the command line, by who owns the server."""

import argparse
import os
from typing import Any

from ivr.bootstrap import people_of
from ivr.domain.accounts import Role
from ivr.services.passwords import Passwords
from ivr.services.people import People
from ivr.services.people_errors import (
    AccountExists,
    AccountUnknown,
    AccountWrong,
    PasswordTooWeak,
    PeopleError,
)
from ivr.settings import Settings, SettingsWrong
from ivr.storage.room import open_storage

_BY = "command line"
_ROLES = ", ".join(role.value for role in Role)
_WRONG = {
    "name": "a name has 2 to 32 small letters, digits, dots or dashes, and begins with a letter",
    "roles": f"a role is one of {_ROLES}, and an account has at least one",
    "regions": "a region has six digits (GB/T 2260), for example 320200; '*' is every region",
    "last_administrator": "this is the last active administrator: make another one first",
}


def add_options(commands: Any) -> None:
    """Add the command to the command line."""
    user = commands.add_parser("user", help="accounts of the desks").add_subparsers(dest="what", required=True)
    for name, text in (
        ("list", "show all accounts"), ("add", "make an account; prints its first password"),
        ("change", "change roles, regions or the shown name; ends its sessions"), ("off", "switch an account off; ends its sessions"),
        ("on", "switch it on again"), ("reset", "give a new first password and unlock"),
    ):
        each = user.add_parser(name, help=text, description=text)
        each.set_defaults(work=user_command)
        if name == "list":
            continue
        each.add_argument("name", help="what is typed to sign in")
        if name in ("add", "change"):
            each.add_argument("--role", action="append", help=f"{_ROLES}; may be repeated", required=name == "add")
            each.add_argument("--region", action="append", help="six digits (GB/T 2260) or *; may be repeated", required=name == "add")
            each.add_argument("--shown", help="name that the pages show")
        if name == "reset":
            each.add_argument("--second-factor", action="store_true", help="take the second factor away too")


async def user_command(settings: Settings, chosen: argparse.Namespace) -> int:
    """Do one thing with accounts; what cannot be done is one line on stderr and code 2."""
    async with open_storage(settings) as storage:
        people = people_of(storage, Passwords())
        try:
            await _do(people, chosen)
        except PeopleError as error:
            raise SettingsWrong(_told(error, chosen)) from None
    return 0


async def _do(people: People, chosen: argparse.Namespace) -> None:
    match chosen.what:
        case "list":
            for account in await people.all():
                state = "active" if account.active else "off"
                roles = ",".join(sorted(account.roles))
                factor = "second factor" if account.has_second_factor else "password only"
                print(f"{account.name}\t{account.display_name}\t{state}\t{roles}\t{','.join(account.regions)}\t{factor}")
        case "add":
            first = await people.add(
                chosen.name, display_name=chosen.shown or "", roles=chosen.role, regions=chosen.region, by=_by()
            )
            print(f"{chosen.name} is there; first password, to be changed at the first sign-in: {first}")
        case "change":
            await people.change(chosen.name, by=_by(), roles=chosen.role, regions=chosen.region, display_name=chosen.shown)
            print(f"{chosen.name} is changed")
        case "off" | "on":
            await people.change(chosen.name, by=_by(), active=chosen.what == "on")
            print(f"{chosen.name} is {chosen.what}")
        case _:
            first = await people.reset(chosen.name, by=_by(), second_factor=chosen.second_factor)
            print(f"new first password of {chosen.name}, to be changed at the next sign-in: {first}")


def _by() -> str:
    """Who the audit record names: the login of the server's user."""
    try:
        return f"{_BY}:{os.getlogin()}"
    except OSError:
        return _BY


def _told(error: PeopleError, chosen: argparse.Namespace) -> str:
    match error:
        case AccountUnknown():
            return f"there is no account {chosen.name}; `ivr user list` shows all"
        case AccountExists():
            return f"the account {chosen.name} is already there"
        case AccountWrong():
            return _WRONG.get(error.reason, str(error))
        case PasswordTooWeak():
            return str(error)
        case _:
            return str(error)
