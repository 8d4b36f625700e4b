"""A console with everything behind it, on SQLite."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from ivr.settings import Settings
from tests.consoles.site import Site, Visitor, fill, open_site, settings_of
from tests.storage.conftest import migrated_file

__all__ = ["migrated_file"]


@pytest.fixture
def site_settings(tmp_path: Path, migrated_file: Path) -> Settings:
    database = tmp_path / "ivr.db"
    shutil.copy(migrated_file, database)
    return settings_of(tmp_path, database)


@pytest.fixture
async def site(site_settings: Settings) -> AsyncIterator[Site]:
    async with open_site(site_settings) as opened:
        yield opened


@pytest.fixture
async def visitor(site: Site) -> AsyncIterator[Visitor]:
    async with Visitor(site) as browser:
        yield browser


@pytest.fixture
async def administrator(visitor: Visitor) -> Visitor:
    assert (await visitor.sign_in()).status_code == 303
    return visitor


@pytest.fixture
async def filled(site: Site) -> Site:
    await fill(site.storage)
    return site
