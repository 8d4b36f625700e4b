"""Codes sent and failed tries (`uow.checks`)."""

from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, insert, select, update

from ivr.domain.checks import CodeSent
from ivr.storage.models import codes_sent, failed_checks
from ivr.storage.repositories.columns import RowCipher
from ivr.storage.sealed import FieldCipher
from ivr.storage.transaction import Transaction

_c = codes_sent.c
_f = failed_checks.c


class Checks:
    """All of them. No code is kept, only its HMAC."""

    def __init__(self, transaction: Transaction, cipher: FieldCipher) -> None:
        self._transaction = transaction
        self._cipher = cipher

    async def add(self, code: CodeSent) -> None:
        """Insert."""
        await self._transaction.insert_new(codes_sent, self._row(code))

    async def save(self, code: CodeSent) -> None:
        """Write it over what is there.

        Raises:
            RecordMissing: there is no such attempt.
        """
        statement = update(codes_sent).where(_c.attempt_id == code.attempt_id)
        await self._transaction.change_one(statement.values(**self._row(code)))

    async def get(self, attempt_id: str) -> CodeSent | None:
        """Find one."""
        rows = await self._transaction.rows(select(codes_sent).where(_c.attempt_id == attempt_id))
        if not rows:
            return None
        row = rows[0]
        cipher = RowCipher(self._cipher, "code", attempt_id)
        return CodeSent(
            **{name: row[name] for name in _AS_THEY_ARE},
            person_token=cipher.open("person_token", row["person_token_enc"]),
            contact_token=cipher.open("contact_token", row["contact_token_enc"]),
            home=cipher.open_any("home", row["home_enc"]),
        )

    async def sent_since(self, id_token: str, since: datetime) -> int:
        """Count the codes that went out for an identity at or after `since`."""
        statement = select(func.count()).where(_c.id_token == id_token, _c.sent_at >= since)
        return int((await self._transaction.execute(statement)).scalar_one())

    async def fail(self, id_token: str, kind: str, at: datetime) -> None:
        """Count one failed try."""
        await self._transaction.execute(insert(failed_checks).values(id_token=id_token, kind=kind, at=at))

    async def failures_since(self, id_token: str, kind: str, since: datetime) -> int:
        """Count the failed tries at or after `since`."""
        statement = select(func.count()).where(_f.id_token == id_token, _f.kind == kind, _f.at >= since)
        return int((await self._transaction.execute(statement)).scalar_one())

    async def drop_before(self, moment: datetime) -> int:
        """Forget codes and failures older than `moment`."""
        codes = await self._transaction.execute(delete(codes_sent).where(_c.sent_at < moment))
        tries = await self._transaction.execute(delete(failed_checks).where(_f.at < moment))
        return codes.rowcount + tries.rowcount

    def _row(self, code: CodeSent) -> dict[str, Any]:
        cipher = RowCipher(self._cipher, "code", code.attempt_id)
        return {name: getattr(code, name) for name in _AS_THEY_ARE} | {
            "person_token_enc": cipher.close("person_token", code.person_token),
            "contact_token_enc": cipher.close("contact_token", code.contact_token),
            "home_enc": cipher.close_any("home", code.home),
        }


_AS_THEY_ARE = (
    "attempt_id",
    "call_id",
    "id_token",
    "phone_tail",
    "code_hash",
    "sent_at",
    "expires_at",
    "age",
    "tries",
    "used_at",
)
