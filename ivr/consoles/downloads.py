"""A recording leaves the house: with a reason, in the audit record, and marked with who took it."""

import struct
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from pydantic import AfterValidator, BaseModel, Field
from starlette.responses import Response, StreamingResponse

from ivr.consoles.calls import seen_call
from ivr.consoles.console import Desk, from_here, holding
from ivr.consoles.errors import FormForged, NotFound
from ivr.consoles.sessions import Session
from ivr.consoles.words_audit import PURPOSES
from ivr.domain.accounts import Right
from ivr.domain.car_move_limits import CHINA
from ivr.storage.recording_format import WAV_HEADER_BYTES
from ivr.storage.recordings import Recordings

routes = APIRouter(prefix="/calls")
Taker = Annotated[Session, Depends(holding(Right.DOWNLOAD))]


def _offered(purpose: str) -> str:
    if purpose not in PURPOSES:
        raise ValueError("no such purpose")
    return purpose


class Taking(BaseModel):
    """The form."""

    csrf: str = Field(max_length=200)
    purpose: Annotated[str, AfterValidator(_offered)]
    reference: str = Field(pattern=r"^[0-9A-Za-z-]{1,40}$")
    """Number of the complaint, case or letter; letters and digits, so that it names nobody."""


@routes.post("/{call_id}/download")
async def download(call_id: str, request: Request, desk: Desk, who: Taker, taking: Annotated[Taking, Form()]) -> Response:
    """Give the recording as a file."""
    if not who.made(taking.csrf) or not from_here(request):
        raise FormForged("a form without its token")
    call = await seen_call(desk, who, call_id)
    if call is None:
        raise NotFound("no such call")
    recordings = desk.storage.recordings
    total = await recordings.wav_bytes(call_id)
    head = await recordings.read_range(call_id, 0, WAV_HEADER_BYTES)
    await desk.audit(who.account or "", "download_recording", call_id, purpose=taking.purpose, reference=taking.reference)
    at = desk.now().astimezone(CHINA)
    mark = mark_of(
        f"12123 {call_id}；{who.account} {at:%Y-%m-%d %H:%M:%S} 下载；{PURPOSES[taking.purpose]} {taking.reference}；仅限本次用途，不得外传"
    )
    name = f"{call.began_at.astimezone(CHINA):%Y%m%d-%H%M%S}-{call_id[:8]}.wav"
    return StreamingResponse(
        _marked(recordings, call_id, total, head, mark),
        media_type="audio/wav",
        headers={
            "Content-Disposition": f'attachment; filename="{name}"', "Content-Length": str(total + len(mark)),
            "Cache-Control": "private, no-store",
        },
    )


def mark_of(text: str) -> bytes:
    """A RIFF `LIST INFO` chunk whose comment is the text; every player leaves it alone."""
    comment = text.encode() + b"\0"
    comment += b"\0" * (len(comment) % 2)
    info = b"INFO" + struct.pack("<4sI", b"ICMT", len(comment)) + comment
    return struct.pack("<4sI", b"LIST", len(info)) + info


async def _marked(recordings: Recordings, call_id: str, total: int, head: bytes, mark: bytes) -> AsyncIterator[bytes]:
    (riff,) = struct.unpack_from("<I", head, 4)
    yield head[:4] + struct.pack("<I", riff + len(mark)) + head[8:]
    async for piece in recordings.stream_wav(call_id, start=WAV_HEADER_BYTES, stop=total):
        yield piece
    yield mark
