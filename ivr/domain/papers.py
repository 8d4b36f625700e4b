"""Plates, papers and licences, decided: what may be replaced, what it costs, why not. Pure.

The rules are dated data (`papers.*`); the core backend decides again when the application arrives.
"""

import re
from calendar import monthrange
from dataclasses import asdict, dataclass, field
from datetime import date, timedelta
from enum import StrEnum

from ivr.domain.asked_rules import DatedRules

_VEHICLE_PAPERS = ("plate", "vehicle_licence", "inspection_mark")


class Refusal(StrEnum):
    """Why a paper cannot be had by telephone, or not now."""

    NOT_OWNER = "not_owner"
    STATUS_BLOCKS = "status_blocks"
    STATUS_NEEDS_SEAT = "status_needs_seat"
    WRONG_REGION = "wrong_region"
    VIOLATIONS_OPEN = "violations_open"
    INSURANCE_MISSING = "insurance_missing"
    LINE_TEST_NEEDED = "line_test_needed"
    TOO_EARLY = "too_early"
    CANCELLED = "cancelled"
    """The licence ran out too long ago and counts as given up."""
    NO_LICENCE = "no_licence"
    MEDICAL_MISSING = "medical_missing"
    PHOTO_MISSING = "photo_missing"
    AGE_NOT_REACHED = "age_not_reached"
    """No age has been reached at which this class must be given up."""
    CLASS_NOT_LOWER = "class_not_lower"
    NOT_EXPIRING = "not_expiring"
    ALREADY_APPLIED = "already_applied"
    SEAT_ONLY = "seat_only"
    """The machine does not take this paper for this cause."""


class PaperRefused(Exception):
    """A rule says no."""

    code = "paper_refused"

    def __init__(self, refusal: Refusal, *, first_day: date | None = None) -> None:
        super().__init__(f"refused: {refusal.value}")
        self.refusal = refusal
        self.first_day = first_day
        """Day from which on it may be."""


@dataclass(frozen=True, slots=True)
class PaperAsk:
    """What a caller wants; words as in the backend's contract."""

    paper: str
    cause: str
    delivery: str
    address: str | None = field(default=None, repr=False)
    """With delivery `other` only."""
    plate: str | None = field(default=None, repr=False)
    plate_type: str | None = None
    pieces: str | None = None
    """Plates: `one` or `both`; None: both."""
    temporary_plate: bool = False
    target_class: str | None = None

    def __post_init__(self) -> None:
        """Refuse what no request can be made of."""
        if self.delivery not in {"registered", "other", "pick_up"} or self.pieces not in {None, "one", "both"}:
            raise ValueError("delivery or pieces is no word of the contract")
        if self.delivery == "other" and not self.address:
            raise ValueError("delivery to another address lacks the address")

    def details(self) -> dict[str, str]:
        """Write it for an application: what is given, the address only where it is posted to."""
        given = asdict(self) | {"temporary_plate": "yes" if self.temporary_plate else "no"}
        given["address"] = self.address if self.delivery == "other" else None
        return {name: text for name, text in given.items() if isinstance(text, str)}


@dataclass(frozen=True, slots=True)
class VehicleOffer:
    """A vehicle's paper that may be had."""

    plate_type: str
    fee_yuan: int
    days: int
    temporary_days: int | None
    """So long a temporary plate counts; None: there is none for this paper."""
    warnings: tuple[str, ...]
    """Machine words: `old_void`, `violations`, `inspection_overdue`, and those of `papers.warns`."""
    rule_version: str = field(repr=False)
    temporary_fee_yuan: int = 0
    """Comes on top of `fee_yuan`."""


@dataclass(frozen=True, slots=True)
class LicenceOffer:
    """A driving licence that may be had."""

    licence_class: str
    """Held now."""
    expires: date | None
    """The one held now; None: it counts for good."""
    next_validity: str
    """`6`, `10` (years) or `long`."""
    fee_yuan: int
    days: int
    may_drive: bool
    """Until the new one is there."""
    warnings: tuple[str, ...]
    """Machine words: `expired`, `old_void`, `class_by_age`, and those of `papers.warns`."""
    rule_version: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class ProgressView:
    """An application under way."""

    serial: str
    """Ours where it was made by telephone, else the backend's."""
    paper: str
    cause: str
    state: str
    updated: date
    parcel: str | None


