"""Writes one recording beside the call: `append` only buffers, a thread encrypts and writes."""

import asyncio
import contextlib
import errno
import logging
import os
import secrets
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO, Final

from ivr.storage.errors import RecordingLost
from ivr.storage.recording_format import (
    BYTES_PER_SECOND,
    CHUNK_BYTES,
    MAGIC,
    SALT_BYTES,
    ChunkBox,
)

_log = logging.getLogger(__name__)

_MAX_WAITING_CHUNKS: Final = 60
"""One minute of sound; a disk that is behind by more has lost the recording."""
_REASONS: Final = {errno.ENOSPC: "disk_full", errno.EDQUOT: "disk_full", errno.EEXIST: "exists"}

OpenFile = Callable[[Path], BinaryIO]


@dataclass(frozen=True, slots=True)
class RecordingInfo:
    """A finished recording."""

    path: str
    """Relative to the folder of recordings."""
    sha256: str
    """Of the file as it lies on disk, so that it can be checked without a key."""
    seconds: float


def open_new(path: Path) -> BinaryIO:
    """Make a file only its owner can read.

    Raises:
        FileExistsError: a recording is never written over.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    return os.fdopen(handle, "wb", buffering=0)


class RecordingWriter:
    """One recording in the making.

    What the disk does not take waits for the next second of sound, a minute at most. A failure that lasts ends
    the recording, never the call: it is logged once when it happens, `lost` then names it, what was written
    stays, and `close` raises it.

    Args:
        path: file to make.
        name: what `RecordingInfo.path` will say.
        secret: the site's secret.
        threads: where encrypting and writing happen.
    """

    def __init__(
        self,
        call_id: str,
        *,
        path: Path,
        name: str,
        secret: bytes,
        threads: Executor,
        open_file: OpenFile = open_new,
    ) -> None:
        self.call_id = call_id
        self.lost: RecordingLost | None = None
        """Set when the recording ended early."""
        self._file = ChunkFile(call_id, path=path, secret=secret, open_file=open_file)
        self._name = name
        self._threads = threads
        self._buffer = bytearray()
        self._sound_bytes = 0
        self._lock = threading.Lock()
        self._waiting: deque[tuple[bytes, bool]] = deque()
        self._working = False
        self._refused = "disk_slow"
        """Why something waits."""
        self._closing = False
        self._finished: Future[None] = Future()

    def append(self, stereo_pcm: bytes) -> None:
        """Take sound: 16-bit little-endian, 8 kHz, left the caller, right the service.

        Never blocks and never raises; after a failure or `close` it does nothing.
        """
        if self.lost is not None or self._closing:
            return
        self._buffer += stereo_pcm
        self._sound_bytes += len(stereo_pcm)
        while len(self._buffer) > CHUNK_BYTES:
            chunk = bytes(self._buffer[:CHUNK_BYTES])
            del self._buffer[:CHUNK_BYTES]
            self._hand_over(chunk, last=False)

    async def close(self) -> RecordingInfo:
        """Write the rest and wait until it lies on disk.

        Raises:
            RecordingLost: the recording is not complete; what was written stays on disk.
        """
        if self.lost is None and not self._closing:
            self._closing = True
            self._hand_over(bytes(self._buffer), last=True)
        if self.lost is None:
            await asyncio.shield(asyncio.wrap_future(self._finished))
        if self.lost is not None:
            raise self.lost
        return RecordingInfo(
            path=self._name,
            sha256=self._file.digest.hexdigest(),
            seconds=self._sound_bytes / BYTES_PER_SECOND,
        )

    def _hand_over(self, chunk: bytes, *, last: bool) -> None:
        with self._lock:
            self._waiting.append((chunk, last))
            behind = len(self._waiting) > _MAX_WAITING_CHUNKS
            start = not self._working
            self._working = True
        if behind:
            self._lose(self._refused)
        elif start:
            try:
                self._threads.submit(self._write_waiting)
            except RuntimeError:
                self._lose("shut_down")

    def _write_waiting(self) -> None:
        """In a thread: write until nothing waits; only one such thread per recording."""
        while True:
            with self._lock:
                if not self._waiting or self.lost is not None:
                    self._working = False
                    break
                chunk, last = self._waiting.popleft()
            try:
                self._file.write(chunk, last=last)
            except OSError as error:
                self._refused = _REASONS.get(error.errno or 0, "io")
                if self._waits_with(chunk, last=last):
                    return
                self._lose(self._refused)
            else:
                if last:
                    self._finished.set_result(None)
        if self.lost is not None:
            self._file.give_up()
            if not self._finished.done():
                self._finished.set_result(None)

    def _waits_with(self, chunk: bytes, *, last: bool) -> bool:
        """Put back what was refused, for the next second of sound; there is none after the last."""
        with self._lock:
            if self._closing or self._refused == _REASONS[errno.EEXIST]:
                return False
            self._waiting.appendleft((chunk, last))
            self._working = False
        return True

    def _lose(self, reason: str) -> None:
        self.lost = RecordingLost(self.call_id, reason)
        _log.error("a recording is lost", extra={"call_id": self.call_id, "reason": reason})


class ChunkFile:
    """The file of one recording; used by one thread at a time."""

    def __init__(
        self, call_id: str, *, path: Path, secret: bytes, open_file: OpenFile = open_new
    ) -> None:
        self.digest = sha256()
        self._path = path
        self._open_file = open_file
        self._salt = secrets.token_bytes(SALT_BYTES)
        self._box = ChunkBox(secret, salt=self._salt, call_id=call_id)
        self._file: BinaryIO | None = None
        self._number = 0
        self._length = 0

    def write(self, sound: bytes, *, last: bool) -> None:
        """Append one chunk, or nothing of it; the last one lies on disk when this returns.

        Raises:
            OSError: the disk does not take it.
        """
        if self._file is None:
            self._file = self._open_file(self._path)
        if not self._length:
            self._put(MAGIC + self._salt)
        self._put(self._box.close(self._number, sound, last=last))
        self._number += 1
        if last:
            os.fsync(self._file.fileno())
            self._file.close()

    def give_up(self) -> None:
        """Leave the file as it is."""
        if self._file is not None:
            with contextlib.suppress(OSError):
                self._file.close()

    def _put(self, data: bytes) -> None:
        """Write all of it; a file without buffer may take only a part."""
        assert self._file is not None  # noqa: S101
        rest = memoryview(data)
        try:
            while rest:
                rest = rest[self._file.write(rest) :]
        except OSError:
            with contextlib.suppress(OSError):
                self._file.truncate(self._length)
                self._file.seek(self._length)
            raise
        self._length += len(data)
        self.digest.update(data)
