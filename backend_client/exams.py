"""Driving tests at the core backend: a learner's record, what can be booked, what is booked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol


class BookingState(StrEnum):
    """Life of an application for a test."""

    APPLIED = "applied"
    """Waits for its rank."""
    SUCCEEDED = "succeeded"
    UNPLACED = "unplaced"
    """The places went to applicants of an earlier sort time."""
    CANCELLED = "cancelled"
    PASSED = "passed"
    FAILED = "failed"
    ABSENT = "absent"


@dataclass(frozen=True, slots=True)
class SubjectRecord:
    """What a learner has done in one subject."""

    subject: str
    """`1`, `2`, `3` (road), `3B` (安全文明, called 科目四)."""
    passed: bool
    bookings_used: int
    last_exam: date | None
    """Day of the last test, passed or not."""
    hours_done: bool
    """Are the training hours recorded?"""


@dataclass(frozen=True, slots=True)
class Student:
    """A learner's record."""

    licence_class: str
    """Class applied for, e.g. `C1`."""
    permit_issued: date | None
    """学习驾驶证明; None before 科目一 is passed."""
    permit_expires: date | None
    holds_car_licence: bool
    """Adds a class to a licence for cars."""
    status: str
    """Letters of the learner's state, a set; `A` normal, `L` locked."""
    region: str
    fee_paid: bool
    subjects: tuple[SubjectRecord, ...]


@dataclass(frozen=True, slots=True)
class ExamPlan:
    """One session of one test at one venue (考试计划)."""

    plan_id: str
    subject: str
    day: date
    session: str
    """`morning` or `afternoon`."""
    begins: str
    """Local time, e.g. `08:30`."""
    venue_id: str
    venue: str
    region: str
    places: int
    applicants: int
    closes_at: datetime
    """Applications and cancellations end here."""


@dataclass(frozen=True, slots=True)
class Booking:
    """An application for a test."""

    serial: str
    plan: ExamPlan
    state: BookingState
    rank: int | None
    """1 is first; None when not ranked."""
    sort_time: datetime


@dataclass(frozen=True, slots=True)
class BookingRequest:
    """What is applied for."""

    person_token: str
    plan_id: str
    subject: str
    licence_class: str


class ExamBackend(Protocol):
    """What may be asked about tests.

    `book` and `cancel_booking` raise `BackendRefused` with one of: `no_student_record`, `wrong_class`,
    `previous_subject_not_passed`, `interval_not_reached`, `rebook_too_soon`, `attempts_used_up`,
    `certificate_expired`, `training_hours_missing`, `plan_full`, `plan_closed`, `already_booked`,
    `fee_unpaid`, `status_locked`, `cross_city`, `not_cancellable`, `unknown_booking`.
    """

    async def student(self, person_token: str) -> Student | None:
        """Give the learner's record; None when the person learns nothing."""

    async def exam_plans(
        self, person_token: str, *, subject: str, region: str, first: date, last: date
    ) -> Sequence[ExamPlan]:
        """Give the open sessions of those days, earliest first."""

    async def bookings(self, person_token: str) -> Sequence[Booking]:
        """Give applications of the last three months, newest first."""

    async def book(self, request: BookingRequest, *, key: str) -> str:
        """Apply and give the backend's serial; an application, not a place."""

    async def cancel_booking(self, person_token: str, serial: str, *, key: str) -> None:
        """Take an application back, while it may be."""
