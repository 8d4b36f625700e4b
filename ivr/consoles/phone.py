"""The browser phone: dial, be rung, see what is said, type instead of speaking."""

from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Request, WebSocket
from pydantic import BaseModel, Field, StringConstraints
from starlette.responses import JSONResponse, Response

from ivr.consoles.console import Desk, PhoneChange, PhoneUser, may_dial, until_may_not_dial
from ivr.consoles.errors import NotFound
from ivr.consoles.event_stream import EventStream, Say
from ivr.consoles.lines import call_in, usable_number
from ivr.consoles.pages import error_body
from ivr.consoles.relay import connect_phone
from ivr.consoles.words import happening

routes = APIRouter(prefix="/phone")
_Digits = Annotated[str, StringConstraints(max_length=32)]
_CAPTION = ("who", "text", "state")


class Dialled(BaseModel):
    """Somebody pressed the green key."""

    dialled: _Digits
    number: _Digits = ""
    """His own number; empty: withheld."""


class OwnNumber(BaseModel):
    """The number of a browser's phone; empty: none."""

    number: _Digits = ""


class Typed(BaseModel):
    """Somebody typed instead of speaking."""

    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]


class Answer(BaseModel):
    """What a phone needs to connect."""

    ticket: str = Field(repr=False)
    call_id: str


@routes.get("")
async def phone(request: Request, desk: Desk) -> Response:
    """Show the phone; where it is not open to all, to those who are signed in."""
    who = desk.session(request)
    if not await may_dial(desk, who):
        return Response(status_code=303, headers={"Location": "/sign-in?next=/phone"})
    who = who or desk.sessions.begin(now=desk.now())
    secure = request.url.scheme == "https"
    return desk.pages.render(
        "phone.html", who, secure=secure, number=who.number or "", rings=desk.options.phone_rings
    )


@routes.post("/tickets")
async def dial(call: Dialled, desk: Desk, who: PhoneChange) -> Response:
    """Set a call up; the ticket connects it."""
    if call.dialled != desk.options.hotline:
        return JSONResponse(error_body("number_unknown"), status_code=404)
    caller = usable_number(call.number) if call.number.strip() else None
    start = call_in(caller=caller, dialled=call.dialled)
    ticket = desk.tickets.issue(start, owner=who.sid, now=desk.now())
    who.owns(start.call_id)
    return JSONResponse(Answer(ticket=ticket, call_id=start.call_id).model_dump())


@routes.websocket("/media")
async def media(browser: WebSocket, desk: Desk) -> None:
    """Carry a call's sound."""
    await connect_phone(browser, desk)


@routes.get("/{call_id}/captions")
async def captions(call_id: str, desk: Desk, who: PhoneUser) -> Response:
    """Tell what is heard and said in a call of this browser, from its beginning."""
    if call_id not in who.calls:
        raise NotFound("no call of this browser")
    live = desk.storage.live_calls

    async def news(say: Say) -> None:
        async for line in live.listen(f"call:{call_id}", after="0-0"):
            if not happening(str(line.get("text", ""))):
                await say(_caption(line))

    return EventStream(news, closing=desk.closing, shut_out=partial(until_may_not_dial, desk, who))


@routes.post("/{call_id}/say")
async def type_in(call_id: str, typed: Typed, desk: Desk, who: PhoneChange) -> Response:
    """Let a sentence count as spoken."""
    if call_id not in who.calls:
        raise NotFound("no call of this browser")
    await desk.storage.live_calls.order(call_id, {"order": "typed", "text": typed.text})
    return Response(status_code=204)


@routes.post("/number")
async def register(own: OwnNumber, who: PhoneChange) -> Response:
    """Set the number under which this browser's phone rings."""
    who.number = usable_number(own.number) if own.number.strip() else None
    return Response(status_code=204)


def _caption(line: dict[str, Any]) -> dict[str, str]:
    return {name: str(line.get(name, "")) for name in _CAPTION}
