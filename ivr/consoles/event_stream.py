"""Live news to a page: `text/event-stream` (SSE)."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

BEAT_SECONDS = 10.0
"""A comment that often, so that a dead connection is noticed."""
RETRY_MS = 1000
"""A page whose stream broke asks again so soon, and learns whether it may."""

Say = Callable[[Mapping[str, Any]], Awaitable[None]]
"""Sends one message to the page."""


class EventStream(Response):
    """Runs `source`, which says its messages, until it returns or the page goes away.

    Args:
        source: says what happens.
        closing: set when the service stops.
        shut_out: returns when the reader may read no more.
    """

    media_type = "text/event-stream"

    def __init__(
        self, source: Callable[[Say], Awaitable[None]], *, closing: asyncio.Event, shut_out: Callable[[], Awaitable[None]]
    ) -> None:
        super().__init__(headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"})
        del self.headers["content-length"]
        self._source = source
        self._closing = closing
        self._shut_out = shut_out

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer."""
        start = {"type": "http.response.start", "status": 200, "headers": self.raw_headers}
        await send(start)
        await _send(send, f"retry: {RETRY_MS}\n: hello\n\n")
        async with asyncio.TaskGroup() as group:
            works = {
                group.create_task(self._tell(send)),
                group.create_task(_beat(send)),
                group.create_task(_gone(receive)),
                group.create_task(_wait(self._closing)),
                group.create_task(_returns(self._shut_out)),
            }
            await asyncio.wait(works, return_when=asyncio.FIRST_COMPLETED)
            for work in works:
                work.cancel()
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _tell(self, send: Send) -> None:
        async def say(message: Mapping[str, Any]) -> None:
            await _send(send, f"data: {json.dumps(message, ensure_ascii=False)}\n\n")

        await self._source(say)


async def _send(send: Send, text: str) -> None:
    await send({"type": "http.response.body", "body": text.encode(), "more_body": True})


async def _beat(send: Send) -> None:
    while True:
        await asyncio.sleep(BEAT_SECONDS)
        await _send(send, ": beat\n\n")


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _wait(event: asyncio.Event) -> None:
    await event.wait()


async def _returns(what: Callable[[], Awaitable[None]]) -> None:
    await what()
