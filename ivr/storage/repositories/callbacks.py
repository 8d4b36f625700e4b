"""Promises that a person calls back (`uow.callbacks`)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, Select, select, update

from ivr.domain.orders import CallbackOrder, CallbackState, RecordConflict
from ivr.storage.models import callback_orders
from ivr.storage.repositories.columns import RowCipher
from ivr.storage.sealed import FieldCipher
from ivr.storage.transaction import Transaction

_c = callback_orders.c


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

    async def save(self, order: CallbackOrder) -> None:
        """Write it over what is there.

        Raises:
            RecordMissing: there is none of that serial.
        """
        statement = update(callback_orders).where(_c.serial == order.serial)
        await self._transaction.change_one(statement.values(**self._row(order)))

    async def get(self, serial: str) -> CallbackOrder | None:
        """Find one by its serial."""
        found = await self._many(select(callback_orders).where(_c.serial == serial))
        return found[0] if found else None

    async def by_key(self, idempotency_key: str) -> CallbackOrder | None:
        """Find one by the key of its request."""
        mine = _c.idempotency_key == idempotency_key
        found = await self._many(select(callback_orders).where(mine))
        return found[0] if found else None

    async def open_orders(self, limit: int) -> Sequence[CallbackOrder]:
        """Those not done yet, soonest due first."""
        waiting = _c.state.in_([CallbackState.OPEN.value, CallbackState.REMINDED.value])
        return await self._soonest(select(callback_orders).where(waiting), limit)

    async def overdue(self, now: datetime, limit: int) -> Sequence[CallbackOrder]:
        """Those past their time of which nobody was reminded yet."""
        late = select(callback_orders).where(_c.state == CallbackState.OPEN.value, _c.due_at <= now)
        return await self._soonest(late, limit)

    async def _soonest(self, statement: Select[Any], limit: int) -> list[CallbackOrder]:
        return await self._many(statement.order_by(_c.due_at, _c.serial).limit(limit))

    async def _many(self, statement: Select[Any]) -> list[CallbackOrder]:
        return [self._order(row) for row in await self._transaction.rows(statement)]

    def _row(self, order: CallbackOrder) -> dict[str, Any]:
        cipher = RowCipher(self._cipher, "callback", order.serial)
        row = {name: getattr(order, name) for name in _AS_THEY_ARE}
        return row | {
            "said_enc": cipher.close("said", order.said),
            "caller_enc": cipher.close_any("caller", order.caller),
            "state": order.state.value,
            "idempotency_key": order.idempotency_key
            or f"{order.call_id}:{order.queue}:{order.reason}",
        }

    def _order(self, row: RowMapping) -> CallbackOrder:
        cipher = RowCipher(self._cipher, "callback", row["serial"])
        return CallbackOrder(
            **{name: row[name] for name in _AS_THEY_ARE},
            said=cipher.open("said", row["said_enc"]),
            caller=cipher.open_any("caller", row["caller_enc"]),
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
)
