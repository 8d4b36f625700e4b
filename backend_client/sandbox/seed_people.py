"""Made-up people; the same in every sandbox. Days are counted from the day they are asked for.

Numbers of identity have a right check digit and a birth date, and belong to nobody known: whoever finds
himself here may ask for another number.
"""

import csv
import random
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from backend_client.sandbox.places import PROVINCES


@dataclass(frozen=True, slots=True)
class SeedSubject:
    """What was done in one subject."""

    subject: str
    passed: bool = False
    used: int = 0
    last_days_ago: int | None = None
    hours_done: bool = True


@dataclass(frozen=True, slots=True)
class SeedLearner:
    """Somebody who learns to drive."""

    subjects: tuple[SeedSubject, ...]
    licence_class: str = "C1"
    permit_days_ago: int | None = 100
    permit_days_left: int = 800
    holds_car_licence: bool = False
    status: str = "A"
    region: str = "320200"
    fee_paid: bool = True


@dataclass(frozen=True, slots=True)
class SeedBooking:
    """An application for a test made before."""

    subject: str
    days_ahead: int
    state: str
    session: str = "morning"
    venue: int = 0
    rank: int | None = None


@dataclass(frozen=True, slots=True)
class SeedLicence:
    """Somebody's licence."""

    expires_in: int | None
    licence_class: str = "C1"
    status: str = "A"
    region: str = "320200"
    medical_days: int | None = 200
    photo: bool = True
    next_validity: str = "10"
    file_tail: str = "700123"


@dataclass(frozen=True, slots=True)
class SeedCar:
    """A vehicle of somebody; its plate may be one of `seed.VEHICLES` too."""

    plate: str
    plate_type: str = "02"
    vin_tail: str = "004321"
    status: str = "A"
    region: str = "320200"
    inspection_in: int | None = 60
    line_test: bool = False
    violations: int = 0
    insured_in: int = 200


@dataclass(frozen=True, slots=True)
class SeedApplication:
    """A paper applied for before."""

    paper: str
    cause: str
    state: str
    days_ago: int
    parcel: str | None = None


@dataclass(frozen=True, slots=True)
class SeedPerson:
    """One person."""

    id_number: str
    phone: str | None
    home: str | None = "示例市长江路"
    learner: SeedLearner | None = None
    bookings: tuple[SeedBooking, ...] = ()
    licence: SeedLicence | None = None
    cars: tuple[SeedCar, ...] = ()
    applications: tuple[SeedApplication, ...] = ()

    @property
    def birth(self) -> date:
        """Birth date."""
        return date.fromisoformat(self.id_number[6:14])


def id_number(area: str, birth: str, order: int) -> str:
    """Complete a number with its check digit (GB 11643)."""
    digits = f"{area}{birth}{order:03d}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return digits + "10X98765432"[sum(int(d) * w for d, w in zip(digits, weights, strict=True)) % 11]


_ONE = SeedSubject("1", passed=True, used=1, last_days_ago=100)
_TWO = SeedSubject("2", passed=True, used=1, last_days_ago=60)
_THREE = SeedSubject("3", used=1, last_days_ago=40)
_OPEN = tuple(SeedSubject(each) for each in ("1", "2", "3", "3B"))


def _at(*done: SeedSubject) -> tuple[SeedSubject, ...]:
    """All four subjects, those named as they are."""
    named = {each.subject: each for each in done}
    return tuple(named.get(each.subject, each) for each in _OPEN)


def _person(
    birth: str,
    order: int,
    phone: str | None,
    *,
    learner: SeedLearner | None = None,
    bookings: tuple[SeedBooking, ...] = (),
    licence: SeedLicence | None = None,
    cars: tuple[SeedCar, ...] = (),
) -> SeedPerson:
    return SeedPerson(id_number("320200", birth, order), phone, "示例市长江路", learner, bookings, licence, cars)


_TO_ROAD = _at(_ONE, _TWO, _THREE)
_TO_YARD = _at(_ONE)

