"""The dispatchers' map over the web."""

from dataclasses import replace
from datetime import timedelta

import pytest

from ivr.domain.accounts import Role
from ivr.domain.car_moves import CaseState
from ivr.domain.case_map import Spot
from tests.consoles.people import seated
from tests.consoles.site import NOW, Site
from tests.domain.test_car_moves import CASE


@pytest.fixture
async def mapped(site: Site) -> Site:
    """Two on one road, one urgent elsewhere, one without a spot, one of another province."""
    rows = (
        ("M1", "清扬路68号门口", "320213", True, False, Spot(120.30, 31.57)), ("M2", "清扬路2号", "320213", True, False, Spot(120.32, 31.575)),
        ("M3", "梁溪小区3幢", "320205", False, True, Spot(120.29, 31.58)), ("M4", "那边的树下", "320213", None, False, None),
        ("M5", "龙井路1号", "330106", True, False, Spot(120.12, 30.24)),
    )  # fmt: skip
    async with site.storage.uow() as uow:
        for key, place, region, on_road, urgent, spot in rows:
            case = replace(
                CASE, case_id=key, idempotency_key=key, requester_token=key, place=place, region=region, on_road=on_road, urgent=urgent,
                state=CaseState.NOTIFYING, opened_at=NOW - timedelta(minutes=5), next_due_at=NOW + timedelta(minutes=5),
            )
            await uow.cases.add(case)
            await uow.spots.keep(key, spot)
        await uow.commit()
    return site


async def test_cases_are_drawn_with_their_road_and_those_without_a_spot_are_listed(mapped: Site) -> None:
    async with seated(mapped, "wang", Role.DISPATCHER, region="320000") as browser:
        page = (await browser.get("/board/map")).text
        drawn, _, listed = page.partition('class="lane listed"')
        assert 'class="road-name"' in drawn
        assert ">清扬路</text>" in drawn
        for key in ("M1", "M2", "M3"):
            assert f'href="/cases/{key}"' in drawn
            assert f'data-case="{key}"' in listed
        assert 'href="/cases/M4"' not in drawn
        assert 'data-case="M4"' in listed
        assert "没有坐标 1 件" in drawn
        assert "急 苏B" in drawn
        assert "/cases/M5" not in page
        assert "龙井路" not in page
        assert 'href="/board/map" aria-current="page"' in page
    async with mapped.storage.reading() as uow:
        assert "view_board_map" in {entry.action for entry in await uow.audit.entries()}


@pytest.mark.parametrize(
    ("form", "seen"),
    [
        ({"unit": "police"}, {"M1", "M2"}), ({"unit": "property"}, {"M3"}), ({"unit": "open"}, {"M4"}), ({"words": "清扬"}, {"M1", "M2"}),
        ({"region": "320200"}, {"M1", "M2", "M3", "M4"}), ({"region": "320205"}, {"M3"}), ({"only": "urgent"}, {"M3"}),
    ],
)  # fmt: skip
async def test_map_and_lanes_are_narrowed_alike(mapped: Site, form: dict[str, str], seen: set[str]) -> None:
    async with seated(mapped, "wang", Role.DISPATCHER, region="320000") as browser:
        for path in ("/board/map/marks", "/board/lanes"):
            page = (await browser.post(path, data=form)).text
            assert {key for key in ("M1", "M2", "M3", "M4", "M5") if f'data-case="{key}"' in page} == seen, path
