"""The texts that went out. Numbers are shown by their tails."""

from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.responses import Response

from ivr.consoles.console import Desk, holding
from ivr.consoles.sessions import Session
from ivr.domain.accounts import Right

routes = APIRouter()
TextReader = Annotated[Session, Depends(holding(Right.SEE_TEXTS))]
PAGE = 100


@routes.get("/sms")
async def sms(desk: Desk, who: TextReader) -> Response:
    """List texts, newest first."""
    async with desk.reading(who) as uow:
        found = await uow.sms.recent(PAGE)
    await desk.note(who, "list_sms", "sms")
    return desk.pages.render("sms.html", who, texts=found, most=PAGE)
