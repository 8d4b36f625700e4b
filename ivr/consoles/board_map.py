"""The dispatchers' map: a schematic of where open cases stand, and a list of those of which nobody knows it."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form
from starlette.responses import Response

from ivr.consoles.board import Filter, choices_of
from ivr.consoles.console import Console, Desk, holding
from ivr.consoles.sessions import Session
from ivr.domain.accounts import Right
from ivr.domain.board import shown
from ivr.domain.case_map import HIGH, WIDE, planes, without_spot

routes = APIRouter(prefix="/board/map")
CaseReader = Annotated[Session, Depends(holding(Right.SEE_CASES))]
MOST = 300
"""Cases drawn; the others are counted."""


@routes.get("")
async def board_map(desk: Desk, who: CaseReader) -> Response:
    """Show the map."""
    await desk.note(who, "view_board_map", "cases")
    return await _map(desk, who, "board_map.html", Filter())


@routes.post("/marks")
async def marks(desk: Desk, who: CaseReader, wanted: Annotated[Filter, Form()]) -> Response:
    """Give the map anew, as it stands."""
    return await _map(desk, who, "board_marks.html", wanted)


async def _map(desk: Console, who: Session, page: str, chosen: Filter) -> Response:
    now = desk.now()
    async with desk.reading(who) as uow:
        everything = await uow.cases.on_the_board()
        spots = await uow.spots.of_the_board()
    found = shown(everything, chosen.wanted(who), now=now)
    drawn = found[:MOST]
    return desk.pages.render(
        page, who, now=now, planes=planes(drawn, spots), unplaced=without_spot(drawn, spots), left=len(found) - len(drawn),
        wide=WIDE, high=HIGH, view="map", **choices_of(everything, found, now=now),
    )
