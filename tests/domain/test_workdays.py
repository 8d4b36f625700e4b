from datetime import date, datetime, time, timedelta

import pytest

from ivr.domain.car_move_limits import CHINA
from ivr.domain.rules import Rules
from ivr.domain.workdays import SeatHours, callback_due, workdays

HOURS = SeatHours(time(7), time(19), timedelta(hours=2), time(12))


@pytest.mark.parametrize(
    ("day", "worked"),
    [
        (date(2026, 11, 23), True),
        (date(2026, 11, 22), False),
        (date(2026, 10, 1), False),
        (date(2026, 10, 10), True),
        (date(2026, 2, 14), True),
        (date(2026, 2, 23), False),
        (date(2027, 5, 3), True),
        (date(2028, 10, 2), False),
        (date(2029, 1, 1), False),
    ],
)
def test_holidays_and_worked_weekends(day: date, worked: bool) -> None:
    assert workdays().is_worked(day) is worked


def at(month: int, day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=CHINA)


@pytest.mark.parametrize(
    ("asked", "due"),
    [
        (at(11, 23, 10), at(11, 23, 12)),
        (at(11, 23, 17), at(11, 23, 19)),
        (at(11, 23, 17, 1), at(11, 24, 12)),
        (at(11, 23, 20, 40), at(11, 24, 12)),
        (at(11, 24, 3), at(11, 24, 12)),
        (at(11, 27, 18), at(11, 30, 12)),
        (at(11, 28, 10), at(11, 30, 12)),
        (at(9, 30, 18), at(10, 8, 12)),
    ],
)
def test_by_when_a_person_calls_back(asked: datetime, due: datetime) -> None:
    assert callback_due(asked, HOURS, workdays()) == due


def test_the_hours_are_rules_data() -> None:
    assert SeatHours.read(Rules.load(), region="320200", now=at(11, 23, 10)) == HOURS
