import asyncio
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from ivr.bootstrap import spool_job
from ivr.cli.free_ports import free_port
from ivr.domain.calls import (
    CallBegan,
    CallEnded,
    CallEvent,
    Direction,
    Given,
    Speaker,
    StageTimings,
    TurnRecord,
    Understanding,
)
from ivr.settings import Settings
from ivr.storage.call_log import CallLog
from ivr.storage.database import open_database
from ivr.storage.room import StorageRoom, open_storage
from ivr.storage.unit_of_work import UnitOfWork
from tests.storage.conftest import NOW

BEGAN = CallBegan(
    "call0001", Direction.INBOUND, "12123", NOW, caller="13800001111", region="320200"
)
ASKED = TurnRecord("call0001", 1, Speaker.SERVICE, "请问车牌号？", NOW, 1.25)
HEARD = TurnRecord(
    "call0001",
    1,
    Speaker.CALLER,
    "苏B****",
    NOW + timedelta(seconds=3),
    4.5,
    confidence=0.9,
    understood=Understanding("give_plate", 0.93, (Given("move.plate", "苏B12345", 0.88),)),
    keys="1",
    timings=StageTimings(end_of_turn_ms=400.0, dialogue_ms=21.5),
    state="listening",
)
FELL = CallEvent("call0001", NOW + timedelta(seconds=5), "transfer_refused", "no_seat")
ENDED = CallEnded(
    "call0001",
    NOW + timedelta(seconds=30),
    "said_goodbye",
    30.0,
    outcome="case_filed",
    service="car_moving",
    recording_path="ca/call0001.rec",
    recording_sha256="0" * 64,
)


class Switch:
    """A database that can be taken away."""

    def __init__(self, room: StorageRoom, spool: Path) -> None:
        self.away = False
        self._room = room
        self._nowhere = open_database(f"postgresql+asyncpg://ivr@127.0.0.1:{free_port()}/ivr")
        self.log = CallLog(
            self.uow, reading=room.reading, spool=spool, cipher=room.cipher, rest_seconds=0.0
        )

    def uow(self) -> UnitOfWork:
        if self.away:
            return UnitOfWork(self._nowhere, self._room.cipher, self._room.audit_key)
        return self._room.uow()


@pytest.fixture
def switch(room: StorageRoom, tmp_path: Path) -> Switch:
    return Switch(room, tmp_path / "calls.jsonl")


async def write_all(log: CallLog) -> None:
    await log.began(BEGAN)
    await log.turn(ASKED)
    await log.turn(HEARD)
    await log.event(FELL)
    await log.ended(ENDED)


async def test_a_call_is_read_back_with_everything_that_was_said(room: StorageRoom) -> None:
    await write_all(room.call_log)
    view = await room.call_log.call("call0001")
    assert view is not None
    assert view.turns == (ASKED, HEARD)
    assert view.events == (FELL,)
    assert (view.direction, view.began_at, view.region) == (Direction.INBOUND, NOW, "320200")
    assert (view.caller_tail, view.seconds, view.end_reason) == ("1111", 30.0, "said_goodbye")
    assert (view.outcome, view.service, view.recording_path) == (
        "case_filed",
        "car_moving",
        "ca/call0001.rec",
    )
    assert await room.call_log.call("call0002") is None


async def test_writing_twice_changes_nothing(room: StorageRoom) -> None:
    await write_all(room.call_log)
    once = await room.call_log.call("call0001")
    await write_all(room.call_log)
    assert await room.call_log.call("call0001") == once


async def test_the_newest_calls_come_first_without_their_lines(room: StorageRoom) -> None:
    for number in range(4):
        began = NOW + timedelta(minutes=number)
        await room.call_log.began(replace(BEGAN, call_id=f"call{number:04d}", began_at=began))
    await room.call_log.turn(replace(ASKED, call_id="call0003"))
    found = await room.call_log.recent(3)
    assert [view.call_id for view in found] == ["call0003", "call0002", "call0001"]
    assert all(view.turns == () for view in found)


