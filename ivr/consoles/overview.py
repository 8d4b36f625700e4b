"""The first page, and signing in and out."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from ivr.consoles.console import Console, Desk, SignedIn, from_here
from ivr.consoles.errors import FormForged, TooManyTries
from ivr.consoles.pages import COOKIE, give_cookie
from ivr.consoles.sign_in import ADMINISTRATOR
from ivr.storage.errors import LiveDown

routes = APIRouter()
_FEW = 8
_MOST_CHARS = 200
Word = Annotated[str, Form(max_length=_MOST_CHARS)]


@routes.get("/")
async def overview(desk: Desk, request: Request) -> Response:
    """Show what goes on, to those who are signed in; the way in, to others."""
    who = desk.session(request)
    if who is None or who.account is None:
        return desk.pages.render("welcome.html", who)
    async with desk.storage.reading() as uow:
        calls = await uow.calls.recent(_FEW)
        cases = await uow.cases.recent(_FEW)
        orders = await uow.callbacks.open_orders(_FEW)
    live = await _live(desk)
    await desk.note(who, "view_overview", "overview")
    return desk.pages.render(
        "overview.html", who, calls=calls, cases=cases, orders=orders, live=live
    )


@routes.get("/sign-in")
async def sign_in_page(desk: Desk, request: Request, next: str = "/") -> Response:
    """Ask for the password."""
    who = desk.session(request) or desk.sessions.begin(now=desk.now())
    return desk.pages.render(
        "sign_in.html", who, secure=_secure(request), next=local_path(next), wrong=False
    )


@routes.post("/sign-in")
async def sign_in(
    request: Request,
    desk: Desk,
    password: Word,
    csrf: Word,
    next: Word = "/",
) -> Response:
    """Try the password."""
    who = desk.session(request)
    if who is None or not who.made(csrf) or not from_here(request):
        raise FormForged("a sign-in without its token")
    source = request.client.host if request.client else ""
    if desk.tries.wait(source, now=desk.now()):
        raise TooManyTries("too many wrong passwords")
    desk.tries.failed(source, now=desk.now())  # before the slow part: many at once count as many
    if not await asyncio.to_thread(desk.password.fits, password):
        await desk.audit("visitor", "sign_in_failed", ADMINISTRATOR)
        return desk.pages.render("sign_in.html", who, status=403, next=local_path(next), wrong=True)
    desk.tries.succeeded(source)
    await desk.audit(ADMINISTRATOR, "signed_in", ADMINISTRATOR)
    desk.sessions.end(who)
    fresh = desk.sessions.begin(now=desk.now(), account=ADMINISTRATOR)
    response = RedirectResponse(local_path(next), status_code=303)
    give_cookie(response, fresh, secure=_secure(request))
    return response


@routes.post("/sign-out")
async def sign_out(request: Request, desk: Desk, who: SignedIn, csrf: Word) -> Response:
    """End the session."""
    if not who.made(csrf) or not from_here(request):
        raise FormForged("a sign-out without its token")
    desk.sessions.end(who)
    await desk.note(who, "signed_out", ADMINISTRATOR)
    response = RedirectResponse("/", status_code=303)
    response.delete_cookie(COOKIE, path="/")
    return response


def local_path(path: str) -> str:
    """Where to go after signing in: a page of ours, or the first one."""
    ours = path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable()
    return path if ours else "/"


async def _live(desk: Console) -> list[dict[str, object]]:
    try:
        return list(await desk.storage.live_calls.list())
    except LiveDown:
        return []


def _secure(request: Request) -> bool:
    return request.url.scheme == "https"
