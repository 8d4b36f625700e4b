"""Calls on the line: who is talking, what is being said, and listening in. Nobody on the line hears it."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from functools import partial
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends
from starlette.responses import Response, StreamingResponse

from ivr.consoles.console import LOOK_AGAIN_SECONDS, Console, Desk, holding
from ivr.consoles.errors import NotFound
from ivr.consoles.event_stream import EventStream, Say
from ivr.consoles.sessions import Session
from ivr.consoles.words import happening
from ivr.domain.accounts import Right
from ivr.storage.errors import LiveDown, RecordingMissing
from ivr.storage.recording_format import wav_header

routes = APIRouter(prefix="/live")
Listener = Annotated[Session, Depends(holding(Right.LISTEN_IN))]
ENDLESS_BYTES: Final = 0x7FFF_FF00
"""Length in the header of a WAV whose end nobody knows yet."""


@routes.get("")
async def live(desk: Desk, who: Listener) -> Response:
    """List the calls on the line."""
    await desk.note(who, "list_live", "live")
    return desk.pages.render("live.html", who, live=await seen_live(desk, who))


@routes.get("/rows")
async def rows(desk: Desk, who: Listener) -> Response:
    """Give the list anew, as it stands."""
    return desk.pages.render("live_rows.html", who, live=await seen_live(desk, who))


@routes.get("/{call_id}")
async def one(call_id: str, desk: Desk, who: Listener) -> Response:
    """Show a call while it goes on."""
    found = await _live_call(desk, who, call_id)
    await desk.note(who, "view_live", call_id)
    return desk.pages.render("live_call.html", who, call=found, heard_here=desk.storage.live_sound.is_on_air(call_id))


@routes.get("/{call_id}/captions")
async def captions(call_id: str, desk: Desk, who: Listener) -> Response:
    """Tell what is heard and said, from the call's beginning."""
    await _live_call(desk, who, call_id)

    async def tell(say: Say) -> None:
        async for line in desk.storage.live_calls.listen(f"call:{call_id}", after="0-0"):
            text = str(line.get("text", ""))
            await say({"who": str(line.get("who", "")), "text": text, "event": happening(text)})

    return EventStream(tell, closing=desk.closing, shut_out=partial(desk.until_shut_out, who, Right.LISTEN_IN))


@routes.get("/{call_id}/sound.wav")
async def sound(call_id: str, desk: Desk, who: Listener) -> Response:
    """Let somebody listen in, from now to the call's end."""
    await _live_call(desk, who, call_id)
    if not desk.storage.live_sound.is_on_air(call_id):
        raise NotFound("the call is not heard here")
    await desk.note(who, "listen_in", call_id)
    return StreamingResponse(_endless(desk, who, call_id), media_type="audio/wav", headers={"Cache-Control": "no-store"})


async def _endless(desk: Console, who: Session, call_id: str) -> AsyncIterator[bytes]:
    yield wav_header(ENDLESS_BYTES)
    loop = asyncio.get_running_loop()
    seen_at = loop.time()
    with suppress(RecordingMissing):  # it ended meanwhile
        async for piece in desk.storage.live_sound.listen(call_id):
            if loop.time() >= seen_at + LOOK_AGAIN_SECONDS:
                if not await desk.still_may(who, Right.LISTEN_IN):
                    return
                seen_at = loop.time()
            yield piece


async def seen_live(desk: Console, who: Session) -> list[Mapping[str, Any]]:
    """Calls on the line that somebody may see; none while Redis is away."""
    try:
        found = await desk.storage.live_calls.list()
    except LiveDown:
        return []
    person = who.person
    return [call for call in found if person is not None and person.scope.sees(str(call.get("region", "")))]


async def _live_call(desk: Console, who: Session, call_id: str) -> Mapping[str, Any]:
    for call in await seen_live(desk, who):
        if call["call_id"] == call_id:
            return call
    raise NotFound("no such call is on the line")
