"""One's own account: password, second factor, confidentiality agreement. Open before any desk is."""

import io
from typing import Annotated

import segno
from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from ivr.consoles.console import Console, Desk, Entered, from_here
from ivr.consoles.errors import FormForged
from ivr.consoles.overview import renewed
from ivr.consoles.sessions import Session
from ivr.domain.accounts import Account
from ivr.services.passwords import new_second_factor, second_factor_address
from ivr.services.people_errors import AccountWrong, PasswordTooWeak, SignInRefused

routes = APIRouter(prefix="/account")
Word = Annotated[str, Form(max_length=200)]
Secret = Annotated[str, Form(max_length=1000)]


@routes.get("")
async def account(desk: Desk, who: Entered) -> Response:
    """Show one's own account."""
    async with desk.storage.reading() as uow:
        signed = await uow.accounts.signed(_person(who).name)
    return desk.pages.render("account.html", who, signed=signed)


@routes.get("/password")
async def password_page(desk: Desk, who: Entered) -> Response:
    """Ask for a new password."""
    return desk.pages.render("account_password.html", who, refused="", bare=True)


@routes.post("/password")
async def password(
    request: Request, desk: Desk, who: Entered, csrf: Word, old: Secret, new: Secret, again: Secret
) -> Response:
    """Take it; every other session of the account ends."""
    _ours(request, who, csrf)
    refused = "differ" if new != again else "same" if new == old else ""
    if refused:
        return _password(desk, who, refused)
    try:
        person = await desk.signing_in.change_password(_person(who).name, old, new)
    except SignInRefused:
        return _password(desk, who, "wrong")
    except PasswordTooWeak as weak:
        return _password(desk, who, weak.reason)
    return renewed(RedirectResponse("/", status_code=303), desk, who, person, request)


@routes.get("/second-factor")
async def second_factor_page(desk: Desk, who: Entered) -> Response:
    """Show a fresh secret as a QR code."""
    who.offered_secret = new_second_factor()
    return _second_factor(desk, who, refused=False)


@routes.get("/second-factor.svg")
async def second_factor_code(desk: Desk, who: Entered) -> Response:
    """Draw the secret that the page offers."""
    if who.offered_secret is None:
        raise FormForged("no secret was offered")
    drawn = io.BytesIO()
    address = second_factor_address(_person(who).name, who.offered_secret)
    segno.make(address, error="m").save(drawn, kind="svg", scale=5, border=4, light="#ffffff")
    return Response(drawn.getvalue(), media_type="image/svg+xml")


@routes.post("/second-factor")
async def second_factor(request: Request, desk: Desk, who: Entered, csrf: Word, one_time: Word) -> Response:
    """Keep it, once the first one-time password is right."""
    _ours(request, who, csrf)
    if who.offered_secret is None:
        return RedirectResponse("/account/second-factor", status_code=303)
    try:
        await desk.signing_in.bind_second_factor(_person(who).name, who.offered_secret, one_time)
    except SignInRefused:
        return _second_factor(desk, who, refused=True)
    who.offered_secret = None
    return RedirectResponse("/", status_code=303)


@routes.get("/agreement")
async def agreement_page(desk: Desk, who: Entered) -> Response:
    """Show the confidentiality agreement."""
    return desk.pages.render("account_agreement.html", who, agreement=desk.signing_in.agreement, refused=False, bare=True)


@routes.post("/agreement")
async def agreement(request: Request, desk: Desk, who: Entered, csrf: Word, version: Word, agreed: Word = "") -> Response:
    """Note that he agrees."""
    _ours(request, who, csrf)
    try:
        await desk.signing_in.sign_agreement(_person(who).name, version if agreed == "yes" else "")
    except AccountWrong:
        return desk.pages.render(
            "account_agreement.html", who, status=422, agreement=desk.signing_in.agreement, refused=True, bare=True
        )
    return RedirectResponse("/", status_code=303)


def _password(desk: Console, who: Session, refused: str) -> Response:
    return desk.pages.render("account_password.html", who, status=422, refused=refused, bare=True)


def _second_factor(desk: Console, who: Session, *, refused: bool) -> Response:
    return desk.pages.render(
        "account_second_factor.html", who, status=422 if refused else 200, secret=who.offered_secret, refused=refused, bare=True
    )


def _person(who: Session) -> Account:
    assert who.person is not None  # noqa: S101 - `Entered` saw to it
    return who.person


def _ours(request: Request, who: Session, csrf: str) -> None:
    if not who.made(csrf) or not from_here(request):
        raise FormForged("a change without its token")