NAMED = (
    # learners -----------------------------------------------------------------------------------
    _person("19900307", 2, "13800001234", learner=SeedLearner(_TO_ROAD), cars=(SeedCar("苏B12345"),)),
    _person(
        "20050615", 1, "13800001301", learner=SeedLearner(_TO_YARD),
        bookings=(SeedBooking("2", 1, "succeeded", rank=12),),
    ),
    # applied for road: waits for its rank
    _person(
        "20050615", 2, "13800001302", learner=SeedLearner(_at(_ONE, _TWO)),
        bookings=(SeedBooking("3", 12, "applied", rank=35), SeedBooking("2", -60, "passed", rank=8)),
    ),
    # certificate three days old
    _person(
        "20050615", 3, "13800001303",
        learner=SeedLearner(_at(SeedSubject("1", passed=True, used=1, last_days_ago=3)), permit_days_ago=3),
    ),
    # failed four days ago
    _person("20050615", 4, "13800001304", learner=SeedLearner(_at(_ONE, SeedSubject("2", used=2, last_days_ago=4)))),
    _person("20050615", 5, "13800001305", learner=SeedLearner(_at(_ONE, SeedSubject("2", used=5, last_days_ago=30)))),
    # certificate run out
    _person("20050615", 6, "13800001306", learner=SeedLearner(_TO_YARD, permit_days_ago=1100, permit_days_left=-5)),
    _person("20050615", 7, "13800001307", learner=SeedLearner(_at(_ONE, SeedSubject("2", hours_done=False)))),
    _person("20050615", 8, "13800001308", learner=SeedLearner(_OPEN, permit_days_ago=None, fee_paid=False)),
    _person("20050615", 9, "13800001309", learner=SeedLearner(_TO_YARD, status="L")),
    # learns in another city
    _person("20050615", 10, "13800001310", learner=SeedLearner(_TO_YARD, region="320100")),
    # no number on file
    _person("20050615", 11, None, learner=SeedLearner(_TO_YARD)),
    # adds a large class
    _person(
        "19900307", 3, "13800001311",
        learner=SeedLearner(_TO_YARD, licence_class="B2", permit_days_ago=15, holds_car_licence=True),
        licence=SeedLicence(900, file_tail="700311"),
    ),
    # begins: theory first
    _person("20050615", 12, "13800001312", learner=SeedLearner(_OPEN, permit_days_ago=None)),
    # trailers: no road test
    _person("20050615", 13, "13800001313", learner=SeedLearner(_TO_YARD, licence_class="C6")),
    # all but the last theory
    _person(
        "20050615", 14, "13800001314",
        learner=SeedLearner(_at(_ONE, _TWO, SeedSubject("3", passed=True, used=1, last_days_ago=20))),
    ),
    # licences -----------------------------------------------------------------------------------
    _person("19900307", 1, "13800005678", licence=SeedLicence(27, file_tail="700567"), cars=(SeedCar("苏BD12345", "52"),)),
    _person("19540101", 1, "13800001401", licence=SeedLicence(20, medical_days=None, next_validity="long", file_tail="700401")),
    _person("19900307", 4, "13800001402", licence=SeedLicence(1200, file_tail="700402")),
    _person("19900307", 5, "13800001403", licence=SeedLicence(-90, file_tail="700403")),
    _person("19900307", 6, "13800001404", licence=SeedLicence(-400, file_tail="700404")),
    # held by the police
    _person("19900307", 7, "13800001405", licence=SeedLicence(1200, status="K", file_tail="700405")),
    _person("19900307", 8, "13800001406", licence=SeedLicence(30, photo=False, file_tail="700406")),
    _person("19620501", 1, "13800001407", licence=SeedLicence(500, "A1", file_tail="700407")),
    _person("19800101", 1, "13800001408", licence=SeedLicence(900, "B2", file_tail="700408")),
    # from another province
    _person("19850202", 1, "13800001409", licence=SeedLicence(2000, region="340100", file_tail="700409")),
    # vehicles -----------------------------------------------------------------------------------
    _person("19720810", 1, "13800001501", cars=(SeedCar("苏B98765", status="GK", vin_tail="009876"),)),
    _person("19720810", 2, "13800001502", cars=(SeedCar("苏B22222", violations=2, inspection_in=20, vin_tail="002222"),)),
    _person("19720810", 3, "13800001503", cars=(SeedCar("苏B33333", insured_in=-3, inspection_in=20, vin_tail="003333"),)),
    _person("19720810", 4, "13800001504", cars=(SeedCar("苏B44444", line_test=True, inspection_in=20, vin_tail="004444"),)),
    _person("19720810", 5, "13800001505", cars=(SeedCar("苏A88888", region="320100", vin_tail="008888"),)),
    _person("19720810", 6, "13800001506", cars=(SeedCar("苏B55555", inspection_in=200, vin_tail="005555"),)),
    SeedPerson(
        id_number("320200", "19720810", 7), "13800001507", licence=SeedLicence(1500, file_tail="700507"),
        applications=(SeedApplication("driving_licence", "lost", "posted", 2, "EMS0000000001"),),
    ),
)  # fmt: skip


def population() -> tuple[SeedPerson, ...]:
    """The named ones, and two of every province drawn from a fixed seed."""
    draw = random.Random(12123)  # noqa: S311 - made-up people, no secret
    crowd = [_drawn(draw, province.code, province.plate, order) for province in PROVINCES for order in (1, 2)]
    return (*NAMED, *crowd)


def read_people(lines: Iterable[str]) -> list[SeedPerson]:
    """Read more of them: CSV of identity number, made-up mobile number, and a licence's file number, which one who learns has not.

    Who learns may book 科目三; the licence of who drives runs out within a month.
    """
    return [
        SeedPerson(number, phone, licence=SeedLicence(27, file_tail=tail)) if tail
        else SeedPerson(number, phone, learner=SeedLearner(_TO_ROAD))
        for number, phone, tail in csv.reader(lines)
    ]  # fmt: skip


def _drawn(draw: random.Random, code: str, plate: str, order: int) -> SeedPerson:
    birth = f"{draw.randint(1956, 2006)}{draw.randint(1, 12):02d}{draw.randint(1, 28):02d}"
    region, tail = f"{code}0100", f"{draw.randint(0, 999999):06d}"
    car = SeedCar(f"{plate}A{draw.randint(10000, 99999)}", vin_tail=f"{draw.randint(0, 999999):06d}", region=region)
    return SeedPerson(
        id_number(region, birth, 500 + order), f"139{code}{draw.randint(0, 999999):06d}", "示例路",
        licence=SeedLicence(draw.randint(30, 3000), region=region, file_tail=tail), cars=(car,),
        learner=SeedLearner(_TO_YARD, region=region) if order == 2 else None,
    )  # fmt: skip
