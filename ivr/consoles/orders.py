"""Work orders (工单) and missed calls. A number is shown to who has taken the order, and that is noted."""

from collections.abc import Awaitable
from typing import Annotated, TypeVar

from fastapi import APIRouter, Depends, Form, Request
from pydantic import BaseModel, Field
from starlette.responses import RedirectResponse, Response

from ivr.consoles.console import Console, Desk, from_here, holding
from ivr.consoles.errors import FormForged, NotFound
from ivr.consoles.sessions import Session
from ivr.domain.accounts import Right
from ivr.domain.work_orders import LONGEST_NOTE, OrderAction, OrderActionRefused
from ivr.services.work_orders import OrderChanged, OrderUnknown, OrderView, Wish

routes = APIRouter()
OrderKeeper = Annotated[Session, Depends(holding(Right.WORK_ORDERS))]
MissedKeeper = Annotated[Session, Depends(holding(Right.MISSED_CALLS))]
PAGE = 100
_T = TypeVar("_T")
_MOST_CHARS = 200
_MOST_NOTE_CHARS = 4_000
"""Above the longest note that is taken, so that one a little too long is told, not lost."""
Word = Annotated[str, Form(max_length=_MOST_CHARS)]


@routes.get("/callbacks")
async def orders(desk: Desk, who: OrderKeeper) -> Response:
    """List orders: unfinished ones by urgency, then the newest finished ones."""
    async with desk.reading(who) as uow:
        unfinished = await uow.callbacks.open_orders(PAGE)
        finished = await uow.callbacks.finished(PAGE)
    await desk.note(who, "list_callbacks", "callbacks")
    return desk.pages.render("callbacks.html", who, orders=unfinished, finished=finished, now=desk.now(), most=PAGE)


@routes.get("/callbacks/{serial}")
async def order(serial: str, desk: Desk, who: OrderKeeper) -> Response:
    """Show one order, its history and what may be done with it."""
    view = await _known(desk.orders_of(who).view(serial, by=_name(who), now=desk.now()))
    await desk.note(who, "view_order", serial)
    return _page(desk, who, view)


class ActForm(BaseModel):
    """What the page of an order sends."""

    csrf: str = Field(max_length=_MOST_CHARS)
    version: int
    action: OrderAction
    note: str = Field("", max_length=_MOST_NOTE_CHARS)
    unit: str = Field("", max_length=_MOST_CHARS)
    into: str = Field("", max_length=_MOST_CHARS)


@routes.post("/callbacks/{serial}")
async def act(serial: str, request: Request, desk: Desk, who: OrderKeeper, form: Annotated[ActForm, Form()]) -> Response:
    """Do one thing with an order; what may not be done is told on the page, and his words stay there."""
    _ours(request, who, form.csrf)
    wish = Wish(serial, form.version, form.action, form.note, form.unit, form.into)
    try:
        await _known(desk.orders_of(who).act(wish, by=_name(who), now=desk.now()))
    except OrderActionRefused as refused:
        return await _again(desk, who, wish, refused.reason.value)
    except OrderChanged:
        return await _again(desk, who, wish, "changed")
    return RedirectResponse(f"/callbacks/{serial}", status_code=303)


@routes.post("/callbacks/{serial}/number")
async def number(serial: str, request: Request, desk: Desk, who: OrderKeeper, csrf: Word) -> Response:
    """Show the number to call."""
    _ours(request, who, csrf)
    try:
        shown = await _known(desk.orders_of(who).number(serial, by=_name(who), now=desk.now()))
    except OrderActionRefused as refused:
        return await _again(desk, who, Wish(serial, 0, OrderAction.TAKE), refused.reason.value)
    view = await _known(desk.orders_of(who).view(serial, by=_name(who), now=desk.now()))
    return _page(desk, who, view, number=shown or "")


@routes.get("/missed")
async def missed(desk: Desk, who: MissedKeeper) -> Response:
    """List calls in which nobody was served."""
    async with desk.reading(who) as uow:
        found = await desk.orders_of(who).missed(uow.calls, now=desk.now(), limit=PAGE)
    await desk.note(who, "list_missed", "calls")
    return desk.pages.render("missed.html", who, calls=found, most=PAGE)


@routes.post("/missed/{call_id}")
async def order_of_missed(call_id: str, request: Request, desk: Desk, who: MissedKeeper, csrf: Word) -> Response:
    """Make a missed call a work order."""
    _ours(request, who, csrf)
    async with desk.reading(who) as uow:
        call = await uow.calls.get(call_id)
        number = await uow.calls.number_of(call_id)
    if call is None:
        raise NotFound("no such call")
    made = await desk.orders_of(who).of_missed(call_id, number, by=_name(who), now=desk.now())
    return RedirectResponse(f"/callbacks/{made.serial}", status_code=303)


def _name(who: Session) -> str:
    assert who.account is not None  # noqa: S101 - `SignedIn` saw to it
    return who.account


def _ours(request: Request, who: Session, csrf: str) -> None:
    if not who.made(csrf) or not from_here(request):
        raise FormForged("a change without its token")


async def _known(asked: Awaitable[_T]) -> _T:
    try:
        return await asked
    except OrderUnknown:
        raise NotFound("no such order") from None


async def _again(desk: Console, who: Session, wish: Wish, reason: str) -> Response:
    view = await _known(desk.orders_of(who).view(wish.serial, by=_name(who), now=desk.now()))
    return _page(desk, who, view, note=wish.note, refused=reason, status=409)


def _page(
    desk: Console, who: Session, view: OrderView, *, note: str = "", refused: str = "", number: str = "", status: int = 200
) -> Response:
    order = view.order
    return desk.pages.render(
        "order.html", who, status=status, view=view, now=desk.now(), note=note, refused=refused, number=number,
        actions=[action.value for action in view.actions], longest=LONGEST_NOTE,
        mergeable=[other for other in view.others if other.is_unfinished],
        may_call=order.holder == who.account and order.caller is not None and not number,
    )
