"""The sandbox backend on a real socket, for as long as a test needs it."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import httpx

from backend_client.breaker import Breaker
from backend_client.http import HttpBackend, Patience
from backend_client.sandbox import serve

KEY = b"a shared secret for tests"


@dataclass
class RunningSandbox:
    url: str
    backend: HttpBackend
    control: httpx.AsyncClient

    async def fault(self, mode: str, **more: Any) -> None:
        answer = await self.control.post("/_sandbox/faults", json={"mode": mode, **more})
        assert answer.status_code == 200

    async def journal(self, kind: str) -> list[dict[str, Any]]:
        answer = await self.control.get("/_sandbox/journal")
        return [line for line in answer.json()["journal"] if line["kind"] == kind]


@asynccontextmanager
async def running_sandbox(
    db: str = ":memory:", now: Callable[[], datetime] = lambda: datetime.now(UTC)
) -> AsyncIterator[RunningSandbox]:
    port: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    task = asyncio.ensure_future(serve("127.0.0.1", 0, db, KEY, started=port.set_result, now=now))
    url = f"http://127.0.0.1:{await port}"
    patience = Patience(timeout_seconds=1.0, tries=2, pause_seconds=0.01)
    try:
        async with (
            HttpBackend(url, KEY, patience=patience, breaker=Breaker(failures=50)) as backend,
            httpx.AsyncClient(base_url=url, trust_env=False) as control,
        ):
            yield RunningSandbox(url, backend, control)
    finally:
        task.cancel()
        await asyncio.wait([task])
