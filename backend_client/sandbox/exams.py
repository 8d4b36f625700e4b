"""The sandbox's tests: plans made by the calendar, applications kept in SQLite, rules of its own."""

import hashlib
import sqlite3
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Any

from backend_client.sandbox.people import People, Refused
from backend_client.sandbox.places import venues_of
from backend_client.sandbox.seed_people import SeedBooking, SeedLearner, SeedPerson, SeedSubject

CHINA = timezone(timedelta(hours=8))
_SCHEMA = """
CREATE TABLE IF NOT EXISTS bookings (
    number INTEGER PRIMARY KEY AUTOINCREMENT, person_token TEXT NOT NULL, plan_id TEXT NOT NULL,
    state TEXT NOT NULL, sort_time TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS cancelled (serial TEXT PRIMARY KEY);
"""
_WHEN: dict[str, tuple[tuple[int, ...], tuple[tuple[int, str], ...]]] = {
    "1": ((0, 1, 2, 3, 4), ((0, "m"), (0, "a"))),
    "2": ((1, 3, 5), ((0, "m"), (1, "m"), (1, "a"))),
    "3": ((0, 2, 4), ((0, "m"), (1, "m"), (1, "a"))),
    "3B": ((2, 4), ((2, "a"),)),
}
"""Weekdays (Monday 0), and (venue, half of the day) of each."""
_FULL_ON_FRIDAYS = {(1, "m"), (2, "a")}
_SESSIONS = {"m": ("morning", "08:30"), "a": ("afternoon", "13:30")}
_CLOSES_BEFORE = timedelta(days=4)
_PLACES = 40
_BEFORE = {"2": ("1",), "3": ("1", "2"), "3B": ("1", "2", "3")}
_DAYS = {
    "2": {"C1": 10, "C2": 10, "C3": 10, "C4": 10, "C5": 10, "M": 10, "N": 10, "P": 10},
    "3": {"C2": 20, "C3": 20, "C4": 20, "C5": 20, "C1": 30, "M": 30, "N": 30, "P": 30},
}
_DAYS_LARGE = {"2": 20, "3": 40}
_MOST_BOOKINGS = 5
_AGAIN_DAYS = 10


