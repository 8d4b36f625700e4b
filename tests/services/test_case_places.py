"""Where open cases are is asked of the sandbox's map, over a socket."""

import shutil
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from ivr.domain.car_moves import CaseState
from ivr.services.case_places import CasePlaces
from ivr.storage.room import StorageRoom, open_storage
from tests.consoles.site import settings_of
from tests.domain.test_car_moves import CASE
from tests.fakes.sandbox import running_sandbox
from tests.storage.conftest import NOW, migrated_file

__all__ = ["migrated_file"]

PLACES = ("清扬路六十八号门口", "那边的树下", "清扬路六十九号")


@pytest.fixture
async def room(tmp_path: Path, migrated_file: Path) -> AsyncIterator[StorageRoom]:
    shutil.copy(migrated_file, tmp_path / "ivr.db")
    async with open_storage(settings_of(tmp_path, tmp_path / "ivr.db"), clock=lambda: NOW) as opened:
        yield opened


@pytest.fixture
async def filed(room: StorageRoom) -> StorageRoom:
    async with room.uow() as uow:
        for number, place in enumerate(PLACES):
            key = f"M{number}"
            await uow.cases.add(
                replace(CASE, case_id=key, idempotency_key=key, requester_token=key, region="320213", state=CaseState.NOTIFYING, place=place)
            )
        await uow.commit()
    return room


async def test_a_place_that_the_map_knows_gets_a_spot_and_the_boards_are_told(filed: StorageRoom) -> None:
    async with running_sandbox() as sandbox:
        places = CasePlaces(filed.uow, filed.reading, sandbox.backend, filed.live_calls)
        told = filed.live_calls.listen("cases", after="0-0")
        assert await places.due(NOW) == 3
        assert (await anext(told))["case_id"] in {"M0", "M1", "M2"}
        assert await places.due(NOW) == 0, "each is asked for once"
    async with filed.reading() as uow:
        spots = await uow.spots.of_the_board()
    assert set(spots) == {"M0", "M2"}
    assert abs(spots["M0"].lon - 120.3) < 0.2
    assert spots["M0"] != spots["M2"]


async def test_a_map_that_is_away_is_asked_again(filed: StorageRoom) -> None:
    async with running_sandbox() as sandbox:
        places = CasePlaces(filed.uow, filed.reading, sandbox.backend, filed.live_calls)
        await sandbox.fault("down")
        assert await places.due(NOW) == 0
        await sandbox.fault("none")
        assert await places.due(NOW) == 3


async def test_a_backend_that_refuses_has_no_map(filed: StorageRoom) -> None:
    async with running_sandbox() as sandbox:
        refuses = type(sandbox.backend)(sandbox.url, b"another key of thirty-two bytes!")
        async with refuses:
            assert await CasePlaces(filed.uow, filed.reading, refuses, filed.live_calls).due(NOW) == 3
    async with filed.reading() as uow:
        assert await uow.spots.of_the_board() == {}
