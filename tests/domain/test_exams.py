from dataclasses import replace
from datetime import date, timedelta

import pytest

from ivr.domain.exams import (
    ExamRules,
    LearnerFacts,
    No,
    Refusal,
    SubjectFacts,
    bookings_left,
    first_day,
    next_subject,
    refusal_of,
    why_not,
)
from ivr.domain.rules import Rules

TODAY = date(2026, 11, 23)
RULES = Rules.load()
DAY = timedelta(days=1)


def learner(**changes: object) -> LearnerFacts:
    subjects = {"1": SubjectFacts("1", passed=True, used=1, last_exam=TODAY - 100 * DAY)}
    facts = LearnerFacts("C1", TODAY - 100 * DAY, TODAY + 900 * DAY, False, False, "320200", True, subjects)
    return replace(facts, **changes)  # type: ignore[arg-type]


def at(subject: str, **done: object) -> dict[str, SubjectFacts]:
    passed = {each: SubjectFacts(each, passed=True) for each in ("1", "2", "3")[: ("1", "2", "3", "3B").index(subject)]}
    return {**passed, subject: SubjectFacts(subject, **done)}  # type: ignore[arg-type]


def rules(on: date = TODAY) -> ExamRules:
    return ExamRules(RULES, region="320200", on=on)


def test_who_has_all_may_apply() -> None:
    assert why_not(learner(), "2", rules()) is None
    assert next_subject(learner(), rules()) == "2"
    assert bookings_left(learner(), "2", rules()) == 5
    assert bookings_left(learner(), "3B", rules()) is None


@pytest.mark.parametrize(
    ("subject", "changes", "refusal"),
    [
        ("2", {"locked": True}, Refusal.STATUS_LOCKED),
        ("3", {"licence_class": "C6"}, Refusal.WRONG_CLASS),
        ("1", {}, Refusal.ALREADY_PASSED),
        ("2", {"open_subjects": frozenset({"2"})}, Refusal.ALREADY_BOOKED),
        ("2", {"permit_expires": TODAY - DAY}, Refusal.CERT_EXPIRED),
        ("3", {}, Refusal.PREVIOUS_SUBJECT_NOT_PASSED),
        ("3B", {"subjects": at("3")}, Refusal.PREVIOUS_SUBJECT_NOT_PASSED),
        ("2", {"subjects": at("2", used=5)}, Refusal.ATTEMPTS_USED_UP),
        ("2", {"fee_paid": False}, Refusal.FEE_UNPAID),
        ("2", {"subjects": at("2", hours_done=False)}, Refusal.TRAINING_HOURS_MISSING),
    ],
)
def test_who_lacks_something_is_told_what(subject: str, changes: dict[str, object], refusal: Refusal) -> None:
    assert why_not(learner(**changes), subject, rules()) == No(refusal)


@pytest.mark.parametrize(
    ("licence_class", "subject", "days"),
    [
        ("C1", "2", 10), ("C2", "2", 10), ("B2", "2", 20), ("C6", "2", 20), ("A1", "2", 20), ("C1", "3", 30), ("C2", "3", 20),
        ("A1", "3", 40), ("B2", "3", 40),
    ],
)  # fmt: skip
def test_the_wait_of_the_law_ends_on_its_day(licence_class: str, subject: str, days: int) -> None:
    early = learner(licence_class=licence_class, subjects=at(subject), permit_issued=TODAY - (days - 1) * DAY)
    assert why_not(early, subject, rules()) == No(Refusal.INTERVAL_NOT_REACHED, TODAY + DAY)
    assert why_not(early, subject, rules(TODAY + DAY)) is None
    assert first_day(early, subject, rules()) == TODAY + DAY


def test_who_holds_a_car_licence_waits_thirty_days_for_the_road() -> None:
    adds = learner(licence_class="B2", holds_car_licence=True, subjects=at("3"), permit_issued=TODAY - 29 * DAY)
    assert why_not(adds, "3", rules()) == No(Refusal.INTERVAL_NOT_REACHED, TODAY + DAY)
    assert why_not(adds, "3", rules(TODAY + DAY)) is None


def test_who_failed_waits_ten_days() -> None:
    failed = learner(subjects=at("2", used=1, last_exam=TODAY - 9 * DAY))
    assert why_not(failed, "2", rules()) == No(Refusal.REBOOK_TOO_SOON, TODAY + DAY)
    assert why_not(failed, "2", rules(TODAY + DAY)) is None
    theory = learner(subjects={"1": SubjectFacts("1", used=3, last_exam=TODAY - DAY)}, permit_issued=None, permit_expires=None)
    assert why_not(theory, "1", rules()) is None


def test_a_trailer_class_skips_the_road() -> None:
    done = learner(licence_class="C6", subjects={each: SubjectFacts(each, passed=True) for each in ("1", "2")})
    assert next_subject(done, rules()) == "3B"
    assert why_not(done, "3B", rules()) is None


def test_the_rows_a_decision_rests_on_are_named() -> None:
    asked = rules()
    why_not(learner(), "2", asked)
    assert "exams.subject2_wait.c1=2022-04-01/*" in asked.version
    assert "exams.most_bookings.subject2=2022-04-01/*" in asked.version


def test_words_of_the_backend_are_read() -> None:
    assert refusal_of("plan_full") is Refusal.PLAN_FULL
    assert refusal_of("unknown_plan") is Refusal.PLAN_CLOSED
    assert refusal_of("something_new") is Refusal.OTHER
