"""Calls whose process died, and calls that Asterisk carried on: none is left without a record."""

import errno
import io
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from ivr.domain.calls import CallBegan, CallEnded, CallView, Direction, Speaker, TurnRecord
from ivr.domain.fallback_calls import FallbackCall
from ivr.services.fallback_calls import FallbackCalls, FallbackTools
from ivr.services.lost_calls import LostCalls
from ivr.settings import Settings
from ivr.speech.audio import alaw_to_pcm
from ivr.storage.errors import RecordingLost
from ivr.storage.fallback_spool import FallbackSpool
from ivr.storage.keys import secret_of
from ivr.storage.recording_format import CHUNK_BYTES
from ivr.storage.recordings import Recordings
from ivr.storage.room import StorageRoom, open_storage
from telephony.media.alaw import encode
from tests.storage.test_recordings import sound

CALL = "0f1e2d3c4b5a69788796a5b4c3d2e1f0"
NAME = "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0"
BEGAN = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
LATER = BEGAN + timedelta(minutes=5)
AT = BEGAN.timestamp()


@pytest.fixture
async def storage(tmp_path: Path) -> AsyncIterator[StorageRoom]:
    async with open_storage(Settings(data_dir=tmp_path / "data", _env_file=None)) as room:
        yield room


async def begin(storage: StorageRoom, *, seconds: float = 0) -> None:
    """A call of which so much was recorded when its process was killed."""
    await storage.call_log.began(
        CallBegan(CALL, Direction.INBOUND, "12123", BEGAN, caller="13800001111", region="320200")
    )
    await storage.call_log.turn(
        TurnRecord(CALL, 1, Speaker.CALLER, "我要挪车", BEGAN, at_seconds=4.25, confidence=0.9)
    )
    if seconds:
        writer = storage.recordings.writer(CALL)
        writer.append(sound(seconds))
        await writer.close()


def lost_calls(storage: StorageRoom) -> LostCalls:
    return LostCalls(storage.uow, storage.live_calls, storage.repair, since=LATER)


async def view(storage: StorageRoom) -> CallView:
    found = await storage.call_log.call(CALL)
    assert found is not None
    return found


async def test_a_call_of_a_killed_process_gets_its_end_and_its_recording(
    storage: StorageRoom,
) -> None:
    await begin(storage, seconds=6.5)
    assert await lost_calls(storage).due(LATER) == 1
    kept = await view(storage)
    assert (kept.end_reason, kept.seconds) == ("service_lost", 6.5)
    assert kept.ended_at == BEGAN + timedelta(seconds=6.5)
    assert kept.recording_sha256
    assert await storage.recordings.is_finished(CALL)
    assert await lost_calls(storage).due(LATER) == 0


async def test_without_sound_it_ends_with_its_last_line(storage: StorageRoom) -> None:
    await begin(storage)
    assert await lost_calls(storage).due(LATER) == 1
    assert ((await view(storage)).seconds, (await view(storage)).recording_sha256) == (4.25, None)


async def test_a_call_that_another_process_carries_is_not_ended(storage: StorageRoom) -> None:
    await begin(storage)
    await storage.live_calls.register(CALL, {"direction": "in"})
    assert await lost_calls(storage).due(LATER) == 0
    await storage.live_calls.remove(CALL)
    assert await lost_calls(storage).due(LATER) == 1


async def test_this_process_own_calls_are_not_touched(storage: StorageRoom) -> None:
    await begin(storage)
    own = LostCalls(storage.uow, storage.live_calls, storage.repair, since=BEGAN)
    assert await own.due(LATER) == 0


async def test_what_was_committed_but_not_put_in_place_is_put_there(storage: StorageRoom) -> None:
    await begin(storage, seconds=2)
    made = await storage.repair.make(CALL)
    assert made is not None
    settle = storage.repair.settle
    storage.repair.settle = lambda *_: settle("abcd", "")  # type: ignore[method-assign] # killed here
    await lost_calls(storage).due(LATER)
    assert await storage.repair.unsettled() == [CALL]
    storage.repair.settle = settle  # type: ignore[method-assign]
    await lost_calls(storage).due(LATER)
    assert await storage.repair.unsettled() == []


class FullAfter3Seconds(io.FileIO):
    """A file on a disk that takes no more."""

    def write(self, data: Any) -> int:
        if self.tell() > 3 * CHUNK_BYTES:
            raise OSError(errno.ENOSPC, "no space")
        return super().write(data)


async def end_on_a_full_disk(storage: StorageRoom, folder: Path) -> None:
    """A call whose recording could not be closed; its record has an end, and no recording."""
    (folder / CALL[:2]).mkdir(parents=True)
    settings = Settings(data_dir=folder.parent, _env_file=None)
    recordings = Recordings(folder, secret_of(settings), open_file=lambda path: FullAfter3Seconds(path, "w"))
    await begin(storage)
    writer = recordings.writer(CALL)
    writer.append(sound(6.5))
    with pytest.raises(RecordingLost):
        await writer.close()
    await recordings.aclose()
    await storage.call_log.ended(CallEnded(CALL, LATER, "caller_hung_up", 6.5))


