"""The append-only record of who did what (`uow.audit`), each entry chained to the one before.

    digest(n) = HMAC-SHA256(key, digest(n-1) + entry n)

The key derives from the site's secret: who can write to the database cannot make the chain hold.
"""

import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from typing import Final

from sqlalchemy import RowMapping, select, update

from ivr.storage.errors import AuditBroken
from ivr.storage.models import audit, audit_head
from ivr.storage.transaction import Transaction

_HEAD: Final = "head"


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """Who did what to what, when."""

    at: datetime
    actor: str
    """`caller:<token>`, `clock`, or the name of an account."""
    action: str
    subject: str
    facts: Mapping[str, str] = field(default_factory=dict)
    """Masked by who writes it."""


class Audit:
    """Entries are gathered and chained when the unit of work commits, so that its writers wait for
    each other as shortly as can be.
    """  # noqa: D205

    def __init__(self, transaction: Transaction, key: bytes) -> None:
        self._transaction = transaction
        self._key = key
        self._gathered: list[AuditEntry] = []

    async def append(
        self, *, at: datetime, actor: str, action: str, subject: str, facts: Mapping[str, str]
    ) -> None:
        """Note an act; it is kept together with what the unit of work commits."""
        self._gathered.append(AuditEntry(at, actor, action, subject, dict(facts)))

    async def chain(self) -> None:
        """Write what was gathered; the last thing before a commit."""
        gathered, self._gathered = self._gathered, []
        if not gathered:
            return
        took = await self._transaction.row(
            update(audit_head)
            .where(audit_head.c.name == _HEAD)
            .values(seq=audit_head.c.seq + len(gathered))
            .returning(audit_head.c.seq, audit_head.c.digest)
        )
        if took is None:
            raise AuditBroken(0)
        digest = str(took["digest"])
        first = int(took["seq"]) - len(gathered) + 1
        for seq, entry in enumerate(gathered, first):
            digest = self._digest(digest, seq, entry)
            row = {
                "seq": seq,
                "at": entry.at,
                "actor": entry.actor,
                "action": entry.action,
                "subject": entry.subject,
                "facts": _canonical(entry.facts),
                "digest": digest,
            }
            await self._transaction.execute(self._transaction.insert(audit).values(**row))
        head = update(audit_head).where(audit_head.c.name == _HEAD)
        await self._transaction.execute(head.values(digest=digest))

    async def entries(self, *, subject: str | None = None, limit: int = 100) -> list[AuditEntry]:
        """Newest first."""
        statement = select(audit).order_by(audit.c.seq.desc()).limit(limit)
        if subject is not None:
            statement = statement.where(audit.c.subject == subject)
        rows = await self._transaction.rows(statement)
        return [
            AuditEntry(
                row["at"], row["actor"], row["action"], row["subject"], json.loads(row["facts"])
            )
            for row in rows
        ]

    async def page(
        self, *, actor: str | None = None, action: str | None = None, subject: str | None = None, before: int | None = None,
        limit: int = 100,
    ) -> list[tuple[int, AuditEntry]]:
        """Entries with their numbers, newest first; those numbered below `before`."""
        statement = select(audit).order_by(audit.c.seq.desc()).limit(limit)
        for column, wanted in ((audit.c.actor, actor), (audit.c.action, action), (audit.c.subject, subject)):
            if wanted is not None:
                statement = statement.where(column == wanted)
        if before is not None:
            statement = statement.where(audit.c.seq < before)
        return [(int(row["seq"]), _entry(row)) for row in await self._transaction.rows(statement)]

    async def verify(self) -> int:
        """Check the whole chain; how many entries it has.

        Raises:
            AuditBroken: an entry was changed, left out, or cut off.
        """
        digest, seq = "", 0
        result = await self._transaction.execute(select(audit).order_by(audit.c.seq))
        for row in result.mappings():
            seq += 1
            entry = AuditEntry(
                row["at"], row["actor"], row["action"], row["subject"], json.loads(row["facts"])
            )
            digest = self._digest(digest, seq, entry)
            if row["seq"] != seq or not hmac.compare_digest(row["digest"], digest):
                raise AuditBroken(seq)
        head = await self._transaction.row(select(audit_head))
        if head is None or head["seq"] != seq or head["digest"] != digest:
            raise AuditBroken(seq + 1)
        return seq

    def _digest(self, before: str, seq: int, entry: AuditEntry) -> str:
        at = entry.at.astimezone(UTC).isoformat(timespec="microseconds")
        parts = [before, seq, at, entry.actor, entry.action, entry.subject, dict(entry.facts)]
        text = json.dumps(parts, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hmac.new(self._key, text.encode(), sha256).hexdigest()


def _entry(row: RowMapping) -> AuditEntry:
    return AuditEntry(row["at"], row["actor"], row["action"], row["subject"], json.loads(row["facts"]))


def _canonical(facts: Mapping[str, str]) -> str:
    return json.dumps(dict(facts), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
