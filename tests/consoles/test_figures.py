"""The page of a day's figures, its charts and its CSV."""

import csv
import io
from statistics import median

import pytest

from ivr.consoles.charts import bars, line
from ivr.consoles.figures import COLUMNS
from ivr.domain.accounts import Role
from ivr.domain.figures import latency_of
from tests.consoles.busy_day import DAY, a_busy_day, by_hand, latencies_by_hand
from tests.consoles.people import seated
from tests.consoles.site import Site, Visitor


async def test_the_page_shows_them_and_the_csv_too(administrator: Visitor, site: Site) -> None:
    await a_busy_day(site.storage)
    hand = await by_hand(site.storage, "%")
    page = (await administrator.get(f"/figures?day={DAY}")).text
    assert f"<strong>{hand['offered']}</strong><span>来电</span>" in page
    export = (await administrator.get(f"/figures/day.csv?day={DAY}")).text
    rows = list(csv.DictReader(io.StringIO(export.removeprefix("\ufeff"))))
    total = rows[-1]
    words = dict(COLUMNS)
    assert {name: int(total[words[name]]) for name in hand} == hand
    times = latency_of(await latencies_by_hand(site.storage, "%"))
    assert (total["时延p50毫秒"], total["时延p95毫秒"]) == (f"{times.p50_ms:.0f}", f"{times.p95_ms:.0f}")
    of_one = latency_of(await latencies_by_hand(site.storage, "320213"))
    [row] = [row for row in rows if row["地区"] == "320213"]
    assert row["时延p50毫秒"] == f"{of_one.p50_ms:.0f}"
    async with seated(site, "wang", Role.SUPERVISOR, region="330000") as browser:
        only = (await browser.get(f"/figures/day.csv?day={DAY}")).text
        assert "330106" in only
        assert "320213" not in only


async def test_the_hand_overs_of_a_day_are_listed_with_queue_wait_seat_and_end(site: Site) -> None:
    await a_busy_day(site.storage)
    hand = await by_hand(site.storage, "3202%")
    async with seated(site, "sun", Role.SUPERVISOR) as browser:
        assert f"要人工：座席接通 {hand['joined']}，没有座席 {hand['no_seat']}，排队放弃 {hand['left_waiting']}" in (
            await browser.get(f"/figures?day={DAY}")
        ).text
        page = (await browser.get(f"/handovers?day={DAY}")).text
        export = (await browser.get(f"/handovers/day.csv?day={DAY}")).text
    rows = list(csv.DictReader(io.StringIO(export.removeprefix("\ufeff"))))
    assert len(rows) == hand["asked_person"] > 10
    assert {row["地区"] for row in rows} == {"320213"}
    talked = [row for row in rows if row["座席"] == "wang"]
    assert len(talked) == hand["joined"]
    assert {row["结果"] for row in talked} == {"done"}
    assert all(row["等候秒"] for row in rows)
    assert "没有空闲座席" in page
    assert "西湖区" not in page
    assert "无锡市梁溪区" in page
    waits = sorted(float(row["等候秒"]) for row in talked)
    async with seated(site, "li", Role.SUPERVISOR) as browser:
        total = list(csv.DictReader(io.StringIO((await browser.get(f"/figures/day.csv?day={DAY}")).text.removeprefix("\ufeff"))))[-1]
        assert float(total["等人工p50秒"]) == pytest.approx(median(waits), abs=1)
        assert "转人工</h2>" in (await browser.get(f"/calls/{talked[0]['通话编号']}")).text


async def test_a_day_without_calls_has_figures_too(administrator: Visitor) -> None:
    page = await administrator.get("/figures?day=2020-01-01")
    assert page.status_code == 200
    assert "—" in page.text
    for drawn in ("hours", "days"):
        picture = await administrator.get(f"/figures/{drawn}.svg?day=2020-01-01")
        assert picture.headers["content-type"] == "image/svg+xml"


@pytest.mark.parametrize("values", [[], [0], [3], [0, 0, 7], list(range(24))])
def test_charts_of_anything_are_drawn(values: list[int]) -> None:
    labels = [str(value) for value in values]
    for drawn in (bars(values, labels), line(values, labels)):
        assert drawn.startswith("<svg")
        assert "nan" not in drawn
        assert ".5<" not in drawn, "half a call"


def test_the_last_day_of_a_line_and_every_second_before_it_are_named() -> None:
    labels = [f"11-{day:02d}" for day in range(10, 24)]
    drawn = line(list(range(14)), labels)
    assert [label for label in labels if f">{label}<" in drawn] == labels[1::2]


def test_percentiles() -> None:
    assert latency_of([]).p50_ms is None
    assert latency_of([5]).p95_ms == 5
    found = latency_of(list(range(1, 101)))
    assert (found.turns, found.p50_ms, round(found.p95_ms or 0)) == (100, 50.5, 95)
