"""The administrator's page: accounts, their roles and regions."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from pydantic import BaseModel, Field
from starlette.responses import RedirectResponse, Response

from ivr.consoles.console import Console, Desk, from_here, holding
from ivr.consoles.errors import FormForged, NotFound
from ivr.consoles.sessions import Session
from ivr.domain.accounts import Right, Role
from ivr.services.people_errors import AccountExists, AccountUnknown, AccountWrong, PeopleError

routes = APIRouter(prefix="/staff")
Keeper = Annotated[Session, Depends(holding(Right.ACCOUNTS))]
_Text = Annotated[str, Field(max_length=200)]


class NewAccount(BaseModel):
    """The form of a new account."""

    csrf: _Text
    name: _Text
    display_name: _Text = ""
    roles: list[_Text] = []
    regions: _Text = ""


class Change(BaseModel):
    """The form of an account that is there."""

    csrf: _Text
    what: _Text
    display_name: _Text = ""
    roles: list[_Text] = []
    regions: _Text = ""


@routes.get("")
async def staff(desk: Desk, who: Keeper) -> Response:
    """List all accounts."""
    await desk.note(who, "list_accounts", "accounts")
    return await _list(desk, who)


@routes.post("")
async def add(request: Request, desk: Desk, who: Keeper, form: Annotated[NewAccount, Form()]) -> Response:
    """Make one; its first password is shown once."""
    _ours(request, who, form.csrf)
    try:
        first = await desk.people.add(
            form.name.strip().lower(), display_name=form.display_name, roles=form.roles, regions=_split(form.regions),
            by=who.account or "",
        )
    except PeopleError as error:
        return await _list(desk, who, refused=_reason(error), form=form)
    return await _list(desk, who, shown=(form.name.strip().lower(), first))


@routes.get("/{name}")
async def person(name: str, desk: Desk, who: Keeper) -> Response:
    """Show one account."""
    await desk.note(who, "view_account", name)
    return await _one(desk, who, name)


@routes.post("/{name}")
async def change(name: str, request: Request, desk: Desk, who: Keeper, form: Annotated[Change, Form()]) -> Response:
    """Change it; its sessions end at once."""
    _ours(request, who, form.csrf)
    by = who.account or ""
    try:
        match form.what:
            case "save":
                await desk.people.change(
                    name, by=by, roles=form.roles, regions=_split(form.regions), display_name=form.display_name
                )
            case "off" | "on":
                await desk.people.change(name, by=by, active=form.what == "on")
            case "reset" | "reset_all":
                first = await desk.people.reset(name, by=by, second_factor=form.what == "reset_all")
                return await _one(desk, who, name, shown=first)
            case _:
                raise AccountWrong("what")
    except AccountUnknown:
        raise NotFound("no such account") from None
    except PeopleError as error:
        return await _one(desk, who, name, refused=_reason(error))
    return RedirectResponse(f"/staff/{name}", status_code=303)


async def _list(
    desk: Console, who: Session, *, refused: str = "", shown: tuple[str, str] | None = None, form: NewAccount | None = None
) -> Response:
    return desk.pages.render(
        "staff.html", who, status=422 if refused else 200, accounts=await desk.people.all(), roles=[role.value for role in Role],
        refused=refused, shown=shown, form=form,
    )


async def _one(desk: Console, who: Session, name: str, *, refused: str = "", shown: str = "") -> Response:
    try:
        account = await desk.people.get(name)
    except AccountUnknown:
        raise NotFound("no such account") from None
    async with desk.storage.reading() as uow:
        signed = await uow.accounts.signed(name)
    return desk.pages.render(
        "person.html", who, status=422 if refused else 200, kept=account, signed=signed, now=desk.now(),
        roles=[role.value for role in Role], refused=refused, shown=shown,
    )


def _reason(error: PeopleError) -> str:
    match error:
        case AccountExists():
            return "exists"
        case AccountWrong():
            return error.reason
        case _:
            return "wrong"


def _split(regions: str) -> list[str]:
    return regions.replace("，", " ").replace(",", " ").replace("、", " ").split()


def _ours(request: Request, who: Session, csrf: str) -> None:
    if not who.made(csrf) or not from_here(request):
        raise FormForged("a change without its token")
