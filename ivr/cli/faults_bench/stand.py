"""Puts up what is struck: Asterisk, Redis, the backend and the house, each a process of its own, on free ports."""

import asyncio
import secrets
import sys
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from pydantic import SecretStr

from ivr.cli.calls_bench.part import Part
from ivr.cli.calls_bench.pbx import PROJECT, Asterisk, fetch
from ivr.cli.calls_bench.redis_server import redis_server
from ivr.cli.faults_bench.house import READY
from ivr.cli.free_ports import free_port
from ivr.cli.watchdog_post import POST, vacate
from ivr.settings import Settings

_VEHICLES, _PEOPLE = "vehicles.csv", "people.csv"
_LEGS_A_CALLER = 6
"""A caller and an owner, each with a leg to the service; and those of the call before."""
_RULES = {"quiet_from": '"00:00"', "quiet_to": '"00:00"', "plate_per_day": "1000"}
"""Owners are rung at any hour of the machine, and many callers ask for one car."""


@dataclass(frozen=True, slots=True)
class Stand:
    """What runs."""

    folder: Path
    settings: Settings
    """As the house has them."""
    asterisk: Asterisk
    redis: Part
    backend: Part
    house: Part

    @property
    def backend_file(self) -> Path:
        """What the backend keeps."""
        return self.folder / "backend.db"


@asynccontextmanager
async def standing(folder: Path, *, calls: int, vehicles: Iterable[str], people: Iterable[str]) -> AsyncIterator[Stand]:
    """Run everything while the block runs.

    Args:
        folder: where all of it keeps its state.
        calls: callers at once.
        vehicles: more of them for the backend, as CSV.
        people: the same.

    Raises:
        NoAsterisk: there is no Asterisk.
        StandBroken: something else does not run.
    """
    tree = await asyncio.to_thread(fetch, PROJECT / ".cache/asterisk")
    asterisk = Asterisk(tree, folder / "asterisk", legs=_LEGS_A_CALLER * calls + 20)
    await asyncio.to_thread(asterisk.configure)
    (folder / "house").mkdir(mode=0o700)
    _write_rules(folder / "rules")
    redis, redis_url = redis_server(folder)
    backend, backend_at = _backend(folder, vehicles, people)
    told = _told(folder, asterisk, {**backend_at, "redis_url": redis_url, "max_calls": str(2 * calls + 10)})
    env = {f"IVR_{name.upper()}": value for name, value in told.items()}
    house = Part([sys.executable, "-m", "ivr.cli.faults_bench.house"], ready=READY, log=folder / "house.log", env=env, obeys=True)
    async with AsyncExitStack() as stack:
        stack.push_async_callback(asyncio.to_thread, asterisk.stop)
        stack.push_async_callback(asyncio.to_thread, vacate, folder / "house" / POST)
        for listed in (_VEHICLES, _PEOPLE):  # they name people
            stack.callback((folder / listed).unlink)
        await asyncio.to_thread(asterisk.start)
        for part in (redis, backend, house):
            stack.push_async_callback(part.stop)
            await part.start()
        yield Stand(folder, _settings(told), asterisk, redis, backend, house)


def _backend(folder: Path, vehicles: Iterable[str], people: Iterable[str]) -> tuple[Part, dict[str, str]]:
    key, port = secrets.token_hex(32), free_port()
    (folder / _VEHICLES).write_text("\n".join(vehicles), "utf-8")
    (folder / _PEOPLE).write_text("\n".join(people), "utf-8")
    (folder / "backend.key").write_text(key)
    argv: list[str | Path] = [
        sys.executable, "-m", "backend_client.sandbox", "--port", str(port), "--key-file", folder / "backend.key",
        "--vehicles", folder / _VEHICLES, "--people", folder / _PEOPLE, "--db", folder / "backend.db",
    ]  # fmt: skip
    part = Part(argv, ready="sandbox backend", log=folder / "backend.log", env={})
    return part, {"backend_url": f"http://127.0.0.1:{port}", "backend_key": key}


def _told(folder: Path, asterisk: Asterisk, more: Mapping[str, str]) -> dict[str, str]:
    return {
        "data_dir": str(folder / "house"), "outbound": "asterisk", "console_port": "0", "rules_dir": str(folder / "rules"),
        "fallback_spool": str(asterisk.home / "spool/ivr"), "seat_wait_seconds": "10",
        "media_port": str(asterisk.media_port), "media_user": asterisk.media_login[0], "media_password": asterisk.media_login[1],
        "ami_port": str(asterisk.ami_port), "ami_user": asterisk.ami_login[0], "ami_password": asterisk.ami_login[1],
        "rasa_port": str(free_port()), "actions_port": str(free_port()), **more,
    }  # fmt: skip


def _settings(told: Mapping[str, str]) -> Settings:
    """What is needed to read what the house has kept."""
    return Settings(data_dir=Path(told["data_dir"]), redis_url=told["redis_url"], backend_key=SecretStr(told["backend_key"]), _env_file=None)


def _write_rules(folder: Path) -> None:
    folder.mkdir()
    region = Settings.model_fields["region"].default
    rows = (
        f'car_moving.{name}:\n  - {{region: "{region}", valid_from: 2019-06-01, value: {value}, source: "ivr bench faults"}}\n'
        for name, value in _RULES.items()
    )
    (folder / "bench.yml").write_text("".join(rows), "utf-8")
