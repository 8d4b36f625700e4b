"""People, as the core backend knows them: found by identity number, spoken of by a token ever after."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class SecretKind(StrEnum):
    """A second secret beside identity number and SMS code."""

    FILE_NUMBER = "file_number"
    """Last six digits of the licence's file number (档案编号)."""
    VIN = "vin"
    """Last six characters of the vehicle's identification number (车架号)."""


@dataclass(frozen=True, slots=True)
class Person:
    """One person on file."""

    person_token: str
    """Opaque handle; stands for the identity number in every further request."""
    contact_token: str | None
    """Handle of the mobile number on file; None: none is on file, codes cannot be sent."""
    phone_tail: str
    """Last four digits of that number, which may be said; empty without one."""
    age: int
    """In whole years."""
    home: str | None
    """Registered address down to the street, as it may be said; None when none is on file."""

    def __repr__(self) -> str:
        """Give nothing that names anybody."""
        return f"Person(phone={'yes' if self.contact_token else 'no'})"


class PeopleBackend(Protocol):
    """What may be asked about people."""

    async def find_person(self, id_number: str) -> Person | None:
        """Look a person up; None when nobody of that number has a record."""

    async def check_secret(
        self, person_token: str, kind: SecretKind, value: str, *, plate: str | None = None, plate_type: str | None = None
    ) -> bool:
        """Compare a second secret at the backend; a VIN belongs to the plate of one of his vehicles."""
