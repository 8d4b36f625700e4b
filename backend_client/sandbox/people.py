"""The sandbox's people: found by number, by token ever after."""

import hashlib
import hmac
from collections.abc import Sequence
from datetime import date
from typing import Any

from backend_client.sandbox.seed_people import SeedCar, SeedPerson, population


class Refused(Exception):
    """The backend says no, with a word of the contract."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def person_token(id_number: str) -> str:
    """Give the handle of a person; tells nothing about him."""
    return "pt_" + hashlib.sha256(f"sandbox|{id_number}".encode()).hexdigest()[:32]


def contact_token(id_number: str) -> str:
    """Give the handle of his number."""
    return "ct_" + hashlib.sha256(f"sandbox|person|{id_number}".encode()).hexdigest()[:32]


class People:
    """Everybody, by token.

    Args:
        more: people beside those of every sandbox.
    """

    def __init__(self, more: Sequence[SeedPerson] = ()) -> None:
        everybody = (*population(), *more)
        self._by_token = {person_token(each.id_number): each for each in everybody}

    def contacts(self) -> list[tuple[str, str]]:
        """Give (token, number) of everybody who has a number."""
        return [(contact_token(each.id_number), each.phone) for each in self._by_token.values() if each.phone]

    def of(self, token: str) -> SeedPerson:
        """Give the person of a token.

        Raises:
            Refused: there is none.
        """
        found = self._by_token.get(token)
        if found is None:
            raise Refused("unknown_person")
        return found

    def find(self, id_number: str, today: date) -> dict[str, Any] | None:
        """Find somebody by number."""
        found = self._by_token.get(person_token(id_number))
        if found is None:
            return None
        before_birthday = (today.month, today.day) < (found.birth.month, found.birth.day)
        return {
            "person_token": person_token(id_number),
            "contact_token": contact_token(id_number) if found.phone else None,
            "phone_tail": found.phone[-4:] if found.phone else "",
            "age": today.year - found.birth.year - before_birthday,
            "home": found.home,
        }

    def secret_right(self, token: str, kind: str, value: str, plate: str | None) -> bool:
        """Compare a second secret."""
        person = self.of(token)
        if kind == "file_number":
            secret = person.licence.file_tail if person.licence else None
        else:
            car = self.car(person, plate or "")
            secret = car.vin_tail if car else None
        return secret is not None and hmac.compare_digest(secret, value)

    @staticmethod
    def car(person: SeedPerson, plate: str) -> SeedCar | None:
        """Give a vehicle of this person."""
        return next((car for car in person.cars if car.plate == plate), None)
