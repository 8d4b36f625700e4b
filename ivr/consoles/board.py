"""The dispatchers' board: live lanes of open cases, the roads they are on, and acts on one case."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request
from pydantic import BaseModel, Field
from starlette.responses import RedirectResponse, Response

from ivr.consoles.console import Console, Desk, from_here, holding
from ivr.consoles.errors import FormForged, NotFound, NumberUnusable
from ivr.consoles.event_stream import EventStream, Say
from ivr.consoles.lines import usable_number
from ivr.consoles.recordings import send_recording
from ivr.consoles.sessions import Session
from ivr.domain.accounts import Right
from ivr.domain.board import BoardCase, Lane, Unit, Wanted, by_road, shown
from ivr.domain.calls import CallView
from ivr.domain.car_move_desk import LONGEST_NOTE, NEEDS_REASON, ActRefused, DeskAct, JoinKind
from ivr.domain.car_moves import CarMoveCase
from ivr.services.car_moving_views import CaseUnknown
from ivr.services.dispatching import CaseChanged, CaseWish

routes = APIRouter()
CaseReader = Annotated[Session, Depends(holding(Right.SEE_CASES))]
Dispatcher = Annotated[Session, Depends(holding(Right.MOVE_CARS))]
PAGE = 100
_CARDS = 25
"""Cards of a lane; the others are counted."""
_ROADS = 24
_MOST_NOTE_CHARS = 4_000
"""Above the longest note that is taken, so that one a little too long is told, not lost."""
_Word = Annotated[str, Field(max_length=200)]


class Filter(BaseModel):
    """What the board is narrowed to; sent in the body, for a place is no matter for an address."""

    region: Annotated[str, Field(pattern=r"^(\d{6})?$")] = ""
    words: _Word = ""
    unit: Annotated[str, Field(pattern="^(|police|property|open)$")] = ""
    holder: _Word = ""
    only: Annotated[str, Field(pattern="^(|urgent|overdue)$")] = ""

    def wanted(self, who: Session) -> Wanted:
        """Say it as the board understands it."""
        holder = who.account or "" if self.holder == "me" else self.holder
        return Wanted(self.region, self.words.strip(), self.unit, holder, self.only)


class ActForm(BaseModel):
    """What the page of a case sends."""

    csrf: _Word
    version: int
    act: DeskAct
    note: str = Field("", max_length=_MOST_NOTE_CHARS)
    to: _Word = ""
    into: _Word = ""


class JoinForm(BaseModel):
    """Whom to join."""

    csrf: _Word
    kind: JoinKind
    desk: _Word = ""
    """The dispatcher's own phone; empty: the number of his browser phone."""


@routes.get("/board")
async def board(desk: Desk, who: CaseReader) -> Response:
    """Show the board."""
    await desk.note(who, "view_board", "cases")
    return await _board(desk, who, "board.html", Filter())


@routes.post("/board/lanes")
async def lanes(desk: Desk, who: CaseReader, wanted: Annotated[Filter, Form()]) -> Response:
    """Give the lanes anew, as they stand."""
    return await _board(desk, who, "board_lanes.html", wanted)


@routes.get("/board/news")
async def news(desk: Desk, who: CaseReader) -> Response:
    """Tell which cases change, of those that this person may see."""

    async def tell(say: Say) -> None:
        async for message in desk.storage.live_calls.listen("cases"):
            case_id = str(message.get("case_id", ""))
            async with desk.reading(who) as uow:
                case = await uow.cases.get(case_id)
            if case is not None:
                await say({"case_id": case_id, "state": case.state.value})

    return EventStream(tell, closing=desk.closing, shut_out=partial(desk.until_shut_out, who, Right.SEE_CASES))


@routes.get("/cases")
async def cases(desk: Desk, who: CaseReader, before: datetime | None = None) -> Response:
    """List all cases, newest first."""
    async with desk.reading(who) as uow:
        found = list(await uow.cases.page(before=before, limit=PAGE + 1))
    more = found[PAGE - 1].opened_at.isoformat() if len(found) > PAGE else None
    await desk.note(who, "list_cases", "cases")
    return desk.pages.render("cases.html", who, cases=found[:PAGE], older=more)


@routes.get("/cases/{case_id}")
async def case(case_id: str, desk: Desk, who: CaseReader) -> Response:
    """Show one case: its history, calls and texts, what the caller said, and what may be done."""
    await desk.note(who, "view_case", case_id)
    return await _case(desk, who, case_id)


@routes.post("/cases/{case_id}")
async def act(case_id: str, request: Request, desk: Desk, who: Dispatcher, form: Annotated[ActForm, Form()]) -> Response:
    """Do one thing with a case; what may not be done is told on the page, and his words stay there."""
    if not who.made(form.csrf) or not from_here(request):
        raise FormForged("a change without its token")
    wish = CaseWish(case_id, form.version, form.act, form.note, form.to, form.into)
    try:
        await desk.dispatching_of(who).act(wish, by=who.account or "", now=desk.now())
    except CaseUnknown:
        raise NotFound("no such case") from None
    except ActRefused as refused:
        return await _case(desk, who, case_id, wish=wish, refused=refused.reason.value)
    except CaseChanged:
        return await _case(desk, who, case_id, wish=wish, refused="changed")
    return RedirectResponse(f"/cases/{case_id}", status_code=303)


