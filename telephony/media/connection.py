"""One line of the media door: moves messages between its socket and its protocol."""

import asyncio
import logging
from collections.abc import Callable
from functools import partial

from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed
from websockets.frames import Frame, Opcode
from websockets.protocol import Event

from telephony.errors import MediaError, MediaOutOfPlace
from telephony.media.call import HangUpReason, MediaCall
from telephony.media.call_start import read_call_start
from telephony.media.limits import DoorLimits
from telephony.media.protocol import (
    AudioReceived,
    KeyPressed,
    LineOpened,
    PlayedOut,
    ServiceSide,
)

_log = logging.getLogger(__name__)
_FOR_THE_OWNER = (AudioReceived, KeyPressed, PlayedOut)


class MediaConnection(ServerConnection):
    """A connection whose audio need not wait for a reader to be woken."""

    take: Callable[[bytes], bool] | None = None
    """Takes whole binary messages; what it does not want goes to the reader."""

    def process_event(self, event: Event) -> None:
        """Process one message."""
        if self.take is not None and isinstance(event, Frame) and event.opcode is Opcode.BINARY and event.fin:
            if self.take(bytes(event.data)):
                return
            self.take = None
        super().process_event(event)


class Line:
    """One connection; `read` and `write` run beside the call's owner until the line is gone."""

    def __init__(self, connection: MediaConnection, limits: DoorLimits) -> None:
        self._connection = connection
        self._limits = limits
        self._protocol = ServiceSide(limits.line)
        self._loop = asyncio.get_running_loop()
        self._wake = asyncio.Event()

    async def open(self) -> MediaCall:
        """Wait for `MediaStart`."""
        try:
            async with asyncio.timeout(self._limits.start_seconds):
                self._feed(await self._connection.recv())
        except TimeoutError:
            raise MediaOutOfPlace("a connection that did not say who it is") from None
        for event in self._protocol.events_received():
            if isinstance(event, LineOpened):
                start = read_call_start(event.start)
                return MediaCall(
                    start,
                    self._protocol,
                    self,
                    most_audio_seconds=self._limits.most_audio_seconds,
                )
        raise MediaOutOfPlace("a message before MEDIA_START")

    async def read(self, call: MediaCall) -> None:
        """Take what comes until the line is gone; tells the call why."""
        reason: HangUpReason = "far_end"
        self._connection.take = partial(self._audio, call)
        try:
            async for message in self._connection:
                self._feed(message)
                self._deliver(call)
                if isinstance(message, str):
                    self.wake()
            if not self._connection.protocol.close_rcvd_then_sent:
                reason = "here"
        except MediaError as error:
            reason = "misbehaved"
            _log.warning("media door: a line was closed for breaking the protocol (%s)", error.code)
            await self._connection.close(error.close_code)
        except ConnectionClosed:
            reason = "lost"
        finally:
            self._connection.take = None
            self._protocol.receive_eof()
            call.finish(reason)
            self.wake()

    async def write(self, call: MediaCall) -> None:
        """Send what the protocol lets out, until the line is gone."""
        try:
            while True:
                self._wake.clear()
                for message in self._protocol.data_to_send():
                    await self._connection.send(message)
                call.sent()
                await self._wake.wait()
        except ConnectionClosed:
            call.sent()  # the reader says why

    def wake(self) -> None:
        """Something waits in the protocol to be sent."""
        self._wake.set()

    async def close(self) -> None:
        """Send what must be sent, then close."""
        try:
            for message in self._protocol.data_to_send():
                await self._connection.send(message)
        except ConnectionClosed:
            return
        await self._connection.close()

    def _audio(self, call: MediaCall, data: bytes) -> bool:
        """Take audio as it comes; False where it breaks the rules: the reader says so and closes the line."""
        try:
            admitted = self._protocol.admits_audio(data, now=self._loop.time())
        except MediaError:
            return False
        if admitted:
            call.hear(data)
        return True

    def _deliver(self, call: MediaCall) -> None:
        for event in self._protocol.events_received():
            if isinstance(event, _FOR_THE_OWNER):
                call.deliver(event)

    def _feed(self, message: str | bytes) -> None:
        if isinstance(message, str):
            self._protocol.receive_text(message, now=self._loop.time())
        else:
            self._protocol.receive_audio(message, now=self._loop.time())
