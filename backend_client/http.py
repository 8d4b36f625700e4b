"""The promise of `api.py` over HTTP.

Numbers, plates and tokens travel in bodies, never in a URL.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from types import TracebackType
from typing import Self

import httpx
from pydantic import BaseModel, Field

from backend_client.api import CloneClue, Office, OfficePhone, PoliceOrder, Spot, VehicleSummary
from backend_client.breaker import Breaker
from backend_client.http_exams import ExamDoor
from backend_client.http_papers import PaperDoor
from backend_client.http_people import PeopleDoor
from backend_client.wire import Patience, Wire

__all__ = ["HttpBackend", "Patience"]


class _Vehicle(BaseModel):
    plate_type: str = Field(pattern=r"^\d{2}$")
    colour: str | None = None
    status: str = Field(pattern=r"^[A-Z]+$")
    contact_token: str | None = Field(default=None, min_length=8, max_length=128)


class _Found(BaseModel):
    vehicle: _Vehicle | None


class _Dial(BaseModel):
    phone: str = Field(pattern=r"^\+?\d{5,15}$")


class _Serial(BaseModel):
    serial: str = Field(min_length=1, max_length=64)


class _Done(BaseModel):
    done: bool


class _Spot(BaseModel):
    lon: float = Field(ge=-180, le=180)
    lat: float = Field(ge=-90, le=90)


class _FoundPlace(BaseModel):
    spot: _Spot | None


class _Phones(BaseModel):
    phones: list[OfficePhone]


class _Offices(BaseModel):
    offices: list[Office]


class HttpBackend(PeopleDoor, ExamDoor, PaperDoor):
    """`CoreBackend` over HTTP."""

    def __init__(
        self,
        base_url: str,
        key: bytes,
        *,
        patience: Patience | None = None,
        breaker: Breaker | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        super().__init__(
            Wire(base_url, key, patience=patience, breaker=breaker, clock=clock, transport=transport)
        )

    async def __aenter__(self) -> Self:
        """Open."""
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the connections."""
        await self.close()

    async def close(self) -> None:
        """Close the connections."""
        await self._wire.close()

    async def find_vehicle(self, plate: str, plate_type: str) -> VehicleSummary | None:
        """Look a vehicle up; None when no such plate is registered."""
        answer = await self._wire.ask(
            _Found, "POST", "/v1/vehicles/find", {"plate": plate, "plate_type": plate_type}
        )
        found = answer.vehicle
        if found is None:
            return None
        return VehicleSummary(found.plate_type, found.colour, found.status, found.contact_token)

    async def move_dial(self, contact_token: str) -> str:
        """Give the number to dial now."""
        body = {"contact_token": contact_token}
        return (await self._wire.ask(_Dial, "POST", "/v1/contacts/dial", body)).phone

    async def report_clue(self, clue: CloneClue, *, key: str) -> str:
        """Open a ticket about a cloned plate and give its serial."""
        body = {
            "plate": clue.plate,
            "plate_type": clue.plate_type,
            "place": clue.place,
            "region": clue.region,
            "case_id": clue.case_id,
            "seen_at": clue.seen_at.isoformat(),
        }
        return (await self._wire.ask(_Serial, "POST", "/v1/clues", body, key=key)).serial

    async def mark_contact_stale(self, contact_token: str, *, case_id: str, key: str) -> None:
        """Say that the person reached is no longer the owner."""
        body = {"contact_token": contact_token, "case_id": case_id}
        await self._wire.ask(_Done, "POST", "/v1/contacts/stale", body, key=key)

    async def create_police_order(self, order: PoliceOrder, *, key: str) -> str:
        """Send work to the duty brigade and give its serial."""
        body = {
            "plate": order.plate,
            "plate_type": order.plate_type,
            "place": order.place,
            "region": order.region,
            "case_id": order.case_id,
            "requester": order.requester,
            "opened_at": order.opened_at.isoformat(),
            "urgent": order.urgent,
        }
        return (await self._wire.ask(_Serial, "POST", "/v1/police-orders", body, key=key)).serial

    async def find_place(self, region: str, place: str) -> Spot | None:
        """Say where a place is; None when the map does not know it."""
        found = (await self._wire.ask(_FoundPlace, "POST", "/v1/places/find", {"region": region, "place": place})).spot
        return None if found is None else Spot(found.lon, found.lat)

    async def list_phones(self, region: str) -> Sequence[OfficePhone]:
        """Public numbers of a region."""
        return (await self._wire.ask(_Phones, "GET", f"/v1/regions/{region}/phones")).phones

    async def list_offices(self, region: str, service: str) -> Sequence[Office]:
        """Places of a region that do this business."""
        return (await self._wire.ask(_Offices, "GET", f"/v1/regions/{region}/offices/{service}")).offices
