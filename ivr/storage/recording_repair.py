"""A recording made whole after its writer died, or made longer by what was recorded elsewhere.

The new file is written beside the old one and takes its place only when the database knows its hash:

    make (name.rec.new)  ->  the caller commits path and hash  ->  settle (name.rec)

Whoever is killed in between begins again: `make` writes over a new file that was not settled, and
`settle` again puts one in place whose hash is the committed one.
"""

import asyncio
import contextlib
import os
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO, Final

from ivr.storage.errors import RecordingBroken
from ivr.storage.recording_format import (
    BYTES_PER_SECOND,
    CHUNK_BYTES,
    HEADER_BYTES,
    MAGIC,
    TAG_BYTES,
    ChunkBox,
    Layout,
)
from ivr.storage.recording_writer import ChunkFile, RecordingInfo
from ivr.storage.recordings import name_of

_FRAME_BYTES: Final = 4
"""Both channels of one sample."""
_PIECE_BYTES: Final = 65_536


@dataclass(frozen=True, slots=True)
class Addition:
    """Sound that belongs behind a recording."""

    begins_at: float
    """Seconds after the recording's first sample; silence fills what lies between."""
    pieces: Callable[[], Iterator[bytes]]
    """Stereo, 16-bit little-endian, 8 kHz."""


class RecordingRepair:
    """Rewrites recordings of calls that nobody writes any more.

    Args:
        folder: of the recordings.
        secret: the site's secret.
    """

    def __init__(self, folder: Path, secret: bytes) -> None:
        self._folder = folder
        self._secret = secret
        self.alone = asyncio.Lock()
        """Held from `make` to `settle`: two that mend one recording would undo each other's work."""

    async def make(self, call_id: str, addition: Addition | None = None) -> RecordingInfo | None:
        """Write the whole recording anew; None when there is no sound at all."""
        return await asyncio.to_thread(self._make, call_id, addition)

    async def settle(self, call_id: str, digest: str) -> None:
        """Put the new file in the place of the old one, if it is the one with this hash."""
        await asyncio.to_thread(self._settle, call_id, digest)

    async def lying(self, call_ids: Collection[str]) -> list[str]:
        """Those of these calls of which there is sound on disk."""
        return await asyncio.to_thread(self._lying, call_ids)

    async def unsettled(self) -> list[str]:
        """Calls with a new file that was not put in place."""
        return await asyncio.to_thread(self._unsettled)

    def _lying(self, call_ids: Collection[str]) -> list[str]:
        return [call_id for call_id in call_ids if (self._folder / name_of(call_id)).is_file()]

    def _unsettled(self) -> list[str]:
        return [path.name.partition(".")[0] for path in self._folder.glob("*/*.rec.new")]

    def _make(self, call_id: str, addition: Addition | None) -> RecordingInfo | None:
        name = name_of(call_id)
        path, new = self._folder / name, self._new(call_id)
        with contextlib.suppress(FileNotFoundError):
            new.unlink()
        writer = _Rewriter(ChunkFile(call_id, path=new, secret=self._secret))
        for sound in self._old(call_id, path):
            writer.put(sound)
        if addition is not None:
            writer.fill(addition.begins_at)
            for sound in addition.pieces():
                writer.put(sound)
        return writer.close(name)

    def _settle(self, call_id: str, digest: str) -> None:
        new = self._new(call_id)
        with contextlib.suppress(FileNotFoundError):
            if sha256(new.read_bytes()).hexdigest() == digest:
                new.replace(self._folder / name_of(call_id))
                _sync(new.parent)

    def _new(self, call_id: str) -> Path:
        return self._folder / f"{name_of(call_id)}.new"

    def _old(self, call_id: str, path: Path) -> Iterator[bytes]:
        """Give the sound up to the first chunk that does not open."""
        try:
            file = path.open("rb")
        except FileNotFoundError:
            return
        with file:
            header = file.read(HEADER_BYTES)
            if len(header) < HEADER_BYTES or not header.startswith(MAGIC):
                return
            box = ChunkBox(self._secret, salt=header[len(MAGIC) :], call_id=call_id)
            yield from _chunks(file, box)


class _Rewriter:
    """Cuts sound into chunks; the last one is known only at the end."""

    def __init__(self, file: ChunkFile) -> None:
        self._file = file
        self._waiting = bytearray()
        self._sound_bytes = 0

    def put(self, sound: bytes) -> None:
        self._waiting += sound
        self._sound_bytes += len(sound)
        while len(self._waiting) > CHUNK_BYTES:
            self._file.write(bytes(self._waiting[:CHUNK_BYTES]), last=False)
            del self._waiting[:CHUNK_BYTES]

    def fill(self, seconds: float) -> None:
        """Silence up to a moment; nothing where there is sound already."""
        missing = int(seconds * BYTES_PER_SECOND) // _FRAME_BYTES * _FRAME_BYTES - self._sound_bytes
        while missing > 0:
            piece = min(missing, _PIECE_BYTES)
            self.put(bytes(piece))
            missing -= piece

    def close(self, name: str) -> RecordingInfo | None:
        if not self._sound_bytes:
            return None
        self._file.write(bytes(self._waiting), last=True)
        return RecordingInfo(
            path=name,
            sha256=self._file.digest.hexdigest(),
            seconds=self._sound_bytes / BYTES_PER_SECOND,
        )


def _chunks(file: BinaryIO, box: ChunkBox) -> Iterator[bytes]:
    number = 0
    while len(closed := file.read(CHUNK_BYTES + TAG_BYTES)) >= TAG_BYTES:
        try:
            sound, last = box.open(number, closed)
        except RecordingBroken:
            return
        yield sound
        if last:
            return
        number += 1
        file.seek(Layout.offset(number))


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
