"""The sandbox's own SQLite file: vehicles, contacts, what was written, answers by key, nonces."""

import hashlib
import json
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from backend_client.sandbox.exams import Exams
from backend_client.sandbox.papers import Papers
from backend_client.sandbox.people import People
from backend_client.sandbox.seed import VEHICLES, SeedVehicle
from backend_client.sandbox.seed_people import SeedPerson

_SCHEMA = """
CREATE TABLE IF NOT EXISTS vehicles (
    plate TEXT NOT NULL, plate_type TEXT NOT NULL, colour TEXT, status TEXT NOT NULL,
    contact_token TEXT, PRIMARY KEY (plate, plate_type));
CREATE TABLE IF NOT EXISTS contacts (
    token TEXT PRIMARY KEY, phone TEXT NOT NULL, stale INTEGER NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS journal (
    number INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, serial TEXT, body TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS answers (
    key TEXT PRIMARY KEY, request_hash TEXT NOT NULL, status INTEGER NOT NULL, body TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS nonces (nonce TEXT PRIMARY KEY, seen_at INTEGER NOT NULL);
"""


@dataclass(frozen=True, slots=True)
class More:
    """What one sandbox has beside what every sandbox has."""

    vehicles: Sequence[SeedVehicle] = ()
    people: Sequence[SeedPerson] = ()


NO_MORE = More()


def token_of(plate: str, plate_type: str) -> str:
    """Give the contact token of a seeded vehicle; tells nothing about it."""
    return "ct_" + hashlib.sha256(f"sandbox|{plate}|{plate_type}".encode()).hexdigest()[:32]


class Store:
    """One SQLite connection; every method is one short transaction.

    Args:
        path: of the file, or `:memory:`.
        now: aware wall-clock time.
        more: beside what every sandbox has.
    """

    def __init__(
        self, path: Path | str, now: Callable[[], datetime] = lambda: datetime.now(UTC), more: More = NO_MORE
    ) -> None:
        self._db = sqlite3.connect(str(path), isolation_level=None)
        self._db.row_factory = sqlite3.Row
        self._db.executescript(_SCHEMA)
        self.now = now
        self.people = People(more.people)
        self.exams = Exams(self._db, self.people, now)
        self.papers = Papers(self._db, self.people, now)
        self._seed((*VEHICLES, *more.vehicles))

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def reset(self) -> None:
        """Forget everything that was written."""
        for table in ("journal", "answers", "bookings", "cancelled", "paper_applications"):
            self._db.execute(f"DELETE FROM {table}")  # noqa: S608 - our own words
        self._db.execute("UPDATE contacts SET stale = 0")

    def _seed(self, vehicles: Sequence[SeedVehicle]) -> None:
        for car in vehicles:
            token = token_of(car.plate, car.plate_type) if car.owner_phone else None
            self._db.execute(
                "INSERT OR IGNORE INTO vehicles VALUES (?, ?, ?, ?, ?)",
                (car.plate, car.plate_type, car.colour, car.status, token),
            )
            if token:
                self._db.execute(
                    "INSERT OR IGNORE INTO contacts (token, phone) VALUES (?, ?)",
                    (token, car.owner_phone),
                )

        self._db.executemany("INSERT OR IGNORE INTO contacts (token, phone) VALUES (?, ?)", self.people.contacts())

    def vehicle(self, plate: str, plate_type: str) -> dict[str, Any] | None:
        """Find by plate and type; a plate borne by one vehicle only is found under any type."""
        rows = self._db.execute(
            "SELECT v.plate_type, v.colour, v.status, CASE c.stale WHEN 0 THEN v.contact_token END"
            " AS contact_token FROM vehicles v LEFT JOIN contacts c ON c.token = v.contact_token"
            " WHERE v.plate = ?",
            (plate,),
        ).fetchall()
        exact = [row for row in rows if row["plate_type"] == plate_type]
        found = exact or (rows if len(rows) == 1 else [])
        return dict(found[0]) if found else None

    def phone(self, token: str) -> str | None:
        """The number behind a token that is not stale."""
        row = self._db.execute(
            "SELECT phone FROM contacts WHERE token = ? AND stale = 0", (token,)
        ).fetchone()
        return None if row is None else str(row["phone"])

    def mark_stale(self, token: str) -> bool:
        """End a token; False when there is none."""
        cursor = self._db.execute("UPDATE contacts SET stale = 1 WHERE token = ?", (token,))
        return cursor.rowcount > 0

    def write_down(self, kind: str, letter: str, body: Mapping[str, Any]) -> str:
        """Keep what was ordered and give its serial."""
        text = json.dumps(body, ensure_ascii=False)
        cursor = self._db.execute("INSERT INTO journal (kind, body) VALUES (?, ?)", (kind, text))
        serial = f"{letter}{cursor.lastrowid:08d}"
        self._db.execute(
            "UPDATE journal SET serial = ? WHERE number = ?", (serial, cursor.lastrowid)
        )
        return serial

    def journal(self) -> list[dict[str, Any]]:
        """Everything written, oldest first."""
        rows = self._db.execute("SELECT kind, serial, body FROM journal ORDER BY number")
        return [
            {"kind": row["kind"], "serial": row["serial"], "body": json.loads(row["body"])}
            for row in rows
        ]

    def answer(self, key: str) -> tuple[str, int, str] | None:
        """The request's hash, status and body that were answered for a key."""
        row = self._db.execute(
            "SELECT request_hash, status, body FROM answers WHERE key = ?", (key,)
        ).fetchone()
        return None if row is None else (row["request_hash"], row["status"], row["body"])

    def keep_answer(self, key: str, request_hash: str, status: int, body: str) -> None:
        """Remember the answer for a key."""
        self._db.execute(
            "INSERT OR IGNORE INTO answers VALUES (?, ?, ?, ?)", (key, request_hash, status, body)
        )

    def first_use(self, nonce: str, *, now: int, keep_seconds: int) -> bool:
        """Note a nonce; False when it was seen before."""
        self._db.execute("DELETE FROM nonces WHERE seen_at < ?", (now - keep_seconds,))
        cursor = self._db.execute("INSERT OR IGNORE INTO nonces VALUES (?, ?)", (nonce, now))
        return cursor.rowcount == 1
