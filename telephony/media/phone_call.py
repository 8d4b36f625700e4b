"""One call of a phone without Asterisk."""

import asyncio

from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

from telephony.errors import MediaClosed
from telephony.media.call_start import CallStart, write_call_start
from telephony.media.codecs import CODECS, FRAME_SECONDS
from telephony.media.far_end import FarEnd, Flushed, HungUpByService, ServiceGone
from telephony.media.handset import Handset

_KEY_SECONDS = 0.1


class PhoneCall(Handset):
    """One call of a phone; made by `SimulatedPhone`."""

    def __init__(self, start: CallStart, connection: ClientConnection) -> None:
        super().__init__(CODECS[start.codec])
        self.start = start
        self.flushes: list[float] = []
        """When the service stopped what it had sent, for good or for a while."""
        self._connection = connection
        self._line = FarEnd(self._codec)
        self._loop = asyncio.get_running_loop()

    @property
    def lost_frames(self) -> int:
        """Frames the service sent although the queue was full."""
        return self._line.lost_frames

    async def press(self, digits: str, *, gap_seconds: float = 0.1) -> None:
        """Press keys one after the other."""
        for digit in digits:
            await self.wait(_KEY_SECONDS)
            self._line.send_key(digit, duration_ms=int(_KEY_SECONDS * 1000))
            await self.wait(gap_seconds)

    async def hang_up(self) -> None:
        """End the call."""
        await self._connection.close()
        await self.ended()

    async def run(self) -> None:
        """Speak and hear until the call ends; for `SimulatedPhone`."""
        self._line.send_start(write_call_start(self.start))
        async with asyncio.TaskGroup() as group:
            group.create_task(self._read())
            await self._beat()

    async def _beat(self) -> None:
        began = self._loop.time()
        beats = 0
        try:
            while not self._over:
                await self._send()
                beats += 1
                await asyncio.sleep(began + beats * FRAME_SECONDS - self._loop.time())
                now = self._loop.time()
                self._line.send_audio(self.tick(heard=self._line.play_frame(), now=now))
                await self.ticked()
        except (ConnectionClosed, MediaClosed):
            self._over = True
        await self.ticked()

    async def _send(self) -> None:
        for message in self._line.data_to_send():
            await self._connection.send(message)

    async def _read(self) -> None:
        try:
            async for message in self._connection:
                if isinstance(message, str):
                    self._line.receive_text(message)
                else:
                    self._line.receive_audio(message)
                await self._act()
        except ConnectionClosed:
            pass
        self._line.receive_eof()
        await self._act()

    async def _act(self) -> None:
        for event in self._line.events_received():
            match event:
                case Flushed():
                    self.flushes.append(self._loop.time())
                case HungUpByService():
                    self._over = True
                    await self._connection.close()
                case ServiceGone():
                    self._over = True
