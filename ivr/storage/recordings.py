"""The recordings of a site: one encrypted file per call, written beside it, read from any point."""

import asyncio
import re
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Final

from ivr.storage.errors import RecordingBroken, RecordingMissing
from ivr.storage.recording_format import (
    CHUNK_BYTES,
    HEADER_BYTES,
    MAGIC,
    TAG_BYTES,
    WAV_HEADER_BYTES,
    ChunkBox,
    Layout,
    wav_header,
)
from ivr.storage.recording_writer import OpenFile, RecordingInfo, RecordingWriter, open_new

__all__ = ["RecordingInfo", "RecordingWriter", "Recordings"]

_CALL_ID: Final = re.compile(r"[A-Za-z0-9_-]{4,64}")
_PIECE_BYTES: Final = 16 * CHUNK_BYTES


class Recordings:
    """All recordings of a site.

    Args:
        folder: where they lie; made on first use.
        secret: the site's secret.
        open_file: makes the file of a new recording.
    """

    def __init__(self, folder: Path, secret: bytes, *, open_file: OpenFile = open_new) -> None:
        self._folder = folder
        self._secret = secret
        self._open_file = open_file
        self._threads = ThreadPoolExecutor(max_workers=2, thread_name_prefix="recording")

    def writer(self, call_id: str) -> RecordingWriter:
        """Begin the recording of a call; touches no disk yet."""
        name = name_of(call_id)
        return RecordingWriter(
            call_id,
            path=self._folder / name,
            name=name,
            secret=self._secret,
            threads=self._threads,
            open_file=self._open_file,
        )

    async def wav_bytes(self, call_id: str) -> int:
        """Length of the recording as a WAV file.

        Raises:
            RecordingMissing: no recording of that call.
        """
        return await asyncio.to_thread(self._wav_bytes, call_id)

    async def read_wav(self, call_id: str) -> bytes:
        """Give the whole recording: WAV, 16-bit stereo, 8 kHz.

        Raises:
            RecordingMissing: no recording of that call.
            RecordingBroken: the file was changed, or written with another key.
        """
        return await self.read_range(call_id, 0, await self.wav_bytes(call_id))

    async def read_range(self, call_id: str, start: int, stop: int) -> bytes:
        """Give bytes `start` to `stop` (exclusive) of the WAV file; opens only what it needs.

        Raises:
            RecordingMissing: no recording of that call.
            RecordingBroken: the file was changed, or written with another key.
        """
        return await asyncio.to_thread(self._read_range, call_id, start, stop)

    async def stream_wav(
        self, call_id: str, *, start: int = 0, stop: int | None = None
    ) -> AsyncIterator[bytes]:
        """Give a range of the WAV file in pieces.

        Raises:
            RecordingMissing: no recording of that call.
            RecordingBroken: the file was changed, or written with another key.
        """
        end = await self.wav_bytes(call_id)
        end = end if stop is None else min(stop, end)
        for here in range(start, end, _PIECE_BYTES):
            yield await self.read_range(call_id, here, min(here + _PIECE_BYTES, end))

    async def is_finished(self, call_id: str) -> bool:
        """Was it closed properly? False while it is written, or when its writer died.

        Raises:
            RecordingMissing: no recording of that call.
            RecordingBroken: the file was changed, or written with another key.
        """
        return await asyncio.to_thread(self._is_finished, call_id)

    async def delete(self, call_id: str) -> bool:
        """Remove the recording; False when there is none."""
        path = self._folder / name_of(call_id)
        try:
            await asyncio.to_thread(path.unlink)
        except FileNotFoundError:
            return False
        return True

    async def older_than(self, moment: datetime) -> list[str]:
        """Calls whose files were last written before `moment`."""
        return await asyncio.to_thread(self._older_than, moment.timestamp())

    async def aclose(self) -> None:
        """Wait for what is being written."""
        await asyncio.to_thread(self._threads.shutdown)

    def _older_than(self, seconds: float) -> list[str]:
        files = sorted(self._folder.glob("*/*.rec"))
        return [file.stem for file in files if file.stat().st_mtime < seconds]

    def _open(self, call_id: str) -> BinaryIO:
        try:
            return (self._folder / name_of(call_id)).open("rb")
        except FileNotFoundError:
            raise RecordingMissing(f"no recording of call {call_id}") from None

    def _wav_bytes(self, call_id: str) -> int:
        with self._open(call_id) as file:
            return WAV_HEADER_BYTES + _layout(file).sound_bytes

    def _is_finished(self, call_id: str) -> bool:
        with self._open(call_id) as file:
            layout = _layout(file)
            box = self._box(file, call_id)
            return layout.chunks > 0 and _chunk(file, box, layout.chunks - 1)[1]

    def _read_range(self, call_id: str, start: int, stop: int) -> bytes:
        with self._open(call_id) as file:
            layout = _layout(file)
            stop = min(stop, WAV_HEADER_BYTES + layout.sound_bytes)
            if start >= stop:
                return b""
            out = bytearray(wav_header(layout.sound_bytes)[start:stop])
            first = max(0, start - WAV_HEADER_BYTES)
            end = max(0, stop - WAV_HEADER_BYTES)
            if end > first:
                box = self._box(file, call_id)
                numbers = range(first // CHUNK_BYTES, (end - 1) // CHUNK_BYTES + 1)
                sound = b"".join(_chunk(file, box, number)[0] for number in numbers)
                base = numbers.start * CHUNK_BYTES
                out += sound[first - base : end - base]
            return bytes(out)

    def _box(self, file: BinaryIO, call_id: str) -> ChunkBox:
        file.seek(0)
        header = file.read(HEADER_BYTES)
        if len(header) < HEADER_BYTES or not header.startswith(MAGIC):
            raise RecordingBroken(f"recording of call {call_id} has no header")
        return ChunkBox(self._secret, salt=header[len(MAGIC) :], call_id=call_id)


def name_of(call_id: str) -> str:
    """Place of a call's file; found again without a database.

    Raises:
        RecordingMissing: no call can have that id.
    """
    if not _CALL_ID.fullmatch(call_id):
        raise RecordingMissing("no recording: the call id cannot be one")
    return f"{call_id[:2]}/{call_id}.rec"


def _layout(file: BinaryIO) -> Layout:
    return Layout(file.seek(0, 2))


def _chunk(file: BinaryIO, box: ChunkBox, number: int) -> tuple[bytes, bool]:
    file.seek(Layout.offset(number))
    return box.open(number, file.read(CHUNK_BYTES + TAG_BYTES))