@dataclass(frozen=True, slots=True)
class VehicleFacts:
    """A vehicle of the caller, as far as the rules ask."""

    plate_type: str
    status: frozenset[str]
    region: str
    inspection_due: date | None = None
    needs_line_test: bool = False
    open_violations: int = 0
    insured_until: date | None = None
    applied: bool = False
    """The same paper is under way."""


@dataclass(frozen=True, slots=True)
class LicenceFacts:
    """The caller's licence, as far as the rules ask."""

    licence_class: str
    expires: date | None
    status: frozenset[str]
    medical_until: date | None
    photo_valid: bool
    next_validity: str
    age: int
    applied: bool = False


class PaperRules:
    """The rules in force in one region on one Chinese day; remembers which rows were asked."""

    def __init__(self, rules: DatedRules, *, region: str, on: date) -> None:
        self._rules = rules
        self.region = region
        self.on = on
        self._asked: dict[str, None] = {}

    @property
    def version(self) -> str:
        """Names the rows that a decision rests on, e.g. `papers.fee.plate_one=2022-05-01/*`."""
        rows = (f"{name}={self._rules.version(name, region=self.region, on=self.on)}" for name in self._asked)
        return " ".join(rows)

    def number(self, name: str) -> int:
        """Give `papers.<name>`; raises `RuleMissing`."""
        self._asked[f"papers.{name}"] = None
        return self._rules.number(f"papers.{name}", region=self.region, on=self.on)

    def items(self, name: str) -> tuple[str, ...]:
        """Give the list `papers.<name>`; raises `RuleMissing`."""
        self._asked[f"papers.{name}"] = None
        return self._rules.items(f"papers.{name}", region=self.region, on=self.on)

    def words(self, name: str, status: frozenset[str]) -> list[str]:
        """Give the words that a table of `letter` or `letter:word` has for a status."""
        rows = (each.partition(":") for each in self.items(name))
        return [word or letter for letter, _, word in rows if letter in status]


def vehicle_offer(ask: PaperAsk, vehicle: VehicleFacts | None, rules: PaperRules) -> VehicleOffer:
    """Decide about a plate or a vehicle's paper; raises `PaperRefused`."""
    paper, is_plate = ask.paper, ask.paper == "plate"
    _refuse(Refusal.SEAT_ONLY, paper not in _VEHICLE_PAPERS or ask.cause not in rules.items(f"causes.{paper}"))
    if vehicle is None:
        raise PaperRefused(Refusal.NOT_OWNER)
    _refuse(Refusal.SEAT_ONLY, is_plate and vehicle.plate_type not in rules.items("plate_types"))
    _refuse_status(vehicle.status, paper, rules)
    at_home = "*" in {rules.region, vehicle.region} or rules.region[:4] == vehicle.region[:4]
    _refuse(Refusal.WRONG_REGION, not at_home and paper in rules.items("at_home_only"))
    _refuse(Refusal.ALREADY_APPLIED, vehicle.applied)
    if paper == "inspection_mark":
        _refuse_mark(ask.cause, vehicle, rules)
    overdue = vehicle.inspection_due is not None and vehicle.inspection_due < rules.on
    warnings = rules.words(f"warns.{paper}", vehicle.status)
    warnings += ["violations"] * (vehicle.open_violations > 0) + ["inspection_overdue"] * overdue
    warnings += ["old_void"] * (ask.cause == "lost")
    return VehicleOffer(
        plate_type=vehicle.plate_type, days=rules.number(f"days.{paper}"),
        fee_yuan=rules.number(f"fee.plate_{ask.pieces or 'both'}" if is_plate else f"fee.{paper}"),
        temporary_days=rules.number("temporary_days") if is_plate else None,
        temporary_fee_yuan=rules.number("fee.temporary_plate") if is_plate else 0,
        warnings=tuple(dict.fromkeys(warnings)), rule_version=rules.version,
    )  # fmt: skip


