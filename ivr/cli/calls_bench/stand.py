"""Puts up what is measured: Asterisk, Redis, the backend and the house, each a process of its own, on free ports."""

import asyncio
import json
import secrets
import sys
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ivr.cli.calls_bench import cpu
from ivr.cli.calls_bench.part import Part
from ivr.cli.calls_bench.pbx import PROJECT, Asterisk, fetch
from ivr.cli.calls_bench.redis_server import redis_server
from ivr.cli.free_ports import free_port


@dataclass(frozen=True, slots=True)
class Stand:
    """What runs."""

    asterisk: Asterisk
    house: Part
    backend: Part
    redis: Part
    rasa_pid: int | None
    phrases: Mapping[str, str]
    folder: Path

    async def ask(self, order: str) -> dict[str, Any]:
        """Give the house an order."""
        return await self.house.ask(order)

    async def processor_seconds(self) -> dict[str, float]:
        """What everything has used so far, by part."""
        threads = (await self.ask("sample"))["threads"]
        pbx = self.asterisk.process
        busy, all_of_it = cpu.of_machine()
        return {
            "asterisk": cpu.of_process(pbx.pid) if pbx else 0.0,
            "backend": cpu.of_process(self.backend.pid),
            "redis": cpu.of_process(self.redis.pid),
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
        redis, redis_url = redis_server(folder)
        async with (
            _running(redis),
            _backend(folder, vehicles) as (backend, address),
            _house(folder, asterisk, {**address, "IVR_REDIS_URL": redis_url, **settings}, calls) as house,
        ):
            ready = json.loads(house.first_words)
            yield Stand(asterisk, house, backend, redis, ready["rasa"], ready["phrases"], folder)
    finally:
        await asyncio.to_thread(asterisk.stop)


@asynccontextmanager
async def _backend(folder: Path, vehicles: Iterable[str]) -> AsyncIterator[tuple[Part, dict[str, str]]]:
    key, listed, port = secrets.token_hex(32), folder / "vehicles.csv", free_port()
    listed.write_text("\n".join(vehicles), "utf-8")
    (folder / "backend.key").write_text(key)
    argv: list[str | Path] = [
        sys.executable, "-m", "backend_client.sandbox", "--port", str(port), "--key-file", folder / "backend.key", "--vehicles", listed,
    ]  # fmt: skip
    backend = Part(argv, ready="sandbox backend", log=folder / "backend.log", env={})
    async with _running(backend):
        listed.unlink()
        yield backend, {"IVR_BACKEND_URL": f"http://127.0.0.1:{port}", "IVR_BACKEND_KEY": key}


@asynccontextmanager
async def _house(folder: Path, asterisk: Asterisk, settings: Mapping[str, str], calls: int) -> AsyncIterator[Part]:
    env = {
        "IVR_DATA_DIR": str(folder / "house"), "IVR_OUTBOUND": "asterisk", "IVR_MAX_CALLS": str(2 * calls + 10),
        "IVR_MEDIA_PORT": str(asterisk.media_port), "IVR_MEDIA_USER": asterisk.media_login[0],
        "IVR_MEDIA_PASSWORD": asterisk.media_login[1], "IVR_AMI_PORT": str(asterisk.ami_port),
        "IVR_AMI_USER": asterisk.ami_login[0], "IVR_AMI_PASSWORD": asterisk.ami_login[1], "IVR_CONSOLE_PORT": "0",
        "IVR_RASA_PORT": str(free_port()), "IVR_ACTIONS_PORT": str(free_port()), **settings,
    }  # fmt: skip
    argv = [sys.executable, "-m", "ivr.cli.calls_bench.house"]
    house = Part(argv, ready='"ready"', log=folder / "house.log", env=env, obeys=True)
    async with _running(house):
        yield house


@asynccontextmanager
async def _running(part: Part) -> AsyncIterator[None]:
    try:
        await part.start()
        yield
    finally:
        await part.stop()
