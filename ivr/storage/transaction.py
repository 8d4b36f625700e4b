"""One transaction under the repositories: begun by the first statement, ended by its unit of work."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import CursorResult, Executable, RowMapping, Table, Update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from ivr.domain.orders import RecordMissing
from ivr.storage.database import database_failures


class Transaction:
    """Takes a connection when the first statement comes, so that opening one costs nothing.

    Args:
        reads_only: on SQLite it then never waits for a writer; it must not write.
    """

    def __init__(self, engine: AsyncEngine, *, reads_only: bool = False) -> None:
        self._engine = engine
        self._reads_only = reads_only
        self._connection: AsyncConnection | None = None

    async def execute(self, statement: Executable) -> CursorResult[Any]:
        """Run a statement.

        Raises:
            DatabaseDown: the database does not answer.
        """
        with database_failures():
            if self._connection is None:
                fresh = self._engine.connect()
                self._connection = await fresh.start()
                await self._connection.execution_options(reads_only=self._reads_only)
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
        if self._engine.dialect.name == "postgresql":
            return postgresql.insert(table)
        return sqlite.insert(table)

    async def commit(self) -> None:
        """Keep what was done.

        Raises:
            DatabaseDown: the database does not answer; whether it was kept is not known.
        """
        if self._connection is not None:
            with database_failures():
                await self._connection.commit()

    async def close(self) -> None:
        """Give the connection back; what was not committed is undone."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with database_failures():
                await connection.close()
