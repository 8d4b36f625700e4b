"""A file that takes what the database could not, one encrypted line each, until it can again."""

import fcntl
import os
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Final

from ivr.storage.errors import KeyWrong
from ivr.storage.sealed import FieldCipher

_PLACE: Final = "spool"


@dataclass(frozen=True, slots=True)
class SpooledLine:
    """One line as it lies in the file, no two alike, and what it says."""

    closed: bytes
    text: str | None = field(repr=False)
    """None: cut off by a power failure, or closed with another key."""


class Spool:
    """Blocking: called in a thread. Processes that share the file wait for each other.

    Args:
        path: made on first use, with its folder.
    """

    def __init__(self, path: Path, cipher: FieldCipher) -> None:
        self._path = path
        self._cipher = cipher

    def add(self, text: str) -> None:
        """Append; it lies on disk when this returns.

        Raises:
            OSError: the disk does not take it.
        """
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        line = self._cipher.encrypt(text, bound_to=_PLACE).encode("ascii") + b"\n"
        with self._locked("ab") as file:
            file.write(line)
            file.flush()
            os.fsync(file.fileno())

    def is_empty(self) -> bool:
        """Is there nothing to take?"""
        try:
            return self._path.stat().st_size == 0
        except FileNotFoundError:
            return True

    def lines(self) -> list["SpooledLine"]:
        """Give what was added, the oldest first."""
        if self.is_empty():
            return []
        with self._locked("rb") as file:
            return [SpooledLine(closed=line, text=self._opened(line)) for line in file]

    def drop(self, done: Collection["SpooledLine"]) -> None:
        """Remove lines; those added since stay."""
        gone = {line.closed for line in done}
        with self._locked("r+b") as file:
            left = b"".join(line for line in file if line not in gone)
            file.seek(0)
            file.write(left)
            file.truncate()
            file.flush()
            os.fsync(file.fileno())

    def _opened(self, line: bytes) -> str | None:
        try:
            return self._cipher.decrypt(line.decode("ascii").strip(), bound_to=_PLACE)
        except (KeyWrong, UnicodeDecodeError):
            return None

    @contextmanager
    def _locked(self, mode: str) -> Iterator[BinaryIO]:
        handle = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_APPEND * ("a" in mode), 0o600)
        with os.fdopen(handle, mode) as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield file  # type: ignore[misc]
