"""Opens everything that is kept, ready for use."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Final

from redis.asyncio import Redis
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from ivr.domain.accounts import Scope
from ivr.settings import Settings
from ivr.storage.call_log import CallLog
from ivr.storage.database import Database, database_url, migrate, open_database
from ivr.storage.errors import KeyWrong
from ivr.storage.keys import derive, house_of, secret_of
from ivr.storage.live_calls import LiveCalls
from ivr.storage.live_sound import LiveSound, Writer
from ivr.storage.models import site
from ivr.storage.recording_repair import RecordingRepair
from ivr.storage.recordings import Recordings
from ivr.storage.redis_clients import open_redis
from ivr.storage.retention import Retention
from ivr.storage.sealed import FieldCipher, Vault
from ivr.storage.transaction import Transaction
from ivr.storage.unit_of_work import Clock, UnitOfWork, utc_now

_KEY_CHECK: Final = "key_check"


@dataclass(frozen=True, slots=True)
class StorageRoom:
    """All that is kept."""

    database: Database
    cipher: FieldCipher
    vault: Vault
    live_calls: LiveCalls
    call_log: CallLog
    recordings: Recordings
    repair: RecordingRepair
    retention: Retention
    redis: Redis
    audit_key: bytes
    clock: Clock = utc_now
    live_sound: LiveSound = field(default_factory=LiveSound)

    @property
    def engine(self) -> AsyncEngine:
        """The database's engine."""
        return self.database.engine

    def uow(self, scope: Scope | None = None, *, reads_only: bool = False) -> UnitOfWork:
        """Make a fresh unit of work; pass the method itself as `OpenUnitOfWork`.

        Args:
            scope: of whose regions it reads and changes rows; None: of all.
            reads_only: on SQLite it then waits for no writer.
        """
        return UnitOfWork(
            self.database, self.cipher, self.audit_key, clock=self.clock, reads_only=reads_only, scope=scope
        )

    def reading(self, scope: Scope | None = None) -> UnitOfWork:
        """Make a unit of work for reading only."""
        return self.uow(scope, reads_only=True)

    def recording(self, call_id: str) -> Writer:
        """Open the recording of a call on the line; who may can listen in meanwhile."""
        return self.live_sound.through(call_id, self.recordings.writer(call_id))

    async def ready(self) -> None:
        """See that database and Redis answer.

        Raises:
            DatabaseDown: the database does not.
            LiveDown: Redis does not.
        """
        async with self.reading() as uow:
            await uow.calls.recent(1)
        await self.live_calls.position("ready")


@asynccontextmanager
async def open_storage(settings: Settings, *, clock: Clock = utc_now) -> AsyncIterator[StorageRoom]:
    """Bring the tables up to date and open everything; what was spooled is written first.

    Raises:
        KeyWrong: the secret key is not the one the database was made with.
        DatabaseDown: the database cannot be reached.
    """
    settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    secret = secret_of(settings)
    url = database_url(settings)
    await migrate(url)
    database = open_database(url)
    redis, waiting = open_redis(settings.redis_url)
    recordings = Recordings(settings.data_dir / "recordings", secret)
    try:
        cipher = FieldCipher(secret)
        await _check_key(database, cipher)
        audit_key = derive(secret, "ivr/audit")

        def uow(*, reads_only: bool = False) -> UnitOfWork:
            return UnitOfWork(database, cipher, audit_key, clock=clock, reads_only=reads_only)

        call_log = CallLog(
            uow,
            reading=partial(uow, reads_only=True),
            spool=settings.data_dir / "spool" / "calls.jsonl",
            cipher=cipher,
        )
        await call_log.replay()
        yield StorageRoom(
            database=database,
            cipher=cipher,
            vault=Vault(redis, cipher),
            live_calls=LiveCalls(redis, cipher, waiting=waiting, house=house_of(settings)),
            call_log=call_log,
            recordings=recordings,
            repair=RecordingRepair(settings.data_dir / "recordings", secret),
            retention=Retention(database, recordings, uow),
            redis=redis,
            audit_key=audit_key,
            clock=clock,
        )
    finally:
        await recordings.aclose()
        await waiting.aclose()
        await redis.aclose()
        await database.aclose()


async def _check_key(database: Database, cipher: FieldCipher) -> None:
    """See that what is kept opens with this key; the first one to open a database sets it."""
    transaction = Transaction(database)
    try:
        closed = cipher.encrypt(_KEY_CHECK, bound_to=_KEY_CHECK)
        if await transaction.insert_new(site, {"name": _KEY_CHECK, "value": closed}):
            await transaction.commit()
            return
        row = await transaction.row(select(site.c.value).where(site.c.name == _KEY_CHECK))
    finally:
        await transaction.close()
    if row is None:
        raise KeyWrong("the key check of the database is gone")
    try:
        cipher.decrypt(row["value"], bound_to=_KEY_CHECK)
    except KeyWrong:
        raise KeyWrong(
            "the database was made with another secret key; "
            "set IVR_SECRET_KEY to that one, or restore data_dir/keys"
        ) from None
