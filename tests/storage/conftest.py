"""Storage on both databases: each test with the fixture `room` runs on SQLite and on PostgreSQL."""

import asyncio
import shutil
import uuid
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path

import asyncpg
import pytest

from ivr.settings import Settings
from ivr.storage.database import migrate
from ivr.storage.models import metadata
from ivr.storage.room import StorageRoom, open_storage
from tests.servers import postgres_url, redis_url

__all__ = ["postgres_url", "redis_url"]

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
BOTH = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with empty tables, to be copied."""
    path = tmp_path_factory.mktemp("template") / "ivr.db"
    asyncio.run(migrate(f"sqlite+aiosqlite:///{path}"))
    return path


@pytest.fixture(scope="session")
def migrated_url(postgres_url: str) -> str:
    """A PostgreSQL database with tables, which the tests use one after the other."""
    asyncio.run(_run(postgres_url, "CREATE DATABASE migrated"))
    url = postgres_url.rsplit("/", 1)[0] + "/migrated"
    asyncio.run(migrate(url))
    return url


async def _run(url: str, statements: str) -> None:
    server = await asyncpg.connect(url.replace("+asyncpg", ""))
    await server.execute(statements)
    await server.close()


@pytest.fixture
async def empty_postgres(postgres_url: str) -> AsyncIterator[str]:
    """A database of its own without tables."""
    name = f"t{uuid.uuid4().hex}"
    await _run(postgres_url, f"CREATE DATABASE {name}")
    yield postgres_url.rsplit("/", 1)[0] + f"/{name}"
    await _run(postgres_url, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
async def migrated_postgres(migrated_url: str) -> str:
    """Its tables are as the migrations leave them."""
    # In the role of a replica no trigger guards the audit record.
    await _run(
        migrated_url,
        f"SET session_replication_role = replica; TRUNCATE {', '.join(metadata.tables)};"
        "INSERT INTO audit_head (name, seq, digest) VALUES ('head', 0, '');"
        "ALTER TABLE audit ENABLE TRIGGER audit_guard",
    )
    return migrated_url


@pytest.fixture(params=BOTH)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """URL of a database without tables, once of each kind."""
    if request.param == "sqlite":
        yield f"sqlite+aiosqlite:///{tmp_path / 'ivr.db'}"
    else:
        yield request.getfixturevalue("empty_postgres")


@pytest.fixture(params=BOTH)
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """A site with a migrated database of its own, once of each kind."""
    if request.param == "sqlite":
        path = tmp_path / "ivr.db"
        shutil.copy(request.getfixturevalue("migrated_file"), path)
        url = f"sqlite+aiosqlite:///{path}"
    else:
        url = request.getfixturevalue("migrated_postgres")
    return Settings(data_dir=tmp_path / "var", database_url=url)


@pytest.fixture
async def room(settings: Settings) -> AsyncIterator[StorageRoom]:
    async with open_storage(settings, clock=lambda: NOW) as opened:
        yield opened
