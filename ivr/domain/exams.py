"""Driving tests, decided: who may apply for which subject, and from when on. Pure.

The rules are dated data (`exams.*`); the core backend decides again when the application arrives.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

from ivr.domain.asked_rules import AskedRules, DatedRules


class Refusal(StrEnum):
    """Why a test cannot be had."""

    NO_STUDENT_RECORD = "no_student_record"
    WRONG_CLASS = "wrong_class"
    PREVIOUS_SUBJECT_NOT_PASSED = "previous_subject_not_passed"
    INTERVAL_NOT_REACHED = "interval_not_reached"
    REBOOK_TOO_SOON = "rebook_too_soon"
    ATTEMPTS_USED_UP = "attempts_used_up"
    CERT_EXPIRED = "certificate_expired"
    TRAINING_HOURS_MISSING = "training_hours_missing"
    PLAN_FULL = "plan_full"
    PLAN_CLOSED = "plan_closed"
    ALREADY_BOOKED = "already_booked"
    ALREADY_PASSED = "already_passed"
    FEE_UNPAID = "fee_unpaid"
    STATUS_LOCKED = "status_locked"
    CROSS_CITY = "cross_city"
    NO_PLAN = "no_plan"
    NOT_CANCELLABLE = "not_cancellable"
    UNKNOWN_BOOKING = "unknown_booking"
    OTHER = "other"
    """The backend gave a word that is not known here."""


def refusal_of(reason: str) -> Refusal:
    """Read the backend's word."""
    try:
        return Refusal(reason)
    except ValueError:
        return Refusal.PLAN_CLOSED if reason == "unknown_plan" else Refusal.OTHER


@dataclass(frozen=True, slots=True)
class SubjectFacts:
    """What a learner has done in one subject."""

    subject: str
    """`1`, `2`, `3` (road), `3B` (安全文明, called 科目四)."""
    passed: bool = False
    used: int = 0
    last_exam: date | None = None
    hours_done: bool = True


@dataclass(frozen=True, slots=True)
class LearnerFacts:
    """A learner, as far as the rules ask."""

    licence_class: str
    permit_issued: date | None
    permit_expires: date | None
    holds_car_licence: bool
    locked: bool
    region: str
    fee_paid: bool
    subjects: Mapping[str, SubjectFacts] = field(default_factory=dict)
    open_subjects: frozenset[str] = frozenset()
    """Subjects with an application that is not over."""


@dataclass(frozen=True, slots=True)
class No:
    """Not now: why, and from which day on where a day helps."""

    refusal: Refusal
    first_day: date | None = None


class ExamRules(AskedRules):
    """The rules of tests in force for one learner on one day.

    Args:
        rules: all of them.
        region: of the learner.
        on: the Chinese day.
    """

    def __init__(self, rules: DatedRules, *, region: str, on: date) -> None:
        super().__init__(rules, "exams", region=region, on=on)

    def subjects(self, licence_class: str) -> tuple[str, ...]:
        """Subjects of a class, in their order."""
        return self.items(f"subjects.{licence_class.lower()}") or self.items("subjects.all")

    def before(self, subject: str) -> tuple[str, ...]:
        """Subjects to be passed first."""
        return self.items(f"before.{_key(subject)}")

    def wait_days(self, learner: LearnerFacts, subject: str) -> int:
        """Days from the certificate to the day on which one may apply."""
        if subject == "3" and learner.holds_car_licence:
            return self.number("subject3_wait.holding_car_licence") or 0
        return self.number(f"{_key(subject)}_wait.{learner.licence_class.lower()}") or 0

    def again_days(self, subject: str) -> int:
        """Days from a failed test to the day on which one may apply again."""
        return self.number(f"again_days.{_key(subject)}") or 0

    def most_bookings(self, subject: str) -> int | None:
        """Bookings of one certificate; None: no limit."""
        return self.number(f"most_bookings.{_key(subject)}")

    @property
    def offer_days(self) -> timedelta:
        """How far ahead sessions are offered."""
        return timedelta(days=self.number("offer_days") or 0)

    @property
    def full_percent(self) -> int:
        """Applications taken for a hundred places."""
        return self.number("full_percent") or 100


def bookings_left(learner: LearnerFacts, subject: str, rules: ExamRules) -> int | None:
    """Say how many bookings are left; None: no limit."""
    most = rules.most_bookings(subject)
    return None if most is None else max(0, most - _facts(learner, subject).used)


def next_subject(learner: LearnerFacts, rules: ExamRules) -> str | None:
    """Give the first subject of his class that he has not passed."""
    return next(
        (each for each in rules.subjects(learner.licence_class) if not _facts(learner, each).passed), None
    )


def first_day(learner: LearnerFacts, subject: str, rules: ExamRules) -> date | None:
    """Say from when on he may apply; None: no wait."""
    days = []
    if learner.permit_issued is not None and (wait := rules.wait_days(learner, subject)):
        days.append(learner.permit_issued + timedelta(days=wait))
    last = _facts(learner, subject).last_exam
    if last is not None and not _facts(learner, subject).passed and (again := rules.again_days(subject)):
        days.append(last + timedelta(days=again))
    return max(days, default=None)


def why_not(learner: LearnerFacts, subject: str, rules: ExamRules) -> No | None:
    """Say why he may not apply for a subject today; None: he may."""
    mine = _facts(learner, subject)
    left = bookings_left(learner, subject, rules)
    checks: Sequence[tuple[Refusal, bool]] = (
        (Refusal.STATUS_LOCKED, learner.locked),
        (Refusal.WRONG_CLASS, subject not in rules.subjects(learner.licence_class)),
        (Refusal.ALREADY_PASSED, mine.passed),
        (Refusal.ALREADY_BOOKED, subject in learner.open_subjects),
        (Refusal.CERT_EXPIRED, learner.permit_expires is not None and learner.permit_expires < rules.on),
        (Refusal.PREVIOUS_SUBJECT_NOT_PASSED, not all(_facts(learner, each).passed for each in _needed(learner, subject, rules))),
        (Refusal.ATTEMPTS_USED_UP, left == 0),
        (Refusal.FEE_UNPAID, not learner.fee_paid),
        (Refusal.TRAINING_HOURS_MISSING, not mine.hours_done),
    )  # fmt: skip
    for refusal, broken in checks:
        if broken:
            return No(refusal)
    day = first_day(learner, subject, rules)
    if day is None or day <= rules.on:
        return None
    failed = mine.last_exam is not None and day == mine.last_exam + timedelta(days=rules.again_days(subject))
    return No(Refusal.REBOOK_TOO_SOON if failed else Refusal.INTERVAL_NOT_REACHED, day)


def _needed(learner: LearnerFacts, subject: str, rules: ExamRules) -> tuple[str, ...]:
    of_class = rules.subjects(learner.licence_class)
    return tuple(each for each in rules.before(subject) if each in of_class)


def _facts(learner: LearnerFacts, subject: str) -> SubjectFacts:
    return learner.subjects.get(subject, SubjectFacts(subject))


def _key(subject: str) -> str:
    return f"subject{subject.lower()}"
