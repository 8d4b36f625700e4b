import asyncio
import sqlite3
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.util import greenlet_spawn

from ivr.cli.free_ports import free_port
from ivr.settings import Settings
from ivr.storage import database as database_module
from ivr.storage.database import _use_wal, database_url, migrate, migrate_down, open_engine
from ivr.storage.errors import DatabaseDown
from ivr.storage.models import metadata


async def looking(url: str, look: Any) -> Any:
    engine = open_engine(url)
    try:
        async with engine.connect() as connection:
            return await connection.run_sync(look)
    finally:
        await engine.dispose()


def tables(connection: Connection) -> set[str]:
    return set(inspect(connection).get_table_names()) - {"alembic_version"}


def differences(connection: Connection) -> list[Any]:
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    return list(compare_metadata(context, metadata))


async def test_the_migrations_make_the_tables_of_the_models(database: str) -> None:
    await migrate(database)
    assert await looking(database, tables) == set(metadata.tables)
    assert await looking(database, differences) == []


async def test_every_migration_goes_down_and_up_again(database: str) -> None:
    folder = Path(database_module.__file__).parent / "migrations"
    revisions = [script.revision for script in ScriptDirectory(folder).walk_revisions()]
    for revision in reversed(revisions):
        await migrate(database, revision)
    for revision in [*revisions[1:], "base"]:
        await migrate_down(database, revision)
    assert await looking(database, tables) == set()
    await migrate(database)
    assert await looking(database, differences) == []


class Busy:
    """A cursor on a file whose journal others change."""

    def __init__(self, times: int, code: int = sqlite3.SQLITE_BUSY) -> None:
        self.times, self.code = times, code

    def execute(self, _: str) -> None:
        if self.times:
            self.times -= 1
            error = sqlite3.OperationalError("database is locked")
            error.sqlite_errorcode = self.code
            raise error


async def test_a_journal_that_others_change_just_now_is_waited_for() -> None:
    for busy in (Busy(2), Busy(2, sqlite3.SQLITE_BUSY_RECOVERY)):
        await greenlet_spawn(_use_wal, busy, time.monotonic() + 5)
        assert not busy.times
    with pytest.raises(sqlite3.OperationalError):
        await greenlet_spawn(_use_wal, Busy(2), time.monotonic() - 1)
    with pytest.raises(sqlite3.OperationalError):
        await greenlet_spawn(_use_wal, Busy(1, sqlite3.SQLITE_IOERR), time.monotonic() + 5)


async def test_processes_that_start_together_migrate_once(database: str) -> None:
    await asyncio.gather(*(migrate(database) for _ in range(4)))
    assert await looking(database, tables) == set(metadata.tables)


async def test_the_database_itself_guards_the_audit_record(database: str) -> None:
    await migrate(database)
    entry = {"now": datetime.now(UTC)}
    insert = text(
        "INSERT INTO audit (seq, at, actor, action, subject, facts, digest) "
        "VALUES (1, :now, 'a', 'b', 'c', '{}', '')"
    )
    engine = open_engine(database)
    async with engine.begin() as connection:
        await connection.execute(insert, entry)
    for change in ("UPDATE audit SET actor = 'x'", "DELETE FROM audit"):
        with pytest.raises(DBAPIError, match="audit entries are never changed"):
            async with engine.begin() as connection:
                await connection.execute(text(change))
    await engine.dispose()


async def test_sqlite_keeps_a_commit_and_lets_readers_read(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite+aiosqlite:///{tmp_path / 'ivr.db'}")
    found = {}
    async with engine.connect() as connection:
        for pragma in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout"):
            found[pragma] = (await connection.exec_driver_sql(f"PRAGMA {pragma}")).scalar()
    await engine.dispose()
    assert found == {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "busy_timeout": 5000,
    }


async def test_a_database_that_is_not_there_is_named_without_its_password() -> None:
    with pytest.raises(DatabaseDown) as down:
        await migrate(f"postgresql+asyncpg://ivr:hunter2@127.0.0.1:{free_port()}/ivr")
    assert "hunter2" not in str(down.value)


def test_without_a_setting_the_database_is_a_file_in_the_data_folder(tmp_path: Path) -> None:
    url = database_url(Settings(data_dir=tmp_path / "var"))
    assert url == f"sqlite+aiosqlite:///{tmp_path / 'var' / 'ivr.db'}"
