import os
from datetime import timedelta
from pathlib import Path

import pytest

from ivr.domain.calls import CallBegan, CallEnded, Direction, Speaker, TurnRecord
from ivr.domain.car_moves import CaseState
from ivr.storage.errors import RecordingMissing
from ivr.storage.retention import Deleted, RetentionPeriods
from ivr.storage.room import StorageRoom
from tests.storage.conftest import NOW
from tests.storage.repositories import test_callbacks, test_cases, test_sms_outbox

DAY = timedelta(days=1)
PERIODS = RetentionPeriods(
    recordings=180 * DAY, calls=365 * DAY, kept_long=730 * DAY, orders=1000 * DAY
)


async def call(room: StorageRoom, call_id: str, age: timedelta, *, keep_long: bool = False) -> None:
    writer = room.recordings.writer(call_id)
    writer.append(bytes(640))
    recording = await writer.close()
    began = NOW - age
    await room.call_log.began(CallBegan(call_id, Direction.INBOUND, "12123", began))
    await room.call_log.turn(TurnRecord(call_id, 1, Speaker.CALLER, "挪车", began, 1.0))
    end = CallEnded(
        call_id,
        began,
        "said_goodbye",
        9.0,
        recording_path=recording.path,
        recording_sha256=recording.sha256,
        keep_long=keep_long,
    )
    await room.call_log.ended(end)


async def test_sound_goes_before_the_transcript_and_disputes_stay_longest(
    room: StorageRoom,
) -> None:
    await call(room, "fresh", 10 * DAY)
    await call(room, "silent", 200 * DAY)
    await call(room, "gone", 400 * DAY)
    await call(room, "dispute", 400 * DAY, keep_long=True)
    await call(room, "settled", 800 * DAY, keep_long=True)
    assert await room.retention.delete_expired(NOW, PERIODS) == Deleted(recordings=3, calls=2)
    views = {view.call_id: view for view in await room.call_log.recent(9)}
    assert set(views) == {"fresh", "silent", "dispute"}
    assert {name for name, view in views.items() if view.recording_path} == {"fresh", "dispute"}
    assert views["silent"].recording_sha256 is not None
    assert await room.recordings.wav_bytes("dispute") == 44 + 640
    with pytest.raises(RecordingMissing):
        await room.recordings.read_wav("silent")
    assert await room.retention.delete_expired(NOW, PERIODS) == Deleted()
    async with room.reading() as uow:
        (entry,) = await uow.audit.entries()
        assert (entry.action, entry.facts) == (
            "retention.deleted",
            {"recordings": "3", "calls": "2"},
        )
        assert await uow.audit.verify() == 1


async def test_sound_that_no_call_names_goes_as_well(room: StorageRoom, tmp_path: Path) -> None:
    """Its process died before the call ended."""
    for name in ("lost", "named", "young"):
        writer = room.recordings.writer(name)
        writer.append(bytes(640))
        await writer.close()
    await room.call_log.began(CallBegan("lost", Direction.INBOUND, "12123", NOW - 200 * DAY))
    await call(room, "dispute", 200 * DAY, keep_long=True)
    then = (NOW - 200 * DAY).timestamp()
    for name in ("lost", "named", "dispute"):
        os.utime(tmp_path / "var" / "recordings" / name[:2] / f"{name}.rec", (then, then))
    deleted = await room.retention.delete_expired(NOW, PERIODS)
    assert deleted == Deleted(recordings=2)
    assert await room.recordings.older_than(NOW - 100 * DAY) == ["dispute"]


async def test_orders_go_when_they_are_done_and_old(room: StorageRoom) -> None:
    old = NOW - 1100 * DAY
    async with room.uow() as uow:
        await uow.cases.add(test_cases.another(1, opened_at=old, state=CaseState.RESOLVED))
        await uow.cases.add(test_cases.another(2, opened_at=old))
        await uow.cases.add(test_cases.another(3))
        await uow.callbacks.add(test_callbacks.another(1, created_at=old))
        await uow.sms.add(test_sms_outbox.another(1, created_at=old))
        await uow.sms.add(test_sms_outbox.another(2))
        await uow.commit()
    assert await room.retention.delete_expired(NOW, PERIODS) == Deleted(cases=1, texts=1)
    async with room.reading() as uow:
        assert [case.case_id for case in await uow.cases.recent(9)] == [
            "M2611230003",
            "M2611230002",
        ]
        assert await uow.callbacks.get("H1") is not None
