"""Working days of China, and by when a person calls back. Reads its own calendar file, nothing else."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Self

import yaml

from ivr.domain.car_move_limits import CHINA, DatedRules

_CALENDAR = Path(__file__).parent / "data" / "calendar" / "cn.yml"


@dataclass(frozen=True, slots=True)
class Workdays:
    """Which days are worked."""

    fixed_holidays: frozenset[tuple[int, int]]
    """Month and day, for years that are not announced yet."""
    years: frozenset[int]
    """Announced."""
    holidays: frozenset[date]
    worked: frozenset[date]
    """Weekend days worked instead."""

    @classmethod
    def load(cls) -> Self:
        """Read the shipped calendar."""
        content = yaml.safe_load(_CALENDAR.read_text("utf-8"))
        holidays: set[date] = set()
        worked: set[date] = set()
        for year in content["years"].values():
            worked.update(year["worked"])
            for first, last in year["holidays"]:
                holidays.update(first + timedelta(days=n) for n in range((last - first).days + 1))
        fixed = {(int(day[:2]), int(day[3:])) for day in content["fixed_holidays"]}
        return cls(
            frozenset(fixed), frozenset(content["years"]), frozenset(holidays), frozenset(worked)
        )

    def is_worked(self, day: date) -> bool:
        """Is it a working day?"""
        if day in self.worked:
            return True
        if day.weekday() >= 5 or day in self.holidays:
            return False
        return day.year in self.years or (day.month, day.day) not in self.fixed_holidays

    def next_worked(self, day: date) -> date:
        """The first working day after `day`."""
        day += timedelta(days=1)
        while not self.is_worked(day):
            day += timedelta(days=1)
        return day


@cache
def workdays() -> Workdays:
    """The shipped calendar, read once."""
    return Workdays.load()


@dataclass(frozen=True, slots=True)
class SeatHours:
    """When people answer, and how soon they call back."""

    seats_from: time
    seats_to: time
    answer: timedelta
    """While seats are there."""
    next_day_by: time
    """Asked outside the hours: the next working day by this time."""

    @classmethod
    def read(cls, rules: DatedRules, *, region: str, now: datetime) -> Self:
        """Read `callbacks.*` for a region on the Chinese day of `now`."""
        on = now.astimezone(CHINA).date()

        def clock(name: str) -> time:
            return time.fromisoformat(rules.text(f"callbacks.{name}", region=region, on=on))

        minutes = rules.number("callbacks.answer_minutes", region=region, on=on)
        return cls(
            clock("seats_from"),
            clock("seats_to"),
            timedelta(minutes=minutes),
            clock("next_day_by"),
        )


def callback_due(now: datetime, hours: SeatHours, days: Workdays) -> datetime:
    """By when a person calls back who was asked at `now`."""
    here = now.astimezone(CHINA)
    today = here.date()
    if days.is_worked(today):
        if here.time() < hours.seats_from:
            return datetime.combine(today, hours.next_day_by, CHINA)
        soon = here + hours.answer
        if soon <= datetime.combine(today, hours.seats_to, CHINA):
            return soon
    return datetime.combine(days.next_worked(today), hours.next_day_by, CHINA)


def workdays_later(now: datetime, count: int, hours: SeatHours, days: Workdays) -> datetime:
    """The hour by which calls are made, `count` (1 or more) working days after `now`."""
    day = now.astimezone(CHINA).date()
    for _ in range(count):
        day = days.next_worked(day)
    return datetime.combine(day, hours.next_day_by, CHINA)
