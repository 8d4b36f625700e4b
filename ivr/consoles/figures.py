"""The figures of a day, by region, with charts and as CSV."""

import csv
import io
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.responses import Response

from ivr.consoles.charts import bars, line
from ivr.consoles.console import Console, Desk, holding
from ivr.consoles.sessions import Session
from ivr.domain.accounts import Right
from ivr.domain.car_move_limits import CHINA
from ivr.domain.figures import Counts, Latency, by_hour, day_span, latency_of
from ivr.storage.repositories.figures import MOST_TURNS

routes = APIRouter(prefix="/figures")
Reader = Annotated[Session, Depends(holding(Right.FIGURES))]
_DAYS = 14
ALL = ""
"""All regions together."""
COLUMNS = (
    ("offered", "来电"), ("answered", "接通"), ("in_time", "15秒内接通"), ("abandoned", "放弃"), ("by_machine", "自助办成"),
    ("transferred", "转人工"), ("called_back", "登记回电"), ("heard", "来电人话轮"), ("doubtful", "低把握话轮"), ("given", "填写项"), ("corrected", "改口项"), ("cases", "挪车单"),
    ("reached", "车主答复"), ("moved", "已挪走"), ("asked_person", "要人工"), ("joined", "座席接通"), ("no_seat", "没有座席"), ("left_waiting", "排队放弃"),
    ("rated", "评价"), ("marks", "评分合计"), ("satisfied", "满意"),
)


@routes.get("")
async def figures(desk: Desk, who: Reader, day: date | None = None) -> Response:
    """Show a day; today when none is named."""
    day = day or desk.now().astimezone(CHINA).date()
    await desk.note(who, "view_figures", day.isoformat())
    regions, latency = await _of_day(desk, who, day)
    async with desk.reading(who) as uow:
        before = await uow.figures.counts(day_span(day - timedelta(days=1)))
    return desk.pages.render(
        "figures.html", who, day=day, yesterday=day - timedelta(days=1), tomorrow=day + timedelta(days=1), regions=regions,
        total=_total(regions), before=_total(before), latency=latency[ALL], by_region=latency, most_turns=MOST_TURNS, columns=COLUMNS, days=await _days(desk, who, day),
        hours=await _hours(desk, who, day), waits=await _waits(desk, who, day),
    )


@routes.get("/hours.svg")
async def hours(desk: Desk, who: Reader, day: date) -> Response:
    """Draw a day's calls by the hour."""
    return _drawn(bars(await _hours(desk, who, day), [str(hour) for hour in range(24)]))


@routes.get("/days.svg")
async def days(desk: Desk, who: Reader, day: date) -> Response:
    """Draw the calls of two weeks."""
    found = await _days(desk, who, day)
    return _drawn(line([count for _, count in found], [f"{each:%m-%d}" for each, _ in found]))


@routes.get("/day.csv")
async def table(desk: Desk, who: Reader, day: date) -> Response:
    """Give a day's counts, a row a region."""
    await desk.note(who, "export_figures", day.isoformat())
    regions, latency = await _of_day(desk, who, day)
    out = io.StringIO()
    rows = csv.writer(out)
    rows.writerow(["日期", "地区", *(word for _, word in COLUMNS), "时延p50毫秒", "时延p95毫秒", "等人工p50秒", "等人工p95秒"])
    waits = await _waits(desk, who, day)
    for region, counts in [*sorted(regions.items()), ("合计", _total(regions))]:
        times, waited = (found[ALL if region == "合计" else region] for found in (latency, waits))
        rows.writerow([day.isoformat(), region, *(getattr(counts, name) for name, _ in COLUMNS), _whole(times.p50_ms), _whole(times.p95_ms), _seconds(waited.p50_ms), _seconds(waited.p95_ms)])
    headers = {"Content-Disposition": f'attachment; filename="figures-{day.isoformat()}.csv"'}
    return Response("\ufeff" + out.getvalue(), media_type="text/csv; charset=utf-8", headers=headers)


async def _of_day(desk: Console, who: Session, day: date) -> tuple[dict[str, Counts], defaultdict[str, Latency]]:
    """Counts by region; latencies by region, and of all of them together under `ALL`."""
    async with desk.reading(who) as uow:
        counts = await uow.figures.counts(day_span(day))
        times = await uow.figures.latencies(day_span(day))
    return dict(counts), _by_region(times)


async def _waits(desk: Console, who: Session, day: date) -> defaultdict[str, Latency]:
    """How long callers waited for a person, the same way."""
    async with desk.reading(who) as uow:
        return _by_region(await uow.figures.waits(day_span(day)))


def _by_region(times: Mapping[str, Sequence[float]]) -> defaultdict[str, Latency]:
    found = defaultdict(lambda: latency_of([]), {region: latency_of(each) for region, each in times.items()})
    found[ALL] = latency_of([one for each in times.values() for one in each])
    return found


async def _hours(desk: Console, who: Session, day: date) -> list[int]:
    async with desk.reading(who) as uow:
        return by_hour(await uow.figures.began(day_span(day)))


async def _days(desk: Console, who: Session, day: date) -> list[tuple[date, int]]:
    found = [day - timedelta(days=back) for back in reversed(range(_DAYS))]
    async with desk.reading(who) as uow:
        return [(each, await uow.figures.offered(day_span(each))) for each in found]


def _total(regions: Mapping[str, Counts]) -> Counts:
    return sum(regions.values(), Counts())


def _whole(milliseconds: float | None) -> str:
    return "" if milliseconds is None else f"{milliseconds:.0f}"


def _seconds(milliseconds: float | None) -> str:
    return "" if milliseconds is None else f"{milliseconds / 1000:.0f}"


def _drawn(svg: str) -> Response:
    return Response(svg, media_type="image/svg+xml", headers={"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'"})
