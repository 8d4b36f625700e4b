"""The connection to SQLite or PostgreSQL, and the migrations that bring its tables up to date."""

import asyncio
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

from alembic import command
from alembic.config import Config
from asyncpg import PostgresError  # type: ignore[import-untyped]
from sqlalchemy import Connection, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import (
    DataError,
    DBAPIError,
    IntegrityError,
    NotSupportedError,
    ProgrammingError,
)
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.util import await_only

from ivr.settings import Settings
from ivr.storage.errors import DatabaseDown
from ivr.storage.one_visit import connect as one_visit_connect

_MIGRATIONS: Final = Path(__file__).parent / "migrations"
_BUSY_MS: Final = 5000
_LOOK_AGAIN_SECONDS: Final = 0.05
_PRIMARY: Final = 0xFF
"""An extended result code of SQLite says more in its higher bytes (SQLITE_BUSY_RECOVERY)."""
_PATIENT_MS: Final = 60_000
"""Several processes may start together, and each brings the tables up to date."""
_MIGRATION_LOCK: Final = 121_230_001
"""Advisory lock of PostgreSQL: one process migrates, the others wait and find it done."""


def database_url(settings: Settings) -> str:
    """Give the set address, or that of the SQLite file in `data_dir`."""
    if settings.database_url is not None:
        return settings.database_url
    return f"sqlite+aiosqlite:///{settings.data_dir.resolve() / 'ivr.db'}"


@dataclass(frozen=True, slots=True)
class Database:
    """The engine, and on SQLite the queue of those who want to write.

    SQLite has one write lock and lets who waits for it poll; within a process an orderly queue is
    fairer, faster, and can be left when a call has no time to wait.
    """

    engine: AsyncEngine
    write_queue: asyncio.Lock | None

    @property
    def is_postgresql(self) -> bool:
        """PostgreSQL, or else SQLite."""
        return self.engine.dialect.name == "postgresql"

    async def aclose(self) -> None:
        """Close all connections."""
        await self.engine.dispose()


def open_database(url: str) -> Database:
    """Make the engine; connects on first use."""
    engine = open_engine(url)
    queue = asyncio.Lock() if engine.dialect.name == "sqlite" else None
    return Database(engine=engine, write_queue=queue)


def open_engine(url: str, *, patient: bool = False) -> AsyncEngine:
    """Make the engine; connects on first use. `patient`: waits long for another who writes (SQLite)."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        one_visit = {"async_creator_fn": one_visit_connect}
        engine = create_async_engine(parsed, pool_size=5, max_overflow=10, pool_timeout=5, connect_args=one_visit)
        event.listen(engine.sync_engine, "connect", partial(_set_up_sqlite, busy_ms=_PATIENT_MS if patient else _BUSY_MS))
        event.listen(engine.sync_engine, "begin", _begin_sqlite)
        return engine
    return create_async_engine(
        parsed,
        pool_size=10,
        max_overflow=10,
        pool_timeout=5,
        pool_pre_ping=True,
        connect_args={"timeout": 3, "command_timeout": 10},
    )


def _set_up_sqlite(connection: Any, _record: Any, *, busy_ms: int) -> None:
    """WAL, so that readers never wait; a commit is on the disk when it returns. Patience first: WAL may wait too."""
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout={busy_ms}")
    _use_wal(cursor, time.monotonic() + busy_ms / 1000)
    for pragma in ("foreign_keys=ON", "synchronous=FULL"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _use_wal(cursor: Any, until: float) -> None:
    """SQLite does not wait for others who change a new file's journal just now, whatever its patience."""
    while True:
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & _PRIMARY != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
            await_only(asyncio.sleep(_LOOK_AGAIN_SECONDS))
        else:
            return


def _begin_sqlite(connection: Connection) -> None:
    """Take the write lock at once: a reader that turns writer cannot wait for it, it just fails."""
    reads = connection.get_execution_options().get("reads_only", False)
    connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")


async def migrate(url: str, revision: str = "head") -> None:
    """Bring the tables up to `revision`; safe while other processes do the same.

    Raises:
        DatabaseDown: the database cannot be reached.
    """
    await _run(url, lambda config: command.upgrade(config, revision))


async def migrate_down(url: str, revision: str) -> None:
    """Take the tables back to `revision`; `base` leaves nothing.

    Raises:
        DatabaseDown: the database cannot be reached.
    """
    await _run(url, lambda config: command.downgrade(config, revision))


def run_on(url: str, work: Callable[[Connection], None]) -> None:
    """Do `work` in one transaction, where no event loop runs yet: Alembic's command line."""
    asyncio.run(_work_on(url, work))


async def _run(url: str, move: Callable[[Config], None]) -> None:
    def work(connection: Connection) -> None:
        config = Config()
        config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
        config.attributes["connection"] = connection
        move(config)

    await _work_on(url, work)


async def _work_on(url: str, work: Callable[[Connection], None]) -> None:
    engine = open_engine(url, patient=True)
    try:
        with database_failures():
            async with engine.begin() as connection:
                if engine.dialect.name == "postgresql":
                    lock = text("SELECT pg_advisory_xact_lock(:lock)")
                    await connection.execute(lock, {"lock": _MIGRATION_LOCK})
                else:
                    await connection.execute(text("SELECT 1"))  # begins, and waits for the write lock here
                await connection.run_sync(work)
    finally:
        await engine.dispose()


@contextmanager
def database_failures() -> Iterator[None]:
    """Name the failure of a database that is away; what a statement did wrong passes.

    Raises:
        DatabaseDown: refused, cut off, locked for too long, or no connection free.
    """
    try:
        yield
    except (IntegrityError, ProgrammingError, DataError, NotSupportedError):
        raise
    except (DBAPIError, PoolTimeout, PostgresError, OSError) as error:
        raise DatabaseDown(f"the database does not answer: {type(error).__name__}") from None
