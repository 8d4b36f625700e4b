"""The calls that were made: the list, and one call with its sound, its words and its times."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.responses import Response

from ivr.consoles.console import Console, Desk, holding
from ivr.consoles.errors import NotFound
from ivr.consoles.sessions import Session
from ivr.domain.accounts import Right
from ivr.domain.calls import CallView
from ivr.domain.car_moves import CarMoveCase
from ivr.storage.errors import RecordingMissing

routes = APIRouter(prefix="/calls")
Reviewer = Annotated[Session, Depends(holding(Right.SEE_CALLS))]
PAGE = 50


@routes.get("")
async def calls(desk: Desk, who: Reviewer, before: datetime | None = None) -> Response:
    """List calls, newest first."""
    async with desk.reading(who) as uow:
        found = list(await uow.calls.recent(PAGE + 1, before=before))
    more = found[PAGE - 1].began_at.isoformat() if len(found) > PAGE else None
    await desk.note(who, "list_calls", "calls")
    return desk.pages.render("calls.html", who, calls=found[:PAGE], older=more)


@routes.get("/{call_id}")
async def call(call_id: str, desk: Desk, who: Reviewer) -> Response:
    """Show one call."""
    found = await seen_call(desk, who, call_id)
    if found is None:
        raise NotFound("no such call")
    await desk.note(who, "view_call", call_id)
    return desk.pages.render(
        "call.html",
        who,
        call=found,
        case=await _case_of(desk, who, found),
        has_recording=await _has_recording(desk, call_id),
        slowest=max((t.timings.total_ms for t in found.turns if t.timings), default=None),
    )


async def _has_recording(desk: Console, call_id: str) -> bool:
    try:
        return await desk.storage.recordings.wav_bytes(call_id) > 0
    except RecordingMissing:
        return False


async def seen_call(desk: Console, who: Session, call_id: str) -> CallView | None:
    """Give a call that somebody may see; what is spooled is not in the database yet, and is nobody's."""
    async with desk.reading(who) as uow:
        return await uow.calls.get(call_id)


async def _case_of(desk: Console, who: Session, call: CallView) -> CarMoveCase | None:
    async with desk.reading(who) as uow:
        if call.order_id is None:
            return await uow.cases.of_call(call.call_id)
        order = await uow.orders.get(call.order_id)
        return None if order is None else await uow.cases.get(order.case_id)
