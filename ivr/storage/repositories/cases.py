"""Car-moving cases, their history, and drafts of requests (`uow.cases`)."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, Select, and_, delete, func, or_, select, update

from ivr.domain.board import BoardCase
from ivr.domain.car_moves import BackendTask, CarMoveCase, CaseEvent, CaseState, Escalation
from ivr.domain.orders import RecordConflict
from ivr.storage.models import case_history, cases, drafts
from ivr.storage.repositories.columns import RowCipher
from ivr.storage.sealed import FieldCipher
from ivr.storage.transaction import Transaction


class Cases:
    """All cases.

    Args:
        clock: gives the moment at which a draft is kept.
    """

    def __init__(
        self, transaction: Transaction, cipher: FieldCipher, clock: Callable[[], datetime]
    ) -> None:
        self._transaction = transaction
        self._cipher = cipher
        self._clock = clock

    async def add(self, case: CarMoveCase) -> None:
        """Insert a new case.

        Raises:
            RecordConflict: case id or idempotency key is taken, or the requester has an open case.
        """
        if not await self._transaction.insert_new(cases, self._row(case)):
            raise RecordConflict("such a case is already there")

    async def save(self, case: CarMoveCase) -> CarMoveCase:
        """Write `case` over its version and give it with the next one.

        Raises:
            RecordConflict: the stored version is not `case.version`.
        """
        row = {**self._row(case), "version": case.version + 1}
        statement = (
            update(cases)
            .where(cases.c.case_id == case.case_id, cases.c.version == case.version)
            .values(**row)
            .returning(*cases.c)
        )
        saved = await self._transaction.row(statement)
        if saved is None:
            raise RecordConflict("the case was changed by somebody else")
        return self._case(saved)

    async def get(self, case_id: str) -> CarMoveCase | None:
        """Find a case by its serial."""
        return await self._one(select(cases).where(cases.c.case_id == case_id))

    async def by_key(self, idempotency_key: str) -> CarMoveCase | None:
        """Find a case by the key of its request."""
        return await self._one(select(cases).where(cases.c.idempotency_key == idempotency_key))

    async def of_call(self, call_id: str) -> CarMoveCase | None:
        """Find the newest case that was filed in a call."""
        filed = select(cases).where(cases.c.call_id == call_id)
        return await self._one(filed.order_by(cases.c.opened_at.desc()).limit(1))

    async def open_of(self, requester_token: str) -> CarMoveCase | None:
        """Find the open case of a requester."""
        mine = cases.c.requester_token == requester_token
        return await self._one(select(cases).where(mine, cases.c.is_open))

    async def due(self, now: datetime, limit: int) -> Sequence[CarMoveCase]:
        """Open or pending cases with `next_due_at <= now`, the longest overdue first."""
        statement = (
            select(cases)
            .where(cases.c.next_due_at <= now, or_(cases.c.is_open, cases.c.has_pending))
            .order_by(cases.c.next_due_at, cases.c.case_id)
            .limit(limit)
        )
        return [self._case(row) for row in await self._transaction.rows(statement)]

    async def recent(self, limit: int, *, plate_token: str | None = None) -> Sequence[CarMoveCase]:
        """Newest first, of one plate or of all; for the desks."""
        statement = select(cases).order_by(cases.c.opened_at.desc(), cases.c.case_id).limit(limit)
        if plate_token is not None:
            statement = statement.where(cases.c.plate_token == plate_token)
        return [self._case(row) for row in await self._transaction.rows(statement)]

    async def on_the_board(self) -> Sequence[BoardCase]:
        """Every open case as the board shows it, oldest first; of what is encrypted only the place is opened."""
        shown = (*_ON_THE_BOARD, "state", "place_enc")
        statement = select(*(cases.c[name] for name in shown)).where(cases.c.is_open).order_by(cases.c.opened_at)
        return [
            BoardCase(
                **{name: row[name] for name in _ON_THE_BOARD},
                state=CaseState(row["state"]),
                place=self._of("case", row["case_id"]).open("place", row["place_enc"]),
            )
            for row in await self._transaction.rows(statement)
        ]

    async def page(self, *, before: datetime | None, limit: int) -> Sequence[CarMoveCase]:
        """Newest first, those opened before `before`."""
        statement = select(cases).order_by(cases.c.opened_at.desc(), cases.c.case_id).limit(limit)
        if before is not None:
            statement = statement.where(cases.c.opened_at < before)
        return [self._case(row) for row in await self._transaction.rows(statement)]

    async def of_plate(self, plate_token: str, *, since: datetime) -> Sequence[CarMoveCase]:
        """Cases of one plate, newest first."""
        mine = (cases.c.plate_token == plate_token, cases.c.opened_at >= since)
        return [self._case(row) for row in await self._transaction.rows(select(cases).where(*mine).order_by(cases.c.opened_at.desc()))]

    async def count_open(self) -> int:
        """How many stand open."""
        statement = select(func.count()).select_from(cases).where(cases.c.is_open)
        return int((await self._transaction.execute(statement)).scalar_one())

    async def opened_since(
        self,
        since: datetime,
        *,
        requester_token: str | None = None,
        plate_token: str | None = None,
    ) -> int:
        """How many were opened at or after `since`; the tokens given must both match."""
        condition = [cases.c.opened_at >= since]
        if requester_token is not None:
            condition.append(cases.c.requester_token == requester_token)
        if plate_token is not None:
            condition.append(cases.c.plate_token == plate_token)
        statement = select(func.count()).select_from(cases).where(and_(*condition))
        return int((await self._transaction.execute(statement)).scalar_one())

    async def note(self, event: CaseEvent) -> None:
        """Append one line of history."""
        row = {
            "case_id": event.case_id,
            "at": event.at,
            "actor": event.actor,
            "event": event.event,
            "from_state": event.from_state,
            "to_state": event.to_state,
            "note": event.note,
            "said_enc": self._of("case_history", event.case_id).close_any("said", event.said or None),
        }
        await self._transaction.execute(self._transaction.insert(case_history).values(**row))

    async def history(self, case_id: str) -> Sequence[CaseEvent]:
        """All lines, oldest first."""
        statement = (
            select(case_history)
            .where(case_history.c.case_id == case_id)
            .order_by(case_history.c.id)
        )
        cipher = self._of("case_history", case_id)
        return [_event(row, cipher) for row in await self._transaction.rows(statement)]

    async def keep_draft(self, call_id: str, slots: Mapping[str, str]) -> None:
        """Keep what a call told so far, over what was kept before."""
        closed = self._of("draft", call_id).close("slots", json.dumps(dict(slots)))
        kept = {"slots_enc": closed, "kept_at": self._clock()}
        statement = self._transaction.insert(drafts).values(call_id=call_id, **kept)
        await self._transaction.execute(
            statement.on_conflict_do_update(index_elements=[drafts.c.call_id], set_=kept)
        )

    async def draft(self, call_id: str) -> Mapping[str, str] | None:
        """Give what a call told so far."""
        statement = select(drafts.c.slots_enc).where(drafts.c.call_id == call_id)
        row = await self._transaction.row(statement)
        if row is None:
            return None
        slots: dict[str, str] = json.loads(
            self._of("draft", call_id).open("slots", row["slots_enc"])
        )
        return slots

    async def drop_draft(self, call_id: str) -> None:
        """Forget it."""
        await self._transaction.execute(delete(drafts).where(drafts.c.call_id == call_id))

    async def drop_drafts_before(self, moment: datetime) -> int:
        """Forget what was kept before `moment`; how many."""
        statement = delete(drafts).where(drafts.c.kept_at < moment)
        return (await self._transaction.execute(statement)).rowcount

    def _of(self, table: str, key: str) -> RowCipher:
        return RowCipher(self._cipher, table, key)

    async def _one(self, statement: Select[Any]) -> CarMoveCase | None:
        row = await self._transaction.row(statement)
        return None if row is None else self._case(row)

    def _row(self, case: CarMoveCase) -> dict[str, Any]:
        cipher = self._of("case", case.case_id)
        row = {name: getattr(case, name) for name in _AS_THEY_ARE}
        return row | {
            "state": case.state.value,
            "is_open": case.is_open,
            "plate_enc": cipher.close("plate", case.plate),
            "place_enc": cipher.close("place", case.place),
            "requester_enc": cipher.close("requester", case.requester),
            "contact_token_enc": cipher.close_any("contact", case.contact_token),
            "pending": [task.value for task in case.pending],
            "has_pending": bool(case.pending),
            "escalated_to": case.escalated_to.value if case.escalated_to else None,
        }

    def _case(self, row: RowMapping) -> CarMoveCase:
        cipher = self._of("case", row["case_id"])
        escalated_to = row["escalated_to"]
        return CarMoveCase(
            **{name: row[name] for name in _AS_THEY_ARE},
            state=CaseState(row["state"]),
            plate=cipher.open("plate", row["plate_enc"]),
            place=cipher.open("place", row["place_enc"]),
            requester=cipher.open("requester", row["requester_enc"]),
            contact_token=cipher.open_any("contact", row["contact_token_enc"]),
            pending=tuple(BackendTask(task) for task in row["pending"]),
            escalated_to=Escalation(escalated_to) if escalated_to else None,
        )


_AS_THEY_ARE = (
    "case_id",
    "call_id",
    "idempotency_key",
    "plate_token",
    "plate_mask",
    "plate_type",
    "place_kind",
    "on_road",
    "reason",
    "colour",
    "colour_matches",
    "urgent",
    "region",
    "requester_token",
    "opened_at",
    "notified_at",
    "asked_at",
    "next_due_at",
    "attempts",
    "reminders",
    "retries",
    "review",
    "police_serial",
    "holder",
    "merged_into",
    "version",
)
"""Fields of a case that are kept under their own name, in clear."""
_ON_THE_BOARD = (
    "case_id", "plate_mask", "plate_type", "place_kind", "on_road", "reason", "urgent", "region", "opened_at", "notified_at",
    "next_due_at", "attempts", "reminders", "holder", "review", "version",
)


def _event(row: RowMapping, cipher: RowCipher) -> CaseEvent:
    from_state = row["from_state"]
    return CaseEvent(
        case_id=row["case_id"],
        at=row["at"],
        actor=row["actor"],
        event=row["event"],
        from_state=CaseState(from_state) if from_state else None,
        to_state=CaseState(row["to_state"]),
        note=row["note"],
        said=cipher.open_any("said", row["said_enc"]) or "",
    )
