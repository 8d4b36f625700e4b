"""A service that does in a call what a test tells it, and remembers what it heard."""

import asyncio
from array import array

import numpy as np

from telephony.media.call import HungUp, MediaCall
from telephony.media.protocol import AudioReceived, KeyPressed, PlayedOut
from tests.consoles.site import Site


class ScriptedService:
    """Answers calls at the media door."""

    def __init__(self) -> None:
        self.site: Site | None = None
        self.call: MediaCall | None = None
        self.heard = bytearray()
        self.keys: list[KeyPressed] = []
        self.played: list[tuple[str, float]] = []
        self.typed: list[str] = []
        self.ended: str | None = None
        self.came = asyncio.Event()
        self._news = asyncio.Condition()

    async def __call__(self, call: MediaCall) -> None:
        self.call = call
        self.came.set()
        async with asyncio.TaskGroup() as group:
            orders = group.create_task(self._orders(call))
            await self._events(call)
            orders.cancel()

    async def until(self, condition, seconds: float = 10.0) -> None:
        """Wait until something is so; it is looked at whenever something came in."""
        async with asyncio.timeout(seconds), self._news:
            await self._news.wait_for(condition)

    async def caption(self, who: str, text: str) -> None:
        assert self.site is not None
        assert self.call is not None
        topic = f"call:{self.call.start.call_id}"
        await self.site.storage.live_calls.publish(
            topic, {"who": who, "text": text, "state": "speaking"}
        )

    def loudest(self) -> int:
        return max((abs(value) for value in array("h", bytes(self.heard))), default=0)

    def pitch(self) -> float:
        """Hertz of the strongest tone that was heard."""
        wave = np.frombuffer(bytes(self.heard), dtype="<i2").astype(float)
        return float(np.abs(np.fft.rfft(wave)).argmax() * 8000 / len(wave))

    async def _events(self, call: MediaCall) -> None:
        async for event in call.events():
            match event:
                case AudioReceived(data):
                    self.heard += data
                case KeyPressed():
                    self.keys.append(event)
                case PlayedOut(mark):
                    self.played.append((mark, asyncio.get_running_loop().time()))
                case HungUp(reason):
                    self.ended = reason
            async with self._news:
                self._news.notify_all()

    async def _orders(self, call: MediaCall) -> None:
        assert self.site is not None
        async for order in self.site.storage.live_calls.orders(call.start.call_id):
            if order["order"] == "typed":
                self.typed.append(order["text"])
                async with self._news:
                    self._news.notify_all()
