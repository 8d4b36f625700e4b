"""Plates, papers and licences, decided: what may be replaced, what it costs, why not. Pure.

The rules are dated data (`papers.*`); the core backend decides again when the application arrives.
"""

import re
from calendar import monthrange
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import Protocol

from ivr.domain.errors import RuleMissing

VEHICLE_PAPERS = frozenset({"plate", "vehicle_licence", "inspection_mark"})
_DELIVERIES = frozenset({"registered", "other", "pick_up"})
_CLASS = re.compile(r"[A-Z][0-9]?")


class Refusal(StrEnum):
    """Why a paper cannot be had by telephone, or not now."""

    NOT_OWNER = "not_owner"
    STATUS_BLOCKS = "status_blocks"
    STATUS_NEEDS_SEAT = "status_needs_seat"
    WRONG_REGION = "wrong_region"
    """Registered in another city: replaced there only."""
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
    """The licence counts for good."""
    ALREADY_APPLIED = "already_applied"
    SEAT_ONLY = "seat_only"
    """This paper and cause are not taken by the machine, or the backend's word is not known here."""


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
        if self.delivery not in _DELIVERIES or self.pieces not in {None, "one", "both"}:
            raise ValueError("delivery or pieces is no word of the contract")
        if (self.delivery == "other") != bool(self.address):
            raise ValueError("an address goes with delivery to another address, and only with it")

    def details(self) -> dict[str, str]:
        """Write it for an application; what is not given is left out."""
        values = {name: value for name, value in asdict(self).items() if isinstance(value, str)}
        return {**values, "temporary_plate": "yes" if self.temporary_plate else "no"}


@dataclass(frozen=True, slots=True)
class VehicleOffer:
    """A vehicle's paper that may be had."""

    plate_type: str
    fee_yuan: int
    """Without the temporary plate."""
    days: int
    temporary_days: int | None
    """So long a temporary plate counts; None: there is none for this paper."""
    warnings: tuple[str, ...]
    """Machine words: `violations`, `accident`, `inspection_overdue`, `old_void`."""
    rule_version: str = field(repr=False)
    temporary_fee_yuan: int = 0


@dataclass(frozen=True, slots=True)
class LicenceOffer:
    """A driving licence that may be had."""

    licence_class: str
    """Held now."""
    expires: date | None
    """The one held now; None: it counts for good."""
    next_validity: str
    """Of a renewed one: `6`, `10` (years) or `long`."""
    fee_yuan: int
    days: int
    may_drive: bool
    """Until the new one is there."""
    warnings: tuple[str, ...]
    """Machine words: `expired`, `old_void`, `violations`, `accident`, `class_by_age` and what puts things off."""
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


class DatedRules(Protocol):
    """The part of `ivr.domain.rules.Rules` that is asked here."""

    def number(self, name: str, *, region: str = ..., on: date) -> int:
        """Give a whole number in force."""

    def items(self, name: str, *, region: str = ..., on: date) -> tuple[str, ...]:
        """Give a list of texts in force."""

    def version(self, name: str, *, region: str = ..., on: date) -> str:
        """Name the row in force."""


class PaperRules:
    """The rules in force in one region on one day; remembers which rows were asked.

    Args:
        rules: all of them.
        region: where the caller is; "*" where that is not known.
        on: the Chinese day.
    """

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
        value = self._rules.number(f"papers.{name}", region=self.region, on=self.on)
        self._asked[f"papers.{name}"] = None
        return value

    def items(self, name: str) -> tuple[str, ...]:
        """Give the list `papers.<name>`; raises `RuleMissing`."""
        value = self._rules.items(f"papers.{name}", region=self.region, on=self.on)
        self._asked[f"papers.{name}"] = None
        return value

    def items_if_any(self, name: str) -> tuple[str, ...]:
        """Give a list that may be left out; never for one that blocks."""
        try:
            return self.items(name)
        except RuleMissing:
            return ()


