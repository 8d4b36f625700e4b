"""What a seat's desk is told as it happens: his calls, the queue, his telephone; captions and sound of his caller.

While a page is open the voice process is told that he is here. Captions and sound end with the hand-over, and as
soon as another seat has the caller.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from functools import partial

from fastapi import APIRouter
from starlette.responses import Response, StreamingResponse

from ivr.consoles.console import Console, Desk
from ivr.consoles.errors import ConsoleError, HandoverNotNow, NotFound
from ivr.consoles.event_stream import EventStream, LiveStream, Say, ShutOut, Write, first_of
from ivr.consoles.live import ENDLESS_BYTES
from ivr.consoles.rings import tell_rings
from ivr.consoles.seat import Seat, own
from ivr.consoles.seats import SeatPlace
from ivr.consoles.sessions import Session
from ivr.consoles.words import happening
from ivr.domain.accounts import Right
from ivr.domain.calls import TurnRecord
from ivr.domain.handovers import (
    PRESENCE_SECONDS,
    QUEUE_TOPIC,
    Handover,
    PhoneKind,
    browser_phone,
    topic_of,
)
from ivr.storage.errors import LiveDown, RecordingMissing
from ivr.storage.recording_format import wav_header

routes = APIRouter(prefix="/seat")


@routes.get("/news")
async def news(desk: Desk, who: Seat) -> Response:
    """Tell a seat what concerns him, and let him be rung, while his page is open."""
    return EventStream(partial(_at_the_desk, desk, who), closing=desk.closing, shut_out=_shut_out(desk, who))


def _shut_out(desk: Console, who: Session) -> ShutOut:
    return partial(desk.until_shut_out, who, Right.TAKE_CALLS)


async def _at_the_desk(desk: Console, who: Session, say: Say) -> None:
    assert who.person is not None  # noqa: S101 - `Seat` saw to it
    place = desk.seats.sit(who.person, now=desk.now())
    live = desk.storage.live_calls
    own_topic = topic_of(place.account)
    try:
        starts = await live.position(own_topic), await live.position(QUEUE_TOPIC)
        works = [_here(desk, place, say), _own_news(desk, place, say, starts[0]), _queue(desk, say, starts[1])]
        if place.kind is PhoneKind.BROWSER:
            works.append(_rung(desk, who, place, say))
        await first_of(*works)
    finally:
        if desk.seats.rise(place, now=desk.now()):
            with suppress(LiveDown):  # then he is missed when he is not heard of any more
                await desk.seating.left(place.account)
            await live.publish(QUEUE_TOPIC, {"kind": "queue"})


async def _here(desk: Console, place: SeatPlace, say: Say) -> None:
    """Say again and again that he is here."""
    await say({"kind": "here"})
    await desk.storage.live_calls.publish(QUEUE_TOPIC, {"kind": "queue"})
    while True:
        with suppress(LiveDown):
            await desk.seating.present(place.here)
        await asyncio.sleep(PRESENCE_SECONDS)


async def _own_news(desk: Console, place: SeatPlace, say: Say, after: str) -> None:
    async for message in desk.storage.live_calls.listen(topic_of(place.account), after=after):
        desk.seats.heard(place, message, now=desk.now())
        await say(message)


async def _queue(desk: Console, say: Say, after: str) -> None:
    async for _ in desk.storage.live_calls.listen(QUEUE_TOPIC, after=after):
        await say({"kind": "queue"})


async def _rung(desk: Console, who: Session, place: SeatPlace, say: Say) -> None:
    """Ring this page under his own name; where another page of his rings, this one goes on without."""
    await tell_rings(desk, who, browser_phone(place.account), say)
    await asyncio.Event().wait()


@routes.get("/{handover_id}/captions")
async def captions(handover_id: str, desk: Desk, who: Seat) -> Response:
    """Tell his caller's words from the call's beginning; of a talk that is over, up to its end."""
    talk = await own(desk, who, handover_id)
    source = partial(_kept_captions if talk.is_over else _live_captions, desk, who, talk)
    return EventStream(source, closing=desk.closing, shut_out=_shut_out(desk, who))


async def _kept_captions(desk: Console, who: Session, talk: Handover, say: Say) -> None:
    async with desk.reading(who) as uow:
        call = await uow.calls.get(talk.call_id)
    for turn in () if call is None else call.turns:
        if talk.ended_at is not None and turn.at <= talk.ended_at:
            await say(_caption(turn))
    await say({"who": "end", "text": "", "event": ""})


def _caption(turn: TurnRecord) -> dict[str, str]:
    return {"who": turn.who.value, "text": turn.text, "event": happening(turn.text)}


async def _live_captions(desk: Console, who: Session, talk: Handover, say: Say) -> None:
    async def tell() -> None:
        async for line in desk.storage.live_calls.listen(f"call:{talk.call_id}", after="0-0"):
            text = str(line.get("text", ""))
            await say({"who": str(line.get("who", "")), "text": text, "event": happening(text)})

    await first_of(tell(), _until_gone(desk, who, talk))
    await say({"who": "end", "text": "", "event": ""})


@routes.get("/{handover_id}/sound.wav")
async def sound(handover_id: str, desk: Desk, who: Seat) -> Response:
    """Let a seat hear his caller before he answers, from now on."""
    talk = await own(desk, who, handover_id)
    if talk.is_over:
        raise HandoverNotNow("the hand-over is over")
    if not desk.storage.live_sound.is_on_air(talk.call_id):
        raise NotFound("the call is not heard here")
    await desk.note(who, "listen_in", talk.call_id)
    source = partial(_live_sound, desk, who, talk)
    return LiveStream(source, closing=desk.closing, shut_out=_shut_out(desk, who), media_type="audio/wav")


async def _live_sound(desk: Console, who: Session, talk: Handover, write: Write) -> None:
    async def play() -> None:
        with suppress(RecordingMissing):  # it ended meanwhile
            async for piece in desk.storage.live_sound.listen(talk.call_id):
                await write(piece)

    await write(wav_header(ENDLESS_BYTES))
    await first_of(play(), _until_gone(desk, who, talk))


@routes.get("/{handover_id}/recording.wav")
async def recording(handover_id: str, desk: Desk, who: Seat) -> Response:
    """Send what was recorded of his caller so far, whole: while it grows there are no parts of it."""
    talk = await own(desk, who, handover_id)
    if talk.is_over:
        raise HandoverNotNow("the hand-over is over")
    total = await desk.storage.recordings.wav_bytes(talk.call_id)
    await desk.note(who, "listen_recording", talk.call_id)
    pieces: AsyncIterator[bytes] = desk.storage.recordings.stream_wav(talk.call_id, stop=total)
    headers = {"Content-Length": str(total), "Cache-Control": "private, no-store", "Accept-Ranges": "none"}
    return StreamingResponse(pieces, media_type="audio/wav", headers=headers)


async def _until_gone(desk: Console, who: Session, talk: Handover) -> None:
    """Wait until the caller is not his any more."""
    live = desk.storage.live_calls
    topic = topic_of(who.account or "")
    after = await live.position(topic)
    if not await _is_his(desk, who, talk):
        return
    async for message in live.listen(topic, after=after):
        if message.get("handover_id") == talk.handover_id and not await _is_his(desk, who, talk):
            return


async def _is_his(desk: Console, who: Session, talk: Handover) -> bool:
    try:
        found = await own(desk, who, talk.handover_id)
    except ConsoleError:
        return False
    return not found.is_over
