"""SQLite through aiosqlite, a statement in one visit to the connection's thread.

aiosqlite goes to that thread to make a cursor, again to execute, to fetch and to close it. Under load each
way there and back costs milliseconds, and who writes keeps all other writers waiting meanwhile.
"""

import asyncio
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Self

import aiosqlite

_CHUNK = 64

Row = tuple[Any, ...]


class OneVisitConnection(aiosqlite.Connection):
    """A connection whose cursors fetch all they find when they execute."""

    _settled = False
    """Whatever was asked of the thread has come back, well; else it may still begin a transaction."""
    _to_begin = ""
    """The transaction that the next statement begins, on the same visit."""

    def cursor(self) -> "OneVisitCursor":  # type: ignore[override]
        """Make a cursor; nothing is done yet."""
        return OneVisitCursor(self)

    def begin(self, how: str) -> None:
        """Begin a transaction with the next statement."""
        self._to_begin = how

    async def commit(self) -> None:
        """Keep what was done; no visit when there is nothing."""
        self._to_begin = ""
        if self._conn.in_transaction or not self._settled:
            await super().commit()

    async def rollback(self) -> None:
        """Undo what is not committed; no visit when there is nothing."""
        self._to_begin = ""
        if self._conn.in_transaction or not self._settled:
            await super().rollback()

    def stop(self) -> "asyncio.Future[Any] | None":
        """End the thread; once, for a second word to a thread that has ended is waited for in vain."""
        return super().stop() if self._running else None

    async def visit(self, what: Callable[[sqlite3.Connection], Any]) -> Any:
        """Do something in the connection's thread, in the transaction that is to begin."""
        begin, self._to_begin = self._to_begin, ""

        def all_of_it(connection: sqlite3.Connection) -> Any:
            if begin:
                connection.execute(begin).close()
            return what(connection)

        return await self._execute(all_of_it, self._conn)

    async def _execute(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        self._settled = False
        result = await super()._execute(fn, *args, **kwargs)  # type: ignore[no-untyped-call]
        self._settled = True
        return result


class OneVisitCursor:
    """What SQLAlchemy needs of an asynchronous cursor (sqlalchemy.connectors.asyncio)."""

    def __init__(self, connection: OneVisitConnection) -> None:
        self._connection = connection
        self._rows: list[Row] = []
        self.description: Sequence[Any] | None = None
        self.rowcount = -1
        self.lastrowid: int | None = None
        self.arraysize = 1

    async def __aenter__(self) -> Self:
        """Ready to execute."""
        return self

    async def execute(self, sql: str, parameters: Sequence[Any] = ()) -> Self:
        """Run a statement and fetch its rows."""
        if sql.startswith("BEGIN"):
            self._connection.begin(sql)
            return self
        await self._run(lambda cursor: cursor.execute(sql, parameters))
        return self

    async def executemany(self, sql: str, parameters: Iterable[Sequence[Any]]) -> Self:
        """Run a statement for each set of parameters."""
        await self._run(lambda cursor: cursor.executemany(sql, parameters))
        return self

    async def fetchall(self) -> list[Row]:
        """Give the rows that are left."""
        rows, self._rows = self._rows, []
        return rows

    async def close(self) -> None:
        """Forget the rows; the cursor below was closed when it had executed."""
        self._rows = []

    async def _run(self, execute: Callable[[sqlite3.Cursor], Any]) -> None:
        def all_of_it(connection: sqlite3.Connection) -> tuple[list[Row], Any, int, int | None]:
            cursor = connection.cursor()
            try:
                execute(cursor)
                rows = cursor.fetchall() if cursor.description else []
                return rows, cursor.description, cursor.rowcount, cursor.lastrowid
            finally:
                cursor.close()

        found = await self._connection.visit(all_of_it)
        self._rows, self.description, self.rowcount, self.lastrowid = found


def connect(database: str, **options: Any) -> OneVisitConnection:
    """Begin to connect, for `async_creator_fn` of SQLAlchemy; await it."""
    connection = OneVisitConnection(lambda: sqlite3.connect(database, **options), _CHUNK)
    connection._thread.daemon = True  # as SQLAlchemy does: a statement that hangs holds up no exit
    return connection
