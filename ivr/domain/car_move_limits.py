"""Car moving: the rules in force, who may ask, and when an owner may be rung.

Pure. The values are read from dated rules data; none is written here.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, timezone
from enum import StrEnum
from typing import Protocol

from ivr.domain.orders import MisuseMark

CHINA = timezone(timedelta(hours=8))
"""China has one time zone and no summer time."""

NIGHT_REASONS = frozenset({"blocked_exit", "fire_lane"})
"""Reasons that let an owner be rung in the quiet hours, besides urgency."""

_SAME_COLOUR = ({"灰", "银"}, {"棕", "褐"}, {"紫", "粉"}, {"橙", "黄"})
_COLOURS = frozenset("白黑灰银红蓝绿黄棕褐金紫橙粉")


class DatedRules(Protocol):
    """The part of `ivr.domain.rules.Rules` that is asked here."""

    def number(self, name: str, *, region: str = ..., on: date) -> int:
        """Give a whole number in force."""

    def text(self, name: str, *, region: str = ..., on: date) -> str:
        """Give a text in force."""

    def items(self, name: str, *, region: str = ..., on: date) -> tuple[str, ...]:
        """Give a list of texts in force."""

    def version(self, name: str, *, region: str = ..., on: date) -> str:
        """Name the row in force."""


@dataclass(frozen=True, slots=True)
class MoveLimits:
    """The rules in force at one place on one day."""

    max_per_month: int
    max_per_day: int
    plate_per_day: int
    stalking_count: int
    stalking_days: int
    barred_after_malicious: int
    barred_days: int
    max_owner_calls: int
    desk_owner_calls: int
    """Calls to the owner in all, when a dispatcher orders further ones."""
    second_call: timedelta
    remind_after: timedelta
    follow_up: timedelta
    expire: timedelta
    quiet_from: time
    quiet_to: time
    plate_types: tuple[str, ...]
    connect: bool = False
    """May an owner talk with the requester who still holds the line?"""
    connect_longest: timedelta = timedelta(0)
    version: str = field(default="", repr=False)
    """Names the rows, e.g. `car_moving.max_per_day=2019-06-01/*`."""

    @classmethod
    def read(cls, rules: DatedRules, *, region: str, now: datetime) -> "MoveLimits":
        """Read `car_moving.*` for a region on the Chinese day of `now`."""
        on = now.astimezone(CHINA).date()

        def number(name: str) -> int:
            return rules.number(f"car_moving.{name}", region=region, on=on)

        def clock(name: str) -> time:
            return time.fromisoformat(rules.text(f"car_moving.{name}", region=region, on=on))

        return cls(
            max_per_month=number("max_per_month"),
            max_per_day=number("max_per_day"),
            plate_per_day=number("plate_per_day"),
            stalking_count=number("stalking_count"),
            stalking_days=number("stalking_days"),
            barred_after_malicious=number("barred_after_malicious"),
            barred_days=number("barred_days"),
            max_owner_calls=number("max_owner_calls"),
            desk_owner_calls=number("desk_owner_calls"),
            second_call=timedelta(seconds=number("second_call_seconds")),
            remind_after=timedelta(minutes=number("remind_after_minutes")),
            follow_up=timedelta(minutes=number("follow_up_minutes")),
            expire=timedelta(minutes=number("expire_minutes")),
            quiet_from=clock("quiet_from"),
            quiet_to=clock("quiet_to"),
            plate_types=rules.items("car_moving.plate_types", region=region, on=on),
            connect=number("connect") > 0,
            connect_longest=timedelta(seconds=number("connect_seconds")),
            version=" ".join(f"{name}={rules.version(name, region=region, on=on)}" for name in _LIMITING),
        )


_LIMITING = tuple(
    f"car_moving.{name}"
    for name in (
        "max_per_month", "max_per_day", "plate_per_day", "stalking_count", "stalking_days", "barred_after_malicious",
        "barred_days", "plate_types",
    )
)
"""Rules by which a request may be refused."""


class Refusal(StrEnum):
    """Why a request is not taken by the machine; each has a way out in the dialogue."""

    NO_NUMBER = "no_number"
    """The caller's number is withheld: the first level of proof is missing."""
    PLATE_TYPE = "plate_type"
    BARRED = "barred"
    OPEN_CASE = "open_case"
    STALKING = "stalking"
    TOO_MANY_DAY = "too_many_day"
    TOO_MANY_MONTH = "too_many_month"
    PLATE_TOO_OFTEN = "plate_too_often"


