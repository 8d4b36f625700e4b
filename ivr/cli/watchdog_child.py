"""The watchdog as a child of `ivr up`: started again when it dies, but never ended by the house's death."""

import asyncio
import logging
import os
import sys
from collections.abc import Mapping

from ivr.cli.ending import end_child
from ivr.settings import Settings
from telephony.media.server import MediaDoor

_log = logging.getLogger(__name__)
_PAUSE_SECONDS = 1.0
_FAREWELL_SECONDS = 3.0
"""It tells Asterisk to let callers in again; one that is frozen never ends by itself."""


def watchdog_env(settings: Settings, media_port: int, media_password: str, inherited: Mapping[str, str]) -> dict[str, str]:
    """What the child is told: where both doors are, and nothing else of ours."""
    kept = {name: value for name, value in inherited.items() if not name.startswith("IVR_")}
    told = {
        "DATA_DIR": settings.data_dir.resolve(), "LOG_LEVEL": settings.log_level, "MEDIA_HOST": settings.media_host,
        "MEDIA_PORT": media_port, "MEDIA_USER": settings.media_user, "MEDIA_PASSWORD": media_password,
        "AMI_HOST": settings.ami_host, "AMI_PORT": settings.ami_port, "AMI_USER": settings.ami_user,
        "AMI_PASSWORD": "" if settings.ami_password is None else settings.ami_password.get_secret_value(),
    }
    return kept | {f"IVR_{name}": str(value) for name, value in told.items()}


async def keep_watchdog(settings: Settings, door: MediaDoor, media_password: str) -> None:
    """Run it, and run it again, until cancelled; nothing where there is no Asterisk that could be told."""
    if settings.outbound != "asterisk":
        return
    inherited = os.environ  # noqa: TID251 - PATH and HOME for the child, no setting of ours
    env = watchdog_env(settings, door.port, media_password, inherited)
    sockets = [f"--parent={os.getpid()}", *(f"--door-fd={number}" for number in door.listening)]
    while True:
        with (settings.data_dir / "watchdog.log").open("ab") as log:
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "ivr.cli.watchdog", *sockets, env=env, pass_fds=door.listening,
                stdin=asyncio.subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
            )
        try:
            await process.wait()
        finally:
            if process.returncode is None:
                await end_child(process, within=_FAREWELL_SECONDS)
        _log.warning("the watchdog ended and is started again")
        await asyncio.sleep(_PAUSE_SECONDS)
