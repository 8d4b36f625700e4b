"""Callers handed to a person (`uow.handovers`); what the seat is told of a caller is encrypted."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, Select, select, update

from ivr.domain.handovers import ENDS, Handover, HandoverState
from ivr.domain.orders import RecordMissing
from ivr.storage.models import calls, handovers
from ivr.storage.repositories.columns import RowCipher
from ivr.storage.sealed import FieldCipher
from ivr.storage.transaction import Transaction

_c = handovers.c
_AS_THEY_ARE = ("handover_id", "call_id", "region", "queue", "reason", "seat", "asked_at", "offered_at", "joined_at", "ended_at")


class Handovers:
    """All of them."""

    def __init__(self, transaction: Transaction, cipher: FieldCipher) -> None:
        self._transaction = transaction
        self._cipher = cipher

    async def add(self, handover: Handover) -> None:
        """Insert; a `handover_id` already there is left as it is.

        Raises:
            RecordMissing: its call is not kept.
        """
        known = select(calls.c.call_id).where(calls.c.call_id == handover.call_id)
        if await self._transaction.row(known) is None:
            raise RecordMissing("a hand-over of no call")
        await self._transaction.insert_new(handovers, self._row(handover))

    async def save(self, handover: Handover) -> None:
        """Write where it stands, unless it has ended meanwhile.

        Raises:
            RecordMissing: there is none of that id that goes on.
        """
        statement = update(handovers).where(_c.handover_id == handover.handover_id, _c.is_open.is_(True))
        await self._transaction.change_one(statement.values(**self._row(handover)))

    async def get(self, handover_id: str) -> Handover | None:
        """Find one."""
        found = await self._many(select(handovers).where(_c.handover_id == handover_id))
        return found[0] if found else None

    async def open_ones(self, limit: int) -> Sequence[Handover]:
        """Those that go on, the longest first."""
        return await self._many(select(handovers).where(_c.is_open.is_(True)).order_by(_c.asked_at, _c.handover_id).limit(limit))

    async def of_seat(self, seat: str, *, since: datetime, limit: int) -> Sequence[Handover]:
        """What came to a seat, newest first."""
        mine = select(handovers).where(_c.seat == seat, _c.asked_at >= since)
        return await self._many(mine.order_by(_c.asked_at.desc(), _c.handover_id).limit(limit))

    async def of_call(self, call_id: str) -> Sequence[Handover]:
        """The hand-overs of a call, oldest first."""
        return await self._many(select(handovers).where(_c.call_id == call_id).order_by(_c.asked_at, _c.handover_id))

    async def between(self, span: tuple[datetime, datetime], *, limit: int) -> Sequence[Handover]:
        """Those asked for in a span, newest first."""
        asked = select(handovers).where(_c.asked_at >= span[0], _c.asked_at < span[1])
        return await self._many(asked.order_by(_c.asked_at.desc(), _c.handover_id).limit(limit))

    async def _many(self, statement: Select[Any]) -> list[Handover]:
        return [self._handover(row) for row in await self._transaction.rows(statement)]

    def _of(self, handover_id: str) -> RowCipher:
        return RowCipher(self._cipher, "handover", handover_id)

    def _row(self, handover: Handover) -> dict[str, Any]:
        row = {name: getattr(handover, name) for name in _AS_THEY_ARE}
        context = json.dumps(dict(handover.context), ensure_ascii=False)
        return row | {
            "state": handover.state.value,
            "is_open": handover.state not in ENDS,
            "context_enc": self._of(handover.handover_id).close("context", context),
        }

    def _handover(self, row: RowMapping) -> Handover:
        context = json.loads(self._of(row["handover_id"]).open("context", row["context_enc"]))
        return Handover(**{name: row[name] for name in _AS_THEY_ARE}, state=HandoverState(row["state"]), context=context)
