"""People over HTTP."""

from pydantic import BaseModel

from backend_client.people import Person, SecretKind
from backend_client.wire import Wire


class _Found(BaseModel):
    person: Person | None


class _Right(BaseModel):
    right: bool


class PeopleDoor:
    """`PeopleBackend` over HTTP."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    async def find_person(self, id_number: str) -> Person | None:
        """Look a person up; None when nobody of that number has a record."""
        return (await self._wire.ask(_Found, "POST", "/v1/people/find", {"id_number": id_number})).person

    async def check_secret(
        self, person_token: str, kind: SecretKind, value: str, *, plate: str | None = None, plate_type: str | None = None
    ) -> bool:
        """Compare a second secret at the backend."""
        body = {"person_token": person_token, "kind": kind.value, "value": value, "plate": plate, "plate_type": plate_type}
        return (await self._wire.ask(_Right, "POST", "/v1/people/check-secret", body)).right
