"""Confirmed malicious requests (`uow.misuse`)."""

from collections.abc import Sequence
from dataclasses import asdict

from sqlalchemy import select

from ivr.domain.orders import MisuseMark
from ivr.storage.models import misuse
from ivr.storage.transaction import Transaction


class Misuse:
    """All marks."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    async def add(self, mark: MisuseMark) -> None:
        """Insert; a second mark for the same case is left out."""
        await self._transaction.insert_new(misuse, asdict(mark))

    async def marks(self, caller_token: str) -> Sequence[MisuseMark]:
        """Give the marks of a caller, oldest first."""
        statement = select(misuse).where(misuse.c.caller_token == caller_token)
        rows = await self._transaction.rows(statement.order_by(misuse.c.at, misuse.c.case_id))
        return [MisuseMark(**row) for row in rows]
