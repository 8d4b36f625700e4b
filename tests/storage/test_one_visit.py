"""A statement goes once to the connection's thread, and no lock is left behind."""

import asyncio
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from ivr.storage.database import open_engine
from ivr.storage.one_visit import OneVisitConnection, connect

MAKE = "CREATE TABLE t (a INTEGER PRIMARY KEY, b TEXT)"


@pytest.fixture
def visits(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Whatever was asked of a connection's thread."""
    asked: list[object] = []
    ask = OneVisitConnection._execute

    async def noted(self: OneVisitConnection, what: Callable[..., object], *args: object, **more: object) -> object:
        asked.append(what)
        return await ask(self, what, *args, **more)

    monkeypatch.setattr(OneVisitConnection, "_execute", noted)
    return asked


async def test_a_statement_with_its_rows_is_one_visit(tmp_path: Path, visits: list[object]) -> None:
    engine = open_engine(f"sqlite+aiosqlite:///{tmp_path / 'x.db'}")
    async with engine.begin() as connection:
        await connection.execute(text(MAKE))
        visits.clear()
        await connection.execute(text("INSERT INTO t VALUES (:a, :b)"), [{"a": n, "b": str(n)} for n in range(3)])
        changed = await connection.execute(text("UPDATE t SET b = 'x' WHERE a > 0 RETURNING a"))
        assert sorted(changed.scalars()) == [1, 2]
        deleted = await connection.execute(text("DELETE FROM t WHERE a = 0"))
        assert deleted.rowcount == 1
        rows = (await connection.execute(text("SELECT a, b FROM t ORDER BY a"))).mappings().all()
        assert [dict(row) for row in rows] == [{"a": 1, "b": "x"}, {"a": 2, "b": "x"}]
        assert len(visits) == 4
        with pytest.raises(IntegrityError):
            await connection.execute(text("INSERT INTO t VALUES (1, 'twice')"))
    visits.clear()
    async with engine.connect() as connection:
        assert (await connection.execute(text("SELECT count(*) FROM t"))).scalar_one() == 2
        await connection.commit()
    assert len(visits) == 2, "begin and select, commit; nothing is left to be undone"
    await engine.dispose()


async def test_what_was_not_kept_is_undone(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite+aiosqlite:///{tmp_path / 'x.db'}")
    async with engine.begin() as connection:
        await connection.execute(text(MAKE))
    async with engine.connect() as connection:
        await connection.execute(text("INSERT INTO t VALUES (1, 'one')"))
    async with engine.connect() as connection:
        assert (await connection.execute(text("SELECT count(*) FROM t"))).scalar_one() == 0
    await engine.dispose()


async def test_who_gives_up_waiting_for_the_lock_does_not_take_it_afterwards(tmp_path: Path) -> None:
    place = str(tmp_path / "x.db")
    with sqlite3.connect(place) as first:
        first.execute("PRAGMA journal_mode=WAL")
        first.execute(MAKE)
    other = sqlite3.connect(place, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    connection = connect(place, timeout=5, isolation_level=None)
    await connection
    await connection.cursor().execute("BEGIN IMMEDIATE")
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.1):
            await connection.cursor().execute("SELECT 1")
    other.execute("COMMIT")
    await connection.rollback()
    await asyncio.sleep(0.3)  # what SQLite's patience still waited for would have happened
    other.execute("PRAGMA busy_timeout=0")
    other.execute("BEGIN IMMEDIATE")
    other.execute("ROLLBACK")
    other.close()
    await connection.close()


async def test_who_is_stopped_while_he_closes_closes(tmp_path: Path) -> None:
    connection = connect(str(tmp_path / "x.db"))
    await connection
    closing = asyncio.create_task(connection.close())
    await asyncio.sleep(0)
    stopped = connection.stop()
    assert stopped is not None
    async with asyncio.timeout(2):
        await closing
        await stopped
    assert connection.stop() is None
