"""Promises that a person calls back, and their history (`uow.callbacks`)."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, Select, func, select, update

from ivr.domain.orders import UNFINISHED, CallbackOrder, CallbackState, OrderLine, RecordConflict
from ivr.storage.models import callback_history, callback_orders
from ivr.storage.repositories.columns import RowCipher
from ivr.storage.sealed import FieldCipher
from ivr.storage.transaction import Transaction

_c = callback_orders.c
_UNFINISHED = _c.state.in_([state.value for state in UNFINISHED])


class CallbackOrders:
    """All of them."""

    def __init__(self, transaction: Transaction, cipher: FieldCipher) -> None:
        self._transaction = transaction
        self._cipher = cipher

    async def add(self, order: CallbackOrder) -> None:
        """Insert.

        Raises:
            RecordConflict: the serial or the idempotency key is taken.
        """
        if not await self._transaction.insert_new(callback_orders, self._row(order)):
            raise RecordConflict("such a call-back is already ordered")

    async def save(self, order: CallbackOrder) -> CallbackOrder:
        """Write it over the version it was read as; give it with its new one.

        Raises:
            RecordConflict: somebody else changed it since, or it is gone.
        """
        newer = replace(order, version=order.version + 1)
        mine = (_c.serial == order.serial, _c.version == order.version)
        statement = update(callback_orders).where(*mine).values(**self._row(newer))
        if (await self._transaction.execute(statement)).rowcount == 0:
            raise RecordConflict("the order was changed by somebody else")
        return newer

    async def note(self, line: OrderLine) -> None:
        """Append one line of history."""
        row = {
            "serial": line.serial,
            "at": line.at,
            "actor": line.actor,
            "event": line.event,
            "from_state": line.from_state,
            "to_state": line.to_state,
            "note_enc": self._of(line.serial).close_any("note", line.note or None),
        }
        await self._transaction.execute(self._transaction.insert(callback_history).values(**row))

    async def history(self, serial: str) -> Sequence[OrderLine]:
        """All lines, oldest first."""
        mine = select(callback_history).where(callback_history.c.serial == serial)
        found = await self._transaction.rows(mine.order_by(callback_history.c.id))
        return [
            OrderLine(
                serial=serial,
                at=row["at"],
                actor=row["actor"],
                event=row["event"],
                from_state=CallbackState(row["from_state"]) if row["from_state"] else None,
                to_state=CallbackState(row["to_state"]),
                note=self._of(serial).open_any("note", row["note_enc"]) or "",
            )
            for row in found
        ]

    async def get(self, serial: str) -> CallbackOrder | None:
        """Find one by its serial."""
        found = await self._many(select(callback_orders).where(_c.serial == serial))
        return found[0] if found else None

    async def by_key(self, idempotency_key: str) -> CallbackOrder | None:
        """Find one by the key of its request."""
        mine = _c.idempotency_key == idempotency_key
        found = await self._many(select(callback_orders).where(mine))
        return found[0] if found else None

    async def count_open(self) -> int:
        """How many are not finished."""
        statement = select(func.count()).select_from(callback_orders).where(_UNFINISHED)
        return int((await self._transaction.execute(statement)).scalar_one())

    async def open_orders(self, limit: int) -> Sequence[CallbackOrder]:
        """Those not finished, soonest due first."""
        return await self._soonest(select(callback_orders).where(_UNFINISHED), limit)

    async def held_by(self, account: str, limit: int) -> Sequence[CallbackOrder]:
        """Those that somebody has taken and not finished, soonest due first."""
        return await self._soonest(select(callback_orders).where(_UNFINISHED, _c.holder == account), limit)

    async def unheld(self, limit: int) -> Sequence[CallbackOrder]:
        """Those that nobody has taken yet, soonest due first."""
        return await self._soonest(select(callback_orders).where(_UNFINISHED, _c.holder.is_(None)), limit)

    async def finished(self, limit: int) -> Sequence[CallbackOrder]:
        """Those that are finished, newest first."""
        done = select(callback_orders).where(~_UNFINISHED)
        return await self._many(done.order_by(_c.created_at.desc(), _c.serial).limit(limit))

    async def of_caller(self, caller_token: str, limit: int) -> Sequence[CallbackOrder]:
        """A caller's, newest first."""
        his = select(callback_orders).where(_c.caller_token == caller_token)
        return await self._many(his.order_by(_c.created_at.desc(), _c.serial).limit(limit))

    async def overdue(self, now: datetime, limit: int) -> Sequence[CallbackOrder]:
        """Those past their time of which nobody was reminded yet."""
        late = (_UNFINISHED, _c.due_at <= now, _c.reminded_at.is_(None))
        return await self._soonest(select(callback_orders).where(*late), limit)

    def _of(self, serial: str) -> RowCipher:
        return RowCipher(self._cipher, "callback", serial)

    async def _soonest(self, statement: Select[Any], limit: int) -> list[CallbackOrder]:
        return await self._many(statement.order_by(_c.due_at, _c.serial).limit(limit))

    async def _many(self, statement: Select[Any]) -> list[CallbackOrder]:
        return [self._order(row) for row in await self._transaction.rows(statement)]

    def _row(self, order: CallbackOrder) -> dict[str, Any]:
        cipher = self._of(order.serial)
        row = {name: getattr(order, name) for name in _AS_THEY_ARE}
        return row | {
            "said_enc": cipher.close("said", order.said),
            "caller_enc": cipher.close_any("caller", order.caller),
            "answer_enc": cipher.close_any("answer", order.answer),
            "state": order.state.value,
            "idempotency_key": order.idempotency_key
            or f"{order.call_id}:{order.queue}:{order.reason}",
        }

    def _order(self, row: RowMapping) -> CallbackOrder:
        cipher = self._of(row["serial"])
        return CallbackOrder(
            **{name: row[name] for name in _AS_THEY_ARE},
            said=cipher.open("said", row["said_enc"]),
            caller=cipher.open_any("caller", row["caller_enc"]),
            answer=cipher.open_any("answer", row["answer_enc"]),
            state=CallbackState(row["state"]),
            idempotency_key=row["idempotency_key"],
        )


_AS_THEY_ARE = (
    "serial",
    "call_id",
    "queue",
    "reason",
    "created_at",
    "due_at",
    "caller_token",
    "subject",
    "unit",
    "holder",
    "reminded_at",
    "tried",
    "urged",
    "extended",
    "redone",
    "merged_into",
    "version",
)
