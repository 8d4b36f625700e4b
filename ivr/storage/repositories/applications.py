"""Confirmed submissions and what came of them (`uow.applications`)."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, Select, select, update

from ivr.domain.applications import Application, Submission
from ivr.domain.orders import RecordConflict
from ivr.storage.models import applications
from ivr.storage.repositories.columns import RowCipher
from ivr.storage.sealed import FieldCipher
from ivr.storage.transaction import Transaction

_c = applications.c


class Applications:
    """All of them."""

    def __init__(self, transaction: Transaction, cipher: FieldCipher) -> None:
        self._transaction = transaction
        self._cipher = cipher

    async def add(self, application: Application) -> None:
        """Insert.

        Raises:
            RecordConflict: the serial or the idempotency key is taken.
        """
        if not await self._transaction.insert_new(applications, self._row(application)):
            raise RecordConflict("such an application is already there")

    async def save(self, application: Application) -> None:
        """Write it over what is there.

        Raises:
            RecordMissing: there is none of that serial.
        """
        statement = update(applications).where(_c.serial == application.serial)
        await self._transaction.change_one(statement.values(**self._row(application)))

    async def get(self, serial: str) -> Application | None:
        """Find one by its serial."""
        return await self._one(select(applications).where(_c.serial == serial))

    async def by_key(self, idempotency_key: str) -> Application | None:
        """Find one by the key of its confirmation."""
        return await self._one(select(applications).where(_c.idempotency_key == idempotency_key))

    async def of_person(self, id_token: str, limit: int) -> Sequence[Application]:
        """Newest first."""
        mine = select(applications).where(_c.id_token == id_token)
        return await self._many(mine.order_by(_c.created_at.desc(), _c.serial.desc()).limit(limit))

    async def of_call(self, call_id: str) -> Sequence[Application]:
        """Those confirmed in one call, newest first."""
        mine = select(applications).where(_c.call_id == call_id)
        return await self._many(mine.order_by(_c.created_at.desc(), _c.serial.desc()))

    async def due(self, now: datetime, limit: int) -> Sequence[Application]:
        """Those not answered yet whose time has come, oldest first."""
        waiting = _c.state == Submission.CONFIRMED.value
        late = select(applications).where(waiting, _c.next_try_at <= now)
        return await self._many(late.order_by(_c.created_at, _c.serial).limit(limit))

    async def _one(self, statement: Select[Any]) -> Application | None:
        found = await self._many(statement)
        return found[0] if found else None

    async def _many(self, statement: Select[Any]) -> list[Application]:
        return [self._application(row) for row in await self._transaction.rows(statement)]

    def _row(self, application: Application) -> dict[str, Any]:
        cipher = RowCipher(self._cipher, "application", application.serial)
        row = {name: getattr(application, name) for name in _AS_THEY_ARE}
        return row | {
            "person_token_enc": cipher.close("person_token", application.person_token),
            "contact_token_enc": cipher.close_any("contact_token", application.contact_token),
            "details_enc": cipher.close("details", json.dumps(dict(application.details), ensure_ascii=False)),
            "state": application.state.value,
        }

    def _application(self, row: RowMapping) -> Application:
        cipher = RowCipher(self._cipher, "application", row["serial"])
        return Application(
            **{name: row[name] for name in _AS_THEY_ARE},
            person_token=cipher.open("person_token", row["person_token_enc"]),
            contact_token=cipher.open_any("contact_token", row["contact_token_enc"]),
            details=json.loads(cipher.open("details", row["details_enc"])),
            state=Submission(row["state"]),
        )


_AS_THEY_ARE = (
    "serial",
    "service",
    "business",
    "call_id",
    "id_token",
    "rule_version",
    "idempotency_key",
    "created_at",
    "updated_at",
    "backend_serial",
    "reason",
    "tries",
    "next_try_at",
)