async def test_nothing_is_lost_while_the_database_is_away(switch: Switch, tmp_path: Path) -> None:
    switch.away = True
    await write_all(switch.log)
    assert b"13800001111" not in (tmp_path / "calls.jsonl").read_bytes()
    switch.away = False
    assert await switch.log.call("call0001") is None
    assert await switch.log.replay() == 5
    view = await switch.log.call("call0001")
    assert view is not None
    assert (view.turns, view.events, view.seconds) == ((ASKED, HEARD), (FELL,), 30.0)
    assert await switch.log.replay() == 0


async def test_what_was_spooled_is_written_although_nobody_calls_again(switch: Switch) -> None:
    switch.away = True
    await write_all(switch.log)
    job = spool_job(cast("StorageRoom", SimpleNamespace(call_log=switch.log)))
    assert await job(NOW) == 0
    switch.away = False
    assert await job(NOW) == 5
    assert await switch.log.call("call0001") is not None
    assert await job(NOW) == 0


async def test_a_call_that_ends_after_the_database_came_back_brings_the_rest_along(
    switch: Switch,
) -> None:
    await switch.log.began(BEGAN)
    switch.away = True
    await switch.log.turn(ASKED)
    switch.away = False
    await switch.log.ended(ENDED)
    view = await switch.log.call("call0001")
    assert view is not None
    assert view.turns == (ASKED,)


async def test_a_line_whose_call_is_spooled_waits_for_it(switch: Switch) -> None:
    switch.away = True
    await switch.log.began(BEGAN)
    switch.away = False
    await switch.log.turn(ASKED)
    await switch.log.ended(ENDED)
    assert await switch.log.replay() == 3
    view = await switch.log.call("call0001")
    assert view is not None
    assert (view.turns, view.end_reason) == ((ASKED,), "said_goodbye")


async def test_what_was_spooled_is_written_at_the_next_start(settings: Settings) -> None:
    async with open_storage(settings) as room:
        switch = Switch(room, settings.data_dir / "spool" / "calls.jsonl")
        switch.away = True
        await write_all(switch.log)
    async with open_storage(settings) as room:
        view = await room.call_log.call("call0001")
        assert view is not None
        assert view.turns == (ASKED, HEARD)


async def test_a_database_that_hangs_costs_a_call_little(room: StorageRoom, tmp_path: Path) -> None:
    log = CallLog(
        room.uow,
        reading=room.reading,
        spool=tmp_path / "calls.jsonl",
        cipher=room.cipher,
        patience_seconds=0.1,
        rest_seconds=30.0,
    )
    loop = asyncio.get_running_loop()
    async with room.uow() as blocker:
        await blocker.calls.began(BEGAN)
        began = loop.time()
        await log.began(BEGAN)
        first = loop.time() - began
        await log.turn(ASKED)
        second = loop.time() - began - first
    assert first < 1
    assert second < 0.1
    assert await log.replay() == 0


async def test_neither_database_nor_disk_then_memory_holds_it_until_one_is_back(
    room: StorageRoom, tmp_path: Path
) -> None:
    (tmp_path / "spool").write_text("a file where a folder belongs")
    switch = Switch(room, tmp_path / "spool" / "calls.jsonl")
    switch.away = True
    await write_all(switch.log)
    (tmp_path / "spool").unlink()
    switch.away = False
    assert await switch.log.replay() == 5
    view = await switch.log.call("call0001")
    assert view is not None
    assert view.turns == (ASKED, HEARD)


async def test_a_record_whose_writing_is_cancelled_is_spooled(switch: Switch) -> None:
    await switch.log.began(BEGAN)
    task = asyncio.ensure_future(switch.log.turn(ASKED))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await switch.log.replay()
    view = await switch.log.call("call0001")
    assert view is not None
    assert view.turns == (ASKED,)


async def test_logs_name_no_number_while_the_database_is_away(
    switch: Switch, caplog: pytest.LogCaptureFixture
) -> None:
    switch.away = True
    await write_all(switch.log)
    assert caplog.records
    assert "13800001111" not in caplog.text + str([vars(record) for record in caplog.records])
