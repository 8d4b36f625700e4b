"""Recordings whose writer died, and recordings that go on elsewhere."""

import hashlib
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from ivr.storage.recording_format import CHUNK_BYTES, HEADER_BYTES, TAG_BYTES
from ivr.storage.recording_repair import Addition, RecordingRepair
from ivr.storage.recordings import Recordings
from tests.storage.test_recordings import SECRET, record, sound

CALL = "abcdef01"


@pytest.fixture
async def recordings(tmp_path: Path) -> AsyncIterator[Recordings]:
    room = Recordings(tmp_path, SECRET)
    yield room
    await room.aclose()


@pytest.fixture
def repair(tmp_path: Path) -> RecordingRepair:
    return RecordingRepair(tmp_path, SECRET)


def place(folder: Path) -> Path:
    return folder / "ab" / f"{CALL}.rec"


async def torn(recordings: Recordings, folder: Path, *, left: int) -> bytes:
    """A recording of 3.3 s of which only so many bytes reached the disk."""
    pcm = sound(3.3)
    await record(recordings, CALL, pcm)
    place(folder).write_bytes(place(folder).read_bytes()[:left])
    return pcm


async def settled(repair: RecordingRepair, addition: Addition | None = None) -> float:
    info = await repair.make(CALL, addition)
    assert info is not None
    await repair.settle(CALL, info.sha256)
    return info.seconds


async def test_a_torn_recording_is_finished_up_to_its_last_whole_chunk(
    recordings: Recordings, repair: RecordingRepair, tmp_path: Path
) -> None:
    pcm = await torn(recordings, tmp_path, left=HEADER_BYTES + 2 * (CHUNK_BYTES + TAG_BYTES) + 500)
    assert await settled(repair) == 2.0
    assert await recordings.is_finished(CALL)
    assert (await recordings.read_wav(CALL))[44:] == pcm[: 2 * CHUNK_BYTES]


async def test_the_hash_is_of_the_file_as_it_lies(
    recordings: Recordings, repair: RecordingRepair, tmp_path: Path
) -> None:
    await record(recordings, CALL, sound(1.5))
    info = await repair.make(CALL)
    assert info is not None
    await repair.settle(CALL, info.sha256)
    assert info.path == f"ab/{CALL}.rec"
    assert hashlib.sha256(place(tmp_path).read_bytes()).hexdigest() == info.sha256


async def test_what_was_recorded_elsewhere_follows_after_the_real_gap(
    recordings: Recordings, repair: RecordingRepair
) -> None:
    ours, theirs = sound(1.5), sound(2.2)[::-1]

    def pieces() -> Iterator[bytes]:
        yield theirs[:10_000]
        yield theirs[10_000:]

    await record(recordings, CALL, ours)
    assert await settled(repair, Addition(2.25, pieces)) == pytest.approx(2.25 + 2.2)
    whole = (await recordings.read_wav(CALL))[44:]
    assert whole == ours + bytes(24_000) + theirs


async def test_a_call_that_only_others_recorded_begins_with_silence(
    recordings: Recordings, repair: RecordingRepair
) -> None:
    assert await settled(repair, Addition(0.5, lambda: iter([b"\x01\x00\x02\x00"]))) > 0.5
    assert (await recordings.read_wav(CALL))[44:] == bytes(16_000) + b"\x01\x00\x02\x00"


async def test_where_clocks_disagree_nothing_of_ours_is_cut(
    recordings: Recordings, repair: RecordingRepair
) -> None:
    ours = sound(1.5)
    await record(recordings, CALL, ours)
    await settled(repair, Addition(1.0, lambda: iter([b"\x01\x00\x02\x00"])))
    assert (await recordings.read_wav(CALL))[44:] == ours + b"\x01\x00\x02\x00"


async def test_no_sound_is_no_recording(repair: RecordingRepair) -> None:
    assert await repair.make(CALL) is None


async def test_a_new_file_takes_its_place_only_with_the_committed_hash(
    recordings: Recordings, repair: RecordingRepair, tmp_path: Path
) -> None:
    await record(recordings, CALL, sound(1.5))
    before = place(tmp_path).read_bytes()
    info = await repair.make(CALL)
    assert info is not None
    assert await repair.unsettled() == [CALL]
    await repair.settle(CALL, "0" * 64)
    assert place(tmp_path).read_bytes() == before
    assert await repair.make(CALL) is not None  # killed before the commit: begun again
    again = await repair.make(CALL)
    assert again is not None
    await repair.settle(CALL, again.sha256)
    assert await repair.unsettled() == []
