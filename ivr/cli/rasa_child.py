"""Rasa as a child process: started, watched, started again when it dies.

Rasa needs a Python of its own (3.10) and is never imported. It answers on loopback only. It dies with its
parent, however that ends: one that was left would keep the port from the next.
"""

import asyncio
import logging
import shutil
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ivr.cli.ending import end_child

_log = logging.getLogger(__name__)
_LONGEST_BACK_OFF_SECONDS = 30.0
_STOP_SECONDS = 5.0
_TIED = ("setpriv", "--pdeathsig", "KILL", "--")
"""Of util-linux: the kernel kills what follows when the thread that started it is gone."""


@dataclass(frozen=True, slots=True)
class RasaCommand:
    """How the child is started."""

    argv: Sequence[str]
    env: Mapping[str, str]
    log: Path


def tied(argv: Sequence[str]) -> Sequence[str]:
    """A command line whose process does not outlive ours; as it is where the machine has no `setpriv`."""
    return (*_TIED, *argv) if shutil.which(_TIED[0]) else argv


class RasaChild:
    """Keeps one Rasa running.

    Args:
        command: how it is started.
        ready: does it answer?
    """

    def __init__(self, command: RasaCommand, ready: Callable[[], Awaitable[bool]]) -> None:
        self._command = command
        self._ready = ready
        self._process: asyncio.subprocess.Process | None = None
        self.is_ready = asyncio.Event()
        self.starts = 0

    @property
    def pid(self) -> int | None:
        """Process id of the child that runs now."""
        return self._process.pid if self._process else None

    async def run(self) -> None:
        """Start it and start it again, until cancelled."""
        pause = 0.5
        while True:
            await self._live()
            answered = self.is_ready.is_set()
            self.is_ready.clear()
            pause = 0.5 if answered else min(pause * 2, _LONGEST_BACK_OFF_SECONDS)
            _log.warning("the dialogue engine ended and is started again", extra={"in_seconds": pause})
            await asyncio.sleep(pause)

    async def _live(self) -> None:
        self._command.log.parent.mkdir(parents=True, exist_ok=True)
        with self._command.log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *tied(self._command.argv), env=dict(self._command.env), stdout=log, stderr=log, stdin=asyncio.subprocess.DEVNULL
            )
        self.starts += 1
        try:
            async with asyncio.TaskGroup() as group:
                waiting = group.create_task(self._wait_ready())
                await self._process.wait()
                waiting.cancel()
        finally:
            await self._stop()

    async def _wait_ready(self) -> None:
        while not await self._ready():  # noqa: ASYNC110 - another process cannot set an event
            await asyncio.sleep(0.5)
        self.is_ready.set()

    async def _stop(self) -> None:
        process, self._process = self._process, None
        if process is not None and process.returncode is None:
            await end_child(process, within=_STOP_SECONDS)
