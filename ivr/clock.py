"""Wakes what is due: one task per job, each at its own pace, none stopped by another's failure.

A job is asked `due(now)`; it says how much it did. `Bell.ring` lets a new SMS or owner call go out at
once instead of at the next look.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

_log = logging.getLogger(__name__)

Sleep = Callable[[float], Awaitable[None]]


class Bell:
    """Wakes the clock; rung by whoever wrote something that is due at once."""

    def __init__(self) -> None:
        self._waiting: set[asyncio.Event] = set()

    def ring(self) -> None:
        """Wake every job that listens."""
        for event in self._waiting:
            event.set()

    def listener(self) -> asyncio.Event:
        """Give an event that each ring sets; whoever waits for it clears it."""
        event = asyncio.Event()
        self._waiting.add(event)
        return event


@dataclass(frozen=True, slots=True)
class Job:
    """Something that has to be looked at now and then."""

    name: str
    """Constant word for the log."""
    due: Callable[[datetime], Awaitable[int]]
    every_seconds: float
    hurried: bool = False
    """Also looked at when the bell rings."""


async def run(
    jobs: Sequence[Job],
    *,
    now: Callable[[], datetime],
    sleep: Sleep = asyncio.sleep,
    bell: Bell | None = None,
) -> None:
    """Look at every job at its pace until cancelled."""
    async with asyncio.TaskGroup() as group:
        for job in jobs:
            rung = bell.listener() if bell is not None and job.hurried else None
            group.create_task(_repeat(job, now, sleep, rung), name=f"clock-{job.name}")


async def _repeat(
    job: Job, now: Callable[[], datetime], sleep: Sleep, rung: asyncio.Event | None
) -> None:
    while True:
        if rung is not None:
            rung.clear()
        await look_at(job, now())
        await _pause(job.every_seconds, sleep, rung)


async def look_at(job: Job, moment: datetime) -> int | None:
    """Do what is due in one job; None when it failed, which is logged and nothing more."""
    try:
        return await job.due(moment)
    except Exception as error:  # noqa: BLE001 -- the clock outlives every job's failure
        _log.warning(
            "a job of the clock failed",
            extra={"job": job.name, "error": getattr(error, "code", type(error).__name__)},
        )
        return None


async def _pause(seconds: float, sleep: Sleep, rung: asyncio.Event | None) -> None:
    if rung is None:
        await sleep(seconds)
        return
    async with asyncio.TaskGroup() as group:
        waits = [group.create_task(_wait(sleep(seconds))), group.create_task(_wait(rung.wait()))]
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        for wait in waits:
            wait.cancel()


async def _wait(what: Awaitable[object]) -> None:
    await what
