"""The calls that were made: found by what is known of them, and one call with its sound, words and times."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from pydantic import BaseModel, BeforeValidator, Field
from starlette.responses import Response

from ivr.consoles.console import Console, Desk, from_here, holding
from ivr.consoles.errors import FormForged, NotFound
from ivr.consoles.sessions import Session
from ivr.domain.accounts import Right
from ivr.domain.call_search import SHORTEST_WORDS, CallQuery, bare
from ivr.domain.calls import CallView, Direction, TurnRecord
from ivr.domain.car_move_limits import CHINA
from ivr.domain.car_moves import CarMoveCase
from ivr.domain.handovers import Handover
from ivr.storage.errors import RecordingMissing

routes = APIRouter(prefix="/calls")
Reviewer = Annotated[Session, Depends(holding(Right.SEE_CALLS))]
PAGE = 50
DOUBTFUL = 0.6
"""The recognizer was less sure than this of a line."""
_SEALED = "（已封存"
_Blank = BeforeValidator(lambda value: value or None)
_Minutes = Annotated[float | None, _Blank, Field(ge=0, le=600)]
_CallId = Annotated[str, Field(max_length=64, pattern=r"^[0-9A-Za-z_-]*$")]
_Code = Annotated[str, Field(max_length=40, pattern=r"^[a-z_]*$")]


class Wanted(BaseModel):
    """What is looked for, as the form gives it; times are the wall clock of China."""

    csrf: str = Field(default="", max_length=200)
    since: Annotated[datetime | None, _Blank] = None
    until: Annotated[datetime | None, _Blank] = None
    region: str = Field(default="", pattern=r"^(\d{6})?$")
    direction: Annotated[Direction | None, _Blank] = None
    service: _Code = ""
    outcome: _Code = ""
    end_reason: _Code = ""
    least_minutes: _Minutes = None
    most_minutes: _Minutes = None
    worst_mark: Annotated[int | None, _Blank, Field(ge=1, le=5)] = None
    seat: str = Field(default="", pattern=r"^[a-z0-9._-]{0,32}$")
    tail: str = Field(default="", pattern=r"^(\d{4})?$", repr=False)
    words: str = Field(default="", max_length=60, repr=False)
    past: _CallId = ""
    """The page before ended with this call."""

    @property
    def query(self) -> CallQuery:
        """The same for the database."""
        return CallQuery(
            since=_in_china(self.since), until=_in_china(self.until), region=self.region, direction=self.direction,
            service=self.service, outcome=self.outcome, end_reason=self.end_reason, least_seconds=_seconds(self.least_minutes),
            most_seconds=_seconds(self.most_minutes), worst_mark=self.worst_mark, seat=self.seat, tail=self.tail, words=self.words.strip(),
        )  # fmt: skip

    @property
    def problem(self) -> str:
        """Why this cannot be looked for, in words; empty: it can."""
        if self.words.strip() and len(bare(self.words)) < SHORTEST_WORDS:
            return "要找的话至少两个字。"
        if self.since and self.until and self.since >= self.until:
            return "开始时间要早于结束时间。"
        if self.least_minutes is not None and self.most_minutes is not None and self.least_minutes > self.most_minutes:
            return "最短时长不能大于最长时长。"
        return ""


@routes.get("")
async def calls(desk: Desk, who: Reviewer, past: _CallId = "") -> Response:
    """List calls, newest first."""
    await desk.note(who, "list_calls", "calls")
    return await _page(desk, who, Wanted(past=past))


@routes.post("")
async def search(request: Request, desk: Desk, who: Reviewer, wanted: Annotated[Wanted, Form()]) -> Response:
    """Find calls; in the body, for words and a number's digits are no matter for an address."""
    if not who.made(wanted.csrf) or not from_here(request):
        raise FormForged("a form without its token")
    await desk.audit(who.account or "", "search_calls", "calls", by=",".join(wanted.query.named))
    return await _page(desk, who, wanted)


async def _page(desk: Console, who: Session, wanted: Wanted) -> Response:
    found: list[CallView] = []
    if not wanted.problem:
        async with desk.reading(who) as uow:
            found = list(await uow.call_search.find(wanted.query, limit=PAGE + 1, past=wanted.past))
    more = found[PAGE - 1].call_id if len(found) > PAGE else None
    return desk.pages.render(
        "calls.html", who, status=422 if wanted.problem else 200, calls=found[:PAGE], older=more, wanted=wanted, searched=wanted.query.named
    )


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
        muted=muted_spans(found.turns),
        handovers=await _handovers(desk, who, call_id),
        doubtful=DOUBTFUL,
        understood={turn.number: turn.understood for turn in found.turns if turn.understood is not None},
    )


async def _handovers(desk: Console, who: Session, call_id: str) -> Sequence[Handover]:
    async with desk.reading(who) as uow:
        return await uow.handovers.of_call(call_id)


def muted_spans(turns: tuple[TurnRecord, ...]) -> list[tuple[float, float]]:
    """Where the recording is silent because something secret was entered: seconds from and to.

    From the question for it until it was sealed.
    """
    spans = []
    asked = 0.0
    for turn in turns:
        if turn.text.startswith(_SEALED):
            spans.append((asked, turn.at_seconds))
        asked = turn.at_seconds
    return spans


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


def _in_china(moment: datetime | None) -> datetime | None:
    return None if moment is None else moment.replace(tzinfo=CHINA)


def _seconds(minutes: float | None) -> float | None:
    return None if minutes is None else minutes * 60
