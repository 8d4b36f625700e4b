"""The promise of the core business backend: what we may ask of the traffic police's systems.

`http.HttpBackend` keeps it over the wire described in `openapi.yaml`. Every write carries a key; the
same key twice is done once and answered alike.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from backend_client.exams import ExamBackend
from backend_client.papers import PaperBackend
from backend_client.people import PeopleBackend


@dataclass(frozen=True, slots=True)
class VehicleSummary:
    """As much of a vehicle's record as a request to move it needs; never its owner."""

    plate_type: str
    """Type code (hpzl), e.g. `02`."""
    colour: str | None
    """Chinese, e.g. `白`; None when not on file."""
    status: str
    """Letters of the registration system, a set: `A` normal, `GQ` both G and Q."""
    contact_token: str | None
    """Opaque handle of the owner's contact; None when nobody can be reached."""


@dataclass(frozen=True, slots=True)
class CloneClue:
    """An owner says that the car seen elsewhere is not his: a cloned plate may be in use."""

    plate: str
    plate_type: str
    place: str
    region: str
    case_id: str
    seen_at: datetime

    def __repr__(self) -> str:
        """Give what may be logged."""
        return f"CloneClue(case_id={self.case_id!r})"


@dataclass(frozen=True, slots=True)
class PoliceOrder:
    """A car on a road that was not moved: work for the duty brigade."""

    plate: str
    plate_type: str
    place: str
    region: str
    case_id: str
    requester: str
    """Number the officer calls."""
    opened_at: datetime
    urgent: bool

    def __repr__(self) -> str:
        """Give what may be logged."""
        return f"PoliceOrder(case_id={self.case_id!r})"


@dataclass(frozen=True, slots=True)
class OfficePhone:
    """A public telephone number of an office."""

    name: str
    """As it is said, e.g. `无锡市公安局交通警察支队`."""
    kind: str
    """`police`, `emergency`, `accident`, `duty`, `vehicle_office`, `expressway`."""
    number: str
    region: str


@dataclass(frozen=True, slots=True)
class Office:
    """A place where business is done: window, post office, clinic, test line, machine."""

    name: str
    kind: str
    """`vehicle_office`, `post`, `dealer`, `school`, `clinic`, `test_line`, `machine`."""
    address: str
    hours: str
    """As it is said, e.g. `周一到周五，上午九点到下午五点`."""
    phone: str
    region: str
    services: tuple[str, ...]
    """Business done there: `plate`, `vehicle_licence`, `inspection_mark`, `driving_licence`, `exam`, `medical`, `inspection`."""


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a place is, WGS 84 degrees."""

    lon: float
    lat: float

    def __repr__(self) -> str:
        """Give what may be logged."""
        return "Spot()"


class CoreBackend(PeopleBackend, ExamBackend, PaperBackend, Protocol):
    """The core business backend.

    Every method raises `BackendDown`, `BackendWrong` or `BackendRefused`.
    """

    async def find_vehicle(self, plate: str, plate_type: str) -> VehicleSummary | None:
        """Look a vehicle up; None when no such plate is registered."""

    async def move_dial(self, contact_token: str) -> str:
        """Give the number to dial now; not to be kept.

        Raises:
            ContactGone: the token leads to nobody.
        """

    async def report_clue(self, clue: CloneClue, *, key: str) -> str:
        """Open a ticket about a cloned plate and give its serial."""

    async def mark_contact_stale(self, contact_token: str, *, case_id: str, key: str) -> None:
        """Say that the person reached is no longer the owner; the token ends."""

    async def create_police_order(self, order: PoliceOrder, *, key: str) -> str:
        """Send work to the duty brigade and give its serial."""

    async def find_place(self, region: str, place: str) -> Spot | None:
        """Say where a place is, as a caller named it; None when the map does not know it."""

    async def list_phones(self, region: str) -> Sequence[OfficePhone]:
        """Public numbers of a region (six digits), nearest office first."""

    async def list_offices(self, region: str, service: str) -> Sequence[Office]:
        """Places of a region that do this business, nearest to its centre first."""
