"""The figures of a day: what each one counts, and the shares and averages made of the counts.

A day is a Chinese day. Sources of the definitions: hotline practice (GB/T 33358 政府热线服务评价: 接通率, 15 秒接通率,
满意率) as far as a machine that answers at once has them; where a figure is our own, it says so.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from statistics import quantiles

from ivr.domain.car_move_limits import CHINA

LOW_CONFIDENCE = 0.6
"""A turn that was heard with less (0 to 1) counts as one that may have been misheard; our own figure."""
ANSWERED_MS = 15_000
SATISFIED = (1, 2, 3)
"""Marks 非常满意, 满意, 基本满意."""


@dataclass(frozen=True, slots=True)
class Counts:
    """What is counted, of one region or of all together."""

    offered: int = 0
    """Inbound calls that began that day."""
    answered: int = 0
    """Of these, calls in which we spoke."""
    in_time: int = 0
    """Of these, calls in which we spoke within 15 s."""
    abandoned: int = 0
    """Of the offered: nothing came of it, and the caller had said and keyed nothing."""
    by_machine: int = 0
    """Of the offered: a case was filed or an application made without a person."""
    transferred: int = 0
    """Of the offered: handed to a person."""
    called_back: int = 0
    """Of the offered: a call-back was ordered."""
    heard: int = 0
    """What callers said, in turns."""
    doubtful: int = 0
    """Of these, turns heard with low confidence."""
    given: int = 0
    """Things that callers gave and the dialogue took: a plate, a place, a day."""
    corrected: int = 0
    """Of these, those that replaced something else understood before: the slot errors, our own figure."""
    cases: int = 0
    """Car-move cases opened that day."""
    reached: int = 0
    """Of these, cases in which the owner gave an answer."""
    moved: int = 0
    """Of these, cases that ended with the car gone."""
    asked_person: int = 0
    """Hand-overs that were asked for that day."""
    joined: int = 0
    """Of these, callers who talked with a seat."""
    no_seat: int = 0
    """Of these, callers to whom a call-back was promised because nobody was free in time."""
    left_waiting: int = 0
    """Of these, callers who hung up while they waited."""
    rated: int = 0
    """Marks given that day."""
    marks: int = 0
    """Sum of the marks, 1 (best) to 5."""
    satisfied: int = 0
    """Marks of 3 or better."""

    def __add__(self, other: "Counts") -> "Counts":
        """Add up two regions."""
        return Counts(*(getattr(self, each.name) + getattr(other, each.name) for each in fields(Counts)))

    def share(self, part: str, whole: str) -> float | None:
        """Give a share, 0 to 1; None where there is nothing to share."""
        total = getattr(self, whole)
        return getattr(self, part) / total if total else None

    @property
    def average_mark(self) -> float | None:
        """1 (best) to 5; None where nobody gave one."""
        return self.marks / self.rated if self.rated else None


@dataclass(frozen=True, slots=True)
class Latency:
    """From the end of what the caller said to our first sound, as the service measures it."""

    turns: int
    p50_ms: float | None
    p95_ms: float | None


def latency_of(milliseconds: Sequence[float]) -> Latency:
    """Median and 95th percentile."""
    if len(milliseconds) < 2:
        only = milliseconds[0] if milliseconds else None
        return Latency(len(milliseconds), only, only)
    cuts = quantiles(milliseconds, n=100, method="inclusive")
    return Latency(len(milliseconds), cuts[49], cuts[94])


def day_span(day: date) -> tuple[datetime, datetime]:
    """First moment of a Chinese day and of the next."""
    begins = datetime(day.year, day.month, day.day, tzinfo=CHINA)
    return begins, begins + timedelta(days=1)


def by_hour(moments: Iterable[datetime]) -> list[int]:
    """Count moments by their Chinese hour: 24 numbers."""
    hours = [0] * 24
    for moment in moments:
        hours[moment.astimezone(CHINA).hour] += 1
    return hours
