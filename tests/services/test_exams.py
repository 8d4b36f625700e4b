"""Driving tests on real storage, with the sandbox backend over a real socket."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from backend_client.errors import BackendDown
from backend_client.sandbox.seed_people import id_number
from ivr.domain.applications import Application, Submission
from ivr.services.exams import ExamRefused, Offer, Refusal
from ivr.services.identity import Level, LevelMissing, Proof
from tests.fakes.site import NOW, Site

READY = id_number("320200", "19900307", 2)
WEDNESDAY = date(2026, 12, 2)
TUESDAY = date(2026, 12, 1)
MINUTE = timedelta(minutes=1)
TEXT = "科目三，十二月二号，城北考场，上午场"


def learner(order: int) -> str:
    return id_number("320200", "20050615", order)


async def offers(site: Site, proof: Proof, subject: str = "3", first: date | None = WEDNESDAY, last: date | None = WEDNESDAY) -> tuple[Offer, ...]:
    return await site.exams.offers(proof, subject=subject, region="320200", first=first, last=last, now=NOW)


async def book(site: Site, proof: Proof, plan_id: str, key: str = "c1-key-0") -> Application:
    return await site.exams.book(proof, plan_id, read_back=TEXT, call_id="c1", idempotency_key=key, now=site.clock[0])


async def refusal(site: Site, proof: Proof, subject: str, **days: date | None) -> ExamRefused:
    with pytest.raises(ExamRefused) as refused:
        await offers(site, proof, subject, **days)
    if refused.value.refusal is Refusal.NO_STUDENT_RECORD:
        return refused.value  # no rule says so
    async with site.room.reading() as uow:
        noted = (await uow.audit.entries(subject="exam"))[0]
    assert (noted.action, noted.actor) == ("refused", f"caller:{proof.id_token}")
    assert noted.facts["reason"] == refused.value.refusal.value
    return refused.value


async def test_a_learner_sees_how_he_stands(site: Site) -> None:
    proof = await site.proved(READY)
    standing = await site.exams.standing(proof, region="320200", now=NOW)
    assert (standing.licence_class, standing.next_subject) == ("C1", "3")
    road = next(view for view in standing.subjects if view.subject == "3")
    assert (road.bookings_used, road.bookings_left, road.refusal) == (1, 4, None)


async def test_sessions_of_a_day_are_offered_earliest_first(site: Site) -> None:
    found = await offers(site, await site.proved(READY))
    assert [(each.venue, each.session) for each in found] == [
        ("城北考场", "morning"), ("新区考场", "morning"), ("新区考场", "afternoon")
    ]
    everything = await offers(site, await site.proved(READY, "c2"), first=None, last=None)
    assert [each.day for each in everything] == sorted(each.day for each in everything)
    assert all(each.closes_at > NOW for each in everything)


async def test_a_day_without_sessions_names_the_nearest(site: Site) -> None:
    refused = await refusal(site, await site.proved(READY), "3", first=date(2026, 12, 1), last=date(2026, 12, 1))
    assert (refused.refusal, refused.first_day) == (Refusal.NO_PLAN, date(2026, 11, 30))


async def test_an_application_reaches_the_backend_once(site: Site) -> None:
    proof = await site.proved(READY)
    plan = (await offers(site, proof))[0].plan_id
    done = await book(site, proof, plan)
    assert done.state is Submission.SUBMITTED
    assert done.serial == "V2611230001"
    assert "exams.subject3_wait.c1=2022-04-01/*" in done.rule_version
    assert await book(site, proof, plan) == done
    assert len(await site.sandbox.journal("booking")) == 1
    await site.sending.due(NOW)
    texts = [each.text for each in site.sender.sent if each.kind == "application_submitted"]
    assert len(texts) == 1
    assert TEXT in texts[0]
    assert "还不是预约成功" in texts[0]
    assert site.sender.sent[-1].to == "13800001234"


async def test_a_second_application_for_a_subject_is_refused_with_the_first(site: Site) -> None:
    proof = await site.proved(READY)
    found = await offers(site, proof)
    await book(site, proof, found[0].plan_id)
    with pytest.raises(ExamRefused) as refused:
        await book(site, proof, found[1].plan_id, "c1-key-1")
    assert refused.value.refusal is Refusal.ALREADY_BOOKED
    assert refused.value.booking is not None
    assert refused.value.booking.cancellable


async def test_an_answer_that_is_lost_is_asked_for_again_and_books_once(site: Site) -> None:
    proof = await site.proved(READY)
    plan = (await offers(site, proof))[0].plan_id
    await site.sandbox.fault("lost_answer", count=2, path_prefix="/v1/exams/apply")
    waiting = await book(site, proof, plan)
    assert waiting.state is Submission.CONFIRMED
    assert await site.submissions.due(NOW) == 0
    assert await site.submissions.due(NOW + MINUTE) == 1
    async with site.room.reading() as uow:
        done = await uow.applications.get(waiting.serial)
    assert done is not None
    assert (done.state, done.tries) == (Submission.SUBMITTED, 2)
    bookings = await site.sandbox.backend.bookings(proof.person_token)
    assert [each.serial for each in bookings] == [done.backend_serial]


async def test_what_the_backend_refuses_late_is_told_by_sms(site: Site) -> None:
    proof = await site.proved(READY)
    found = await offers(site, proof)
    await site.sandbox.fault("down", count=2, path_prefix="/v1/exams/apply")
    first = await book(site, proof, found[0].plan_id)
    assert first.state is Submission.CONFIRMED
    await book(site, proof, found[1].plan_id, "c1-key-1")
    await site.submissions.due(NOW + MINUTE)
    async with site.room.reading() as uow:
        late = await uow.applications.get(first.serial)
        assert late is not None
        assert (late.state, late.reason) == (Submission.REFUSED, "already_booked")
        assert any("没有办成：这一科已有预约" in each.text for each in await uow.sms.of_subject(first.serial))


async def test_while_the_backend_is_down_nothing_is_offered(site: Site) -> None:
    proof = await site.proved(READY)
    await site.sandbox.fault("down")
    with pytest.raises(BackendDown):
        await offers(site, proof)


@pytest.mark.parametrize(
    ("order", "wanted", "first_day"),
    [
        (3, Refusal.INTERVAL_NOT_REACHED, date(2026, 11, 30)), (4, Refusal.REBOOK_TOO_SOON, date(2026, 11, 29)),
        (5, Refusal.ATTEMPTS_USED_UP, None), (6, Refusal.CERT_EXPIRED, None), (7, Refusal.TRAINING_HOURS_MISSING, None),
        (9, Refusal.STATUS_LOCKED, None), (10, Refusal.CROSS_CITY, None), (12, Refusal.PREVIOUS_SUBJECT_NOT_PASSED, None),
        (1, Refusal.ALREADY_BOOKED, None),
    ],
)  # fmt: skip
async def test_every_refusal_of_the_record(site: Site, order: int, wanted: Refusal, first_day: date | None) -> None:
    refused = await refusal(site, await site.proved(learner(order)), "2", first=TUESDAY, last=TUESDAY)
    assert (refused.refusal, refused.first_day) == (wanted, first_day)
    if wanted is Refusal.INTERVAL_NOT_REACHED:
        async with site.room.reading() as uow:
            rests_on = (await uow.audit.entries(subject="exam"))[0].facts["rules"].split()
        assert "exams.subject2_wait.c1=2022-04-01/*" in rests_on


async def test_refusals_of_fee_full_session_and_no_record(site: Site) -> None:
    assert (await refusal(site, await site.proved(learner(8)), "1")).refusal is Refusal.FEE_UNPAID
    driver = await site.proved(id_number("320200", "19900307", 1), "c2")
    assert (await refusal(site, driver, "2")).refusal is Refusal.NO_STUDENT_RECORD
    ready = await site.proved(READY, "c3")
    assert (await refusal(site, ready, "2")).refusal is Refusal.ALREADY_PASSED
    friday = date(2026, 12, 4)
    assert all((each.venue, each.session) != ("新区考场", "morning") for each in await offers(site, ready, "3", friday, friday))
    with pytest.raises(ExamRefused) as refused:
        await book(site, ready, "320200-3-20261125-0-m")
    assert refused.value.refusal is Refusal.PLAN_CLOSED


async def test_an_application_is_taken_back_while_it_may_be(site: Site) -> None:
    proof = await site.proved(learner(2))
    standing = await site.exams.standing(proof, region="320200", now=NOW)
    view = standing.bookings[0]
    assert (view.subject, view.cancellable, view.rank) == ("3", True, 35)
    done = await site.exams.cancel(proof, serial=view.serial, read_back=TEXT, call_id="c1", idempotency_key="cancel-key-1", now=NOW)
    again = await site.exams.cancel(proof, serial=view.serial, read_back=TEXT, call_id="c1", idempotency_key="cancel-key-1", now=NOW)
    assert done == again
    assert done.state is Submission.SUBMITTED
    assert len(await site.sandbox.journal("booking_cancelled")) == 1


async def test_what_has_succeeded_is_not_taken_back_by_phone(site: Site) -> None:
    proof = await site.proved(learner(1))
    view = (await site.exams.standing(proof, region="320200", now=NOW)).bookings[0]
    with pytest.raises(ExamRefused) as refused:
        await site.exams.cancel(proof, serial=view.serial, read_back=TEXT, call_id="c1", idempotency_key="cancel-key-1", now=NOW)
    assert refused.value.refusal is Refusal.NOT_CANCELLABLE
    assert refused.value.booking == view
    with pytest.raises(ExamRefused) as unknown:
        await site.exams.cancel(proof, serial="K9", read_back=TEXT, call_id="c1", idempotency_key="cancel-key-2", now=NOW)
    assert unknown.value.refusal is Refusal.UNKNOWN_BOOKING
    assert await site.sandbox.journal("booking_cancelled") == []


async def test_nothing_is_done_for_somebody_unproved(site: Site) -> None:
    proof = replace(await site.proved(READY), level=Level.NUMBER)
    with pytest.raises(LevelMissing):
        await site.exams.standing(proof, region="320200", now=NOW)
    with pytest.raises(LevelMissing):
        await book(site, proof, "320200-3-20261202-0-m")
