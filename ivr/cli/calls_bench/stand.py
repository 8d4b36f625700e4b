"""Puts up what is measured: Asterisk, the backend and the house, each a process of its own, on free ports."""

import asyncio
import json
import os
import secrets
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ivr.cli.calls_bench import cpu
from ivr.cli.calls_bench.pbx import PROJECT, Asterisk, fetch, free_port

_READY_SECONDS = 120.0
_ANSWER_SECONDS = 240.0
_STOP_SECONDS = 10.0
_ENVIRONMENT = ("PATH", "HOME", "LANG", "VIRTUAL_ENV")
"""What a child gets of ours; no setting of this machine changes what is measured."""
_LONGEST_LINE_BYTES = 1 << 26


class StandBroken(Exception):
    """What is to be measured does not run; the text says which part."""


@dataclass(frozen=True, slots=True)
class Stand:
    """What runs."""

    asterisk: Asterisk
    house: Process
    backend: Process
    rasa_pid: int | None
    phrases: Mapping[str, str]
    folder: Path

    async def ask(self, order: str) -> dict[str, Any]:
        """Give the house an order."""
        return await _answer(self.house, f"{order}\n")

    async def processor_seconds(self) -> dict[str, float]:
        """What everything has used so far, by part."""
        threads = (await self.ask("sample"))["threads"]
        pbx = self.asterisk.process
        busy, all_of_it = cpu.of_machine()
        return {
            "asterisk": cpu.of_process(pbx.pid) if pbx else 0.0,
            "backend": cpu.of_process(self.backend.pid),
            "rasa": cpu.of_family(self.rasa_pid) if self.rasa_pid else 0.0,
            "machine": busy, "machine in all": all_of_it,
            **{f"house: {name}": seconds for name, seconds in threads.items()},
        }  # fmt: skip


@asynccontextmanager
async def standing(folder: Path, *, calls: int, vehicles: Iterable[str], settings: Mapping[str, str]) -> AsyncIterator[Stand]:
    """Run everything while the block runs.

    Args:
        folder: where all of it keeps its state.
        calls: callers at once; there is room for the owners besides.
        vehicles: more of them for the backend, as CSV.
        settings: more of the house's own.

    Raises:
        NoAsterisk: there is no Asterisk.
        StandBroken: something else does not run.
    """
    asterisk = Asterisk(await asyncio.to_thread(fetch, PROJECT / ".cache/asterisk"), folder / "asterisk", legs=4 * calls + 20)
    await asyncio.to_thread(asterisk.configure)
    await asyncio.to_thread(asterisk.start)
    try:
        async with _backend(folder, vehicles) as (backend, address), _house(folder, asterisk, {**address, **settings}, calls) as house:
            ready = await _answer(house, "")
            yield Stand(asterisk, house, backend, ready["rasa"], ready["phrases"], folder)
    finally:
        await asyncio.to_thread(asterisk.stop)


@asynccontextmanager
async def _backend(folder: Path, vehicles: Iterable[str]) -> AsyncIterator[tuple[Process, dict[str, str]]]:
    key, listed, port = secrets.token_hex(32), folder / "vehicles.csv", free_port()
    listed.write_text("\n".join(vehicles), "utf-8")
    (folder / "backend.key").write_text(key)
    arguments = ("--port", str(port), "--key-file", folder / "backend.key", "--vehicles", listed)
    async with _child("backend_client.sandbox", *arguments, log=folder / "backend.log", env={}, obeys=False) as backend:
        if backend.stdout is None or not await asyncio.wait_for(backend.stdout.readline(), _READY_SECONDS):
            raise StandBroken("the backend does not start")
        listed.unlink()
        yield backend, {"IVR_BACKEND_URL": f"http://127.0.0.1:{port}", "IVR_BACKEND_KEY": key}


@asynccontextmanager
async def _house(folder: Path, asterisk: Asterisk, settings: Mapping[str, str], calls: int) -> AsyncIterator[Process]:
    env = {
        "IVR_DATA_DIR": str(folder / "house"), "IVR_OUTBOUND": "asterisk", "IVR_MAX_CALLS": str(2 * calls + 10),
        "IVR_MEDIA_PORT": str(asterisk.media_port), "IVR_MEDIA_USER": asterisk.media_login[0],
        "IVR_MEDIA_PASSWORD": asterisk.media_login[1], "IVR_AMI_PORT": str(asterisk.ami_port),
        "IVR_AMI_USER": asterisk.ami_login[0], "IVR_AMI_PASSWORD": asterisk.ami_login[1], "IVR_CONSOLE_PORT": "0",
        "IVR_RASA_PORT": str(free_port()), "IVR_ACTIONS_PORT": str(free_port()), **settings,
    }  # fmt: skip
    async with _child("ivr.cli.calls_bench.house", log=folder / "house.log", env=env) as house:
        yield house


@asynccontextmanager
async def _child(module: str, *arguments: str | Path, log: Path, env: Mapping[str, str], obeys: bool = True) -> AsyncIterator[Process]:
    kept = {name: os.environ[name] for name in _ENVIRONMENT if name in os.environ}  # noqa: TID251 - PATH and HOME for the child
    with log.open("wb") as errors:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", module, *arguments, env={**kept, **env, "PYTHONUNBUFFERED": "1"}, cwd=PROJECT,
            stdin=PIPE, stdout=PIPE, stderr=errors, limit=_LONGEST_LINE_BYTES,
        )  # fmt: skip
    try:
        yield process
    finally:
        await _end(process, obeys=obeys)


async def _end(process: Process, *, obeys: bool) -> None:
    if process.returncode is not None:
        return
    if process.stdin is not None:
        process.stdin.close()  # the house ends what it has started, then itself
    for end in (*((None,) if obeys else ()), process.terminate, process.kill):
        if end is not None:
            end()
        with suppress(TimeoutError):
            await asyncio.wait_for(process.wait(), _STOP_SECONDS)
            return


async def _answer(house: Process, order: str) -> dict[str, Any]:
    if house.stdin is None or house.stdout is None:
        raise StandBroken("the house cannot be spoken to")
    house.stdin.write(order.encode())
    try:
        line = await asyncio.wait_for(house.stdout.readline(), _ANSWER_SECONDS)
    except TimeoutError:
        raise StandBroken("the house does not answer") from None
    if not line:
        raise StandBroken("the house has ended")
    answer: dict[str, Any] = json.loads(line)
    return answer


