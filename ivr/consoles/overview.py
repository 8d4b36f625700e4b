"""The first page, and signing in and out."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from ivr.consoles.console import Console, Desk, Entered, from_here
from ivr.consoles.errors import FormForged, StepNeeded, TooManyTries
from ivr.consoles.guard import policy
from ivr.consoles.live import seen_live
from ivr.consoles.oidc import Leaving
from ivr.consoles.pages import COOKIE, give_cookie
from ivr.consoles.sessions import Session
from ivr.domain.accounts import Account, Right
from ivr.services.people_errors import SignInRefused
from ivr.services.signing_in import Vouched

routes = APIRouter()
_FEW = 8
_MOST_CHARS = 200
Word = Annotated[str, Form(max_length=_MOST_CHARS)]


@routes.get("/")
async def overview(desk: Desk, request: Request) -> Response:
    """Show what goes on, to those who are signed in; the way in, to others."""
    who = desk.session(request)
    person = None if who is None else await desk.person(who)
    if who is None or person is None:
        return desk.pages.render("welcome.html", None if who is None or who.account else who)
    step = desk.signing_in.next_step(person, vouched=who.vouched)
    if step is not None:
        raise StepNeeded(f"/account/{step.value}")
    async with desk.reading(who) as uow:
        calls = await uow.calls.recent(_FEW) if person.may(Right.SEE_CALLS) else []
        cases = await uow.cases.recent(_FEW) if person.may(Right.SEE_CASES) else []
        open_cases = await uow.cases.count_open() if person.may(Right.SEE_CASES) else 0
        orders = await uow.callbacks.open_orders(_FEW) if person.may(Right.WORK_ORDERS) else []
        unfinished = await uow.callbacks.count_open() if person.may(Right.WORK_ORDERS) else 0
    live = await seen_live(desk, who) if person.may(Right.LISTEN_IN) else []
    await desk.note(who, "view_overview", "overview")
    return desk.pages.render(
        "overview.html", who, calls=calls, cases=cases, orders=orders, live=live, open_cases=open_cases, unfinished=unfinished
    )


@routes.get("/sign-in")
async def sign_in_page(desk: Desk, request: Request, next: str = "/") -> Response:
    """Ask for name and password."""
    who = desk.session(request) or desk.sessions.begin(now=desk.now())
    return sign_in_form(desk, who, request, next=next)


@routes.post("/sign-in")
async def sign_in(
    request: Request,
    desk: Desk,
    name: Word,
    password: Annotated[str, Form(max_length=1000)],
    csrf: Word,
    one_time: Word = "",
    next: Word = "/",
) -> Response:
    """Try to come in."""
    who = desk.session(request)
    if who is None or not who.made(csrf) or not from_here(request):
        raise FormForged("a sign-in without its token")
    source = request.client.host if request.client else ""
    if desk.tries.wait(source, now=desk.now()):
        raise TooManyTries("too many wrong passwords")
    desk.tries.failed(source, now=desk.now())  # before the slow part: many at once count as many
    name = name.strip().lower()
    try:
        account = await desk.signing_in.sign_in(name, password, one_time)
    except SignInRefused as refused:
        if refused.reason == "code_needed":
            desk.tries.succeeded(source)
        else:
            await desk.audit("visitor", "sign_in_failed", await known_name(desk, name), reason=refused.reason)
        return sign_in_form(desk, who, request, next=next, refused=refused.reason, name=name)
    desk.tries.succeeded(source)
    await desk.audit(account.name, "signed_in", account.name)
    return renewed(RedirectResponse(local_path(next), status_code=303), desk, who, account, request)


def sign_in_form(
    desk: Console, who: Session, request: Request, *, next: str, refused: str = "", name: str = ""
) -> Response:
    """Show the way in, and why the last try did not get there."""
    site = desk.options.sign_on
    return desk.pages.render(
        "sign_in.html", who, status=403 if refused else 200, secure=_secure(request), next=local_path(next), refused=refused, name=name,
        sign_on="" if site is None else site.label, bare=True,
    )


@routes.post("/sign-out")
async def sign_out(request: Request, desk: Desk, who: Entered, csrf: Word) -> Response:
    """End the session, and the one at the site's sign-on by which he came, where it lets us."""
    if not who.made(csrf) or not from_here(request):
        raise FormForged("a sign-out without its token")
    desk.sessions.end(who)
    await desk.note(who, "signed_out", who.account or "")
    leaving = await _leaving(request, desk, who)
    response: Response = RedirectResponse("/", status_code=303)
    if leaving is not None:
        response = desk.pages.render("signed_out.html", None, leaving=leaving, sign_on=desk.options.sign_on, bare=True)
        response.headers["Content-Security-Policy"] = policy(sends_to=leaving.origin)
    response.delete_cookie(COOKIE, path="/")
    return response


async def _leaving(request: Request, desk: Console, who: Session) -> Leaving | None:
    site = desk.options.sign_on
    if site is None or who.vouched is None:
        return None
    return await site.leaving(who.vouched.id_token, return_url=site.home_url or str(request.url_for("overview")))


def local_path(path: str) -> str:
    """Where to go after signing in: a page of ours, or the first one."""
    ours = path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable()
    return path if ours else "/"


async def known_name(desk: Console, name: str) -> str:
    """What the audit record says of a failed try; a name that is no account may be a password typed wrongly."""
    known = {account.name for account in await desk.people.all()}
    return name if name in known else "unknown"


def renewed(
    response: Response, desk: Console, who: Session, person: Account, request: Request, *, vouched: Vouched | None = None
) -> Response:
    """Give a session a new id and the account's newest epoch, after signing in and after what makes the old ones end."""
    desk.sessions.end(who)
    fresh = desk.sessions.begin(now=desk.now(), account=person.name, epoch=person.epoch, vouched=vouched or who.vouched)
    give_cookie(response, fresh, secure=_secure(request))
    return response


def _secure(request: Request) -> bool:
    return request.url.scheme == "https"
