"""What came of calls: car-move cases and texts. Numbers are shown by their tails."""

from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.responses import Response

from ivr.consoles.console import Desk, holding
from ivr.consoles.errors import NotFound
from ivr.consoles.sessions import Session
from ivr.domain.accounts import Right

routes = APIRouter()
CaseReader = Annotated[Session, Depends(holding(Right.SEE_CASES))]
TextReader = Annotated[Session, Depends(holding(Right.SEE_TEXTS))]
PAGE = 100


@routes.get("/cases")
async def cases(desk: Desk, who: CaseReader) -> Response:
    """List cases, newest first."""
    async with desk.reading(who) as uow:
        found = await uow.cases.recent(PAGE)
    await desk.note(who, "list_cases", "cases")
    return desk.pages.render("cases.html", who, cases=found, most=PAGE)


@routes.get("/cases/{case_id}")
async def case(case_id: str, desk: Desk, who: CaseReader) -> Response:
    """Show one case with its history, calls to the owner and texts."""
    async with desk.reading(who) as uow:
        found = await uow.cases.get(case_id)
        if found is None:
            raise NotFound("no such case")
        history = await uow.cases.history(case_id)
        orders = await uow.orders.of_case(case_id)
        to_requester = await uow.sms.of_subject(case_id)
        to_owner = await uow.sms.of_subject(f"{case_id}/owner")
    await desk.note(who, "view_case", case_id)
    texts = sorted((*to_requester, *to_owner), key=lambda text: text.created_at)
    return desk.pages.render(
        "case.html", who, case=found, history=history, orders=orders, texts=texts
    )


@routes.get("/sms")
async def sms(desk: Desk, who: TextReader) -> Response:
    """List texts, newest first."""
    async with desk.reading(who) as uow:
        found = await uow.sms.recent(PAGE)
    await desk.note(who, "list_sms", "sms")
    return desk.pages.render("sms.html", who, texts=found, most=PAGE)