async def test_sound_that_a_full_disk_left_without_an_end_is_made_whole_and_linked(
    storage: StorageRoom, tmp_path: Path
) -> None:
    await end_on_a_full_disk(storage, tmp_path / "data" / "recordings")
    before = await view(storage)
    assert (before.end_reason, before.recording_path) == ("caller_hung_up", None)
    assert await lost_calls(storage).due(LATER) == 1
    kept = await view(storage)
    assert (kept.end_reason, kept.seconds, kept.ended_at) == ("caller_hung_up", 6.5, before.ended_at)
    assert kept.recording_path
    assert await storage.recordings.is_finished(CALL)
    assert kept.recording_sha256 == sha256((tmp_path / "data" / "recordings" / kept.recording_path).read_bytes()).hexdigest()
    assert (await storage.recordings.read_wav(CALL))[44:] == sound(6.5)[: 3 * CHUNK_BYTES]
    assert await lost_calls(storage).due(LATER) == 0


async def test_a_call_that_has_no_sound_is_left_alone(storage: StorageRoom) -> None:
    await begin(storage)
    await storage.call_log.ended(CallEnded(CALL, LATER, "caller_hung_up", 3.0))
    assert await lost_calls(storage).due(LATER) == 0
    assert (await view(storage)).recording_path is None


class Fallback:
    """A spool, and the orders that came of it."""

    def __init__(self, storage: StorageRoom, folder: Path) -> None:
        self.folder = folder
        self.orders: list[tuple[FallbackCall, str]] = []
        folder.mkdir()
        self.calls = FallbackCalls(
            FallbackTools(
                storage.uow, storage.live_calls, storage.repair, FallbackSpool(folder, alaw_to_pcm),
                self._order, "320200",
            )
        )

    async def _order(self, call: FallbackCall, said: str, now: datetime) -> None:
        self.orders.append((call, said))

    def leave(self, *notes: str) -> None:
        (self.folder / f"{NAME}.call").write_text("".join(f"{note}\n" for note in notes))
        for side in ("in", "out"):
            (self.folder / f"{NAME}-{side}.alaw").write_bytes(encode(sound(1)[: 2 * 16_000]))

    async def take(self) -> int:
        return await self.calls.due(LATER) + await self.calls.due(LATER)


@pytest.fixture
def fallback(storage: StorageRoom, tmp_path: Path) -> Fallback:
    return Fallback(storage, tmp_path / "ivr")


async def test_a_call_that_lost_the_service_is_one_call_with_one_recording_and_the_real_gap(
    storage: StorageRoom, fallback: Fallback
) -> None:
    await begin(storage, seconds=6.5)
    fallback.leave(f"began {AT + 8:.3f} lost x13800001111 x12123", f"ended {AT + 10:.3f} seat")
    assert await fallback.take() == 1
    kept = await view(storage)
    assert (kept.end_reason, kept.outcome, kept.seconds) == ("service_lost", "transferred", 10.0)
    whole = (await storage.recordings.read_wav(CALL))[44:]
    assert whole[: int(6.5 * 32_000)] == sound(6.5)
    assert not any(whole[int(6.5 * 32_000) : 8 * 32_000])
    assert len(whole) == 10 * 32_000
    assert list(fallback.folder.iterdir()) == []
    assert await fallback.take() == 0


async def test_a_call_that_never_reached_the_service_has_a_record_and_a_number(
    storage: StorageRoom, fallback: Fallback
) -> None:
    fallback.leave(f"began {AT:.3f} unreached x13800001111 x12123", f"ended {AT + 2:.3f} nobody")
    await fallback.take()
    kept = await view(storage)
    assert (kept.end_reason, kept.caller_tail, kept.outcome) == ("service_unreachable", "1111", "")
    assert kept.recording_sha256
    async with storage.reading() as uow:
        assert await uow.calls.number_of(CALL) == "13800001111"


async def test_a_message_becomes_an_order_that_says_where_to_listen(
    storage: StorageRoom, fallback: Fallback
) -> None:
    await begin(storage, seconds=6.5)
    fallback.leave(
        f"began {AT + 8:.3f} lost x13800001111 x12123", f"asked {AT + 69:.3f} xexams",
        f"ended {AT + 90:.3f} nobody",
    )
    await fallback.take()
    ((call, said),) = fallback.orders
    assert (call.queue, call.caller) == ("exams", "13800001111")
    assert said == "来电人留了言，请听本次通话录音，从第1分9秒起"
    assert (await view(storage)).outcome == "callback_ordered"


async def test_a_call_whose_session_still_ends_it_waits(
    storage: StorageRoom, fallback: Fallback
) -> None:
    await begin(storage, seconds=1)
    await storage.live_calls.register(CALL, {"direction": "in"})
    fallback.leave(f"began {AT + 8:.3f} lost x13800001111 x12123", f"ended {AT + 10:.3f} seat")
    assert await fallback.take() == 0
    await storage.live_calls.remove(CALL)
    assert await fallback.take() == 1


async def test_what_was_kept_when_the_process_was_killed_is_not_kept_twice(
    storage: StorageRoom, fallback: Fallback
) -> None:
    await begin(storage, seconds=1)
    notes = (f"began {AT + 2:.3f} lost x13800001111 x12123", f"ended {AT + 4:.3f} seat")
    fallback.leave(*notes)
    await fallback.take()
    before = await storage.recordings.wav_bytes(CALL)
    fallback.leave(*notes)
    assert await fallback.take() == 1
    assert await storage.recordings.wav_bytes(CALL) == before
    assert list(fallback.folder.iterdir()) == []
