"""Signing in by a site's own sign-on: there, back, and the second factor where ours is asked for."""

import secrets
from dataclasses import replace
from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from starlette.responses import RedirectResponse, Response

from ivr.consoles.console import Console, Desk, from_here
from ivr.consoles.errors import FormForged, NotFound
from ivr.consoles.oidc import SignOnError, SiteSignOn
from ivr.consoles.overview import known_name, local_path, renewed, sign_in_form
from ivr.consoles.pages import give_cookie
from ivr.consoles.sessions import Session, SigningOn
from ivr.domain.accounts import Account
from ivr.services.people_errors import SignInRefused
from ivr.services.signing_in import Vouched

routes = APIRouter(prefix="/sign-on")
PATIENCE = timedelta(minutes=10)
"""Who does not come back in this time begins anew."""
_Text = Annotated[str, Query(max_length=4_000)]
_Word = Annotated[str, Form(max_length=200)]


@routes.get("")
async def begin(request: Request, desk: Desk, next: str = "/") -> Response:
    """Send somebody to the sign-on."""
    site = _site(desk)
    who = desk.session(request) or desk.sessions.begin(now=desk.now())
    signing_on = SigningOn(
        state=secrets.token_urlsafe(32), nonce=secrets.token_urlsafe(32), verifier=secrets.token_urlsafe(48), return_url=site.return_url or str(request.url_for("back")), next=local_path(next),
        until=desk.now() + PATIENCE,
    )
    try:
        address = await site.address(
            return_url=signing_on.return_url, state=signing_on.state, nonce=signing_on.nonce, verifier=signing_on.verifier
        )
    except SignOnError as error:
        return sign_in_form(desk, who, request, next=next, refused=error.code)
    who.signing_on = signing_on
    response = RedirectResponse(address, status_code=303)
    give_cookie(response, who, secure=request.url.scheme == "https")
    return response


@routes.get("/back")
async def back(
    request: Request, desk: Desk, state: _Text = "", code: _Text = "", error: _Text = "", iss: _Text | None = None
) -> Response:
    """Take somebody who comes back; each coming back answers one going, in the same browser."""
    site = _site(desk)
    who, gone = _coming_back(desk, request, state)
    if who is None:
        return RedirectResponse("/sign-in", status_code=303)
    if gone is None or error or not code or not site.is_from(iss):
        return sign_in_form(desk, who, request, next="/", refused="sign_on_wrong")
    try:
        told = await site.told(code, return_url=gone.return_url, nonce=gone.nonce, verifier=gone.verifier, now=desk.now())
    except SignOnError as wrong:
        return sign_in_form(desk, who, request, next=gone.next, refused=wrong.code)
    try:
        account = await desk.signing_in.sign_on(told.name)
    except SignInRefused as refused:
        await desk.audit("visitor", "sign_in_failed", await known_name(desk, told.name), reason=refused.reason, by="sign_on")
        return sign_in_form(desk, who, request, next=gone.next, refused=refused.reason)
    if account.has_second_factor and not told.second_factor:
        who.signing_on = replace(gone, account=account.name, id_token=told.id_token, state="", until=desk.now() + PATIENCE)
        return RedirectResponse("/sign-on/code", status_code=303)
    return await _let_in(desk, who, request, account, gone.next, Vouched(told.second_factor, told.id_token))


@routes.get("/code")
async def code_page(request: Request, desk: Desk) -> Response:
    """Ask for the one-time password."""
    who, owed = _owing(desk, request)
    if who is None or owed is None:
        return RedirectResponse("/sign-in", status_code=303)
    return desk.pages.render("sign_on_code.html", who, refused="", bare=True)


@routes.post("/code")
async def code(request: Request, desk: Desk, csrf: _Word, one_time: _Word = "") -> Response:
    """Take it."""
    who, owed = _owing(desk, request)
    if who is None or owed is None:
        return RedirectResponse("/sign-in", status_code=303)
    if not who.made(csrf) or not from_here(request):
        raise FormForged("a sign-in without its token")
    try:
        account = await desk.signing_in.second_factor_shown(owed.account, one_time)
    except SignInRefused as refused:
        await desk.audit("visitor", "sign_in_failed", owed.account, reason=refused.reason, by="sign_on")
        if refused.reason != "wrong":
            who.signing_on = None
            return sign_in_form(desk, who, request, next=owed.next, refused=refused.reason)
        return desk.pages.render("sign_on_code.html", who, status=403, refused="wrong_code", bare=True)
    return await _let_in(desk, who, request, account, owed.next, Vouched(second_factor=False, id_token=owed.id_token))


async def _let_in(desk: Console, who: Session, request: Request, account: Account, next: str, vouched: Vouched) -> Response:
    await desk.audit(account.name, "signed_in", account.name, by="sign_on")
    return renewed(RedirectResponse(next, status_code=303), desk, who, account, request, vouched=vouched)


def _site(desk: Console) -> SiteSignOn:
    if desk.options.sign_on is None:
        raise NotFound("the site has no sign-on of its own")
    return desk.options.sign_on


def _coming_back(desk: Console, request: Request, state: str) -> tuple[Session | None, SigningOn | None]:
    """The session, and what it went with, used up; None where this coming back answers no going."""
    who = desk.session(request)
    if who is None:
        return None, None
    gone, who.signing_on = who.signing_on, None
    if gone is None or gone.account or not secrets.compare_digest(gone.state.encode(), state.encode()) or gone.until < desk.now():
        return who, None
    return who, gone


def _owing(desk: Console, request: Request) -> tuple[Session | None, SigningOn | None]:
    """Who was vouched for and owes the second factor."""
    _site(desk)
    who = desk.session(request)
    owed = None if who is None else who.signing_on
    if owed is None or not owed.account or owed.until < desk.now():
        return who, None
    return who, owed
