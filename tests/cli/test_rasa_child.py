"""A child process that dies is started again; one that must stop is stopped."""

import asyncio
import os
import sys

import pytest

from ivr.cli.rasa_child import RasaChild, RasaCommand

pytestmark = pytest.mark.timeout(20)


def child(tmp_path, program, ready):
    return RasaChild(RasaCommand((sys.executable, "-c", program), {}, tmp_path / "rasa" / "rasa.log"), ready)


async def yes():
    return True


async def until(condition):
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110 - another process cannot set an event
            await asyncio.sleep(0.02)


async def test_a_child_that_answers_is_ready_and_stops_with_us(tmp_path):
    running = child(tmp_path, "import time; print('up', flush=True); time.sleep(60)", yes)
    task = asyncio.create_task(running.run())
    async with asyncio.timeout(10):
        await running.is_ready.wait()
    pid = running.pid
    assert pid is not None
    await until(lambda: (tmp_path / "rasa" / "rasa.log").read_text() == "up\n")
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert running.pid is None
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


async def test_a_child_that_dies_is_started_again(tmp_path):
    running = child(tmp_path, "raise SystemExit(1)", yes)
    task = asyncio.create_task(running.run())
    await until(lambda: running.starts >= 2)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_a_child_that_ignores_the_request_is_killed(tmp_path, monkeypatch):
    monkeypatch.setattr("ivr.cli.rasa_child._STOP_SECONDS", 0.2)
    program = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(60)"
    running = child(tmp_path, program, yes)
    task = asyncio.create_task(running.run())
    log = tmp_path / "rasa" / "rasa.log"
    await until(lambda: log.exists() and "deaf" in log.read_text())
    task.cancel()
    async with asyncio.timeout(5):
        await asyncio.gather(task, return_exceptions=True)
    assert running.pid is None
