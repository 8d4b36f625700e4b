"""The dispatchers' board."""

from datetime import UTC, datetime, timedelta

import pytest

from ivr.domain.board import UNKNOWN_ROAD, BoardCase, Lane, Wanted, by_road, road_of, shown
from ivr.domain.car_moves import CLOSED_STATES, CaseState

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)


def case(case_id: str, *, minutes: int = 1, **more: object) -> BoardCase:
    values: dict[str, object] = {
        "state": CaseState.NOTIFYING, "plate_mask": "苏B1****", "plate_type": "02", "place": "清扬路68号", "place_kind": "road",
        "on_road": True, "reason": None, "urgent": False, "region": "320205", "opened_at": NOW - timedelta(minutes=minutes),
        "notified_at": None, "next_due_at": None, "attempts": 0, "reminders": 0, "holder": None, "review": None, "version": 1,
    }
    return BoardCase(case_id=case_id, **(values | more))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("place", "road"),
    [("清扬路68号门口", "清扬路"), ("停在人民中路九十二号", "人民中路"), ("梁溪区太湖大道高架下", "太湖大道"),
     ("万科金域花园东门", "万科金域花园"), ("梁溪小区三幢", "梁溪小区"), ("停在梁溪区梁溪小区", "梁溪小区"), ("那边", UNKNOWN_ROAD), ("", UNKNOWN_ROAD)],
)  # fmt: skip
def test_the_road_of_a_place(place: str, road: str) -> None:
    assert road_of(place) == road


def test_every_open_state_has_a_lane() -> None:
    lanes = {state: case("a", state=state).lane for state in CaseState if state not in CLOSED_STATES}
    assert set(lanes.values()) == set(Lane)
    assert lanes[CaseState.OBJECTED] is Lane.PERSON
    assert lanes[CaseState.ACK_COMING] is Lane.COMING


def test_urgent_ones_first_then_overdue_then_the_oldest() -> None:
    cases = [case("new"), case("old", minutes=5), case("late", minutes=30), case("urgent", urgent=True)]
    assert [each.case_id for each in shown(cases, Wanted(), now=NOW)] == ["urgent", "late", "old", "new"]


def test_an_owner_on_his_way_is_not_overdue_and_a_step_that_did_not_happen_is() -> None:
    assert not case("a", minutes=30, state=CaseState.ACK_COMING).is_overdue(now=NOW)
    assert case("a", state=CaseState.ACK_COMING, next_due_at=NOW - timedelta(minutes=2)).is_overdue(now=NOW)
    assert not case("a", minutes=19).is_overdue(now=NOW)
    assert case("a", minutes=21).is_overdue(now=NOW)


def test_the_board_is_narrowed() -> None:
    cases = [case("a", holder="wang"), case("b", place="人民路9号"), case("c", region="320213", urgent=True)]

    def ids(**wanted: str) -> list[str]:
        return sorted(each.case_id for each in shown(cases, Wanted(**wanted), now=NOW))

    assert ids(holder="wang") == ["a"]
    assert ids(holder="-") == ["b", "c"]
    assert ids(words="人民") == ["b"]
    assert ids(region="320213") == ["c"]
    assert ids(only="urgent") == ["c"]
    assert ids(only="overdue") == []


def test_roads_are_counted_the_fullest_first() -> None:
    cases = [case("a"), case("b"), case("c", place="人民路9号")]
    assert by_road(cases, most=5) == [("清扬路", 2), ("人民路", 1)]
