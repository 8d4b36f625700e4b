"""A media door with its watchdog in a process of its own, so that it can be frozen and killed.

    python -m tests.asterisk.door_process FOLDER      told by IVR_... settings; plays a tone to each caller

The watchdog outlives the door, as it does in `ivr up`; it ends with the block.
"""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from ivr.cli.watchdog_child import keep_watchdog
from ivr.cli.watchdog_post import POST, vacate
from ivr.settings import Settings, load_settings
from telephony.media.call import MediaCall
from telephony.media.server import MediaDoor
from tests.asterisk.doors import tone
from tests.asterisk.pbx import PROJECT, Asterisk

GREETING = tone(0.3, 700)


class DoorProcess:
    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    def freeze(self) -> None:
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self._process.send_signal(signal.SIGCONT)

    async def kill(self) -> None:
        self._process.kill()
        await self._process.wait()


def site_env(asterisk: Asterisk, folder: Path, **more: object) -> dict[str, str]:
    """What a house beside this Asterisk is told."""
    told = {
        "DATA_DIR": folder, "OUTBOUND": "asterisk",
        "MEDIA_PORT": asterisk.media_port, "MEDIA_USER": asterisk.media_login[0],
        "MEDIA_PASSWORD": asterisk.media_login[1], "AMI_PORT": asterisk.ami_port,
        "AMI_USER": asterisk.ami_login[0], "AMI_PASSWORD": asterisk.ami_login[1], **more,
    }  # fmt: skip
    kept = {name: value for name, value in os.environ.items() if not name.startswith("IVR_")}
    return kept | {f"IVR_{name}": str(value) for name, value in told.items()}


def watchdog_pid(folder: Path) -> int:
    return int((folder / "watchdog.pid").read_text() or "0")


async def watched(folder: Path, *, not_by: int = 0) -> int:
    """Wait until a watchdog has its post."""
    async with asyncio.timeout(30):
        while True:
            with suppress(FileNotFoundError, ValueError):
                if (pid := watchdog_pid(folder)) not in (0, not_by):
                    return pid
            await asyncio.sleep(0.05)


def end_watchdog(asterisk: Asterisk, folder: Path) -> None:
    with suppress(FileNotFoundError, ProcessLookupError, ValueError):
        if pid := watchdog_pid(folder):  # 0 would be everybody of this run
            os.kill(pid, signal.SIGKILL)
    asterisk.cli("dialplan set global IVR_DOWN_UNTIL 0")


@asynccontextmanager
async def door_process(asterisk: Asterisk, folder: Path) -> AsyncIterator[DoorProcess]:
    known = 0
    with suppress(FileNotFoundError, ValueError):
        known = watchdog_pid(folder)
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.asterisk.door_process",
        cwd=PROJECT, stdout=asyncio.subprocess.PIPE, env=site_env(asterisk, folder),
    )  # fmt: skip
    assert process.stdout is not None
    assert await asyncio.wait_for(process.stdout.readline(), 30) == b"open\n"
    await watched(folder, not_by=known)
    try:
        yield DoorProcess(process)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def main(settings: Settings) -> None:
    async def greet(call: MediaCall) -> None:
        await call.play(GREETING, mark="greeting")
        async for _ in call.events():
            pass

    assert settings.media_password is not None
    password = settings.media_password.get_secret_value()
    vacate(settings.data_dir / POST)
    door = MediaDoor(
        host="127.0.0.1", port=settings.media_port, login=(settings.media_user, password),
        max_calls=8, on_call=greet,
    )  # fmt: skip
    async with door:
        print("open", flush=True)
        await keep_watchdog(settings, door, password)


if __name__ == "__main__":
    asyncio.run(main(load_settings()))
