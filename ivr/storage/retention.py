"""Deletes what was kept long enough. The periods come from the site's dated rules, as arguments."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import (
    ColumnElement,
    Delete,
    Select,
    Table,
    Update,
    and_,
    delete,
    or_,
    select,
    update,
)

from ivr.domain.orders import UNFINISHED
from ivr.storage.database import Database
from ivr.storage.models import (
    applications,
    callback_orders,
    calls,
    cases,
    codes_sent,
    failed_checks,
    misuse,
    owner_calls,
    person_drafts,
    ratings,
    sms_outbox,
)
from ivr.storage.recordings import Recordings
from ivr.storage.transaction import Transaction
from ivr.storage.unit_of_work import UnitOfWork

_AT_ONCE: Final = 500


@dataclass(frozen=True, slots=True)
class RetentionPeriods:
    """How long each kind is kept, counted from its beginning."""

    recordings: timedelta = timedelta(days=183)
    calls: timedelta = timedelta(days=365)
    """Transcripts and call data; logs of calls may not go before six months."""
    kept_long: timedelta = timedelta(days=731)
    """Recording and transcript of a call marked `keep_long`."""
    orders: timedelta = timedelta(days=1096)
    """Cases, applications, call-backs and their texts."""
    checks: timedelta = timedelta(days=183)
    """Codes sent (their HMAC only) and failed tries to prove who is calling."""


@dataclass(frozen=True, slots=True)
class Deleted:
    """How much was deleted."""

    recordings: int = 0
    calls: int = 0
    cases: int = 0
    callbacks: int = 0
    texts: int = 0


class Retention:
    """Deletes in small steps, so that nobody waits long for the database.

    Args:
        open_uow: makes a unit of work, for the audit entry.
    """

    def __init__(
        self, database: Database, recordings: Recordings, open_uow: Callable[[], UnitOfWork]
    ) -> None:
        self._database = database
        self._recordings = recordings
        self._open_uow = open_uow

    async def delete_expired(
        self, now: datetime, periods: RetentionPeriods | None = None
    ) -> Deleted:
        """Delete what is past its period, and note how much in the audit record.

        Raises:
            DatabaseDown: the database does not answer; what was deleted stays so.
        """
        keep = periods or RetentionPeriods()
        long = calls.c.began_at < now - keep.kept_long
        ordinary = calls.c.keep_long.is_(False)
        old_sound = or_(long, and_(ordinary, calls.c.began_at < now - keep.recordings))
        old_calls = or_(long, and_(ordinary, calls.c.began_at < now - keep.calls))
        before = now - keep.orders
        done = callback_orders.c.state.not_in([state.value for state in UNFINISHED])
        deleted = Deleted(
            recordings=await self._recordings_of(or_(old_sound, old_calls))
            + await self._orphans(now - keep.recordings),
            calls=await self._rows(calls, old_calls),
            texts=await self._rows(sms_outbox, sms_outbox.c.created_at < before),
            callbacks=await self._rows(
                callback_orders, and_(callback_orders.c.created_at < before, done)
            ),
            cases=await self._rows(
                cases, and_(cases.c.opened_at < before, cases.c.is_open.is_(False))
            ),
        )
        await self._rows(owner_calls, owner_calls.c.not_before < before)
        await self._rows(misuse, misuse.c.at < before)
        await self._rows(ratings, ratings.c.at < before)
        await self._rows(applications, applications.c.created_at < before)
        await self._rows(codes_sent, codes_sent.c.sent_at < now - keep.checks)
        await self._rows(failed_checks, failed_checks.c.at < now - keep.checks)
        await self._change(delete(person_drafts).where(person_drafts.c.until <= now))
        if deleted != Deleted():
            await self._note(now, deleted)
        return deleted

    async def _note(self, now: datetime, deleted: Deleted) -> None:
        counts = {name: str(count) for name, count in asdict(deleted).items() if count}
        async with self._open_uow() as uow:
            await uow.audit.append(
                at=now, actor="clock", action="retention.deleted", subject="storage", facts=counts
            )
            await uow.commit()

    async def _recordings_of(self, old: ColumnElement[bool]) -> int:
        """The file goes before its mark in the row: what fails between is found again."""
        total = 0
        statement = select(calls.c.call_id).where(old, calls.c.recording_path.is_not(None))
        while ids := await self._ids(statement.limit(_AT_ONCE)):
            for call_id in ids:
                await self._recordings.delete(call_id)
            gone = update(calls).where(calls.c.call_id.in_(ids)).values(recording_path=None)
            total += await self._change(gone)
        return total

    async def _orphans(self, before: datetime) -> int:
        """Old files that no call names, because a process died before its call ended."""
        old = await self._recordings.older_than(before)
        orphans = 0
        for start in range(0, len(old), _AT_ONCE):
            some = old[start : start + _AT_ONCE]
            named = select(calls.c.call_id).where(
                calls.c.call_id.in_(some), calls.c.recording_path.is_not(None)
            )
            for call_id in set(some) - set(await self._ids(named)):
                orphans += await self._recordings.delete(call_id)
        return orphans

    async def _ids(self, statement: Select[tuple[str]]) -> list[str]:
        transaction = Transaction(self._database, reads_only=True)
        try:
            return [str(row["call_id"]) for row in await transaction.rows(statement)]
        finally:
            await transaction.close()

    async def _rows(self, table: Table, old: ColumnElement[bool]) -> int:
        key = next(iter(table.primary_key.columns))
        total = 0
        while True:
            some = select(key).where(old).limit(_AT_ONCE).scalar_subquery()
            count = await self._change(delete(table).where(key.in_(some)))
            total += count
            if count < _AT_ONCE:
                return total

    async def _change(self, statement: Update | Delete) -> int:
        transaction = Transaction(self._database)
        try:
            count = (await transaction.execute(statement)).rowcount
            await transaction.commit()
        finally:
            await transaction.close()
        return count
