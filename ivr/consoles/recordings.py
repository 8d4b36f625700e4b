"""Sound of a call, served decrypted to those who are signed in; each look is audited first."""

import re
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response, StreamingResponse

from ivr.consoles.console import Console, Desk, holding
from ivr.consoles.errors import ConsoleError
from ivr.consoles.sessions import Session
from ivr.consoles.waveform import Envelope, draw
from ivr.domain.accounts import Right
from ivr.storage.errors import RecordingMissing
from ivr.storage.recording_format import WAV_HEADER_BYTES
from ivr.storage.recordings import Recordings

routes = APIRouter(prefix="/calls")
Reviewer = Annotated[Session, Depends(holding(Right.SEE_CALLS))]
_FIRST_BYTES = 65_536
"""Read before the answer begins, so that a broken recording is told as such."""
_RANGE = re.compile(r"bytes=(\d*)-(\d*)")


class RangeWrong(ConsoleError):
    """The wanted part lies outside the recording."""

    code = "range_wrong"
    status = 416

    def __init__(self, total: int) -> None:
        super().__init__("the wanted part lies outside the recording")
        self.total = total
        """Bytes of the whole."""


@routes.get("/{call_id}/recording.wav")
async def recording(call_id: str, request: Request, desk: Desk, who: Reviewer) -> Response:
    """Send the recording, or the part of it that a player asks for."""
    await _seen(desk, who, call_id)
    return await send_recording(call_id, request, desk, who)


async def send_recording(call_id: str, request: Request, desk: Console, who: Session) -> Response:
    """Send the sound of a call to somebody of whom it is known that he may hear it."""
    recordings = desk.storage.recordings
    total = await recordings.wav_bytes(call_id)
    part = wanted_part(request.headers.get("range"), total)
    start, stop = part or (0, total)
    first = await recordings.read_range(call_id, start, min(stop, start + _FIRST_BYTES))
    await _note_once(desk, who, call_id)
    headers = {
        "Accept-Ranges": "bytes",
        "Content-Length": str(stop - start),
        "Cache-Control": "private, no-store",
    }
    if part is not None:
        headers["Content-Range"] = f"bytes {start}-{stop - 1}/{total}"
    return StreamingResponse(
        _pieces(recordings, call_id, first, (start + len(first), stop)),
        status_code=200 if part is None else 206,
        media_type="audio/wav",
        headers=headers,
    )


@routes.get("/{call_id}/waveform.svg")
async def waveform(call_id: str, desk: Desk, who: Reviewer) -> Response:
    """Draw the recording."""
    await _seen(desk, who, call_id)
    recordings = desk.storage.recordings
    total = await recordings.wav_bytes(call_id)
    await _note_once(desk, who, call_id)
    envelope = Envelope(total - WAV_HEADER_BYTES)
    async for piece in recordings.stream_wav(call_id, start=WAV_HEADER_BYTES, stop=total):
        envelope.add(piece)
    return Response(draw(envelope.peaks()), media_type="image/svg+xml")


async def _seen(desk: Console, who: Session, call_id: str) -> None:
    async with desk.reading(who) as uow:
        if not await uow.calls.is_seen(call_id):
            raise RecordingMissing("no recording of such a call")


def wanted_part(header: str | None, total: int) -> tuple[int, int] | None:
    """Read a `Range` header: first byte and the one after the last; None for the whole.

    Raises:
        RangeWrong: nothing of it lies in the recording.
    """
    found = _RANGE.fullmatch(header.strip()) if header else None
    if found is None or found.group(0) == "bytes=-":
        return None  # several parts, or a unit that is not known: the whole is a right answer
    first, last = found.groups()
    if not first:
        start, stop = max(0, total - int(last)), total
    else:
        start, stop = int(first), min(total, int(last) + 1 if last else total)
    if start >= stop:
        raise RangeWrong(total)
    return start, stop


async def _pieces(
    recordings: Recordings, call_id: str, first: bytes, rest: tuple[int, int]
) -> AsyncIterator[bytes]:
    yield first
    async for piece in recordings.stream_wav(call_id, start=rest[0], stop=rest[1]):
        yield piece


async def _note_once(desk: Console, who: Session, call_id: str) -> None:
    """A player asks for many parts; that is one look."""
    now = desk.now()
    if who.reads_anew(call_id, now=now):
        try:
            await desk.note(who, "listen_recording", call_id)
        except BaseException:
            who.heard.pop(call_id, None)
            raise
