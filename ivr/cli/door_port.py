"""Waits a little for a port that is still taken.

The watchdog has the door's sockets from its parent and gives them up when that dies; a house that comes
right after may be quicker.
"""

import asyncio
import errno
import logging
from collections.abc import Awaitable, Callable
from typing import TypeVar

from ivr.settings import SettingsWrong

_log = logging.getLogger(__name__)
_LOOK_SECONDS = 0.1
WAIT_SECONDS = 15.0
"""A child that has just been started, on a machine with much to do, needs some seconds to see that its parent died."""

Opened = TypeVar("Opened")


async def opened_when_free(listen: Callable[[], Awaitable[Opened]], *, port: int, within: float = WAIT_SECONDS) -> Opened:
    """Listen on a port, as soon as nobody else does.

    Args:
        listen: tries once.
        port: on which.
        within: seconds of patience.

    Raises:
        SettingsWrong: somebody keeps it.
        OSError: it cannot be listened on for another reason.
    """
    clock = asyncio.get_running_loop().time
    until, told = clock() + within, False
    while True:
        try:
            return await listen()
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise
        if clock() >= until:
            raise SettingsWrong(
                f"port {port} of the media door is taken: end the process that listens there, or choose another IVR_MEDIA_PORT"
            )
        if not told:
            told = True
            _log.warning("port %d of the media door is taken: waiting up to %g s for it", port, within)
        await asyncio.sleep(_LOOK_SECONDS)
