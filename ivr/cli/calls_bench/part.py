"""A process of a stand: started, asked, killed, frozen and started again."""

import asyncio
import json
import os
import signal
from asyncio.subprocess import PIPE, Process
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from ivr.cli.calls_bench import cpu
from ivr.cli.calls_bench.pbx import PROJECT

_READY_SECONDS = 150.0
_ANSWER_SECONDS = 240.0
_STOP_SECONDS = 10.0
_ENVIRONMENT = ("PATH", "HOME", "LANG", "VIRTUAL_ENV")
"""What a child gets of ours; no setting of this machine changes what is measured."""
_LONGEST_LINE_BYTES = 1 << 26


class StandBroken(Exception):
    """What is to be measured does not run; the text says which part."""


class Part:
    """One process.

    Args:
        argv: how it is started.
        ready: a word on the line by which it says that it runs.
        log: where its errors go.
        env: of its own; beside it only what every child gets.
        obeys: it ends when nobody speaks to it any more.
    """

    def __init__(self, argv: Sequence[str | Path], *, ready: str, log: Path, env: Mapping[str, str], obeys: bool = False) -> None:
        self._argv = argv
        self._ready = ready
        self._log = log
        self._env = env
        self._obeys = obeys
        self._process: Process | None = None
        self.first_words = ""
        """The line by which it said that it runs."""

    @property
    def pid(self) -> int:
        """Of the process that runs now."""
        if self._process is None:
            raise StandBroken(f"{self._log.stem} does not run")
        return self._process.pid

    async def start(self) -> None:
        """Start it, and go on when it is ready.

        Raises:
            StandBroken: it is not.
        """
        kept = {name: os.environ[name] for name in _ENVIRONMENT if name in os.environ}  # noqa: TID251 - PATH and HOME for the child
        with self._log.open("ab") as errors:
            self._process = await asyncio.create_subprocess_exec(
                *self._argv, env={**kept, **self._env, "PYTHONUNBUFFERED": "1"}, cwd=PROJECT, stdin=PIPE, stdout=PIPE, stderr=errors,
                limit=_LONGEST_LINE_BYTES, start_new_session=True,
            )  # fmt: skip
        assert self._process.stdout is not None  # noqa: S101
        try:
            async with asyncio.timeout(_READY_SECONDS):
                while self._ready not in (line := (await self._process.stdout.readline()).decode(errors="replace")):
                    if not line:
                        raise StandBroken(f"{self._log.stem} does not start: {self._log.read_text(errors='replace')[-2000:]}")
        except TimeoutError:
            raise StandBroken(f"{self._log.stem} does not become ready") from None
        self.first_words = line

    async def ask(self, order: str) -> dict[str, Any]:
        """Give it an order, a line; its answer is a line of JSON.

        Raises:
            StandBroken: it does not answer.
        """
        if self._process is None or self._process.stdin is None or self._process.stdout is None:
            raise StandBroken(f"{self._log.stem} does not run")
        self._process.stdin.write(f"{order}\n".encode())
        try:
            line = await asyncio.wait_for(self._process.stdout.readline(), _ANSWER_SECONDS)
        except TimeoutError:
            raise StandBroken(f"{self._log.stem} does not answer") from None
        if not line:
            raise StandBroken(f"{self._log.stem} has ended")
        answer: dict[str, Any] = json.loads(line)
        return answer

    async def kill(self) -> None:
        """End it as a power failure would."""
        if self._process is not None:
            with suppress(ProcessLookupError):
                self._process.kill()
            await self._process.wait()

    def send(self, what: signal.Signals) -> None:
        """Send it a signal."""
        os.kill(self.pid, what)

    def child(self, word: str) -> int | None:
        """A child that has this word on its command line, or in one of its words."""
        for pid in cpu.children(self.pid):
            with suppress(OSError):
                if word in Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace").split("\0"):
                    return pid
        return None

    async def stop(self) -> None:
        """Let it end by itself where it does."""
        process, self._process = self._process, None
        if process is None or process.returncode is not None:
            return
        if process.stdin is not None:
            process.stdin.close()
        for sign in (*((signal.SIGCONT,) if self._obeys else ()), signal.SIGTERM, signal.SIGKILL):
            with suppress(TimeoutError, ProcessLookupError):
                process.send_signal(sign)
                await asyncio.wait_for(process.wait(), _STOP_SECONDS)
                return
