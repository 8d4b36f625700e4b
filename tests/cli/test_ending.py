"""Processes that are told to end."""

import asyncio
import os
import signal
import sys

from ivr.cli.ending import end_child, until_told_to_end

DEAF = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); signal.pause()"


async def test_a_second_word_does_not_cut_off_what_is_done_in_the_end() -> None:
    begun, told, done = asyncio.Event(), asyncio.Event(), []

    async def work() -> int:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            told.set()
            await asyncio.sleep(0.2)
            done.append("all")
        return 0

    working = asyncio.create_task(until_told_to_end(work()))
    await begun.wait()
    os.kill(os.getpid(), signal.SIGTERM)
    await told.wait()
    os.kill(os.getpid(), signal.SIGTERM)
    async with asyncio.timeout(5):
        assert await working == 130
    assert done == ["all"]
    asyncio.get_running_loop().remove_signal_handler(signal.SIGTERM)


async def test_one_that_cannot_hear_is_killed() -> None:
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", DEAF, stdout=asyncio.subprocess.PIPE)
    assert process.stdout is not None
    assert await process.stdout.readline() == b"deaf\n"
    async with asyncio.timeout(5):
        await end_child(process, within=0.2)
    assert process.returncode == -signal.SIGKILL
