import asyncio
import resource
import threading
import time
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

import pytest

from ivr.storage.errors import RecordingLost
from ivr.storage.recordings import Recordings

SECRET = b"s" * 32
SECOND = bytes(32_000)


def full_disk(_path: Path) -> BinaryIO:
    """A real file on which every write ends with ENOSPC."""
    return Path("/dev/full").open("wb", buffering=0)


async def test_a_full_disk_ends_the_recording_and_not_the_call(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    recordings = Recordings(tmp_path, SECRET, open_file=full_disk)
    writer = recordings.writer("call0001")
    for _ in range(5):
        writer.append(SECOND)
    with pytest.raises(RecordingLost) as lost:
        await writer.close()
    assert lost.value.reason == "disk_full"
    assert writer.lost is lost.value
    writer.append(SECOND)
    await recordings.aclose()
    assert [record.message for record in caplog.records] == ["a recording is lost"]


async def test_a_disk_that_fills_up_during_the_call_keeps_what_was_written(tmp_path: Path) -> None:
    class Filling:
        """A file that takes two seconds of sound and no more."""

        def __init__(self, path: Path) -> None:
            path.parent.mkdir(parents=True, exist_ok=True)
            self.file = path.open("wb", buffering=0)
            self.full = full_disk(path)

        def write(self, data: bytes) -> int:
            if self.file.tell() > 2 * len(SECOND):
                return self.full.write(data)
            return self.file.write(data[:10_000])

        def fileno(self) -> int:
            return self.file.fileno()

        def truncate(self, size: int) -> int:
            return self.file.truncate(size)

        def seek(self, place: int) -> int:
            return self.file.seek(place)

        def close(self) -> None:
            self.file.close()
            self.full.close()

    recordings = Recordings(tmp_path, SECRET, open_file=Filling)  # type: ignore[arg-type]
    writer = recordings.writer("call0001")
    for _ in range(5):
        writer.append(SECOND)
    with pytest.raises(RecordingLost):
        await writer.close()
    assert len(await recordings.read_wav("call0001")) == 44 + 2 * len(SECOND)
    await recordings.aclose()


async def test_a_disk_that_is_full_for_a_while_costs_no_sound(tmp_path: Path) -> None:
    """Two real limits of this process stand for it: a file may not grow beyond a second and a half, then it may."""
    sound = b"".join(bytes([second + 1]) * len(SECOND) for second in range(6))
    recordings = Recordings(tmp_path, SECRET)
    writer = recordings.writer("call0001")
    everything = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (len(SECOND) * 3 // 2, resource.RLIM_INFINITY))
        writer.append(sound[: 5 * len(SECOND)])
        async with asyncio.timeout(5):
            while writer._working:  # noqa: ASYNC110 - a thread cannot set an event of ours
                await asyncio.sleep(0.01)
        assert (tmp_path / "ca/call0001.rec").stat().st_size < len(SECOND) * 3 // 2
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, everything)
    assert writer.lost is None
    writer.append(sound[5 * len(SECOND) :])
    info = await writer.close()
    assert (await recordings.read_wav("call0001"))[44:] == sound
    assert sha256((tmp_path / info.path).read_bytes()).hexdigest() == info.sha256
    await recordings.aclose()


async def test_a_recording_is_never_written_over(tmp_path: Path) -> None:
    recordings = Recordings(tmp_path, SECRET)
    first = recordings.writer("call0001")
    first.append(SECOND)
    await first.close()
    second = recordings.writer("call0001")
    second.append(SECOND)
    with pytest.raises(RecordingLost) as lost:
        await second.close()
    assert lost.value.reason == "exists"
    assert len(await recordings.read_wav("call0001")) == 44 + len(SECOND)
    await recordings.aclose()


async def test_a_folder_without_the_right_to_write_is_told_as_io(tmp_path: Path) -> None:
    (tmp_path / "ca").write_text("a file where a folder belongs")
    recordings = Recordings(tmp_path, SECRET)
    writer = recordings.writer("call0001")
    with pytest.raises(RecordingLost) as lost:
        await writer.close()
    assert lost.value.reason in {"io", "exists"}
    await recordings.aclose()


async def test_a_disk_that_hangs_blocks_neither_append_nor_close(tmp_path: Path) -> None:
    go_on = threading.Event()

    class Hanging:
        def write(self, data: bytes) -> int:
            go_on.wait(5)
            return len(data)

        def fileno(self) -> int:
            return 0

        def close(self) -> None:
            """Nothing to close."""

    recordings = Recordings(tmp_path, SECRET, open_file=lambda _: Hanging())  # type: ignore[arg-type, return-value]
    writer = recordings.writer("call0001")
    began = time.perf_counter()
    for _ in range(70):
        writer.append(SECOND)
    with pytest.raises(RecordingLost) as lost:
        await writer.close()
    assert lost.value.reason == "disk_slow"
    assert time.perf_counter() - began < 1
    go_on.set()
    await recordings.aclose()


async def test_sixty_calls_at_once_are_all_recorded(tmp_path: Path) -> None:
    recordings = Recordings(tmp_path, SECRET)
    writers = [recordings.writer(f"call{number:04d}") for number in range(60)]
    slowest = 0.0
    for frame in range(150):
        for writer in writers:
            began = time.perf_counter()
            writer.append(bytes([frame % 256]) * 640)
            slowest = max(slowest, time.perf_counter() - began)
    for writer in writers:
        assert (await writer.close()).seconds == pytest.approx(3)
    wav = await recordings.read_wav("call0042")
    assert wav[44:] == b"".join(bytes([frame % 256]) * 640 for frame in range(150))
    await recordings.aclose()
    assert slowest < 0.2


async def test_closing_twice_gives_the_same(tmp_path: Path) -> None:
    recordings = Recordings(tmp_path, SECRET)
    writer = recordings.writer("call0001")
    writer.append(SECOND)
    assert await writer.close() == await writer.close()
    await recordings.aclose()


async def test_a_house_that_shuts_down_loses_the_recording_and_not_the_call(tmp_path: Path) -> None:
    recordings = Recordings(tmp_path, SECRET)
    writer = recordings.writer("call0001")
    await recordings.aclose()
    writer.append(SECOND + SECOND)
    with pytest.raises(RecordingLost):
        await writer.close()
