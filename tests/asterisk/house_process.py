"""`ivr up` in a process of its own beside the real Asterisk, so that any part of it can be killed."""

import asyncio
import resource
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from ivr.cli.free_ports import free_port
from tests.asterisk.door_process import site_env
from tests.asterisk.pbx import PROJECT, Asterisk
from tests.running_house import need_rasa

START_SECONDS = 150.0


class HouseProcess:
    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    @property
    def pid(self) -> int:
        return self._process.pid

    def child(self, word: str) -> int:
        """Process id of the child whose command line holds this word."""
        for pid in Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split():
            with suppress(FileNotFoundError):
                if word in Path(f"/proc/{pid}/cmdline").read_bytes().decode().split("\0"):
                    return int(pid)
        raise AssertionError(f"no child {word}")

    async def kill(self) -> None:
        """Kill it; its Rasa dies with it."""
        self._process.kill()
        await self._process.wait()

    def lose_ear(self) -> None:
        """Every recognizer in use is lost; only of `ivr.cli.faults_bench.house`."""
        self._process.send_signal(signal.SIGUSR1)

    def fill_disk(self) -> None:
        """No file of it can grow any more, as on a full disk."""
        resource.prlimit(self.pid, resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))

    def free_disk(self) -> None:
        everything = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
        resource.prlimit(self.pid, resource.RLIMIT_FSIZE, everything)


@asynccontextmanager
async def house_process(
    asterisk: Asterisk, folder: Path, *, module: str = "ivr", ready: str = "Ctrl-C"
) -> AsyncIterator[HouseProcess]:
    """Start it, and go on when it answers calls."""
    need_rasa()
    env = site_env(
        asterisk, folder, FALLBACK_SPOOL=asterisk.home / "spool/ivr", CONSOLE_PORT=0,
        RASA_PORT=free_port(), ACTIONS_PORT=free_port(), PEOPLE="pbx",
    )  # fmt: skip
    with (folder / "house.log").open("ab") as log:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", module, *(("up",) if module == "ivr" else ()),
            cwd=PROJECT, env=env, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=log,
        )  # fmt: skip
    assert process.stdout is not None
    house = HouseProcess(process)
    try:
        async with asyncio.timeout(START_SECONDS):
            while ready not in (line := (await process.stdout.readline()).decode()):
                assert line, (folder / "house.log").read_text()[-2000:]
        yield house
    finally:
        if process.returncode is None:
            await house.kill()
