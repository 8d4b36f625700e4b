"""Plates, papers and licences at the core backend: what somebody holds, and what he applies for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Protocol


class Paper(StrEnum):
    """What is replaced."""

    PLATE = "plate"
    """号牌"""
    VEHICLE_LICENCE = "vehicle_licence"
    """行驶证"""
    INSPECTION_MARK = "inspection_mark"
    """检验合格标志"""
    DRIVING_LICENCE = "driving_licence"
    """驾驶证"""


class Cause(StrEnum):
    """Why it is replaced."""

    LOST = "lost"
    DAMAGED = "damaged"
    EXPIRING = "expiring"
    """期满换证"""
    CHANGED = "changed"
    """信息变化"""
    MOVED_IN = "moved_in"
    """转入换证"""
    AGE = "age"
    """Reached the age at which a class must be given up."""
    DOWNGRADE = "downgrade"
    """自愿降级"""
    DUE = "due"
    """申领检验合格标志"""


class Delivery(StrEnum):
    """How the new paper reaches its owner."""

    REGISTERED = "registered"
    """Posted to the registered address."""
    OTHER = "other"
    """Posted to another address."""
    PICK_UP = "pick_up"


class ApplicationState(StrEnum):
    """How far an application is."""

    REGISTERED = "registered"
    """已登记，待核验"""
    REVIEWING = "reviewing"
    RETURNED = "returned"
    """Something is missing."""
    MADE = "made"
    POSTED = "posted"
    READY = "ready"
    """Can be picked up."""
    DONE = "done"


@dataclass(frozen=True, slots=True)
class OwnedVehicle:
    """A vehicle of the person asking."""

    vehicle_token: str
    plate_type: str
    status: str
    """Letters, a set, e.g. `A`, `GQ`."""
    region: str
    """Where it is registered: plates and papers are replaced there only."""
    inspection_due: date | None
    needs_line_test: bool
    """Must be tested on a line before the next mark."""
    open_violations: int
    insured_until: date | None


@dataclass(frozen=True, slots=True)
class DriverLicence:
    """A licence of the person asking."""

    licence_class: str
    expires: date | None
    """None: for good (长期)."""
    status: str
    """Letters, a set, e.g. `A`, `MH`."""
    region: str
    medical_until: date | None
    """Medical proof uploaded by a clinic counts until then; None: there is none."""
    photo_valid: bool
    next_validity: str
    """What a renewal would give: `6`, `10` (years) or `long`."""


@dataclass(frozen=True, slots=True)
class PaperRequest:
    """What is applied for; cannot be taken back."""

    person_token: str
    paper: Paper
    cause: Cause
    delivery: Delivery
    address: str | None = None
    """With `OTHER` only."""
    vehicle_token: str | None = None
    """For plates and a vehicle's papers."""
    pieces: str | None = None
    """Plates: `one` or `both`."""
    temporary_plate: bool = False
    target_class: str | None = None
    """Downgrades: the class wanted."""

    def __repr__(self) -> str:
        """Give what may be logged."""
        return f"PaperRequest(paper={self.paper.value!r}, cause={self.cause.value!r})"


@dataclass(frozen=True, slots=True)
class PaperApplication:
    """An application under way."""

    serial: str
    paper: Paper
    cause: Cause
    state: ApplicationState
    updated: date
    parcel: str | None
    """Number of the parcel, once posted."""


class PaperBackend(Protocol):
    """What may be asked about plates, papers and licences.

    `apply_for_paper` raises `BackendRefused` with one of: `not_owner`, `status_blocks`, `medical_missing`,
    `photo_missing`, `too_early`, `already_applied`, `wrong_region`, `violations_open`, `insurance_missing`,
    `line_test_needed`.
    """

    async def owned_vehicle(self, person_token: str, plate: str, plate_type: str) -> OwnedVehicle | None:
        """Give a vehicle that is registered to this person; None when it is not his or unknown."""

    async def driver_licence(self, person_token: str) -> DriverLicence | None:
        """Give his licence; None when he has none."""

    async def apply_for_paper(self, request: PaperRequest, *, key: str) -> str:
        """Register the application and give the backend's serial."""

    async def paper_applications(self, person_token: str) -> Sequence[PaperApplication]:
        """Give applications of the last year, newest first."""
