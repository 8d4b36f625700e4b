"""What callers gave before they had to stop (`uow.drafts`)."""

import json
from datetime import datetime

from sqlalchemy import delete, select

from ivr.domain.applications import Draft
from ivr.storage.models import person_drafts
from ivr.storage.repositories.columns import RowCipher
from ivr.storage.sealed import FieldCipher
from ivr.storage.transaction import Transaction

_c = person_drafts.c


class Drafts:
    """All of them, one for a person and a service."""

    def __init__(self, transaction: Transaction, cipher: FieldCipher) -> None:
        self._transaction = transaction
        self._cipher = cipher

    async def keep(self, draft: Draft) -> None:
        """Insert, or replace the person's draft of the same service."""
        cipher = RowCipher(self._cipher, "draft", f"{draft.id_token}:{draft.service}")
        values = {
            "slots_enc": cipher.close("slots", json.dumps(dict(draft.slots), ensure_ascii=False)),
            "kept_at": draft.kept_at,
            "until": draft.until,
        }
        statement = self._transaction.insert(person_drafts).values(
            id_token=draft.id_token, service=draft.service, **values
        )
        await self._transaction.execute(
            statement.on_conflict_do_update(index_elements=[_c.id_token, _c.service], set_=values)
        )

    async def get(self, id_token: str, service: str, *, now: datetime) -> Draft | None:
        """Give it while it may be kept."""
        mine = select(person_drafts).where(_c.id_token == id_token, _c.service == service, _c.until > now)
        rows = await self._transaction.rows(mine)
        if not rows:
            return None
        row = rows[0]
        cipher = RowCipher(self._cipher, "draft", f"{id_token}:{service}")
        slots = json.loads(cipher.open("slots", row["slots_enc"]))
        return Draft(id_token, service, slots, row["kept_at"], row["until"])

    async def drop(self, id_token: str, service: str) -> None:
        """Forget one."""
        await self._transaction.execute(delete(person_drafts).where(_c.id_token == id_token, _c.service == service))

    async def drop_expired(self, now: datetime) -> int:
        """Forget what was kept long enough."""
        return (await self._transaction.execute(delete(person_drafts).where(_c.until <= now))).rowcount
