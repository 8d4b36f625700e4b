"""How a process of ours ends: told by SIGTERM, and waited for."""

import asyncio
import signal
from asyncio.subprocess import Process
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any


async def until_told_to_end(work: Coroutine[Any, Any, int]) -> int:
    """Let SIGTERM end a command as Ctrl-C does; said once more it does not cut off what is done in the end."""
    task = asyncio.ensure_future(work)
    loop = asyncio.get_running_loop()

    def end() -> None:
        loop.add_signal_handler(signal.SIGTERM, lambda: None)
        task.cancel()

    loop.add_signal_handler(signal.SIGTERM, end)
    try:
        return await task
    except asyncio.CancelledError:
        return 130


async def end_child(process: Process, *, within: float) -> None:
    """Tell it to end, and kill it when it has not after so many seconds."""
    with suppress(ProcessLookupError):
        process.send_signal(signal.SIGTERM)
    try:
        async with asyncio.timeout(within):
            await process.wait()
    except TimeoutError:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()
