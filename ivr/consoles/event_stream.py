"""Answers that go on for long: live news to a page, `text/event-stream` (SSE), and sound."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from ivr.ending import end_all

BEAT_SECONDS = 10.0
"""A comment that often, so that a dead connection is noticed."""
_GIVE_UP_AGAIN_SECONDS = 2.0
RETRY_MS = 1000
"""A page whose stream broke asks again so soon, and learns whether it may."""

Say = Callable[[Mapping[str, Any]], Awaitable[None]]
"""Sends one message to the page."""
Write = Callable[[bytes], Awaitable[None]]
"""Sends bytes to the page."""
ShutOut = Callable[[], Awaitable[None]]
"""Returns when the reader may read no more."""


class LiveStream(Response):
    """Runs `source`, which writes, until it returns or the page goes away.

    Args:
        source: writes what there is.
        closing: set when the service stops.
        shut_out: returns when the reader may read no more.
        media_type: of what it writes.
    """

    def __init__(
        self, source: Callable[[Write], Awaitable[None]], *, closing: asyncio.Event, shut_out: ShutOut, media_type: str
    ) -> None:
        super().__init__(headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"}, media_type=media_type)
        del self.headers["content-length"]
        self._source = source
        self._closing = closing
        self._shut_out = shut_out

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer."""

        async def write(data: bytes) -> None:
            await send({"type": "http.response.body", "body": data, "more_body": True})

        await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
        await first_of(self._source(write), _gone(receive), _wait(self._closing), self._shut_out())
        await send({"type": "http.response.body", "body": b"", "more_body": False})


class EventStream(LiveStream):
    """Runs `source`, which says its messages, until it returns or the page goes away.

    Args:
        source: says what happens.
        closing: set when the service stops.
        shut_out: returns when the reader may read no more.
    """

    def __init__(self, source: Callable[[Say], Awaitable[None]], *, closing: asyncio.Event, shut_out: ShutOut) -> None:
        async def tell(write: Write) -> None:
            async def say(message: Mapping[str, Any]) -> None:
                await write(f"data: {json.dumps(message, ensure_ascii=False)}\n\n".encode())

            await write(f"retry: {RETRY_MS}\n: hello\n\n".encode())
            await first_of(source(say), _beat(write))

        super().__init__(tell, closing=closing, shut_out=shut_out, media_type="text/event-stream")


async def first_of(*works: Awaitable[None]) -> None:
    """Do several things until one of them has ended; the others are given up."""
    async with asyncio.TaskGroup() as group:
        running = {group.create_task(_await(work)) for work in works}
        try:
            await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
        finally:
            await end_all(running, again_seconds=_GIVE_UP_AGAIN_SECONDS)


async def _await(work: Awaitable[None]) -> None:
    await work


async def _beat(write: Write) -> None:
    while True:
        await asyncio.sleep(BEAT_SECONDS)
        await write(b": beat\n\n")


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _wait(event: asyncio.Event) -> None:
    await event.wait()
