"""Texts to send (`uow.sms`)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, Select, or_, select, update

from ivr.domain.orders import SmsMessage, SmsState
from ivr.storage.models import sms_outbox
from ivr.storage.repositories.columns import RowCipher
from ivr.storage.sealed import FieldCipher
from ivr.storage.transaction import Transaction

_c = sms_outbox.c


class SmsOutbox:
    """All of them, sent or not."""

    def __init__(self, transaction: Transaction, cipher: FieldCipher) -> None:
        self._transaction = transaction
        self._cipher = cipher

    async def add(self, message: SmsMessage) -> None:
        """Insert; an `sms_id` already there is left as it is."""
        await self._transaction.insert_new(sms_outbox, self._row(message))

    async def save(self, message: SmsMessage) -> None:
        """Write it over what is there.

        Raises:
            RecordMissing: there is none of that id.
        """
        statement = update(sms_outbox).where(_c.sms_id == message.sms_id)
        await self._transaction.change_one(statement.values(**self._row(message)))

    async def get(self, sms_id: str) -> SmsMessage | None:
        """Find one."""
        found = await self._many(select(sms_outbox).where(_c.sms_id == sms_id))
        return found[0] if found else None

    async def by_carrier_id(self, carrier_id: str) -> SmsMessage | None:
        """Find the one that a carrier knows by its own number."""
        found = await self._many(select(sms_outbox).where(_c.carrier_id == carrier_id).limit(1))
        return found[0] if found else None

    async def due(self, now: datetime, limit: int) -> Sequence[SmsMessage]:
        """Those to be sent now, oldest first."""
        may_go = or_(_c.next_try_at.is_(None), _c.next_try_at <= now)
        statement = select(sms_outbox).where(_c.state == SmsState.QUEUED.value, may_go)
        return await self._many(statement.order_by(_c.created_at, _c.sms_id).limit(limit))

    async def of_subject(self, subject: str) -> Sequence[SmsMessage]:
        """Those of one case or order, oldest first."""
        statement = select(sms_outbox).where(_c.subject == subject)
        return await self._many(statement.order_by(_c.created_at, _c.sms_id))

    async def withdraw(self, subject: str) -> int:
        """Give up what is still queued for a subject; how many."""
        statement = (
            update(sms_outbox)
            .where(_c.subject == subject, _c.state == SmsState.QUEUED.value)
            .values(state=SmsState.FAILED.value, error="withdrawn")
        )
        return (await self._transaction.execute(statement)).rowcount

    async def recent(self, limit: int) -> Sequence[SmsMessage]:
        """Newest first."""
        statement = select(sms_outbox).order_by(_c.created_at.desc(), _c.sms_id.desc())
        return await self._many(statement.limit(limit))

    async def _many(self, statement: Select[Any]) -> list[SmsMessage]:
        return [self._message(row) for row in await self._transaction.rows(statement)]

    def _row(self, message: SmsMessage) -> dict[str, Any]:
        cipher = RowCipher(self._cipher, "sms", message.sms_id)
        row = {name: getattr(message, name) for name in _AS_THEY_ARE}
        return row | {
            "text_enc": cipher.close("text", message.text),
            "to_enc": cipher.close_any("to", message.to),
            "contact_token_enc": cipher.close_any("contact", message.contact_token),
            "state": message.state.value,
        }

    def _message(self, row: RowMapping) -> SmsMessage:
        cipher = RowCipher(self._cipher, "sms", row["sms_id"])
        return SmsMessage(
            **{name: row[name] for name in _AS_THEY_ARE},
            text=cipher.open("text", row["text_enc"]),
            to=cipher.open_any("to", row["to_enc"]),
            contact_token=cipher.open_any("contact", row["contact_token_enc"]),
            state=SmsState(row["state"]),
        )


_AS_THEY_ARE = (
    "sms_id",
    "kind",
    "subject",
    "created_at",
    "tries",
    "next_try_at",
    "expires_at",
    "sent_at",
    "carrier_id",
    "error",
)
