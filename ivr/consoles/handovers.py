"""The hand-overs of a day, for supervisors: queue, wait, seat, end; on a page and as CSV."""

import csv
import io
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from starlette.responses import Response

from ivr.consoles.console import Console, Desk, holding
from ivr.consoles.sessions import Session
from ivr.domain.accounts import Right
from ivr.domain.car_move_limits import CHINA
from ivr.domain.figures import day_span
from ivr.domain.handovers import Handover

routes = APIRouter(prefix="/handovers")
Reviewer = Annotated[Session, Depends(holding(Right.SEE_CALLS))]
MOST = 500
_Seat = Annotated[str, Query(max_length=32, pattern=r"^[a-z0-9._-]*$")]
_HEAD = ("要人工", "地区", "队列", "原因", "等候秒", "座席", "通话秒", "结果", "通话编号")


@routes.get("")
async def handovers(desk: Desk, who: Reviewer, day: date | None = None, seat: _Seat = "") -> Response:
    """Show a day; today when none is named."""
    day = day or _today(desk)
    await desk.note(who, "list_handovers", day.isoformat())
    found = await _of_day(desk, who, day)
    return desk.pages.render(
        "handovers.html", who, day=day, yesterday=day - timedelta(days=1), tomorrow=day + timedelta(days=1),
        handovers=_of_seat(found, seat), most=MOST, whole=len(found) < MOST, seat=seat, seats=sorted({each.seat for each in found if each.seat}),
    )


@routes.get("/day.csv")
async def table(desk: Desk, who: Reviewer, day: date | None = None, seat: _Seat = "") -> Response:
    """Give the same as a table."""
    day = day or _today(desk)
    await desk.note(who, "export_handovers", day.isoformat())
    out = io.StringIO()
    rows = csv.writer(out)
    rows.writerow(_HEAD)
    for each in _of_seat(await _of_day(desk, who, day), seat):
        rows.writerow(_row(each))
    headers = {"Content-Disposition": f'attachment; filename="handovers-{day.isoformat()}.csv"'}
    return Response("\ufeff" + out.getvalue(), media_type="text/csv; charset=utf-8", headers=headers)


def _row(each: Handover) -> list[str]:
    waited_until = each.joined_at or each.ended_at
    waited = "" if waited_until is None else f"{(waited_until - each.asked_at).total_seconds():.0f}"
    talked = "" if each.joined_at is None or each.ended_at is None else f"{(each.ended_at - each.joined_at).total_seconds():.0f}"
    asked = each.asked_at.astimezone(CHINA).isoformat(sep=" ", timespec="seconds")
    return [asked, each.region, each.queue, each.reason, waited, each.seat or "", talked, each.state.value, each.call_id]


def _of_seat(found: Sequence[Handover], seat: str) -> Sequence[Handover]:
    return [each for each in found if each.seat == seat] if seat else found


def _today(desk: Console) -> date:
    return desk.now().astimezone(CHINA).date()


async def _of_day(desk: Console, who: Session, day: date) -> Sequence[Handover]:
    async with desk.reading(who) as uow:
        return await uow.handovers.between(day_span(day), limit=MOST)
