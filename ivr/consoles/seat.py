"""A seat's desk: on duty or not, the caller who comes with everything that is known of him, and acts on him.

What is shown of a caller is shown to his own seat only.
"""

from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Form, Request
from pydantic import BaseModel, Field
from starlette.responses import JSONResponse, RedirectResponse, Response

from ivr.consoles.console import Console, Desk, from_here, holding
from ivr.consoles.errors import (
    FormForged,
    HandoverNotNow,
    HandoverNotYours,
    NoteUnusable,
    NotFound,
    NumberUnusable,
    RequestWrong,
)
from ivr.consoles.seats import SeatPlace
from ivr.consoles.sessions import Session
from ivr.domain.accounts import Account, Right
from ivr.domain.handover_steps import HandoverRefusal, HandoverRefused, SeatAct, acts, line_of
from ivr.domain.handovers import Handover, HandoverState, PhoneKind, Presence
from ivr.domain.orders import CallbackOrder
from ivr.domain.work_orders import LONGEST_NOTE, OrderActionRefused
from ivr.services.seating import Seating
from ivr.services.work_orders import Fate

routes = APIRouter(prefix="/seat")
Seat = Annotated[Session, Depends(holding(Right.TAKE_CALLS))]
QUEUES = ("general", "car_move", "exam", "plate", "licence", "complaint")
"""Businesses that a seat may take or leave."""
_SHIFT = timedelta(hours=12)
_MOST_WAITING = 500
_FEW = 6
_Word = Annotated[str, Field(max_length=200)]


class Asked(BaseModel):
    """A change that a page asks for."""

    csrf: _Word


class PhoneForm(Asked):
    """Which telephone he has, and what he takes."""

    kind: PhoneKind
    extension: Annotated[str, Field(max_length=8)] = ""
    queues: list[Literal["general", "car_move", "exam", "plate", "licence", "complaint"]] = []


class ActForm(Asked):
    """What he does with his caller."""

    act: SeatAct
    wish: Literal["continue", "verify"] = "continue"
    number: _Word = ""


class NoteForm(Asked):
    """What a talk was about."""

    note: Annotated[str, Field(max_length=4_000)] = ""
    fate: Fate


def changing(request: Request, who: Session, asked: Asked) -> None:
    """See that a change comes from our own page.

    Raises:
        FormForged: it does not.
    """
    if not who.made(asked.csrf) or not from_here(request):
        raise FormForged("a change without its token")


@routes.get("")
async def desk_of_seat(desk: Desk, who: Seat) -> Response:
    """Show the desk."""
    await desk.note(who, "view_seat", "seat")
    shown = await _now(desk, who) | await _side(desk, who)
    return desk.pages.render("seat.html", who, **shown, queues=QUEUES, longest=LONGEST_NOTE)


@routes.get("/now")
async def now(desk: Desk, who: Seat) -> Response:
    """Give his state and his caller anew, as they stand."""
    return desk.pages.render("seat_now.html", who, **await _now(desk, who))


@routes.get("/side")
async def side(desk: Desk, who: Seat) -> Response:
    """Give the queue, the colleagues and the work orders anew."""
    return desk.pages.render("seat_side.html", who, **await _side(desk, who))


@routes.post("/phone")
async def phone(request: Request, desk: Desk, who: Seat, form: Annotated[PhoneForm, Form()]) -> Response:
    """Choose a telephone."""
    changing(request, who, form)
    place = _place(desk, who)
    extension = form.extension.strip()
    if extension and not (extension.isascii() and extension.isdigit()):
        raise RequestWrong("an extension has digits")
    if form.kind is PhoneKind.SIP and not extension:
        raise RequestWrong("a telephone without its extension")
    place.kind, place.extension, place.queues = form.kind, extension or place.extension, tuple(form.queues)
    return RedirectResponse("/seat", status_code=303)


@routes.post("/ready")
async def ready(request: Request, desk: Desk, who: Seat, asked: Annotated[Asked, Form()]) -> Response:
    """Be ready for the next caller; after a talk: the note is written."""
    changing(request, who, asked)
    desk.seats.turn(_place(desk, who), ready=True, now=desk.now())
    await desk.seating_of(who).ready(_name(who))
    return Response(status_code=204)


@routes.post("/away")
async def away(request: Request, desk: Desk, who: Seat, asked: Annotated[Asked, Form()]) -> Response:
    """Take no calls for now."""
    changing(request, who, asked)
    desk.seats.turn(_place(desk, who), ready=False, now=desk.now())
    await desk.seating_of(who).away(_name(who))
    return Response(status_code=204)