def vehicle_offer(ask: PaperAsk, vehicle: VehicleFacts | None, rules: PaperRules) -> VehicleOffer:
    """Decide about a plate or a vehicle's paper.

    Raises:
        PaperRefused: it cannot be had today.
    """
    if ask.paper not in VEHICLE_PAPERS or ask.cause not in rules.items(f"causes.{ask.paper}"):
        raise PaperRefused(Refusal.SEAT_ONLY)
    if vehicle is None:
        raise PaperRefused(Refusal.NOT_OWNER)
    if ask.paper == "plate" and vehicle.plate_type not in rules.items("plate_types"):
        raise PaperRefused(Refusal.SEAT_ONLY)
    _refuse_status(vehicle.status, ask.paper, rules)
    if ask.paper in rules.items("at_home_only") and not _same_city(vehicle.region, rules.region):
        raise PaperRefused(Refusal.WRONG_REGION)
    if vehicle.applied:
        raise PaperRefused(Refusal.ALREADY_APPLIED)
    if ask.paper == "inspection_mark":
        _refuse_mark(ask.cause, vehicle, rules)
    is_plate = ask.paper == "plate"
    fee = f"plate_{ask.pieces or 'both'}" if is_plate else ask.paper
    return VehicleOffer(
        plate_type=vehicle.plate_type, fee_yuan=rules.number(f"fee.{fee}"), days=rules.number(f"days.{ask.paper}"),
        temporary_days=rules.number("temporary_days") if is_plate else None,
        temporary_fee_yuan=rules.number("fee.temporary_plate") if is_plate else 0,
        warnings=_vehicle_warnings(ask, vehicle, rules), rule_version=rules.version,
    )  # fmt: skip


def licence_offer(ask: PaperAsk, licence: LicenceFacts | None, rules: PaperRules) -> LicenceOffer:
    """Decide about a driving licence.

    Raises:
        PaperRefused: it cannot be had today.
    """
    if ask.paper != "driving_licence" or ask.cause not in rules.items("causes.driving_licence"):
        raise PaperRefused(Refusal.SEAT_ONLY)
    if licence is None:
        raise PaperRefused(Refusal.NO_LICENCE)
    if licence.status & set(rules.items_if_any("cancelled.driving_licence")) or _gone(licence, rules):
        raise PaperRefused(Refusal.CANCELLED)
    table = "driving_licence_renewal" if ask.cause in rules.items("renewal_causes") else "driving_licence"
    _refuse_status(licence.status, table, rules)
    if licence.applied:
        raise PaperRefused(Refusal.ALREADY_APPLIED)
    _refuse_cause(ask, licence, rules)
    _refuse_proofs(ask.cause, licence, rules)
    expired = _expired(licence, rules)
    return LicenceOffer(
        licence_class=licence.licence_class, expires=licence.expires, next_validity=licence.next_validity,
        fee_yuan=rules.number("fee.driving_licence"), days=rules.number("days.driving_licence"),
        may_drive=not expired and ask.cause not in {"lost", "damaged"},
        warnings=_licence_warnings(ask.cause, table, licence, rules), rule_version=rules.version,
    )  # fmt: skip


def _refuse_status(status: frozenset[str], table: str, rules: PaperRules) -> None:
    if blocking := status & set(rules.items(f"blocks.{table}")):
        only_violations = blocking <= set(rules.items_if_any(f"violations.{table}"))
        raise PaperRefused(Refusal.VIOLATIONS_OPEN if only_violations else Refusal.STATUS_BLOCKS)
    if status & set(rules.items(f"seat.{table}")):
        raise PaperRefused(Refusal.STATUS_NEEDS_SEAT)


def _refuse_mark(cause: str, vehicle: VehicleFacts, rules: PaperRules) -> None:
    if cause == "due":
        if vehicle.inspection_due is None:
            raise PaperRefused(Refusal.SEAT_ONLY)
        first = _months_before(vehicle.inspection_due, rules.number("mark_window_months"))
        if rules.on < first:
            raise PaperRefused(Refusal.TOO_EARLY, first_day=first)
    if vehicle.open_violations:
        raise PaperRefused(Refusal.VIOLATIONS_OPEN)
    if vehicle.insured_until is None or vehicle.insured_until < rules.on:
        raise PaperRefused(Refusal.INSURANCE_MISSING)
    if vehicle.needs_line_test or vehicle.status & set(rules.items("line_test_letters")):
        raise PaperRefused(Refusal.LINE_TEST_NEEDED)


