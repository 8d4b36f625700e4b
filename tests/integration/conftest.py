"""One house for all calls of this folder."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from ivr.cli.demo import Screen
from ivr.cli.house import House
from tests.running_house import running_house, with_owner


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/integration" in item.path.as_posix():
            item.add_marker(pytest.mark.rasa)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def running(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[tuple[House, Screen]]:
    async with running_house(tmp_path_factory.mktemp("house")) as (house, screen):
        with_owner(house)
        yield house, screen
