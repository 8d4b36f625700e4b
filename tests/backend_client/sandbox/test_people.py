"""People, tests and papers of the sandbox through the real client, over a real socket."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta

import pytest

from backend_client.errors import BackendDown, BackendRefused
from backend_client.exams import BookingRequest, BookingState
from backend_client.papers import Cause, Delivery, Paper, PaperRequest
from backend_client.people import Person, SecretKind
from backend_client.sandbox.places import PROVINCES
from backend_client.sandbox.seed_people import NAMED, id_number, population
from ivr.domain.people import IdNumber
from tests.fakes.sandbox import RunningSandbox, running_sandbox

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
TODAY = date(2026, 11, 23)
WEDNESDAY = date(2026, 12, 2)


@pytest.fixture
async def sandbox() -> AsyncIterator[RunningSandbox]:
    async with running_sandbox(now=lambda: NOW) as running:
        yield running


async def person(sandbox: RunningSandbox, birth: str = "19900307", order: int = 2) -> Person:
    found = await sandbox.backend.find_person(id_number("320200", birth, order))
    assert found is not None
    return found


async def refusal(sandbox: RunningSandbox, who: Person, subject: str = "2", licence_class: str = "C1", day: date = date(2026, 12, 1)) -> str:
    plans = await sandbox.backend.exam_plans(who.person_token, subject=subject, region="320200", first=day, last=day)
    request = BookingRequest(who.person_token, plans[0].plan_id, subject, licence_class)
    with pytest.raises(BackendRefused) as refused:
        await sandbox.backend.book(request, key=f"key-{who.phone_tail}-{subject}-{day}")
    return refused.value.reason


def test_every_number_is_a_possible_one_and_there_once() -> None:
    everybody = population()
    assert len({IdNumber.parse(each.id_number).text for each in everybody}) == len(everybody)
    phones = [each.phone for each in everybody if each.phone]
    assert len(set(phones)) == len(phones)
    assert len({each.code for each in PROVINCES}) == 31
    assert len(everybody) == len(NAMED) + 62


async def test_a_person_is_found_by_number_only(sandbox: RunningSandbox) -> None:
    found = await person(sandbox)
    assert (found.phone_tail, found.age, found.home) == ("1234", 36, "示例市长江路")
    assert "pt_" not in repr(found)
    assert found.contact_token is not None
    assert await sandbox.backend.move_dial(found.contact_token) == "13800001234"
    assert await sandbox.backend.find_person("320200199003070044"[:17] + "9") is None
    with pytest.raises(BackendRefused, match="unknown_person"):
        await sandbox.backend.student("pt_nobody_of_that_name")


async def test_a_second_secret_is_compared_there(sandbox: RunningSandbox) -> None:
    owner, driver = await person(sandbox), await person(sandbox, order=1)
    check = sandbox.backend.check_secret
    assert await check(owner.person_token, SecretKind.VIN, "004321", plate="苏B12345", plate_type="02")
    assert not await check(owner.person_token, SecretKind.VIN, "004322", plate="苏B12345", plate_type="02")
    assert not await check(owner.person_token, SecretKind.VIN, "004321", plate="苏B99999", plate_type="02")
    assert await check(driver.person_token, SecretKind.FILE_NUMBER, "700567")
    assert not await check(owner.person_token, SecretKind.FILE_NUMBER, "700567")


async def test_a_test_is_applied_for_once_ranked_and_taken_back(sandbox: RunningSandbox) -> None:
    who = await person(sandbox)
    plans = await sandbox.backend.exam_plans(
        who.person_token, subject="3", region="320200", first=WEDNESDAY, last=WEDNESDAY
    )
    assert [(plan.venue, plan.session) for plan in plans] == [
        ("城北考场", "morning"), ("新区考场", "morning"), ("新区考场", "afternoon")
    ]
    request = BookingRequest(who.person_token, plans[0].plan_id, "3", "C1")
    serial = await sandbox.backend.book(request, key="key-for-one-booking")
    assert await sandbox.backend.book(request, key="key-for-one-booking") == serial
    with pytest.raises(BackendRefused, match="already_booked"):
        await sandbox.backend.book(request, key="another-key-0001")
    booking = (await sandbox.backend.bookings(who.person_token))[0]
    assert (booking.serial, booking.state) == (serial, BookingState.APPLIED)
    assert booking.rank is not None
    await sandbox.backend.cancel_booking(who.person_token, serial, key="cancel-0001")
    await sandbox.backend.cancel_booking(who.person_token, serial, key="cancel-0002")
    assert (await sandbox.backend.bookings(who.person_token))[0].state is BookingState.CANCELLED


@pytest.mark.parametrize(
    ("order", "code"),
    [
        (4, "rebook_too_soon"), (5, "attempts_used_up"), (6, "certificate_expired"), (7, "training_hours_missing"),
        (8, "fee_unpaid"), (9, "status_locked"), (10, "cross_city"), (12, "previous_subject_not_passed"), (1, "already_booked"),
    ],
)  # fmt: skip
async def test_a_learner_is_refused_for_what_he_lacks(sandbox: RunningSandbox, order: int, code: str) -> None:
    assert await refusal(sandbox, await person(sandbox, "20050615", order)) == code


async def test_other_refusals_of_a_booking(sandbox: RunningSandbox) -> None:
    who = await person(sandbox)
    assert await refusal(sandbox, who, "3", "C2", WEDNESDAY) == "wrong_class"
    assert await refusal(sandbox, who, "2") == "already_passed"
    assert await refusal(sandbox, await person(sandbox, order=1)) == "no_student_record"
    fresh = await person(sandbox, "20050615", 3)
    assert await refusal(sandbox, fresh) == "interval_not_reached"
    friday = date(2026, 12, 4)
    plans = await sandbox.backend.exam_plans(who.person_token, subject="3", region="320200", first=friday, last=friday)
    full = next(plan for plan in plans if plan.applicants >= 2 * plan.places)
    with pytest.raises(BackendRefused, match="plan_full"):
        await sandbox.backend.book(BookingRequest(who.person_token, full.plan_id, "3", "C1"), key="key-full-1")
    gone = full.plan_id.replace("20261204", "20261125")
    with pytest.raises(BackendRefused, match="plan_closed"):
        await sandbox.backend.book(BookingRequest(who.person_token, gone, "3", "C1"), key="key-closed-1")
    with pytest.raises(BackendRefused, match="unknown_plan"):
        await sandbox.backend.book(BookingRequest(who.person_token, "nonsense", "3", "C1"), key="key-nothing-1")


async def test_what_is_decided_is_not_cancelled(sandbox: RunningSandbox) -> None:
    who = await person(sandbox, "20050615", 1)
    booking = (await sandbox.backend.bookings(who.person_token))[0]
    assert (booking.state, booking.plan.day) == (BookingState.SUCCEEDED, TODAY + timedelta(days=1))
    with pytest.raises(BackendRefused, match="not_cancellable"):
        await sandbox.backend.cancel_booking(who.person_token, booking.serial, key="cancel-0003")
    with pytest.raises(BackendRefused, match="unknown_booking"):
        await sandbox.backend.cancel_booking(who.person_token, "K99999999", key="cancel-0004")


async def test_a_paper_is_applied_for_once(sandbox: RunningSandbox) -> None:
    who = await person(sandbox)
    car = await sandbox.backend.owned_vehicle(who.person_token, "苏B12345", "02")
    assert car is not None
    assert await sandbox.backend.owned_vehicle(who.person_token, "苏B22222", "02") is None
    request = PaperRequest(
        who.person_token, Paper.VEHICLE_LICENCE, Cause.LOST, Delivery.REGISTERED, vehicle_token=car.vehicle_token
    )
    serial = await sandbox.backend.apply_for_paper(request, key="paper-key-1")
    assert await sandbox.backend.apply_for_paper(request, key="paper-key-1") == serial
    with pytest.raises(BackendRefused, match="already_applied"):
        await sandbox.backend.apply_for_paper(request, key="paper-key-2")
    assert (await sandbox.backend.paper_applications(who.person_token))[0].serial == serial


@pytest.mark.parametrize(
    ("order", "plate", "code"),
    [
        (1, "苏B98765", "status_blocks"), (2, "苏B22222", "violations_open"), (3, "苏B33333", "insurance_missing"),
        (4, "苏B44444", "line_test_needed"), (6, "苏B55555", "too_early"),
    ],
)  # fmt: skip
async def test_a_mark_is_refused(sandbox: RunningSandbox, order: int, plate: str, code: str) -> None:
    who = await person(sandbox, "19720810", order)
    car = await sandbox.backend.owned_vehicle(who.person_token, plate, "02")
    assert car is not None
    request = PaperRequest(
        who.person_token, Paper.INSPECTION_MARK, Cause.DUE, Delivery.PICK_UP, vehicle_token=car.vehicle_token
    )
    with pytest.raises(BackendRefused, match=code):
        await sandbox.backend.apply_for_paper(request, key=f"mark-{order}-key")


@pytest.mark.parametrize(("order", "code"), [(2, "no_licence"), (4, "too_early"), (6, "status_blocks"), (7, "status_blocks"), (8, "photo_missing")])
async def test_a_renewal_is_refused(sandbox: RunningSandbox, order: int, code: str) -> None:
    who = await person(sandbox, order=order)
    request = PaperRequest(who.person_token, Paper.DRIVING_LICENCE, Cause.EXPIRING, Delivery.PICK_UP)
    with pytest.raises(BackendRefused, match=code):
        await sandbox.backend.apply_for_paper(request, key=f"renew-{order}-key")


async def test_an_old_driver_needs_his_doctor_first(sandbox: RunningSandbox) -> None:
    who = await person(sandbox, "19540101", 1)
    licence = await sandbox.backend.driver_licence(who.person_token)
    assert licence is not None
    assert (who.age, licence.medical_until, licence.expires) == (72, None, TODAY + timedelta(days=20))
    request = PaperRequest(who.person_token, Paper.DRIVING_LICENCE, Cause.EXPIRING, Delivery.PICK_UP)
    with pytest.raises(BackendRefused, match="medical_missing"):
        await sandbox.backend.apply_for_paper(request, key="renew-old-key")


async def test_every_province_has_its_numbers_and_places(sandbox: RunningSandbox) -> None:
    for province in PROVINCES:
        phones = await sandbox.backend.list_phones(f"{province.code}0100")
        assert {"duty", "vehicle_office", "accident"} <= {phone.kind for phone in phones}
        places = await sandbox.backend.list_offices(f"{province.code}0100", "medical")
        assert [place.kind for place in places] == ["clinic"]
    assert await sandbox.backend.list_offices("990100", "plate") == []


async def test_a_lost_answer_is_asked_for_again_with_the_same_key(sandbox: RunningSandbox) -> None:
    who = await person(sandbox)
    plans = await sandbox.backend.exam_plans(
        who.person_token, subject="3", region="320200", first=WEDNESDAY, last=WEDNESDAY
    )
    request = BookingRequest(who.person_token, plans[0].plan_id, "3", "C1")
    await sandbox.fault("lost_answer", count=2, path_prefix="/v1/exams/apply")
    with pytest.raises(BackendDown):
        await sandbox.backend.book(request, key="key-lost-answer")
    serial = await sandbox.backend.book(request, key="key-lost-answer")
    assert [each.serial for each in await sandbox.backend.bookings(who.person_token)] == [serial]
