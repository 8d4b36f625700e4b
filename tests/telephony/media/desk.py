"""A media door of the tests, a desk that answers its calls, and a raw connection to it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from websockets.asyncio.client import ClientConnection, connect

from telephony.media.call import HungUp, MediaCall
from telephony.media.call_start import new_call_id
from telephony.media.messages import MediaStart
from telephony.media.server import MediaDoor
from telephony.media.wire import write_event

LOGIN = ("asterisk", "secret")
BASIC = {"Authorization": "Basic YXN0ZXJpc2s6c2VjcmV0"}
TONE = b"\x2a\xaa" * 80


def start(call_id: str | None = None) -> str:
    return write_event(MediaStart("alaw", 160, variables={"IVR_CALL": call_id or new_call_id()}))


class Desk:
    """Answers calls; keeps how each ended."""

    def __init__(self) -> None:
        self.calls: list[MediaCall] = []
        self.ends: asyncio.Queue[str] = asyncio.Queue()
        self.fail = False

    async def answer(self, call: MediaCall) -> None:
        self.calls.append(call)
        async for event in call.events():
            if isinstance(event, HungUp):
                self.ends.put_nowait(event.reason)
            elif self.fail:
                raise RuntimeError("13800001111 broke it")

    async def end(self) -> str:
        async with asyncio.timeout(3):
            return await self.ends.get()


@asynccontextmanager
async def opened(desk: Desk, **settings: object) -> AsyncIterator[MediaDoor]:
    given = {"host": "127.0.0.1", "port": 0, "login": LOGIN, "max_calls": 2, **settings}
    async with MediaDoor(on_call=desk.answer, **given) as door:  # type: ignore[arg-type]
        yield door


def dial(door: MediaDoor, **changes: object) -> connect:
    given = {
        "additional_headers": BASIC,
        "subprotocols": ["media"],
        "compression": None,
        "proxy": None,
        **changes,
    }
    return connect(f"ws://127.0.0.1:{door.port}/media", **given)  # type: ignore[arg-type]


async def closed(connection: ClientConnection) -> int | None:
    async with asyncio.timeout(3):
        await connection.wait_closed()
    return connection.close_code


async def lines(door: MediaDoor, number: int) -> None:
    """The door counts a line until its owner is done, a moment after the other side saw the end."""
    async with asyncio.timeout(3):
        while door.calls != number:  # noqa: ASYNC110 - the door tells nobody
            await asyncio.sleep(0.01)