def _refuse_cause(ask: PaperAsk, licence: LicenceFacts, rules: PaperRules) -> None:
    if ask.cause == "expiring":
        if licence.expires is None:
            raise PaperRefused(Refusal.NOT_EXPIRING)
        first = licence.expires - timedelta(days=rules.number("renewal_window_days"))
        if rules.on < first:
            raise PaperRefused(Refusal.TOO_EARLY, first_day=first)
    elif ask.cause == "age":
        if not _too_old_for_class(licence, rules):
            raise PaperRefused(Refusal.AGE_NOT_REACHED)
        if ask.target_class is not None and ask.target_class not in rules.items("age_targets"):
            raise PaperRefused(Refusal.CLASS_NOT_LOWER)
    elif ask.cause == "downgrade" and ask.target_class not in _lower(licence, rules):
        raise PaperRefused(Refusal.CLASS_NOT_LOWER)


def _refuse_proofs(cause: str, licence: LicenceFacts, rules: PaperRules) -> None:
    if cause in rules.items("medical_causes") and (licence.medical_until is None or licence.medical_until < rules.on):
        raise PaperRefused(Refusal.MEDICAL_MISSING)
    if not licence.photo_valid:
        raise PaperRefused(Refusal.PHOTO_MISSING)


def _vehicle_warnings(ask: PaperAsk, vehicle: VehicleFacts, rules: PaperRules) -> tuple[str, ...]:
    words = _words(vehicle.status, ask.paper, rules)
    if vehicle.open_violations:
        words.append("violations")
    if vehicle.inspection_due is not None and vehicle.inspection_due < rules.on:
        words.append("inspection_overdue")
    if ask.cause == "lost":
        words.append("old_void")
    return tuple(dict.fromkeys(words))


def _licence_warnings(cause: str, table: str, licence: LicenceFacts, rules: PaperRules) -> tuple[str, ...]:
    words = _words(licence.status, table, rules)
    if _expired(licence, rules):
        words.append("expired")
    if cause == "expiring" and _too_old_for_class(licence, rules):
        words.append("class_by_age")
    if cause == "lost":
        words.append("old_void")
    return tuple(dict.fromkeys(words))


def _words(status: frozenset[str], table: str, rules: PaperRules) -> list[str]:
    rows = (each.partition(":") for each in rules.items_if_any(f"warns.{table}"))
    return [word for letter, _, word in rows if letter in status]


def _expired(licence: LicenceFacts, rules: PaperRules) -> bool:
    return licence.expires is not None and licence.expires < rules.on


def _gone(licence: LicenceFacts, rules: PaperRules) -> bool:
    if licence.expires is None:
        return False
    return rules.on - licence.expires >= timedelta(days=rules.number("cancelled_after_days"))


def _too_old_for_class(licence: LicenceFacts, rules: PaperRules) -> bool:
    large = set(_classes(licence.licence_class)) & set(rules.items("age_classes"))
    return bool(large) and licence.age >= rules.number("age_large")


def _lower(licence: LicenceFacts, rules: PaperRules) -> set[str]:
    rows = (each.partition(":") for each in rules.items("class_order"))
    below = {name.strip(): set(rest.split()) for name, _, rest in rows}
    held = set(_classes(licence.licence_class))
    return set[str]().union(*(below.get(each, set()) for each in held)) - held


def _classes(written: str) -> Sequence[str]:
    """Read `A1D` as A1 and D."""
    return _CLASS.findall(written)


def _same_city(one: str, other: str) -> bool:
    return "*" in {one, other} or one[:4] == other[:4]


def _months_before(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