@dataclass(frozen=True, slots=True)
class RequestHistory:
    """What storage counted about a requester and a plate."""

    this_month: int
    """Cases of the requester since the first of the Chinese calendar month."""
    today: int
    plate_today: int
    """Cases of anybody about this plate today."""
    same_plate: int
    """Cases of this requester about this plate within the stalking span."""
    has_open_case: bool
    misuse: Sequence[MisuseMark]
    """Confirmed malicious requests, oldest first."""


def day_start(now: datetime) -> datetime:
    """Midnight in China before `now`."""
    return now.astimezone(CHINA).replace(hour=0, minute=0, second=0, microsecond=0)


def month_start(now: datetime) -> datetime:
    """First midnight of the Chinese calendar month of `now`."""
    return day_start(now).replace(day=1)


def barred_until(marks: Sequence[MisuseMark], limits: MoveLimits) -> datetime | None:
    """End of the bar that the latest full set of marks began; None where there is none."""
    full = len(marks) - len(marks) % limits.barred_after_malicious
    if not full:
        return None
    return marks[full - 1].at + timedelta(days=limits.barred_days)


def refusal(
    plate_type: str, history: RequestHistory, *, now: datetime, limits: MoveLimits
) -> Refusal | None:
    """Say why a request is not taken; the same for plates that exist and plates that do not."""
    barred = barred_until(history.misuse, limits)
    tests = (
        (Refusal.PLATE_TYPE, plate_type not in limits.plate_types),
        (Refusal.BARRED, barred is not None and now < barred),
        (Refusal.OPEN_CASE, history.has_open_case),
        (Refusal.STALKING, history.same_plate >= limits.stalking_count),
        (Refusal.TOO_MANY_DAY, history.today >= limits.max_per_day),
        (Refusal.TOO_MANY_MONTH, history.this_month >= limits.max_per_month),
        (Refusal.PLATE_TOO_OFTEN, history.plate_today >= limits.plate_per_day),
    )
    return next((why for why, holds in tests if holds), None)


def is_quiet(now: datetime, limits: MoveLimits) -> bool:
    """Are these the hours in which nobody is rung without need?"""
    clock = now.astimezone(CHINA).time()
    if limits.quiet_from <= limits.quiet_to:
        return limits.quiet_from <= clock < limits.quiet_to
    return clock >= limits.quiet_from or clock < limits.quiet_to


def may_ring_at(now: datetime, *, needed_at_night: bool, limits: MoveLimits) -> datetime:
    """Give the first moment, `now` or later, at which an owner may be rung."""
    if needed_at_night or not is_quiet(now, limits):
        return now
    here = now.astimezone(CHINA)
    end = datetime.combine(here.date(), limits.quiet_to, CHINA)
    return end if end > here else end + timedelta(days=1)


def must_ring_by(not_before: datetime, *, needed_at_night: bool, limits: MoveLimits) -> datetime | None:
    """Give the beginning of the next quiet hours after `not_before`; None where they do not matter.

    A call that was late, because no line was free, must not ring into them.
    """
    if needed_at_night or is_quiet(not_before, limits) or limits.quiet_from == limits.quiet_to:
        return None
    here = not_before.astimezone(CHINA)
    begin = datetime.combine(here.date(), limits.quiet_from, CHINA)
    return begin if begin > here else begin + timedelta(days=1)


def colours_match(said: str | None, on_file: str | None) -> bool | None:
    """Do two colours agree? None when one is not known; near shades count as the same."""
    one = _COLOURS.intersection(said or "")
    other = _COLOURS.intersection(on_file or "")
    if not one or not other:
        return None
    return bool(one & other) or any(one & near and other & near for near in _SAME_COLOUR)
