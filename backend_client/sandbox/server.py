"""Run the sandbox inside the current event loop, until cancelled."""

import asyncio
import contextlib
import socket
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import uvicorn

from backend_client.sandbox.app import make_app
from backend_client.sandbox.store import NO_MORE, More, Store


class _Server(uvicorn.Server):
    """uvicorn without its signal handlers: the process belongs to someone else."""

    def __init__(self, config: uvicorn.Config, started: Callable[[], None]) -> None:
        super().__init__(config)
        self._tell_started = started

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._tell_started()


async def serve(
    host: str,
    port: int,
    db_path: Path | str,
    key: bytes,
    *,
    started: Callable[[int], Any] | None = None,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
    more: More = NO_MORE,
) -> None:
    """Answer until cancelled; `started` is told the port (of use with port 0)."""
    store = Store(db_path, now, more)
    try:
        with socket.create_server((host, port)) as door:
            bound = int(door.getsockname()[1])
            config = uvicorn.Config(
                make_app(store, key),
                log_config=None,
                access_log=False,
                lifespan="off",
                timeout_graceful_shutdown=1,
            )
            server = _Server(config, lambda: started(bound) if started else None)
            try:
                await server.serve(sockets=[door])
            except asyncio.CancelledError:
                await server.shutdown(sockets=[door])
                raise
    finally:
        store.close()
