import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import pytest

from ivr.clock import Bell, Job, look_at, run

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


class BackendTroubled(Exception):
    code = "backend_down"


def counting(seen: list[datetime]) -> Callable[[datetime], Awaitable[int]]:
    async def due(now: datetime) -> int:
        seen.append(now)
        return 1

    return due


async def failing(now: datetime) -> int:
    raise BackendTroubled("13800001111")


async def run_for(jobs: list[Job], rounds: int, bell: Bell | None = None) -> None:
    """Run the clock with a sleep that only counts."""
    left = rounds * len(jobs)
    enough = asyncio.Event()

    async def sleep(seconds: float) -> None:
        nonlocal left
        left -= 1
        if left <= 0:
            enough.set()
            await asyncio.Event().wait()
        await asyncio.sleep(0)

    async with asyncio.TaskGroup() as group:
        task = group.create_task(run(jobs, now=lambda: NOW, sleep=sleep, bell=bell))
        await asyncio.wait_for(enough.wait(), 1)
        task.cancel()


async def test_a_job_that_fails_stops_no_other(caplog: pytest.LogCaptureFixture) -> None:
    seen: list[datetime] = []
    await run_for([Job("bad", failing, 1), Job("good", counting(seen), 1)], rounds=3)
    assert len(seen) >= 2
    assert "a job of the clock failed" in caplog.text
    assert "13800001111" not in caplog.text


async def test_the_log_says_which_job_and_why(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    assert await look_at(Job("bad", failing, 1), NOW) is None
    (record,) = caplog.records
    assert (record.__dict__["job"], record.__dict__["error"]) == ("bad", "backend_down")


async def test_the_bell_wakes_a_hurried_job_at_once_and_leaves_the_others() -> None:
    looks: asyncio.Queue[datetime] = asyncio.Queue()
    calm: list[datetime] = []
    bell = Bell()

    async def due(now: datetime) -> int:
        looks.put_nowait(now)
        return 1

    jobs = [Job("sms", due, 3600, hurried=True), Job("retention", counting(calm), 3600)]
    async with asyncio.TaskGroup() as group:
        task = group.create_task(run(jobs, now=lambda: NOW, bell=bell))
        for _ in range(3):
            await asyncio.wait_for(looks.get(), 1)
            bell.ring()
        task.cancel()
    assert len(calm) == 1


async def test_a_ring_while_the_job_works_is_not_lost() -> None:
    looks: asyncio.Queue[datetime] = asyncio.Queue()
    bell = Bell()
    bells = [bell.ring]

    async def due(now: datetime) -> int:
        looks.put_nowait(now)
        while bells:
            bells.pop()()
        return 0

    async with asyncio.TaskGroup() as group:
        task = group.create_task(
            run([Job("sms", due, 3600, hurried=True)], now=lambda: NOW, bell=bell)
        )
        for _ in range(2):
            await asyncio.wait_for(looks.get(), 1)
        task.cancel()
