"""The post of a data folder's only watchdog: a locked file with the process id of who holds it.

A watchdog outlives a house that is killed, so the next house finds one there: it is told to end, and is
killed when it cannot hear (frozen).
"""

import fcntl
import os
import signal
import time
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from typing import BinaryIO

POST = "watchdog.pid"
"""The file, in the data folder."""
_LOOK_SECONDS = 0.05
_PATIENCE = 40
"""Looks until it is killed: 2 s."""


def take_post(place: Path) -> AbstractContextManager[object]:
    """Wait for the post and take it; blocking."""
    file = _take(place)
    file.write(str(os.getpid()).encode())
    return file


def vacate(place: Path) -> None:
    """End who holds the post, before the door is opened: a frozen one would keep its port."""
    _take(place).close()


def _take(place: Path) -> BinaryIO:
    file = os.fdopen(os.open(place, os.O_RDWR | os.O_CREAT, 0o600), "r+b", buffering=0)
    looks = 0
    while not _locked(file):
        if looks in (0, _PATIENCE):
            _end(file, signal.SIGTERM if looks == 0 else signal.SIGKILL)
        looks += 1
        time.sleep(_LOOK_SECONDS)
    file.seek(0)
    file.truncate()
    return file


def _locked(file: BinaryIO) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _end(file: BinaryIO, by: signal.Signals) -> None:
    """The lock is held, so the process that wrote its id lives."""
    file.seek(0)
    with suppress(ValueError, ProcessLookupError):
        os.kill(int(file.read(20)), by)
