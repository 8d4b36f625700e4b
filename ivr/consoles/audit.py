"""The auditor's page: who did what, when, to what; and the proof that nothing was changed since."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from pydantic import BaseModel, Field
from starlette.responses import Response

from ivr.consoles.console import Console, Desk, from_here, holding
from ivr.consoles.errors import FormForged
from ivr.consoles.sessions import Session
from ivr.domain.accounts import Right
from ivr.storage.errors import AuditBroken

routes = APIRouter(prefix="/audit")
Auditor = Annotated[Session, Depends(holding(Right.AUDIT))]
PAGE = 100
_PATIENCE_SECONDS = 60
_Word = Annotated[str, Field(max_length=200)]


class Wanted(BaseModel):
    """What is looked for, and after which entry the page begins."""

    csrf: _Word = ""
    actor: _Word = ""
    action: _Word = ""
    subject: _Word = ""
    before: int | None = None


@routes.get("")
async def audit(desk: Desk, who: Auditor) -> Response:
    """Show the newest entries."""
    return await _page(desk, who, Wanted())


@routes.post("")
async def search(request: Request, desk: Desk, who: Auditor, wanted: Annotated[Wanted, Form()]) -> Response:
    """Show the entries that are looked for; in the body, for a subject is no matter for an address."""
    _ours(request, who, wanted.csrf)
    return await _page(desk, who, wanted)


@routes.post("/verify")
async def verify(request: Request, desk: Desk, who: Auditor, csrf: Annotated[str, Form(max_length=200)]) -> Response:
    """Read the whole chain and say whether it holds."""
    _ours(request, who, csrf)
    try:
        async with asyncio.timeout(_PATIENCE_SECONDS), desk.storage.reading() as uow:
            told = ("whole", await uow.audit.verify())
    except AuditBroken as broken:
        told = ("broken", broken.seq)
    except TimeoutError:
        told = ("too_long", 0)
    return await _page(desk, who, Wanted(), told=told)


async def _page(desk: Console, who: Session, wanted: Wanted, *, told: tuple[str, int] | None = None) -> Response:
    await desk.audit(who.account or "", "view_audit", "audit", **({"verified": told[0]} if told else {}))
    async with desk.storage.reading() as uow:
        found = await uow.audit.page(
            actor=wanted.actor.strip() or None, action=wanted.action.strip() or None, subject=wanted.subject.strip() or None,
            before=wanted.before, limit=PAGE + 1,
        )
    older = found[PAGE - 1][0] if len(found) > PAGE else None
    return desk.pages.render("audit.html", who, entries=found[:PAGE], wanted=wanted, older=older, told=told)


def _ours(request: Request, who: Session, csrf: str) -> None:
    if not who.made(csrf) or not from_here(request):
        raise FormForged("a form without its token")
