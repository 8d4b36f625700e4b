"""Storage on both databases: each test with the fixture `room` runs on SQLite and on PostgreSQL."""

import uuid
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime
from pathlib import Path

import asyncpg
import pytest

from ivr.settings import Settings
from ivr.storage.room import StorageRoom, open_storage
from tests.servers import postgres_url, redis_url

__all__ = ["postgres_url", "redis_url"]

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


@pytest.fixture
async def postgres_database(postgres_url: str) -> AsyncIterator[str]:
    """An empty database of its own on the running PostgreSQL."""
    name = f"t{uuid.uuid4().hex}"
    server = await asyncpg.connect(postgres_url.replace("+asyncpg", ""))
    await server.execute(f"CREATE DATABASE {name}")
    try:
        yield postgres_url.rsplit("/", 1)[0] + f"/{name}"
    finally:
        await server.execute(f"DROP DATABASE {name} WITH (FORCE)")
        await server.close()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """URL of an empty database, once of each kind."""
    if request.param == "sqlite":
        yield f"sqlite+aiosqlite:///{tmp_path / 'ivr.db'}"
    else:
        yield request.getfixturevalue("postgres_database")


@pytest.fixture
def settings(database: str, tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path / "var", database_url=database)


@pytest.fixture
async def room(settings: Settings) -> AsyncIterator[StorageRoom]:
    async with open_storage(settings, clock=lambda: NOW) as opened:
        yield opened


OpenRoom = Callable[[], AbstractAsyncContextManager[StorageRoom]]
