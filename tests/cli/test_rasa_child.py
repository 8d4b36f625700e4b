"""A child process that dies is started again; one that must stop is stopped."""

import asyncio
import os
import signal
import sys
from pathlib import Path

import pytest

from ivr.cli.calls_bench.pbx import PROJECT
from ivr.cli.rasa_child import RasaChild, RasaCommand, tied

pytestmark = pytest.mark.timeout(20)
PARENT = """
import asyncio, pathlib, sys
from ivr.cli.rasa_child import RasaChild, RasaCommand
async def main():
    log = pathlib.Path(sys.argv[1]) / "rasa.log"
    async def ready():
        return log.exists() and "up" in log.read_text()
    argv = (sys.executable, "-c", "import time; print('up', flush=True); time.sleep(60)")
    running = RasaChild(RasaCommand(argv, {}, log), ready)
    task = asyncio.ensure_future(running.run())
    await running.is_ready.wait()
    print(running.pid, flush=True)
    await task
asyncio.run(main())
"""


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


async def test_one_that_had_answered_is_started_again_at_once_however_often_it_dies(tmp_path):
    running = child(tmp_path, "import time; time.sleep(60)", yes)
    task = asyncio.create_task(running.run())
    for life in range(1, 5):
        async with asyncio.timeout(2.5):
            await until(lambda life=life: running.starts >= life)
            await running.is_ready.wait()
        os.kill(running.pid, signal.SIGKILL)
        await until(lambda: not running.is_ready.is_set())
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_a_parent_that_is_killed_leaves_no_child_behind(tmp_path):
    """Left behind, it would keep the port from the next parent's child."""
    assert tied(("rasa",)) != ("rasa",), "util-linux is installed where tests run"
    parent = await asyncio.create_subprocess_exec(
        sys.executable, "-c", PARENT, str(tmp_path), stdout=asyncio.subprocess.PIPE, cwd=PROJECT
    )
    assert parent.stdout is not None
    pid = int(await asyncio.wait_for(parent.stdout.readline(), 15))
    parent.kill()
    await parent.wait()
    await until(lambda: not (stat := Path(f"/proc/{pid}/stat")).exists() or ") Z " in stat.read_text())
