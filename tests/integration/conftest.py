"""One house for all calls of this folder."""

import asyncio
from collections.abc import AsyncIterator
from functools import partial
from typing import Any

import pytest
import pytest_asyncio

from ivr.cli.demo import Screen, newest_code
from ivr.cli.house import House
from ivr.cli.scripted import Outcome, ScriptedCaller, Step
from ivr.speech.pyttsx import PyttsxSynthesizer
from telephony.media.phone import SimulatedPhone
from telephony.media.phone_call import PhoneCall
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


@pytest.fixture
def place(running: tuple[House, Screen]) -> Any:
    """Place one call: number and script in, the finished phone call and its outcome out."""
    house, screen = running

    async def call(number: str, *steps: Step, during: Any = None) -> tuple[PhoneCall, Outcome]:
        voice = PyttsxSynthesizer(variant="f4", rate=170)
        phone = SimulatedPhone(house.media_url, number=number, login=house.media_login)
        async with phone.dial("12123") as line, asyncio.TaskGroup() as group:
            caller = ScriptedCaller(line, voice, partial(screen.said_in, line.start.call_id), partial(newest_code, house))
            beside = group.create_task(during(line)) if during else None
            outcome = await caller.follow(steps)
            if beside is not None:
                await beside
            await line.ended(within=60)
        await voice.close()
        async with asyncio.timeout(20):  # the record is closed after the line
            while (await house.storage.call_log.call(line.start.call_id)).ended_at is None:  # noqa: ASYNC110
                await asyncio.sleep(0.05)
        return line, outcome

    return call
