"""One transaction under the repositories: begun by the first statement, ended by its unit of work."""

import asyncio
from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import CursorResult, Executable, RowMapping, Table, Update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from ivr.domain.accounts import Scope
from ivr.domain.orders import RecordMissing
from ivr.storage.database import Database, database_failures
from ivr.storage.scoping import scoped

_PATIENCE_SECONDS: Final = 5.0


class Transaction:
    """Takes a connection when the first statement comes, so that opening one costs nothing.

    Args:
        reads_only: on SQLite it then never waits for a writer; a statement that writes is a mistake of ours.
        scope: of whose regions it reads and changes rows; None: of all.
    """

    def __init__(self, database: Database, *, reads_only: bool = False, scope: Scope | None = None) -> None:
        self._database = database
        self._scope = scope
        self._reads_only = reads_only
        self._connection: AsyncConnection | None = None
        self._queued = False
        """Does it hold its place at the head of the queue of writers?"""

    async def execute(self, statement: Executable) -> CursorResult[Any]:
        """Run a statement.

        Raises:
            DatabaseDown: the database does not answer.
            ScopeUnknown: nothing says who may see what it reads.
            TypeError: it writes, and only reading was opened.
        """
        if self._reads_only and statement.is_dml:
            raise TypeError("a unit of work that only reads was told to write")
        if self._scope is not None:
            statement = scoped(statement, self._scope)
        with database_failures():
            await self._queue()
            if self._connection is None:
                connection = self._database.engine.connect()
                self._connection = await connection.start()
                await connection.execution_options(reads_only=self._reads_only)
            return await self._connection.execute(statement)

    async def row(self, statement: Executable) -> RowMapping | None:
        """Give the first row."""
        return (await self.execute(statement)).mappings().first()

    async def rows(self, statement: Executable) -> list[RowMapping]:
        """Give all rows."""
        return list((await self.execute(statement)).mappings().all())

    async def insert_new(self, table: Table, values: Mapping[str, Any]) -> bool:
        """Insert a row unless a unique key of it is taken; False then."""
        statement = self.insert(table).values(**values).on_conflict_do_nothing()
        result = await self.execute(statement.returning(*table.primary_key.columns))
        return result.first() is not None

    async def change_one(self, statement: Update) -> None:
        """Update a row that must be there.

        Raises:
            RecordMissing: it is not.
        """
        if (await self.execute(statement)).rowcount == 0:
            raise RecordMissing("no record to change")

    def insert(self, table: Table) -> sqlite.Insert | postgresql.Insert:
        """Begin an INSERT that may say what to do on conflict."""
        if self._database.is_postgresql:
            return postgresql.insert(table)
        return sqlite.insert(table)

    async def commit(self) -> None:
        """Keep what was done.

        Raises:
            DatabaseDown: the database does not answer; whether it was kept is not known.
        """
        try:
            if self._connection is not None:
                with database_failures():
                    await self._connection.commit()
        finally:
            self._leave()

    async def close(self) -> None:
        """Give the connection back; what was not committed is undone."""
        connection, self._connection = self._connection, None
        try:
            if connection is not None:
                with database_failures():
                    await connection.close()
        finally:
            self._leave()

    async def _queue(self) -> None:
        """On SQLite: wait for the writers that came before.

        Raises:
            TimeoutError: one of them holds on for too long.
        """
        queue = self._database.write_queue
        if queue is None or self._reads_only or self._queued:
            return
        async with asyncio.timeout(_PATIENCE_SECONDS):
            await queue.acquire()
        self._queued = True

    def _leave(self) -> None:
        if self._queued and self._database.write_queue is not None:
            self._queued = False
            self._database.write_queue.release()