@routes.post("/cases/{case_id}/join")
async def join(case_id: str, request: Request, desk: Desk, who: Dispatcher, form: Annotated[JoinForm, Form()]) -> Response:
    """Have people joined by telephone; how it goes is told by the case's history."""
    if not who.made(form.csrf) or not from_here(request):
        raise FormForged("a change without its token")
    try:
        number = usable_number(form.desk) if form.desk.strip() else who.number or ""
        await desk.joins_of(who).order(case_id, form.kind, by=who.account or "", desk_number=number, now=desk.now())
    except CaseUnknown:
        raise NotFound("no such case") from None
    except NumberUnusable:
        return await _case(desk, who, case_id, refused="no_desk_phone")
    except ActRefused as refused:
        return await _case(desk, who, case_id, refused=refused.reason.value)
    return RedirectResponse(f"/cases/{case_id}", status_code=303)


@routes.get("/cases/{case_id}/recording.wav")
async def recording(case_id: str, request: Request, desk: Desk, who: CaseReader) -> Response:
    """Send the sound of the call in which a case was filed."""
    async with desk.reading(who) as uow:
        found = await uow.cases.get(case_id)
    if found is None:
        raise NotFound("no such case")
    return await send_recording(found.call_id, request, desk, who)


async def _board(desk: Console, who: Session, page: str, chosen: Filter) -> Response:
    now = desk.now()
    async with desk.reading(who) as uow:
        everything = await uow.cases.on_the_board()
    found = shown(everything, chosen.wanted(who), now=now)
    return desk.pages.render(
        page, who, now=now, most=_CARDS, lanes=_by_lane(found), roads=by_road(found, most=_ROADS), view="board",
        **choices_of(everything, found, now=now),
    )


def choices_of(everything: Sequence[BoardCase], found: Sequence[BoardCase], *, now: datetime) -> dict[str, Any]:
    """What the filter offers, how many cases there are, and which of the found are overdue."""
    regions = {each.region for each in everything}
    return {
        "total": len(everything), "overdue": {each.case_id for each in found if each.is_overdue(now=now)},
        "regions": sorted(regions | {f"{region[:4]}00" for region in regions}), "units": [each.value for each in Unit],
        "holders": sorted({each.holder for each in everything if each.holder}),
    }


def _by_lane(cases: list[BoardCase]) -> list[tuple[str, list[BoardCase]]]:
    return [(lane.value, [each for each in cases if each.lane is lane]) for lane in Lane]


async def _case(desk: Console, who: Session, case_id: str, *, wish: CaseWish | None = None, refused: str = "") -> Response:
    async with desk.reading(who) as uow:
        found = await uow.cases.get(case_id)
        if found is None:
            raise NotFound("no such case")
        history = await uow.cases.history(case_id)
        orders = await uow.orders.of_case(case_id)
        texts = [*await uow.sms.of_subject(case_id), *await uow.sms.of_subject(f"{case_id}/owner")]
        others = [each for each in await uow.cases.of_plate(found.plate_token, since=found.opened_at.replace(hour=0)) if each.case_id != case_id]
        filed_in = await uow.calls.get(found.call_id)
    acts, colleagues = await _choices(desk, who, found)
    return desk.pages.render(
        "case.html", who, status=409 if refused else 200, case=found, history=history, orders=orders, now=desk.now(),
        texts=sorted(texts, key=lambda text: text.created_at), others=others, lines=_said(filed_in), acts=acts,
        colleagues=colleagues, needs_reason=[each.value for each in NEEDS_REASON], longest=LONGEST_NOTE, wish=wish, refused=refused, own_number=who.number or "", may_join=bool(acts) and found.is_open and found.holder in (None, who.account),
        sounds=filed_in is not None and filed_in.recording_path is not None,
    )


async def _choices(desk: Console, who: Session, case: CarMoveCase) -> tuple[list[str], list[tuple[str, str]]]:
    if who.person is None or not who.person.may(Right.MOVE_CARS):
        return [], []
    dispatching = desk.dispatching_of(who)
    acts = await dispatching.acts(case, by=who.account or "", now=desk.now())
    colleagues = await dispatching.colleagues(case, by=who.account or "")
    return [each.value for each in acts], [(each.name, each.display_name) for each in colleagues]


def _said(call: CallView | None) -> list[tuple[float, str, str]]:
    """Lines of the call in which a case was filed: seconds, who, what."""
    return [] if call is None else [(turn.at_seconds, turn.who.value, turn.text) for turn in call.turns]
