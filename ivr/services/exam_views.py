"""What the exam service tells a call."""

from dataclasses import dataclass, field
from datetime import date, datetime

from backend_client.exams import BookingState
from ivr.domain.exams import Refusal


@dataclass(frozen=True, slots=True)
class SubjectView:
    """How a learner stands in one subject."""

    subject: str
    passed: bool
    first_day: date | None
    """From when on he may apply; None: no wait."""
    bookings_used: int
    bookings_left: int | None
    """None: no limit."""
    refusal: Refusal | None
    """Why he may not apply today."""


@dataclass(frozen=True, slots=True)
class BookingView:
    """One application as it stands."""

    serial: str
    """The backend's."""
    subject: str
    day: date
    session: str
    begins: str
    venue: str
    state: BookingState
    rank: int | None
    places: int
    closes_at: datetime
    cancellable: bool


@dataclass(frozen=True, slots=True)
class Offer:
    """One session that may be applied for."""

    plan_id: str
    subject: str
    day: date
    session: str
    begins: str
    venue: str
    closes_at: datetime
    full: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """How a learner stands."""

    licence_class: str
    subjects: tuple[SubjectView, ...]
    permit_expires: date | None
    bookings: tuple[BookingView, ...]
    """Newest first."""
    next_subject: str | None
    """First subject not passed."""
    rule_version: str = field(repr=False, default="")


class ExamRefused(Exception):
    """A rule says no."""

    code = "exam_refused"

    def __init__(
        self, refusal: Refusal, *, first_day: date | None = None, subject: str = "", booking: BookingView | None = None
    ) -> None:
        super().__init__(f"refused: {refusal.value}")
        self.refusal = refusal
        self.first_day = first_day
        """Day from which on it may be, or the nearest day with a session."""
        self.subject = subject
        self.booking = booking
