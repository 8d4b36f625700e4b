"""Where open car-move cases are on the map (`uow.spots`); encrypted as the place is, and no part of the case itself.

A spot is found out later than the case is filed, and writing it must not get into the way of who changes the case.
"""

import json
from collections.abc import Mapping, Sequence

from sqlalchemy import select, update

from ivr.domain.case_map import Spot
from ivr.storage.models import cases
from ivr.storage.repositories.columns import RowCipher
from ivr.storage.sealed import FieldCipher
from ivr.storage.transaction import Transaction

_UNKNOWN = "null"


class CaseSpots:
    """All of them."""

    def __init__(self, transaction: Transaction, cipher: FieldCipher) -> None:
        self._transaction = transaction
        self._cipher = cipher

    async def wanted(self, limit: int) -> Sequence[tuple[str, str, str]]:
        """Open cases of which nobody has asked where they are, the newest first: id, region, place."""
        statement = select(cases.c.case_id, cases.c.region, cases.c.place_enc).where(cases.c.is_open, cases.c.spot_enc.is_(None))
        found = await self._transaction.rows(statement.order_by(cases.c.opened_at.desc()).limit(limit))
        return [(row["case_id"], row["region"], self._of(row["case_id"]).open("place", row["place_enc"])) for row in found]

    async def keep(self, case_id: str, spot: Spot | None) -> None:
        """Keep where it is, or that the map does not know the place."""
        text = _UNKNOWN if spot is None else json.dumps([spot.lon, spot.lat])
        closed = self._of(case_id).close("spot", text)
        await self._transaction.execute(update(cases).where(cases.c.case_id == case_id).values(spot_enc=closed))

    async def of_the_board(self) -> Mapping[str, Spot]:
        """Give the spots of open cases, by case."""
        statement = select(cases.c.case_id, cases.c.spot_enc).where(cases.c.is_open, cases.c.spot_enc.is_not(None))
        opened = ((row["case_id"], self._of(row["case_id"]).open("spot", row["spot_enc"])) for row in await self._transaction.rows(statement))
        return {case_id: Spot(*json.loads(text)) for case_id, text in opened if text != _UNKNOWN}

    def _of(self, case_id: str) -> RowCipher:
        return RowCipher(self._cipher, "case", case_id)
