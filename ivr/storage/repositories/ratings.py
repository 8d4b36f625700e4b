"""Callers' marks (`uow.ratings`)."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import select

from ivr.domain.orders import Rating
from ivr.storage.models import ratings
from ivr.storage.transaction import Transaction


class Ratings:
    """All of them; the first mark of a call counts."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    async def add(self, rating: Rating) -> None:
        """Insert; a second mark in the same call is left out."""
        await self._transaction.insert_new(ratings, asdict(rating))

    async def of_call(self, call_id: str) -> Rating | None:
        """Give the mark of a call."""
        row = await self._transaction.row(select(ratings).where(ratings.c.call_id == call_id))
        return None if row is None else Rating(**row)

    async def since(self, moment: datetime) -> Sequence[Rating]:
        """Marks given at or after a moment, oldest first."""
        statement = select(ratings).where(ratings.c.at >= moment).order_by(ratings.c.at, ratings.c.call_id)
        return [Rating(**row) for row in await self._transaction.rows(statement)]