class Exams:
    """Plans and applications."""

    def __init__(self, db: sqlite3.Connection, people: People, now: Callable[[], datetime]) -> None:
        self._db = db
        self._people = people
        self._now = now
        db.executescript(_SCHEMA)

    @property
    def _today(self) -> date:
        return self._now().astimezone(CHINA).date()

    def student(self, token: str) -> dict[str, Any] | None:
        """Give the learner's record."""
        learner = self._people.of(token).learner
        if learner is None:
            return None
        today = self._today
        issued = None if learner.permit_days_ago is None else today - timedelta(days=learner.permit_days_ago)
        return {
            "licence_class": learner.licence_class,
            "permit_issued": _iso(issued),
            "permit_expires": None if issued is None else _iso(today + timedelta(days=learner.permit_days_left)),
            "holds_car_licence": learner.holds_car_licence,
            "status": learner.status,
            "region": learner.region,
            "fee_paid": learner.fee_paid,
            "subjects": [self._subject(each, today) for each in learner.subjects],
        }

    def plans(self, subject: str, region: str, first: date, last: date) -> list[dict[str, Any]]:
        """Give the open sessions of those days."""
        days = (first + timedelta(days=n) for n in range(min(62, (last - first).days + 1)))
        return [
            plan
            for day in days
            for plan in _plans_of(region, subject, day)
            if datetime.fromisoformat(plan["closes_at"]) > self._now()
        ]

    def bookings(self, token: str) -> list[dict[str, Any]]:
        """Give his applications, newest first."""
        person = self._people.of(token)
        found = [self._kept(row) for row in self._db.execute("SELECT * FROM bookings WHERE person_token = ?", (token,))]
        found += [self._seeded(person, each, n) for n, each in enumerate(person.bookings)]
        gone = {row["serial"] for row in self._db.execute("SELECT serial FROM cancelled")}
        for each in found:
            if each["serial"] in gone:
                each["state"] = "cancelled"
        return sorted(found, key=lambda each: str(each["sort_time"]), reverse=True)

    def book(self, token: str, plan_id: str, subject: str, licence_class: str) -> str:
        """Apply.

        Raises:
            Refused: a rule says no.
        """
        plan = self._open_plan(plan_id)
        person = self._people.of(token)
        if person.learner is None:
            raise Refused("no_student_record")
        self._allow(person.learner, plan, licence_class)
        if plan["subject"] != subject:
            raise Refused("unknown_plan")
        if any(
            each["plan"]["subject"] == subject and each["state"] in ("applied", "succeeded")
            for each in self.bookings(token)
        ):
            raise Refused("already_booked")
        if plan["applicants"] >= 2 * plan["places"]:
            raise Refused("plan_full")
        cursor = self._db.execute(
            "INSERT INTO bookings (person_token, plan_id, state, sort_time) VALUES (?, ?, 'applied', ?)",
            (token, plan_id, self._now().astimezone(UTC).isoformat()),
        )
        return f"K{cursor.lastrowid:08d}"

    def cancel(self, token: str, serial: str) -> None:
        """Take an application back.

        Raises:
            Refused: it may not be, or there is none.
        """
        found = next((each for each in self.bookings(token) if each["serial"] == serial), None)
        if found is None:
            raise Refused("unknown_booking")
        if found["state"] == "cancelled":
            return
        closed = datetime.fromisoformat(found["plan"]["closes_at"]) <= self._now()
        if found["state"] != "applied" or closed:
            raise Refused("not_cancellable")
        self._db.execute("INSERT OR IGNORE INTO cancelled VALUES (?)", (serial,))

    def _allow(self, learner: SeedLearner, plan: dict[str, Any], licence_class: str) -> None:
        subject = plan["subject"]
        records = {each.subject: each for each in learner.subjects}
        mine = records.get(subject, SeedSubject(subject))
        checks = (
            ("status_locked", "L" in learner.status),
            ("wrong_class", learner.licence_class != licence_class),
            ("cross_city", plan["region"][:4] != learner.region[:4]),
            ("fee_unpaid", not learner.fee_paid),
            ("certificate_expired", learner.permit_days_ago is not None and learner.permit_days_left < 0),
            ("previous_subject_not_passed", not all(records[each].passed for each in _BEFORE.get(subject, ()))),
            ("already_passed", mine.passed),
            ("attempts_used_up", subject in ("2", "3") and mine.used >= _MOST_BOOKINGS),
            ("interval_not_reached", _too_early(learner, subject)),
            ("rebook_too_soon", _too_soon(mine)),
            ("training_hours_missing", not mine.hours_done),
        )
        for code, broken in checks:
            if broken:
                raise Refused(code)

    def _open_plan(self, plan_id: str) -> dict[str, Any]:
        parts = plan_id.split("-")
        try:
            region, subject, day = parts[0], parts[1], datetime.strptime(parts[2], "%Y%m%d").replace(tzinfo=UTC).date()
        except (IndexError, ValueError):
            raise Refused("unknown_plan") from None
        found = next((each for each in _plans_of(region, subject, day) if each["plan_id"] == plan_id), None)
        if found is None:
            raise Refused("unknown_plan")
        if datetime.fromisoformat(found["closes_at"]) <= self._now():
            raise Refused("plan_closed")
        return found

    def _kept(self, row: sqlite3.Row) -> dict[str, Any]:
        region, subject, day, *_ = row["plan_id"].split("-")
        on = datetime.strptime(day, "%Y%m%d").replace(tzinfo=UTC).date()
        plan = next(each for each in _plans_of(region, subject, on) if each["plan_id"] == row["plan_id"])
        rank = _number(row["plan_id"] + row["person_token"]) % 60 + 1
        serial = f"K{row['number']:08d}"
        return {"serial": serial, "plan": plan, "state": row["state"], "rank": rank, "sort_time": row["sort_time"]}

    def _seeded(self, person: SeedPerson, seed: SeedBooking, number: int) -> dict[str, Any]:
        region = person.learner.region if person.learner else "320200"
        day = self._today + timedelta(days=seed.days_ahead)
        half = "m" if seed.session == "morning" else "a"
        return {
            "serial": f"S{_number(person.id_number) % 10**6:06d}{number:02d}",
            "plan": _plan(region, seed.subject, day, seed.venue, half),
            "state": seed.state,
            "rank": seed.rank,
            "sort_time": (self._now() - timedelta(days=20 + number)).astimezone(UTC).isoformat(),
        }

    @staticmethod
    def _subject(seed: SeedSubject, today: date) -> dict[str, Any]:
        last = None if seed.last_days_ago is None else today - timedelta(days=seed.last_days_ago)
        return {
            "subject": seed.subject,
            "passed": seed.passed,
            "bookings_used": seed.used,
            "last_exam": _iso(last),
            "hours_done": seed.hours_done,
        }


def _too_early(learner: SeedLearner, subject: str) -> bool:
    if subject not in _DAYS or learner.permit_days_ago is None:
        return False
    wait = _DAYS[subject].get(learner.licence_class, _DAYS_LARGE[subject])
    if subject == "3" and learner.holds_car_licence:
        wait = 30
    return learner.permit_days_ago < wait


def _too_soon(mine: SeedSubject) -> bool:
    return mine.subject in _DAYS and mine.last_days_ago is not None and mine.last_days_ago < _AGAIN_DAYS


def _plans_of(region: str, subject: str, day: date) -> Iterator[dict[str, Any]]:
    weekdays, where = _WHEN.get(subject, ((), ()))
    if day.weekday() in weekdays:
        for venue, half in where:
            yield _plan(region, subject, day, venue, half)


def _plan(region: str, subject: str, day: date, venue: int, half: str) -> dict[str, Any]:
    session, begins = _SESSIONS[half]
    plan_id = f"{region}-{subject}-{day:%Y%m%d}-{venue}-{half}"
    full = day.weekday() == 4 and (venue, half) in _FULL_ON_FRIDAYS
    closes = datetime.combine(day - _CLOSES_BEFORE, time(17, 0), CHINA)
    return {
        "plan_id": plan_id, "subject": subject, "day": day.isoformat(), "session": session, "begins": begins,
        "venue_id": f"{region}-{venue}", "venue": venues_of(region)[venue], "region": region, "places": _PLACES,
        "applicants": 2 * _PLACES if full else _number(plan_id) % 60, "closes_at": closes.isoformat(),
    }  # fmt: skip


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _number(text: str) -> int:
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:6], "big")
