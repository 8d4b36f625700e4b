"""Ports for the servers of a bench or a test; each is given away once.

A port that was free a moment ago may be taken in the next: by another run, or by the kernel for a socket that
names no port. So they lie below those that the kernel gives out (`ip_local_port_range`) and below Asterisk's
for sound, and whoever takes one holds a lock on the byte of that number, in a file that all runs share, until
his process ends.
"""

import errno
import fcntl
import os
import random
import socket
import tempfile
import threading
from functools import cache
from pathlib import Path

HOST = "127.0.0.1"
_FIRST, _LAST = 10_000, 16_383
_given: set[int] = set()
"""To a process its own lock is none."""
_one_asks = threading.Lock()


def free_port(kind: int = socket.SOCK_STREAM, host: str = HOST) -> int:
    """A port nobody has, and nobody else will be given while this process lives.

    Args:
        kind: SOCK_STREAM or SOCK_DGRAM.
        host: address where it will be bound.

    Raises:
        OSError: all are taken.
    """
    with _one_asks:
        for port in random.SystemRandom().sample(range(_FIRST, _LAST + 1), _LAST - _FIRST + 1):
            if port not in _given and _claimed(port) and _can_be_bound(kind, host, port):
                return port
    raise OSError(errno.EADDRINUSE, f"no port between {_FIRST} and {_LAST} is free on {host}")


def _claimed(port: int) -> bool:
    try:
        fcntl.lockf(_register(), fcntl.LOCK_EX | fcntl.LOCK_NB, 1, port)
    except (BlockingIOError, PermissionError):
        return False
    _given.add(port)
    return True


def _can_be_bound(kind: int, host: str, port: int) -> bool:
    with socket.socket(socket.AF_INET, kind) as probe:
        try:
            probe.bind((host, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                return False
            raise
    return True


@cache
def _register() -> int:
    """Descriptor of the file of this user's runs. Never closed: closing any of that file gives all locks up."""
    return os.open(Path(tempfile.gettempdir()) / f"ivr-ports-{os.getuid()}", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
