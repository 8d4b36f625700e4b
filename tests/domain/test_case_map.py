"""The schematic of where cases stand."""

from math import dist

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.domain.board import BoardCase
from ivr.domain.case_map import EDGE, HIGH, NEAR, WIDE, Spot, planes, without_spot
from tests.domain.test_board import case as board_case

WUXI = (120.30, 31.57)


def case(case_id: str, place: str = "清扬路6号", region: str = "320213") -> BoardCase:
    return board_case(case_id, place=place, region=region)


def at(lon: float, lat: float) -> Spot:
    return Spot(WUXI[0] + lon, WUXI[1] + lat)


def test_what_lies_north_is_drawn_above_and_what_lies_east_to_the_right() -> None:
    spots = {"a": at(0, 0), "north": at(0, 0.02), "east": at(0.02, 0)}
    [plane] = planes([case("a"), case("north"), case("east")], spots)
    a, north, east = plane.marks
    assert (north.x, north.y < a.y) == (a.x, True)
    assert (east.x > a.x, east.y) == (True, a.y)
    assert [mark.number for mark in plane.marks] == [1, 2, 3]
    assert dist((a.x, a.y), (north.x, north.y)) > dist((a.x, a.y), (east.x, east.y)), "a degree of longitude is shorter"


def test_each_city_has_its_own_plane_the_fullest_first_and_numbers_go_on() -> None:
    cases = [case("n", region="320106"), case("w1"), case("w2", region="320200")]
    spots = {"n": Spot(118.8, 32.06), "w1": at(0, 0), "w2": at(0.03, 0.01)}
    first, second = planes(cases, spots)
    assert (first.city, second.city) == ("3202", "3201")
    assert [mark.number for mark in (*first.marks, *second.marks)] == [1, 2, 3]


def test_cases_too_near_to_be_told_apart_share_a_mark_in_the_order_given() -> None:
    spots = {"a": at(0, 0), "b": at(0.00001, 0), "far": at(0.02, 0.01)}
    [plane] = planes([case("b"), case("far"), case("a")], spots)
    assert [[each.case_id for each in mark.cases] for mark in plane.marks] == [["b", "a"], ["far"]]


def test_a_road_is_a_line_between_its_outermost_cases() -> None:
    cases = [case("a"), case("b"), case("c"), case("alone", "人民路1号"), case("somewhere", "那边")]
    spots = {"a": at(0, 0), "b": at(0.02, 0.001), "c": at(0.01, 0), "alone": at(0, 0.01), "somewhere": at(0.01, 0.01)}
    [plane] = planes(cases, spots)
    [road] = plane.roads
    assert road.name == "清扬路"
    marks = {mark.cases[0].case_id: (mark.x, mark.y) for mark in plane.marks}
    assert road.ends == (marks["a"], marks["b"])


def test_what_has_no_spot_is_listed_and_nothing_is_drawn_of_nothing() -> None:
    cases = [case("a"), case("b")]
    assert without_spot(cases, {"a": at(0, 0)}) == [cases[1]]
    assert planes(cases, {}) == []


@given(st.lists(st.tuples(st.floats(-0.2, 0.2), st.floats(-0.2, 0.2)), min_size=1, max_size=30))
def test_everything_is_drawn_within_the_edges_and_nothing_twice(places: list[tuple[float, float]]) -> None:
    cases = [case(str(number)) for number in range(len(places))]
    [plane] = planes(cases, {str(number): at(*place) for number, place in enumerate(places)})
    assert sorted(each.case_id for mark in plane.marks for each in mark.cases) == sorted(each.case_id for each in cases)
    for mark in plane.marks:
        assert EDGE - 1 <= mark.x <= WIDE - EDGE + 1
        assert EDGE - 1 <= mark.y <= HIGH - EDGE + 1
    for one in plane.marks:
        assert all(other is one or dist((one.x, one.y), (other.x, other.y)) >= NEAR for other in plane.marks)
    assert plane.scale_wide <= WIDE / 4


@pytest.mark.parametrize("shown", [repr(at(0, 0)), str(at(0, 0))])
def test_a_spot_is_not_shown_in_a_log(shown: str) -> None:
    assert "120" not in shown
