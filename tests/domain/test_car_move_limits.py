from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest

from ivr.domain.car_move_limits import (
    CHINA,
    MoveLimits,
    Refusal,
    RequestHistory,
    barred_until,
    colours_match,
    day_start,
    is_quiet,
    may_ring_at,
    month_start,
    must_ring_by,
    refusal,
)
from ivr.domain.orders import MisuseMark
from ivr.domain.rules import Rules

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
LIMITS = MoveLimits.read(Rules.load(), region="320200", now=NOW)
CLEAN = RequestHistory(
    this_month=0, today=0, plate_today=0, same_plate=0, has_open_case=False, misuse=()
)


def marks(*days_ago: int) -> Sequence[MisuseMark]:
    return [MisuseMark("t", f"M{d}", "admin", NOW - timedelta(days=d)) for d in days_ago]


def test_the_rules_in_force_are_read_from_data() -> None:
    assert (LIMITS.max_per_month, LIMITS.max_per_day, LIMITS.plate_per_day) == (5, 2, 3)
    assert (LIMITS.quiet_from, LIMITS.quiet_to) == (time(22, 30), time(6, 30))
    assert LIMITS.plate_types == ("01", "02", "51", "52")
    assert LIMITS.second_call == timedelta(minutes=1)


@pytest.mark.parametrize(
    ("history", "expected"),
    [
        (CLEAN, None),
        (replace(CLEAN, this_month=4, today=1, plate_today=2, same_plate=2), None),
        (replace(CLEAN, this_month=5), Refusal.TOO_MANY_MONTH),
        (replace(CLEAN, today=2), Refusal.TOO_MANY_DAY),
        (replace(CLEAN, plate_today=3), Refusal.PLATE_TOO_OFTEN),
        (replace(CLEAN, same_plate=3), Refusal.STALKING),
        (replace(CLEAN, has_open_case=True), Refusal.OPEN_CASE),
        (replace(CLEAN, misuse=marks(9, 8)), None),
        (replace(CLEAN, misuse=marks(9, 8, 7)), Refusal.BARRED),
        (replace(CLEAN, misuse=marks(400, 390, 366)), None),
        (replace(CLEAN, misuse=marks(400, 390, 366, 5)), None),
        (replace(CLEAN, misuse=marks(400, 390, 380, 30, 20, 10)), Refusal.BARRED),
        (replace(CLEAN, today=2, this_month=5, has_open_case=True), Refusal.OPEN_CASE),
    ],
)
def test_who_may_ask(history: RequestHistory, expected: Refusal | None) -> None:
    assert refusal("02", history, now=NOW, limits=LIMITS) is expected


@pytest.mark.parametrize("plate_type", ["16", "23", "15", ""])
def test_other_plates_go_to_a_person(plate_type: str) -> None:
    assert refusal(plate_type, CLEAN, now=NOW, limits=LIMITS) is Refusal.PLATE_TYPE


def test_the_bar_ends_a_year_after_the_third_mark() -> None:
    assert barred_until(marks(9, 8), LIMITS) is None
    assert barred_until(marks(9, 8, 7), LIMITS) == NOW + timedelta(days=358)


def china(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=CHINA)


@pytest.mark.parametrize(
    ("moment", "quiet"),
    [
        (china(23, 22, 29), False),
        (china(23, 22, 30), True),
        (china(24, 0, 0), True),
        (china(24, 6, 29), True),
        (china(24, 6, 30), False),
        (china(24, 12, 0), False),
    ],
)
def test_the_quiet_hours_go_over_midnight(moment: datetime, quiet: bool) -> None:
    assert is_quiet(moment.astimezone(UTC), LIMITS) is quiet


def test_in_the_quiet_hours_the_owner_is_rung_when_they_end_unless_needed() -> None:
    assert may_ring_at(china(23, 23), needed_at_night=False, limits=LIMITS) == china(24, 6, 30)
    assert may_ring_at(china(24, 5), needed_at_night=False, limits=LIMITS) == china(24, 6, 30)
    assert may_ring_at(china(24, 5), needed_at_night=True, limits=LIMITS) == china(24, 5)
    assert may_ring_at(china(24, 9), needed_at_night=False, limits=LIMITS) == china(24, 9)


def test_days_and_months_are_chinese() -> None:
    late = datetime(2026, 11, 30, 17, 0, tzinfo=UTC)  # 1 December, 01:00 in China
    assert day_start(late) == datetime(2026, 12, 1, tzinfo=CHINA)
    assert month_start(late) == datetime(2026, 12, 1, tzinfo=CHINA)


@pytest.mark.parametrize(
    ("said", "on_file", "expected"),
    [
        ("白", "白", True),
        ("白色", "白", True),
        ("灰", "银", True),
        ("银灰色", "灰", True),
        ("黑", "白", False),
        ("黑", "黑白", True),
        (None, "白", None),
        ("unknown", "白", None),
        ("其他", "白", None),
        ("白", None, None),
    ],
)
def test_colours_are_compared_as_people_name_them(
    said: str | None, on_file: str | None, expected: bool | None
) -> None:
    assert colours_match(said, on_file) is expected


def test_a_call_that_is_late_does_not_ring_into_the_quiet_hours() -> None:
    def until(moment: datetime, *, needed: bool = False) -> datetime | None:
        return must_ring_by(moment, needed_at_night=needed, limits=LIMITS)

    assert until(china(23, 22, 20)) == china(23, 22, 30)
    assert until(china(23, 6, 30)) == china(23, 22, 30)
    assert until(china(23, 22, 20), needed=True) is None
    assert until(china(23, 23)) is None, "a dispatcher has ordered it all the same"
    assert must_ring_by(china(23, 12), needed_at_night=False, limits=replace(LIMITS, quiet_from=time(0), quiet_to=time(0))) is None
