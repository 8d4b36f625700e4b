"""Plates, papers and licences over HTTP."""

from collections.abc import Sequence
from dataclasses import asdict

from pydantic import BaseModel, Field

from backend_client.papers import DriverLicence, OwnedVehicle, PaperApplication, PaperRequest
from backend_client.wire import Wire


class _Vehicle(BaseModel):
    vehicle: OwnedVehicle | None


class _Licence(BaseModel):
    licence: DriverLicence | None


class _Applications(BaseModel):
    applications: list[PaperApplication]


class _Serial(BaseModel):
    serial: str = Field(min_length=1, max_length=64)


class PaperDoor:
    """`PaperBackend` over HTTP."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    async def owned_vehicle(self, person_token: str, plate: str, plate_type: str) -> OwnedVehicle | None:
        """Give a vehicle that is registered to this person; None when it is not his or unknown."""
        body = {"person_token": person_token, "plate": plate, "plate_type": plate_type}
        return (await self._wire.ask(_Vehicle, "POST", "/v1/papers/vehicle", body)).vehicle

    async def driver_licence(self, person_token: str) -> DriverLicence | None:
        """Give his licence; None when he has none."""
        return (await self._wire.ask(_Licence, "POST", "/v1/papers/licence", {"person_token": person_token})).licence

    async def apply_for_paper(self, request: PaperRequest, *, key: str) -> str:
        """Register the application and give the backend's serial."""
        return (await self._wire.ask(_Serial, "POST", "/v1/papers/apply", asdict(request), key=key)).serial

    async def paper_applications(self, person_token: str) -> Sequence[PaperApplication]:
        """Give applications of the last year, newest first."""
        body = {"person_token": person_token}
        return (await self._wire.ask(_Applications, "POST", "/v1/papers/applications", body)).applications