@routes.post("/{handover_id}/act")
async def act(handover_id: str, request: Request, desk: Desk, who: Seat, form: Annotated[ActForm, Form()]) -> Response:
    """Do something with his caller; what came of it is told by the news."""
    changing(request, who, form)
    try:
        await _do(desk.seating_of(who), handover_id, _name(who), form)
    except HandoverRefused as refused:
        raise told(refused) from None
    return Response(status_code=204)


@routes.post("/{handover_id}/note")
async def note(handover_id: str, request: Request, desk: Desk, who: Seat, form: Annotated[NoteForm, Form()]) -> Response:
    """Make what a talk was about a work order."""
    changing(request, who, form)
    talk = await own(desk, who, handover_id)
    if talk.joined_at is None:
        raise HandoverNotNow("nobody has talked yet")
    async with desk.reading(who) as uow:
        number = await uow.calls.number_of(talk.call_id)
    try:
        order = await desk.orders_of(who).of_handover(talk, form.note, form.fate, number=number, by=_name(who), now=desk.now())
    except OrderActionRefused:
        raise NoteUnusable("nothing to keep") from None
    return JSONResponse({"serial": order.serial})


async def _do(seating: Seating, handover_id: str, account: str, form: ActForm) -> None:
    match form.act:
        case SeatAct.DECLINE:
            await seating.decline(handover_id, account)
        case SeatAct.RETURN:
            await seating.give_back(handover_id, account, form.wish)
        case SeatAct.FINISH:
            await seating.finish(handover_id, account)
        case SeatAct.THIRD:
            await seating.third(handover_id, account, form.number)
        case SeatAct.THIRD_OFF:
            await seating.third_off(handover_id, account)


def told(refused: HandoverRefused) -> Exception:
    """Say it as a page does."""
    match refused.reason:
        case HandoverRefusal.UNKNOWN:
            return NotFound("no such hand-over")
        case HandoverRefusal.NOT_YOURS:
            return HandoverNotYours("another seat's caller")
        case HandoverRefusal.NUMBER_UNUSABLE:
            return NumberUnusable("not a telephone number")
        case HandoverRefusal.NOT_NOW | HandoverRefusal.WISH_UNKNOWN:
            return HandoverNotNow("not in this state")


async def own(desk: Console, who: Session, handover_id: str) -> Handover:
    """Give a hand-over that is his.

    Raises:
        NotFound: there is none of his regions.
        HandoverNotYours: another seat has it.
    """
    try:
        return await desk.seating_of(who).mine(handover_id, _name(who))
    except HandoverRefused as refused:
        raise told(refused) from None


async def _now(desk: Console, who: Session) -> dict[str, Any]:
    place, at = _place(desk, who), desk.now()
    async with desk.reading(who) as uow:
        mine = await uow.handovers.of_seat(_name(who), since=at - _SHIFT, limit=20)
        shown = _shown(list(mine), place)
        call = None if shown is None else await uow.calls.get(shown.call_id)
    if shown is not None and shown.state is HandoverState.OFFERED and who.reads_anew(f"handover/{shown.handover_id}", now=at):
        await desk.note(who, "view_handover", shown.call_id)
    return {
        "place": place, "now": at, "shown": shown, "caller_tail": "" if call is None else call.caller_tail,
        "may": _may(who) | {each.value for each in (() if shown is None else acts(shown, by=_name(who)))},
        "earlier": [each for each in mine if each.is_over and each.joined_at is not None][:_FEW],
    }


def _shown(mine: list[Handover], place: SeatPlace) -> Handover | None:
    """The caller he has, or the last one while he writes down what it was about."""
    for each in mine:
        if not each.is_over:
            return each
    if place.presence is Presence.WRAP_UP:
        return max((each for each in mine if each.joined_at), key=_ended, default=None)
    return None


def _ended(handover: Handover) -> datetime:
    return handover.ended_at or handover.asked_at


def _may(who: Session) -> frozenset[str]:
    return frozenset() if who.person is None else frozenset(right.value for right in who.person.rights)


async def _side(desk: Console, who: Session) -> dict[str, Any]:
    may_order = who.person is not None and who.person.may(Right.WORK_ORDERS)
    held: list[CallbackOrder] = []
    free: list[CallbackOrder] = []
    async with desk.reading(who) as uow:
        waiting = await uow.handovers.open_ones(_MOST_WAITING)
        if may_order:
            held = list(await uow.callbacks.held_by(_name(who), _FEW))
            free = list(await uow.callbacks.unheld(_FEW))
    return {
        "line": line_of(waiting), "colleagues": desk.seats.colleagues(_person(who)), "held": held, "free": free,
        "now": desk.now(), "may_order": may_order,
    }


def _person(who: Session) -> Account:
    assert who.person is not None  # noqa: S101 - `holding` saw to it
    return who.person


def _name(who: Session) -> str:
    return _person(who).name


def _place(desk: Console, who: Session) -> SeatPlace:
    return desk.seats.place(_person(who), now=desk.now())
