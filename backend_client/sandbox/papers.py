"""The sandbox's plates, papers and licences; its own rules, applications kept in SQLite."""

import sqlite3
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from backend_client.sandbox.exams import CHINA
from backend_client.sandbox.people import People, Refused
from backend_client.sandbox.seed_people import SeedCar, SeedLicence, SeedPerson

_SCHEMA = """
CREATE TABLE IF NOT EXISTS paper_applications (
    number INTEGER PRIMARY KEY AUTOINCREMENT, person_token TEXT NOT NULL, paper TEXT NOT NULL,
    cause TEXT NOT NULL, vehicle_token TEXT, updated TEXT NOT NULL);
"""
_BLOCKED_VEHICLE = frozenset("BCEJKLMNPDHO")
_BLOCKED_LICENCE = frozenset("DEFGKUR")
_RENEWAL_DAYS = 90
_MARK_DAYS = 92


class Papers:
    """What people hold and apply for."""

    def __init__(self, db: sqlite3.Connection, people: People, now: Callable[[], datetime]) -> None:
        self._db = db
        self._people = people
        self._now = now
        db.executescript(_SCHEMA)

    @property
    def _today(self) -> date:
        return self._now().astimezone(CHINA).date()

    def vehicle(self, token: str, plate: str) -> dict[str, Any] | None:
        """Give a vehicle of this person."""
        car = self._people.car(self._people.of(token), plate)
        if car is None:
            return None
        due = None if car.inspection_in is None else self._day(car.inspection_in)
        return {
            "vehicle_token": f"vt_{car.plate_type}_{car.vin_tail}",
            "plate_type": car.plate_type,
            "status": car.status,
            "region": car.region,
            "inspection_due": due,
            "needs_line_test": car.line_test,
            "open_violations": car.violations,
            "insured_until": self._day(car.insured_in),
        }

    def licence(self, token: str) -> dict[str, Any] | None:
        """Give his licence."""
        licence = self._people.of(token).licence
        if licence is None:
            return None
        return {
            "licence_class": licence.licence_class,
            "expires": None if licence.expires_in is None else self._day(licence.expires_in),
            "status": licence.status,
            "region": licence.region,
            "medical_until": None if licence.medical_days is None else self._day(licence.medical_days),
            "photo_valid": licence.photo,
            "next_validity": licence.next_validity,
        }

    def apply(self, body: Mapping[str, Any]) -> str:
        """Register an application.

        Raises:
            Refused: a rule says no.
        """
        token = body["person_token"]
        person = self._people.of(token)
        if body["paper"] == "driving_licence":
            _allow_licence(person.licence, body["cause"])
        else:
            _allow_vehicle(self._car(person, body.get("vehicle_token")), body["paper"], body["cause"])
        same = self._db.execute(
            "SELECT 1 FROM paper_applications WHERE person_token = ? AND paper = ? AND vehicle_token IS ?",
            (token, body["paper"], body.get("vehicle_token")),
        ).fetchone()
        if same is not None:
            raise Refused("already_applied")
        cursor = self._db.execute(
            "INSERT INTO paper_applications (person_token, paper, cause, vehicle_token, updated) VALUES (?, ?, ?, ?, ?)",
            (token, body["paper"], body["cause"], body.get("vehicle_token"), self._today.isoformat()),
        )
        return f"Q{cursor.lastrowid:08d}"

    def applications(self, token: str) -> list[dict[str, Any]]:
        """Give his applications, newest first."""
        person = self._people.of(token)
        rows = self._db.execute(
            "SELECT * FROM paper_applications WHERE person_token = ? ORDER BY number DESC", (token,)
        )
        kept = [
            {
                "serial": f"Q{row['number']:08d}", "paper": row["paper"], "cause": row["cause"], "state": "registered",
                "updated": row["updated"], "parcel": None,
            }
            for row in rows
        ]  # fmt: skip
        seeded = [
            {
                "serial": f"QS{n:06d}", "paper": each.paper, "cause": each.cause, "state": each.state,
                "updated": self._day(-each.days_ago), "parcel": each.parcel,
            }
            for n, each in enumerate(person.applications)
        ]  # fmt: skip
        return kept + seeded

    def _car(self, person: SeedPerson, vehicle_token: str | None) -> SeedCar | None:
        return next((car for car in person.cars if f"vt_{car.plate_type}_{car.vin_tail}" == vehicle_token), None)

    def _day(self, ahead: int) -> str:
        return (self._today + timedelta(days=ahead)).isoformat()


def _allow_vehicle(car: SeedCar | None, paper: str, cause: str) -> None:
    if car is None:
        raise Refused("not_owner")
    if _BLOCKED_VEHICLE & set(car.status):
        raise Refused("status_blocks")
    if paper != "inspection_mark":
        return
    if car.violations:
        raise Refused("violations_open")
    if car.insured_in < 0:
        raise Refused("insurance_missing")
    if car.line_test:
        raise Refused("line_test_needed")
    if cause == "due" and car.inspection_in is not None and car.inspection_in > _MARK_DAYS:
        raise Refused("too_early")


def _allow_licence(licence: SeedLicence | None, cause: str) -> None:
    if licence is None:
        raise Refused("no_licence")
    if _BLOCKED_LICENCE & set(licence.status) or (licence.expires_in is not None and licence.expires_in < -365):
        raise Refused("status_blocks")
    if cause == "expiring":
        if licence.expires_in is not None and licence.expires_in > _RENEWAL_DAYS:
            raise Refused("too_early")
        if licence.medical_days is None:
            raise Refused("medical_missing")
    if not licence.photo:
        raise Refused("photo_missing")
