"""Calls to owners that are to be placed (`uow.orders`)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, Select, and_, or_, select, update

from ivr.domain.orders import OwnerCall, OwnerCallState
from ivr.storage.models import owner_calls
from ivr.storage.repositories.columns import RowCipher
from ivr.storage.sealed import FieldCipher
from ivr.storage.transaction import Transaction

_c = owner_calls.c


class OwnerCalls:
    """All of them."""

    def __init__(self, transaction: Transaction, cipher: FieldCipher) -> None:
        self._transaction = transaction
        self._cipher = cipher

    async def add(self, order: OwnerCall) -> None:
        """Insert; an `order_id` already there is left as it is."""
        await self._transaction.insert_new(owner_calls, self._row(order))

    async def get(self, order_id: str) -> OwnerCall | None:
        """Find one."""
        row = await self._transaction.row(select(owner_calls).where(_c.order_id == order_id))
        return None if row is None else self._order(row)

    async def save(self, order: OwnerCall) -> None:
        """Write it over what is there.

        Raises:
            RecordMissing: there is none of that id.
        """
        statement = update(owner_calls).where(_c.order_id == order.order_id)
        await self._transaction.change_one(statement.values(**self._row(order)))

    async def is_wanted(self, now: datetime) -> bool:
        """Is there one that may be rung now?"""
        return await self._transaction.row(_oldest(now)) is not None

    async def claim(self, worker: str, *, now: datetime, until: datetime) -> OwnerCall | None:
        """Take the oldest that may be rung now; no two workers get the same."""
        oldest = _oldest(now).with_for_update(skip_locked=True).scalar_subquery()
        statement = (
            update(owner_calls)
            .where(_c.order_id == oldest, _takeable(now))
            .values(state=OwnerCallState.CLAIMED.value, claimed_by=worker, claimed_until=until)
            .returning(*_c)
        )
        row = await self._transaction.row(statement)
        return None if row is None else self._order(row)

    async def lapsed(self, now: datetime) -> Sequence[OwnerCall]:
        """Calls whose dialler died while it rang, and calls that came too late to be rung."""
        on_the_line = _c.state.in_([OwnerCallState.RINGING.value, OwnerCallState.ANSWERED.value])
        lost = and_(on_the_line, _c.claimed_until < now)
        late = and_(_takeable(now), _c.not_after <= now)
        statement = select(owner_calls).where(or_(lost, late)).order_by(_c.not_before)
        return [self._order(row) for row in await self._transaction.rows(statement)]

    async def withdraw(self, case_id: str) -> int:
        """Withdraw the queued calls of a case; how many."""
        statement = (
            update(owner_calls)
            .where(_c.case_id == case_id, _c.state == OwnerCallState.QUEUED.value)
            .values(state=OwnerCallState.WITHDRAWN.value)
        )
        return (await self._transaction.execute(statement)).rowcount

    async def of_case(self, case_id: str) -> Sequence[OwnerCall]:
        """Give the calls of a case, the first attempt first."""
        statement = (
            select(owner_calls)
            .where(_c.case_id == case_id)
            .order_by(_c.attempt, _c.not_before, _c.order_id)
        )
        return [self._order(row) for row in await self._transaction.rows(statement)]

    def _row(self, order: OwnerCall) -> dict[str, Any]:
        cipher = RowCipher(self._cipher, "owner_call", order.order_id)
        row = {name: getattr(order, name) for name in _AS_THEY_ARE}
        return row | {
            "contact_token_enc": cipher.close("contact", order.contact_token),
            "state": order.state.value,
        }

    def _order(self, row: RowMapping) -> OwnerCall:
        cipher = RowCipher(self._cipher, "owner_call", row["order_id"])
        return OwnerCall(
            **{name: row[name] for name in _AS_THEY_ARE},
            contact_token=cipher.open("contact", row["contact_token_enc"]),
            state=OwnerCallState(row["state"]),
        )


_AS_THEY_ARE = (
    "order_id",
    "case_id",
    "call_id",
    "attempt",
    "not_before",
    "not_after",
    "result",
    "claimed_by",
    "claimed_until",
)


def _oldest(now: datetime) -> Select[Any]:
    """The oldest that may be rung now."""
    may_be = select(_c.order_id).where(_takeable(now), _c.not_before <= now, _c.not_after > now)
    return may_be.order_by(_c.not_before, _c.order_id).limit(1)


def _takeable(now: datetime) -> ColumnElement[bool]:
    """Nobody holds it: it is queued, or the claim on it ran out before it rang."""
    queued = _c.state == OwnerCallState.QUEUED.value
    given_up = and_(_c.state == OwnerCallState.CLAIMED.value, _c.claimed_until < now)
    return or_(queued, given_up)
