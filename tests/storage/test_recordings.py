import hashlib
import io
import os
import stat
import struct
import wave
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from ivr.storage.errors import RecordingBroken, RecordingMissing
from ivr.storage.recording_format import CHUNK_BYTES, TAG_BYTES, Layout
from ivr.storage.recordings import Recordings

SECRET = b"s" * 32
FRAME = 640
"""20 ms of stereo sound."""


@pytest.fixture
async def recordings(tmp_path: Path) -> AsyncIterator[Recordings]:
    room = Recordings(tmp_path, SECRET)
    yield room
    await room.aclose()


def sound(seconds: float) -> bytes:
    samples = range(int(seconds * 8000))
    return b"".join(struct.pack("<hh", n % 3000, -(n % 2000)) for n in samples)


async def record(recordings: Recordings, call_id: str, pcm: bytes) -> str:
    writer = recordings.writer(call_id)
    for at in range(0, len(pcm), FRAME):
        writer.append(pcm[at : at + FRAME])
    return (await writer.close()).sha256


async def test_what_was_said_is_read_back_as_wav(recordings: Recordings, tmp_path: Path) -> None:
    pcm = sound(3.3)
    writer = recordings.writer("abcdef01")
    writer.append(pcm[:1000])
    writer.append(pcm[1000:])
    info = await writer.close()
    assert info.seconds == pytest.approx(3.3)
    with wave.open(io.BytesIO(await recordings.read_wav("abcdef01"))) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (2, 2, 8000)
        assert file.readframes(10**6) == pcm
    on_disk = tmp_path / info.path
    assert info.sha256 == hashlib.sha256(on_disk.read_bytes()).hexdigest()
    assert stat.S_IMODE(on_disk.stat().st_mode) == 0o600
    assert pcm[:200] not in on_disk.read_bytes()
    assert await recordings.is_finished("abcdef01")


@pytest.mark.parametrize("length", [0, 4, CHUNK_BYTES - 4, CHUNK_BYTES, CHUNK_BYTES + 4])
async def test_every_length_around_a_chunk_comes_back(recordings: Recordings, length: int) -> None:
    pcm = sound(2)[:length]
    await record(recordings, "call0001", pcm)
    assert (await recordings.read_wav("call0001"))[44:] == pcm
    assert await recordings.is_finished("call0001")


@pytest.mark.parametrize(
    ("start", "stop"),
    [(0, 44), (0, 1), (40, 50), (44, 48), (32_040, 32_050), (64_000, 96_100), (100_000, 10**9)],
)
async def test_any_range_can_be_read_by_itself(
    recordings: Recordings, start: int, stop: int
) -> None:
    await record(recordings, "call0001", sound(3.5))
    whole = await recordings.read_wav("call0001")
    assert await recordings.wav_bytes("call0001") == len(whole)
    assert await recordings.read_range("call0001", start, stop) == whole[start:stop]
    pieces = [piece async for piece in recordings.stream_wav("call0001", start=start, stop=stop)]
    assert b"".join(pieces) == whole[start:stop]


async def test_a_range_beyond_the_end_is_empty(recordings: Recordings) -> None:
    await record(recordings, "call0001", sound(1))
    assert await recordings.read_range("call0001", 10**6, 10**6 + 1) == b""


async def test_a_recording_whose_writer_died_reads_up_to_there(recordings: Recordings) -> None:
    pcm = sound(3.5)
    writer = recordings.writer("call0001")
    writer.append(pcm)
    await recordings.aclose()
    assert (await recordings.read_wav("call0001"))[44:] == pcm[: 3 * CHUNK_BYTES]
    assert not await recordings.is_finished("call0001")


async def test_one_cut_off_is_not_taken_for_a_finished_one(
    recordings: Recordings, tmp_path: Path
) -> None:
    await record(recordings, "call0001", sound(3.5))
    path = tmp_path / "ca/call0001.rec"
    os.truncate(path, Layout.offset(2))
    assert not await recordings.is_finished("call0001")
    assert len(await recordings.read_wav("call0001")) == 44 + 2 * CHUNK_BYTES


@pytest.mark.parametrize("place", [10, 30, Layout.offset(1) + 5, Layout.offset(2) - TAG_BYTES])
async def test_a_changed_byte_anywhere_is_noticed(
    recordings: Recordings, tmp_path: Path, place: int
) -> None:
    await record(recordings, "call0001", sound(3.5))
    path = tmp_path / "ca/call0001.rec"
    content = bytearray(path.read_bytes())
    content[place] ^= 1
    path.write_bytes(content)
    with pytest.raises(RecordingBroken):
        await recordings.read_wav("call0001")


async def test_chunks_cannot_change_places(recordings: Recordings, tmp_path: Path) -> None:
    await record(recordings, "call0001", sound(3.5))
    path = tmp_path / "ca/call0001.rec"
    content = path.read_bytes()
    a, b, c = (Layout.offset(number) for number in range(3))
    path.write_bytes(content[:a] + content[b:c] + content[a:b] + content[c:])
    with pytest.raises(RecordingBroken):
        await recordings.read_range("call0001", 0, 100)


async def test_one_call_cannot_pass_for_another_nor_open_with_another_key(
    recordings: Recordings, tmp_path: Path
) -> None:
    await record(recordings, "call0001", sound(1))
    (tmp_path / "ca/call0001.rec").rename(tmp_path / "ca/call0002.rec")
    with pytest.raises(RecordingBroken):
        await recordings.read_wav("call0002")
    (tmp_path / "ca/call0002.rec").rename(tmp_path / "ca/call0001.rec")
    foreign = Recordings(tmp_path, b"x" * 32)
    with pytest.raises(RecordingBroken):
        await foreign.read_wav("call0001")


async def test_a_call_without_recording_says_so(recordings: Recordings) -> None:
    with pytest.raises(RecordingMissing):
        await recordings.read_wav("call0009")
    with pytest.raises(RecordingMissing):
        await recordings.wav_bytes("../../etc/passwd")
    assert not await recordings.delete("call0009")


async def test_a_deleted_recording_is_gone(recordings: Recordings, tmp_path: Path) -> None:
    await record(recordings, "call0001", sound(1))
    assert await recordings.delete("call0001")
    assert os.listdir(tmp_path / "ca") == []
