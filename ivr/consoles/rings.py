"""Calls to browser phones: a phone that has told its number is rung over a stream of events."""

import asyncio
from functools import partial
from typing import Literal

from fastapi import APIRouter
from starlette.responses import JSONResponse, Response

from ivr.consoles.console import (
    BrowserPhones,
    Console,
    Desk,
    PhoneChange,
    PhoneUser,
    until_may_not_dial,
)
from ivr.consoles.errors import NotFound
from ivr.consoles.event_stream import EventStream, Say
from ivr.consoles.phone import Answer
from ivr.consoles.ringing import RingBoard, RingingPhone
from ivr.consoles.sessions import Session
from telephony.errors import NumberTaken

routes = APIRouter(prefix="/phone/rings")
_PATIENCE_SECONDS = 3.0
"""A page that comes back finds its number taken by its own old connection for a moment."""
_RETRY_SECONDS = 0.2


@routes.get("")
async def rings(desk: Desk, who: PhoneUser) -> Response:
    """Tell when this browser's phone rings, and when it stops."""
    number = who.number
    if not desk.options.phone_rings or number is None:
        raise NotFound("no phone that could ring")
    return EventStream(
        partial(tell_rings, desk, who, number), closing=desk.closing, shut_out=partial(until_may_not_dial, desk, who)
    )


async def tell_rings(desk: Console, who: Session, number: str, say: Say) -> None:
    """Tell when the phone of a number rings; ends where another page has it, and keeps it."""
    loop = asyncio.get_running_loop()
    until = loop.time() + _PATIENCE_SECONDS
    while True:
        try:
            await _ring(desk.phones, number, desk.rings, who, say)
        except NumberTaken:
            if loop.time() > until:
                await say({"kind": "taken"})
                return
        await asyncio.sleep(_RETRY_SECONDS)


@routes.post("/{ring_id}/answer")
async def answer(ring_id: str, desk: Desk, who: PhoneChange) -> Response:
    """Pick up; the ticket connects the call."""
    ring = desk.rings.find(ring_id, owner=who.sid)
    ring.answer()
    start = ring.start("slin")
    who.owns(start.call_id)
    ticket = desk.tickets.issue(start, owner=who.sid, now=desk.now())
    return JSONResponse(Answer(ticket=ticket, call_id=start.call_id).model_dump())


@routes.post("/{ring_id}/{how}")
async def refuse(
    ring_id: str, how: Literal["reject", "busy"], desk: Desk, who: PhoneChange
) -> Response:
    """Do not pick up."""
    ring = desk.rings.find(ring_id, owner=who.sid)
    if how == "busy":
        ring.busy()
    else:
        ring.reject()
    return Response(status_code=204)


async def _ring(
    phones: BrowserPhones, number: str, board: RingBoard, who: Session, say: Say
) -> None:
    async with phones.ring_channel(number) as coming, asyncio.TaskGroup() as group:
        await say({"kind": "ready"})
        for phone in board.of(who.sid):
            group.create_task(_announce(phone, say))
        async for ring in coming:
            group.create_task(_announce(board.add(ring, owner=who.sid), say))


async def _announce(phone: RingingPhone, say: Say) -> None:
    await say({"kind": "ring", "ring": phone.ring_id, "shown": phone.ring.caller_shown})
    await phone.ring.over()
    await say({"kind": "over", "ring": phone.ring_id})
