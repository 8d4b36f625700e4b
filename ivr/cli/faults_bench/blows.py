"""What is done to each part, and how it is put right again: as a power failure, a supervisor, a person would."""

import asyncio
import os
import resource
import signal
import sqlite3
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass

from ivr.cli.faults_bench.stand import Stand
from ivr.cli.watchdog_post import POST

Deed = Callable[[Stand], Awaitable[None]]
_WORKER = "ivr.speech.pyttsx_worker"
_LOCKED_SECONDS = 6.0


@dataclass(frozen=True, slots=True)
class Blow:
    """One kind of fault."""

    text: str
    strike: Deed
    mend: Deed
    """After `away_seconds`."""
    away_seconds: float = 0.0
    line_dies: bool = False
    """The caller's own line ends with it: what he hears then is not ours to say."""


async def _nothing(_stand: Stand) -> None:
    """Whoever started it starts it again, or nothing was struck at all."""


async def _kill_house(stand: Stand) -> None:
    await stand.house.kill()


async def _start_house(stand: Stand) -> None:
    await stand.house.start()


async def _freeze(stand: Stand) -> None:
    stand.house.send(signal.SIGSTOP)


async def _thaw(stand: Stand) -> None:
    stand.house.send(signal.SIGCONT)


def _send_child(word: str, what: signal.Signals) -> Deed:
    async def send(stand: Stand) -> None:
        if (pid := stand.house.child(word)) is not None:
            with suppress(ProcessLookupError):
                os.kill(pid, what)

    return send


def _kill_child(word: str) -> Deed:
    return _send_child(word, signal.SIGKILL)


async def _kill_watchdog(stand: Stand) -> None:
    with suppress(ProcessLookupError, FileNotFoundError, ValueError):
        os.kill(int((stand.settings.data_dir / POST).read_text()), signal.SIGKILL)


async def _kill_redis(stand: Stand) -> None:
    await stand.redis.kill()


async def _start_redis(stand: Stand) -> None:
    await stand.redis.start()


async def _kill_backend(stand: Stand) -> None:
    await stand.backend.kill()


async def _start_backend(stand: Stand) -> None:
    await stand.backend.start()


async def _kill_asterisk(stand: Stand) -> None:
    if stand.asterisk.process is not None:
        stand.asterisk.process.kill()
        await asyncio.to_thread(stand.asterisk.process.wait)


async def _start_asterisk(stand: Stand) -> None:
    await asyncio.to_thread(stand.asterisk.start)


async def _fill_disk(stand: Stand) -> None:
    resource.prlimit(stand.house.pid, resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))


async def _free_disk(stand: Stand) -> None:
    resource.prlimit(stand.house.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


async def _lose_ear(stand: Stand) -> None:
    stand.house.send(signal.SIGUSR1)


async def _lock_database(stand: Stand) -> None:
    """Another program holds the write lock, for as long as the blow lasts."""
    await asyncio.to_thread(_hold_lock, stand)


def _hold_lock(stand: Stand) -> None:
    holder = sqlite3.connect(stand.settings.data_dir / "ivr.db", timeout=10, isolation_level=None)
    try:
        holder.execute("BEGIN IMMEDIATE")
        time.sleep(_LOCKED_SECONDS)
        holder.execute("ROLLBACK")
    finally:
        holder.close()


BLOWS = {
    "nothing": Blow("nothing is struck: what callers hear on a good day", _nothing, _nothing),
    "voice": Blow("the voice process killed, started again after 1 s", _kill_house, _start_house, 1.0),
    "frozen": Blow("the voice process frozen for 8 s", _freeze, _thaw, 8.0),
    "rasa": Blow("Rasa killed; the voice process starts it again", _kill_child("rasa"), _nothing),
    "rasa-stuck": Blow("Rasa frozen for 8 s", _send_child("rasa", signal.SIGSTOP), _send_child("rasa", signal.SIGCONT), 8.0),
    "mouth": Blow("the synthesizer's process killed", _kill_child(_WORKER), _nothing),
    "ear": Blow("every recognizer in use lost", _lose_ear, _nothing),
    "watchdog": Blow("the watchdog killed", _kill_watchdog, _nothing),
    "redis": Blow("Redis killed with all it held, started again after 3 s", _kill_redis, _start_redis, 3.0),
    "backend": Blow("the core backend killed, started again after 3 s", _kill_backend, _start_backend, 3.0),
    "database": Blow("the database locked by somebody else for 6 s", _lock_database, _nothing),
    "disk": Blow("the disk full for 6 s", _fill_disk, _free_disk, 6.0),
    "asterisk": Blow("Asterisk killed, started again after 1 s", _kill_asterisk, _start_asterisk, 1.0, line_dies=True),
}
