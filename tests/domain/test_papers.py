"""What may be replaced, on the shipped rules, at the edges of every window."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from ivr.domain.applications import Application, Submission
from ivr.domain.paper_texts import refusal_of, result_text
from ivr.domain.papers import (
    LicenceFacts,
    LicenceOffer,
    PaperAsk,
    PaperRefused,
    PaperRules,
    Refusal,
    VehicleFacts,
    VehicleOffer,
    licence_offer,
    vehicle_offer,
)
from ivr.domain.rules import Rules
from tests.fakes.site import NOW

RULES = Rules.load()
TODAY = date(2026, 11, 23)
DAY = timedelta(days=1)
CAR = VehicleFacts("02", frozenset("A"), "320200", TODAY + 60 * DAY, insured_until=TODAY)
HELD = LicenceFacts("C1", TODAY + 27 * DAY, frozenset("A"), TODAY, True, "10", 36)


def about(paper: str, cause: str, car: VehicleFacts | None = CAR, region: str = "320205", **more: object) -> VehicleOffer:
    ask = replace(PaperAsk(paper, cause, "pick_up"), **more)
    return vehicle_offer(ask, car, PaperRules(RULES, region=region, on=TODAY))


def driver(cause: str, held: LicenceFacts | None = HELD, on: date = TODAY, target: str | None = None) -> LicenceOffer:
    ask = PaperAsk("driving_licence", cause, "pick_up", target_class=target)
    return licence_offer(ask, held, PaperRules(RULES, region="340100", on=on))


def why(call, *args: object, **more: object) -> tuple[Refusal, date | None]:
    with pytest.raises(PaperRefused) as refused:
        call(*args, **more)
    assert refused.value.code == "paper_refused"
    return refused.value.refusal, refused.value.first_day


@pytest.mark.parametrize("plate_type", ["01", "02", "51", "52"])
@pytest.mark.parametrize(("pieces", "fee"), [("both", 100), (None, 100), ("one", 50)])
def test_a_plate_costs_by_the_piece(plate_type, pieces, fee):
    offer = about("plate", "lost", replace(CAR, plate_type=plate_type), pieces=pieces)
    assert (offer.plate_type, offer.fee_yuan, offer.days) == (plate_type, fee, 15)
    assert (offer.temporary_days, offer.temporary_fee_yuan, offer.warnings) == (15, 5, ("old_void",))
    assert f"papers.fee.plate_{pieces or 'both'}=2022-05-01/*" in offer.rule_version.split()
    assert "papers.blocks.plate=2022-05-01/*" in offer.rule_version.split()


@pytest.mark.parametrize(
    ("paper", "cause", "fee"),
    [("vehicle_licence", "lost", 10), ("vehicle_licence", "changed", 10), ("inspection_mark", "due", 0), ("inspection_mark", "damaged", 0)],
)
def test_a_vehicles_paper_is_had_in_a_day(paper, cause, fee):
    offer = about(paper, cause)
    assert (offer.fee_yuan, offer.days, offer.temporary_days, offer.temporary_fee_yuan) == (fee, 1, None, 0)


@pytest.mark.parametrize(
    ("paper", "cause"),
    [("plate", "changed"), ("vehicle_licence", "expiring"), ("inspection_mark", "age"), ("driving_licence", "lost"), ("passport", "lost")],
)
def test_another_paper_or_cause_is_for_a_seat(paper, cause):
    assert why(about, paper, cause) == (Refusal.SEAT_ONLY, None)


def test_other_plates_are_for_a_seat_but_not_their_papers():
    motorcycle = replace(CAR, plate_type="07")
    assert why(about, "plate", "lost", motorcycle) == (Refusal.SEAT_ONLY, None)
    assert about("vehicle_licence", "lost", motorcycle).fee_yuan == 10


@pytest.mark.parametrize("paper", ["plate", "vehicle_licence", "inspection_mark"])
def test_only_an_owner_applies(paper):
    assert why(about, paper, "lost", None) == (Refusal.NOT_OWNER, None)


@pytest.mark.parametrize("paper", ["plate", "vehicle_licence", "inspection_mark"])
@pytest.mark.parametrize("letter", "BCEJKLMNP")
def test_letters_that_block(paper, letter):
    assert why(about, paper, "lost", replace(CAR, status=frozenset({"G", letter})))[0] is Refusal.STATUS_BLOCKS
    assert why(about, paper, "lost", replace(CAR, status=frozenset({"H", letter})))[0] is Refusal.STATUS_BLOCKS


@pytest.mark.parametrize("paper", ["plate", "vehicle_licence", "inspection_mark"])
@pytest.mark.parametrize("letter", "DHO")
def test_letters_that_need_a_seat(paper, letter):
    assert why(about, paper, "lost", replace(CAR, status=frozenset(letter)))[0] is Refusal.STATUS_NEEDS_SEAT


def test_open_violations_warn_of_a_plate_and_block_a_mark():
    noted = replace(CAR, status=frozenset("GIQ"))
    assert about("plate", "damaged", noted).warnings == ("violations", "accident", "inspection_overdue")
    fined = replace(CAR, open_violations=2, inspection_due=TODAY - DAY)
    assert about("vehicle_licence", "lost", fined).warnings == ("violations", "inspection_overdue", "old_void")
    assert why(about, "inspection_mark", "due", replace(CAR, open_violations=1))[0] is Refusal.VIOLATIONS_OPEN
    assert why(about, "inspection_mark", "due", replace(CAR, status=frozenset("G")))[0] is Refusal.VIOLATIONS_OPEN
    assert why(about, "inspection_mark", "due", replace(CAR, status=frozenset("GI")))[0] is Refusal.STATUS_BLOCKS


@pytest.mark.parametrize(("region", "home"), [("320200", "320206"), ("320281", "320200"), ("*", "110000"), ("320200", "*")])
def test_a_plate_is_had_in_its_city(region, home):
    assert about("plate", "lost", replace(CAR, region=home), region).fee_yuan == 100


@pytest.mark.parametrize(("paper", "cause"), [("plate", "lost"), ("vehicle_licence", "changed")])
def test_not_in_another_city_but_a_mark_is(paper, cause):
    elsewhere = replace(CAR, region="320100")
    assert why(about, paper, cause, elsewhere) == (Refusal.WRONG_REGION, None)
    assert about("inspection_mark", "due", elsewhere).fee_yuan == 0


@pytest.mark.parametrize(
    ("due", "first"),
    [(date(2027, 2, 23), date(2026, 11, 23)), (date(2027, 2, 24), date(2026, 11, 24)), (date(2027, 5, 31), date(2027, 2, 28))],
)
def test_a_mark_is_had_three_months_before_it_is_due(due, first):
    car = replace(CAR, inspection_due=due)
    if first <= TODAY:
        assert about("inspection_mark", "due", car).warnings == ()
    else:
        assert why(about, "inspection_mark", "due", car) == (Refusal.TOO_EARLY, first)
    assert about("inspection_mark", "lost", car).warnings == ("old_void",)


def test_what_a_mark_needs():
    assert why(about, "inspection_mark", "due", replace(CAR, inspection_due=None))[0] is Refusal.SEAT_ONLY
    for until in (None, TODAY - DAY):
        assert why(about, "inspection_mark", "due", replace(CAR, insured_until=until))[0] is Refusal.INSURANCE_MISSING
    assert why(about, "inspection_mark", "due", replace(CAR, needs_line_test=True))[0] is Refusal.LINE_TEST_NEEDED
    assert why(about, "inspection_mark", "due", replace(CAR, status=frozenset("Q")))[0] is Refusal.LINE_TEST_NEEDED
    assert about("inspection_mark", "due", replace(CAR, inspection_due=TODAY - DAY)).warnings == ("inspection_overdue",)


def test_once_under_way_is_enough():
    assert why(about, "plate", "lost", replace(CAR, applied=True)) == (Refusal.ALREADY_APPLIED, None)
    assert why(driver, "lost", replace(HELD, applied=True)) == (Refusal.ALREADY_APPLIED, None)


# licences ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cause", "drives"), [("lost", False), ("damaged", False), ("expiring", True), ("changed", True), ("moved_in", True)]
)
def test_a_licence_is_had_anywhere(cause, drives):
    offer = driver(cause)
    assert (offer.licence_class, offer.expires, offer.next_validity) == ("C1", HELD.expires, "10")
    assert (offer.fee_yuan, offer.days, offer.may_drive) == (10, 1, drives)
    assert offer.warnings == (("old_void",) if cause == "lost" else ())
    assert "papers.fee.driving_licence=2022-04-01/*" in offer.rule_version.split()


def test_without_a_licence_or_for_another_cause():
    assert why(driver, "lost", None) == (Refusal.NO_LICENCE, None)
    assert why(driver, "due") == (Refusal.SEAT_ONLY, None)


def test_the_window_of_a_renewal():
    ends = date(2027, 2, 21)
    assert driver("expiring", replace(HELD, expires=ends)).may_drive
    assert why(driver, "expiring", replace(HELD, expires=ends + DAY)) == (Refusal.TOO_EARLY, TODAY + DAY)
    assert why(driver, "expiring", replace(HELD, expires=None)) == (Refusal.NOT_EXPIRING, None)


def test_an_expired_licence_is_renewed_for_a_year_but_not_driven_with():
    assert driver("expiring", replace(HELD, expires=TODAY)).may_drive
    for days in (1, 364):
        offer = driver("expiring", replace(HELD, expires=TODAY - days * DAY))
        assert (offer.may_drive, offer.warnings) == (False, ("expired",))
    assert not driver("changed", replace(HELD, expires=TODAY - DAY)).may_drive
    for cause in ("expiring", "lost", "downgrade"):
        assert why(driver, cause, replace(HELD, expires=TODAY - 365 * DAY)) == (Refusal.CANCELLED, None)


@pytest.mark.parametrize("letter", "DEFGKU")
def test_a_held_licence_is_refused(letter):
    for cause in ("lost", "expiring"):
        assert why(driver, cause, replace(HELD, status=frozenset({"M", "C", letter})))[0] is Refusal.STATUS_BLOCKS


@pytest.mark.parametrize("letter", "CJLS")
def test_licences_that_need_a_seat(letter):
    for cause in ("lost", "expiring"):
        assert why(driver, cause, replace(HELD, status=frozenset(letter)))[0] is Refusal.STATUS_NEEDS_SEAT


def test_what_blocks_a_renewal_only_warns_of_a_lost_one():
    assert why(driver, "expiring", replace(HELD, status=frozenset("B")))[0] is Refusal.STATUS_BLOCKS
    assert why(driver, "expiring", replace(HELD, status=frozenset("I")))[0] is Refusal.STATUS_BLOCKS
    assert why(driver, "expiring", replace(HELD, status=frozenset("MH")))[0] is Refusal.VIOLATIONS_OPEN
    assert driver("lost", replace(HELD, status=frozenset("HIM"))).warnings == ("violations", "accident", "expired", "old_void")
    put_off = ("expired", "renewal_put_off", "medical_put_off", "review_put_off")
    assert driver("expiring", replace(HELD, status=frozenset("MNPT"))).warnings == put_off


def test_a_cancelled_licence_needs_a_test():
    for cause in ("lost", "expiring"):
        assert why(driver, cause, replace(HELD, status=frozenset("RD")))[0] is Refusal.CANCELLED


@pytest.mark.parametrize("until", [None, TODAY - DAY])
def test_a_doctor_comes_before_a_renewal(until):
    unseen = replace(HELD, medical_until=until)
    assert why(driver, "expiring", unseen)[0] is Refusal.MEDICAL_MISSING
    assert why(driver, "age", replace(unseen, licence_class="A1", age=63))[0] is Refusal.MEDICAL_MISSING
    assert driver("lost", unseen).fee_yuan == 10


@pytest.mark.parametrize("cause", ["lost", "damaged", "expiring", "changed", "moved_in"])
def test_without_a_photo_there_is_no_licence(cause):
    assert why(driver, cause, replace(HELD, photo_valid=False))[0] is Refusal.PHOTO_MISSING


@pytest.mark.parametrize("held", ["A1", "A2", "A3", "B1", "B2", "A1D"])
def test_large_classes_end_with_an_age(held):
    old = replace(HELD, licence_class=held, age=63)
    assert driver("age", old).licence_class == held
    assert driver("age", old, target="C2").may_drive
    assert why(driver, "age", old, target="B2")[0] is Refusal.CLASS_NOT_LOWER
    assert why(driver, "age", replace(old, age=62))[0] is Refusal.AGE_NOT_REACHED
    assert driver("expiring", old).warnings == ("class_by_age",)


def test_the_age_was_another_before_2025():
    old = replace(HELD, licence_class="B2", age=60)
    assert driver("age", old, on=date(2024, 12, 31)).fee_yuan == 10
    assert why(driver, "age", old, on=date(2025, 1, 1))[0] is Refusal.AGE_NOT_REACHED
    assert why(driver, "age", replace(HELD, age=80))[0] is Refusal.AGE_NOT_REACHED


@pytest.mark.parametrize(
    ("held", "target"), [("A1", "A3"), ("A1", "B2"), ("A2", "C1"), ("B2", "C1"), ("C1", "C2"), ("C3", "C4"), ("D", "E"), ("A2E", "F")]
)
def test_a_class_is_given_up_for_a_lower_one(held, target):
    assert driver("downgrade", replace(HELD, licence_class=held), target=target).licence_class == held


@pytest.mark.parametrize(
    ("held", "target"), [("C1", "B2"), ("C1", "C1"), ("C2", "C1"), ("A2", "A1"), ("C1", None), ("C1D", "A1"), ("DE", "E"), ("C1", "X9")]
)
def test_but_not_for_another(held, target):
    assert why(driver, "downgrade", replace(HELD, licence_class=held), target=target)[0] is Refusal.CLASS_NOT_LOWER


# what is written down ---------------------------------------------------------------------------


def test_an_ask_shows_neither_address_nor_plate():
    ask = PaperAsk("plate", "lost", "other", "长江路1号", "苏B12345", "02", temporary_plate=True)
    assert "长江路" not in repr(ask)
    assert "12345" not in repr(ask)
    assert ask.details() == {
        "paper": "plate", "cause": "lost", "delivery": "other", "address": "长江路1号", "plate": "苏B12345",
        "plate_type": "02", "temporary_plate": "yes",
    }  # fmt: skip
    assert "address" not in replace(ask, delivery="registered").details()


def test_an_ask_that_nothing_can_be_made_of():
    for wrong in ({"delivery": "drone"}, {"delivery": "other"}, {"delivery": "pick_up", "pieces": "three"}):
        with pytest.raises(ValueError, match=r"contract|address"):
            PaperAsk("plate", "lost", **wrong)


def application(reason: str | None, cause: str = "lost") -> Application:
    state = Submission.REFUSED if reason else Submission.SUBMITTED
    return Application(
        "B2611230001", "papers", "x", "c1", "id", "p", "c", {"paper": "vehicle_licence", "cause": cause}, "", "key", NOW, NOW,
        state=state, reason=reason,
    )  # fmt: skip


def test_what_an_sms_says():
    assert result_text(application(None)) == (
        "【公安交管12123】您的补领行驶证申请已登记，流水号B2611230001，请本人完成核验：签收或领取时出示身份证。"
    )
    said = result_text(application("violations_open", "damaged"))
    assert said == "【公安交管12123】您的换领行驶证申请没有办成：还有没处理完的违法。请先处理，再拨12123办理。流水号B2611230001。"
    for reason in ("a_new_word", "cancelled"):
        assert "不符合办理条件。请带身份证到车管所窗口办理，或拨12123转人工" in result_text(application(reason))


def test_words_of_the_backend():
    assert refusal_of("photo_missing") is Refusal.PHOTO_MISSING
    assert refusal_of("a_new_word") is None
