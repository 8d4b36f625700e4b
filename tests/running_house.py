"""A whole house for tests: real Rasa, sandbox backend, SQLite, real audio; on free ports, in a folder."""

import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from ivr.cli.demo import OWNER, Screen, daytime_clock, owner_phone
from ivr.cli.free_ports import free_port
from ivr.cli.house import House, open_house
from ivr.dialogue.process import DEFAULT_PYTHON
from ivr.settings import Settings


def need_rasa() -> None:
    if DEFAULT_PYTHON.exists():
        return
    if os.environ.get("REQUIRE_RASA"):
        pytest.fail("REQUIRE_RASA=1, but Rasa's environment is missing: run `make setup`")
    pytest.skip("NO RASA ENVIRONMENT, the dialogue is not tested: run `make setup`")


@asynccontextmanager
async def running_house(
    folder: Path, *, clock: Callable[[], datetime] | None = None, **settings: Any
) -> AsyncIterator[tuple[House, Screen]]:
    need_rasa()
    chosen = {
        "data_dir": folder, "media_port": 0, "console_port": 0, "rasa_port": free_port(), "actions_port": free_port(),
        "_env_file": None, **settings,
    }
    screen = Screen()
    async with open_house(
        Settings(**chosen), tell=lambda _: None, watch=screen.line, clock=clock or daytime_clock()
    ) as house:
        yield house, screen


def with_owner(house: House) -> None:
    house.exchange.register(OWNER, owner_phone(house))