def licence_offer(ask: PaperAsk, licence: LicenceFacts | None, rules: PaperRules) -> LicenceOffer:
    """Decide about a driving licence; raises `PaperRefused`."""
    cause = ask.cause
    _refuse(Refusal.SEAT_ONLY, ask.paper != "driving_licence" or cause not in rules.items("causes.driving_licence"))
    if licence is None:
        raise PaperRefused(Refusal.NO_LICENCE)
    past = 0 if licence.expires is None else max(0, (rules.on - licence.expires).days)
    _refuse(Refusal.CANCELLED, past >= rules.number("cancelled_after_days"))
    table = "driving_licence_renewal" if cause in rules.items("renewal_causes") else "driving_licence"
    _refuse_status(licence.status, table, rules)
    _refuse(Refusal.ALREADY_APPLIED, licence.applied)
    _refuse_cause(ask, licence, rules)
    healthy = licence.medical_until is not None and licence.medical_until >= rules.on
    _refuse(Refusal.MEDICAL_MISSING, not healthy and cause in rules.items("medical_causes"))
    _refuse(Refusal.PHOTO_MISSING, not licence.photo_valid)
    warnings = rules.words(f"warns.{table}", licence.status) + ["expired"] * (past > 0)
    warnings += ["class_by_age"] * (cause == "expiring" and _too_old_for_class(licence, rules))
    warnings += ["old_void"] * (cause == "lost")
    return LicenceOffer(
        licence_class=licence.licence_class, expires=licence.expires, next_validity=licence.next_validity,
        fee_yuan=rules.number("fee.driving_licence"), days=rules.number("days.driving_licence"),
        may_drive=not past and cause not in {"lost", "damaged"},
        warnings=tuple(dict.fromkeys(warnings)), rule_version=rules.version,
    )  # fmt: skip


def _refuse(refusal: Refusal, broken: bool, first_day: date | None = None) -> None:
    if broken:
        raise PaperRefused(refusal, first_day=first_day)


def _refuse_status(status: frozenset[str], table: str, rules: PaperRules) -> None:
    """Look a status up; a blocking letter without a word of its own says no more than that it blocks."""
    blocking = set(rules.words(f"blocks.{table}", status))
    _refuse(Refusal.CANCELLED, Refusal.CANCELLED in blocking)
    _refuse(Refusal.STATUS_BLOCKS, bool(blocking - {Refusal.VIOLATIONS_OPEN}))
    _refuse(Refusal.VIOLATIONS_OPEN, bool(blocking))
    _refuse(Refusal.STATUS_NEEDS_SEAT, bool(rules.words(f"seat.{table}", status)))


def _refuse_mark(cause: str, vehicle: VehicleFacts, rules: PaperRules) -> None:
    if cause == "due":
        if vehicle.inspection_due is None:
            raise PaperRefused(Refusal.SEAT_ONLY)
        first = _months_before(vehicle.inspection_due, rules.number("mark_window_months"))
        _refuse(Refusal.TOO_EARLY, rules.on < first, first)
    insured = vehicle.insured_until is not None and vehicle.insured_until >= rules.on
    on_line = vehicle.needs_line_test or bool(rules.words("line_test_letters", vehicle.status))
    _refuse(Refusal.VIOLATIONS_OPEN, vehicle.open_violations > 0)
    _refuse(Refusal.INSURANCE_MISSING, not insured)
    _refuse(Refusal.LINE_TEST_NEEDED, on_line)


def _refuse_cause(ask: PaperAsk, licence: LicenceFacts, rules: PaperRules) -> None:
    if ask.cause == "expiring":
        if licence.expires is None:
            raise PaperRefused(Refusal.NOT_EXPIRING)
        first = licence.expires - timedelta(days=rules.number("renewal_window_days"))
        _refuse(Refusal.TOO_EARLY, rules.on < first, first)
    elif ask.cause == "age":
        _refuse(Refusal.AGE_NOT_REACHED, not _too_old_for_class(licence, rules))
        targets = (None, *rules.items("age_targets"))
        _refuse(Refusal.CLASS_NOT_LOWER, ask.target_class not in targets)
    elif ask.cause == "downgrade":
        rows = (each.partition(":") for each in rules.items("class_order"))
        held = _classes(licence)
        lower = {below for name, _, rest in rows if name in held for below in rest.split()} - held
        _refuse(Refusal.CLASS_NOT_LOWER, ask.target_class not in lower)


def _too_old_for_class(licence: LicenceFacts, rules: PaperRules) -> bool:
    of_age = licence.age >= rules.number("age_large")
    return of_age and not _classes(licence).isdisjoint(rules.items("age_classes"))


def _classes(licence: LicenceFacts) -> set[str]:
    """Read `A1D` as A1 and D."""
    return set(re.findall("[A-Z][0-9]?", licence.licence_class))


def _months_before(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
