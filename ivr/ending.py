"""Ends tasks for certain.

A library that waits with `asyncio.wait_for` may lose a cancellation that comes in the same moment as its answer
(Python 3.11, bpo-37658): the task goes on, and whoever waits for its end would wait for ever.
"""

import asyncio
from collections.abc import Iterable
from typing import Any

_AGAIN_SECONDS = 10.0
"""Longer than any of ours takes to put its things in order."""


async def end_all(tasks: Iterable[asyncio.Task[Any]], *, again_seconds: float = _AGAIN_SECONDS) -> None:
    """Cancel, and again whoever has not ended; returns when all have.

    Args:
        tasks: not the running one.
        again_seconds: what they may need to put their things in order.
    """
    tasks = list(tasks)
    while pending := {each for each in tasks if not each.done()}:
        for each in pending:
            each.cancel()
        await asyncio.wait(pending, timeout=again_seconds)


def heed_cancellation() -> None:
    """Stop here if the running task was asked to, and the call before this one has lost it.

    Raises:
        asyncio.CancelledError: it was.
    """
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError
