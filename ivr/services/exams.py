"""Driving tests: what a learner may apply for, applying once, taking back while it may be.

An application is never a place: it is ranked, and the result comes by SMS about three working days
before the test.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from backend_client.api import CoreBackend
from backend_client.exams import Booking, BookingState, ExamPlan, Student
from ivr.domain.applications import Application
from ivr.domain.car_move_limits import CHINA
from ivr.domain.exams import (
    ExamRules,
    LearnerFacts,
    Refusal,
    SubjectFacts,
    bookings_left,
    first_day,
    next_subject,
    refusal_of,
    why_not,
)
from ivr.domain.rules import Rules
from ivr.services.exam_carrier import ExamCarrier
from ivr.services.exam_views import BookingView, ExamRefused, Offer, Standing, SubjectView
from ivr.services.identity import Level, LevelMissing, Proof
from ivr.services.ports import OpenUnitOfWork
from ivr.services.refusals import note_refusal
from ivr.services.submissions import Submissions

__all__ = ["BookingState", "BookingView", "ExamRefused", "Exams", "Offer", "Refusal", "Standing", "SubjectView", "refusal_of"]

_OPEN = frozenset({BookingState.APPLIED, BookingState.SUCCEEDED})
_LOCKED = "L"


class Exams:
    """The service behind 考试预约. Everything needs level 2.

    Args:
        open_uow: makes units of work.
        backend: knows learners and sessions.
        submissions: carries what was confirmed.
        rules: of tests.
    """

    def __init__(
        self, *, open_uow: OpenUnitOfWork, backend: CoreBackend, submissions: Submissions, rules: Rules
    ) -> None:
        self._open_uow = open_uow
        self._backend = backend
        self._submissions = submissions
        self._rules = rules

    async def standing(self, proof: Proof, *, region: str, now: datetime) -> Standing:
        """Say how the learner stands.

        Raises:
            LevelMissing: it is not proved who he is.
            ExamRefused: he learns nothing.
            BackendError: no answer.
        """
        student, bookings = await self._record(proof)
        rules = self._rules_for(student.region, now)
        facts = _facts(student, bookings)
        views = tuple(_subject_view(facts, each, rules) for each in rules.subjects(student.licence_class))
        return Standing(
            student.licence_class, views, student.permit_expires, tuple(_booking_view(each, now) for each in bookings),
            next_subject(facts, rules), rules.version,
        )  # fmt: skip

    async def offers(
        self, proof: Proof, *, subject: str, region: str, first: date | None, last: date | None, now: datetime
    ) -> tuple[Offer, ...]:
        """Give the sessions of a span of days that still take applications, earliest first.

        Args:
            proof: who.
            subject: which test.
            region: where he calls; the tests are where he learns.
            first: first day; None: from today on.
            last: last day; None: as far as sessions are offered.
            now: this moment.

        Raises:
            LevelMissing, ExamRefused, BackendError: as in `standing`; a refusal `no_plan` names the nearest
                day with a session.
        """
        student, bookings = await self._record(proof)
        rules = await self._allowed(proof, student, bookings, subject, region=region, now=now)
        today = rules.on
        until = today + rules.offer_days
        plans = await self._backend.exam_plans(
            proof.person_token, subject=subject, region=student.region, first=today, last=max(until, last or until)
        )
        offers = [_offer(plan, rules.full_percent) for plan in plans if plan.closes_at > now]
        wanted = [each for each in offers if (first or today) <= each.day <= (last or until)]
        free = tuple(each for each in wanted if not each.full)
        if free:
            return free
        nearest = _nearest([each.day for each in offers if not each.full], first or today)
        refusal = Refusal.PLAN_FULL if wanted else Refusal.NO_PLAN
        await self._note(proof, refusal, rules, now)
        raise ExamRefused(refusal, first_day=nearest, subject=subject)

    async def book(
        self, proof: Proof, offer: Offer | str, *, read_back: str, call_id: str, idempotency_key: str, now: datetime
    ) -> Application:
        """Apply for a session, once for one key.

        Args:
            proof: who.
            offer: plan id, as offered.
            read_back: what the caller confirmed, for the SMS.
            call_id: of this call.
            idempotency_key: of this confirmation.
            now: this moment.

        Raises:
            LevelMissing, ExamRefused, BackendError: nothing was submitted.
        """
        if (known := await self._known(idempotency_key)) is not None:
            return known
        plan_id = offer if isinstance(offer, str) else offer.plan_id
        student, bookings = await self._record(proof)
        subject = await self._subject_of(plan_id, proof, student, now)
        rules = await self._allowed(proof, student, bookings, subject, region=student.region, now=now)
        details = {"plan_id": plan_id, "subject": subject, "licence_class": student.licence_class, "text": read_back}
        return await self._submit(proof, "book", details, rules.version, call_id, idempotency_key, now)

    async def cancel(
        self, proof: Proof, *, serial: str, read_back: str, call_id: str, idempotency_key: str, now: datetime
    ) -> Application:
        """Take an application back, while it may be.

        Raises:
            LevelMissing, ExamRefused, BackendError: nothing was changed.
        """
        if (known := await self._known(idempotency_key)) is not None:
            return known
        student, bookings = await self._record(proof)
        view = next((_booking_view(each, now) for each in bookings if each.serial == serial), None)
        if view is None:
            raise ExamRefused(Refusal.UNKNOWN_BOOKING)
        if not view.cancellable:
            await self._note(proof, Refusal.NOT_CANCELLABLE, self._rules_for(student.region, now), now)
            raise ExamRefused(Refusal.NOT_CANCELLABLE, subject=view.subject, booking=view)
        details = {"serial": serial, "subject": view.subject, "text": read_back}
        version = self._rules_for(student.region, now).version
        return await self._submit(proof, "cancel", details, version, call_id, idempotency_key, now)

    def carrier(self) -> ExamCarrier:
        """Give the way to the backend for `Submissions`."""
        return ExamCarrier(self._backend)

    async def _known(self, key: str) -> Application | None:
        async with self._open_uow(reads_only=True) as uow:
            return await uow.applications.by_key(key)

    async def _submit(
        self, proof: Proof, business: str, details: dict[str, str], version: str, call_id: str, key: str, now: datetime
    ) -> Application:  # fmt: skip
        return await self._submissions.submit(
            Application(
                serial="", service="exam", business=business, call_id=call_id, id_token=proof.id_token,
                person_token=proof.person_token, contact_token=proof.contact_token, details=details,
                rule_version=version, idempotency_key=key, created_at=now, updated_at=now,
            ),
            now=now,
        )  # fmt: skip

    async def _record(self, proof: Proof) -> tuple[Student, Sequence[Booking]]:
        if proof.level < Level.IDENTITY:
            raise LevelMissing(proof.level, Level.IDENTITY)
        student = await self._backend.student(proof.person_token)
        if student is None:
            raise ExamRefused(Refusal.NO_STUDENT_RECORD)
        return student, await self._backend.bookings(proof.person_token)

    async def _subject_of(self, plan_id: str, proof: Proof, student: Student, now: datetime) -> str:
        """Find the session again: it must still be open."""
        rules = self._rules_for(student.region, now)
        for subject in rules.subjects(student.licence_class):
            plans = await self._backend.exam_plans(
                proof.person_token, subject=subject, region=student.region, first=rules.on,
                last=rules.on + 2 * rules.offer_days,
            )  # fmt: skip
            if any(plan.plan_id == plan_id for plan in plans):
                return subject
        raise ExamRefused(Refusal.PLAN_CLOSED)

    async def _allowed(
        self, proof: Proof, student: Student, bookings: Sequence[Booking], subject: str, *, region: str, now: datetime
    ) -> ExamRules:
        rules = self._rules_for(student.region, now)
        if region != "*" and region[:4] != student.region[:4] and region[:2] + "0000" != region:
            await self._note(proof, Refusal.CROSS_CITY, rules, now)
            raise ExamRefused(Refusal.CROSS_CITY, subject=subject)
        no = why_not(_facts(student, bookings), subject, rules)
        if no is None:
            return rules
        await self._note(proof, no.refusal, rules, now)
        booking = next((_booking_view(each, now) for each in bookings if each.plan.subject == subject and each.state in _OPEN), None)
        raise ExamRefused(no.refusal, first_day=no.first_day, subject=subject, booking=booking)

    async def _note(self, proof: Proof, refusal: Refusal, rules: ExamRules, now: datetime) -> None:
        await note_refusal(
            self._open_uow, caller=proof.id_token, service="exam", reason=refusal.value, rules=rules.version, now=now
        )

    def _rules_for(self, region: str, now: datetime) -> ExamRules:
        return ExamRules(self._rules, region=region, on=now.astimezone(CHINA).date())


def _facts(student: Student, bookings: Sequence[Booking]) -> LearnerFacts:
    subjects = {
        each.subject: SubjectFacts(each.subject, each.passed, each.bookings_used, each.last_exam, each.hours_done)
        for each in student.subjects
    }
    return LearnerFacts(
        student.licence_class, student.permit_issued, student.permit_expires, student.holds_car_licence,
        _LOCKED in student.status, student.region, student.fee_paid, subjects,
        frozenset(each.plan.subject for each in bookings if each.state in _OPEN),
    )  # fmt: skip


def _subject_view(facts: LearnerFacts, subject: str, rules: ExamRules) -> SubjectView:
    mine = facts.subjects.get(subject, SubjectFacts(subject))
    no = why_not(facts, subject, rules)
    return SubjectView(
        subject, mine.passed, first_day(facts, subject, rules), mine.used, bookings_left(facts, subject, rules),
        None if no is None else no.refusal,
    )  # fmt: skip


def _booking_view(booking: Booking, now: datetime) -> BookingView:
    plan = booking.plan
    open_still = booking.state is BookingState.APPLIED and plan.closes_at > now
    return BookingView(
        booking.serial, plan.subject, plan.day, plan.session, plan.begins, plan.venue, booking.state, booking.rank,
        plan.places, plan.closes_at, open_still,
    )  # fmt: skip


def _offer(plan: ExamPlan, full_percent: int) -> Offer:
    full = plan.applicants * 100 >= plan.places * full_percent
    return Offer(plan.plan_id, plan.subject, plan.day, plan.session, plan.begins, plan.venue, plan.closes_at, full)


def _nearest(days: Sequence[date], wanted: date) -> date | None:
    def distance(day: date) -> tuple[timedelta, date]:
        return (abs(day - wanted), day)

    return min(days, key=distance, default=None)
