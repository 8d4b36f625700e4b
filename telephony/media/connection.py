"""One line of the media door: moves messages between its socket and its protocol."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from functools import partial

from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed
from websockets.frames import Frame, Opcode
from websockets.protocol import Event, State

from telephony.errors import MediaError, MediaOutOfPlace
from telephony.media.call import HangUpReason, MediaCall
from telephony.media.call_start import read_call_start
from telephony.media.frames import frame_bytes, sound_ahead
from telephony.media.limits import DoorLimits
from telephony.media.protocol import (
    AudioReceived,
    KeyPressed,
    LineOpened,
    PlayedOut,
    ServiceSide,
)
from telephony.media.pulse import Pulse

_log = logging.getLogger(__name__)
_FOR_THE_OWNER = (AudioReceived, KeyPressed, PlayedOut)
_STOP_SECONDS = 0.5
"""Longest that a line may ask how many frames wait there, whatever else comes meanwhile; Asterisk answers in milliseconds."""
_END_OF_REQUEST = b"\r\n\r\n"
_FINAL, _OPCODE = 0x80, 0x0F
_MOST_HEADER_BYTES = 14


class MediaConnection(ServerConnection):
    """A connection whose sound need not wait for a reader to be woken, nor for the library to take it apart.

    Whole frames of sound go straight to `take`; every other frame is the library's. A client that does what
    Asterisk never does (speaks before it was answered, sends a message in fragments) is the library's altogether.
    """

    take: Callable[[Sequence[bytes]], bool] | None = None
    """Takes whole binary messages; what it does not want goes to the reader."""
    pulse: Pulse | None = None
    """With whom it is read while `take` is there; None: whenever something comes."""
    asks: Callable[[], bool] = staticmethod(lambda: False)
    """Is there a question whose answer must not wait for the pulse?"""
    _begun: bytes | None = None
    """Of a frame that has not come whole; None: the library reads for itself."""

    def data_received(self, data: bytes) -> None:
        """Take what came."""
        if self.protocol.state is State.CONNECTING:
            self._begun = b"" if data.endswith(_END_OF_REQUEST) else None
            super().data_received(data)
        elif self._begun is None:
            super().data_received(data)
        else:
            self._read(self._begun + data if self._begun else data)
        pulse = self.pulse
        if pulse is None or self.take is None or self.protocol.state is not State.OPEN:
            return
        if pulse.wanted() and not self.asks():
            self.transport.pause_reading()
            pulse.rest(self.wake)

    def process_event(self, event: Event) -> None:
        """Process one message that the library read."""
        if isinstance(event, Frame) and event.opcode is Opcode.BINARY:
            if event.fin:
                self._sound([bytes(event.data)])
                return
            self.take = None  # the reader puts fragments together, and nothing may overtake them
        super().process_event(event)

    def _read(self, data: bytes) -> None:
        most = self.protocol.max_size or 0
        while data:
            messages, used = sound_ahead(data, most_bytes=most)
            if messages:
                self._sound(messages)
                data = data[used:]
                continue
            length = frame_bytes(data)
            if length is None or len(data) < length <= most + _MOST_HEADER_BYTES:
                break
            whole = data[0] & _FINAL and data[0] & _OPCODE and length <= len(data)
            frame, data = (data[:length], data[length:]) if whole else (data, b"")
            super().data_received(frame)
            if not whole or self.protocol.state is not State.OPEN:
                self._begun = None
                if data:
                    super().data_received(data)
                return
        self._begun = data

    def _sound(self, messages: Sequence[bytes]) -> None:
        if self.take is not None:
            if self.take(messages):
                return
            self.take = None
        for message in messages:
            super().process_event(Frame(Opcode.BINARY, message))

    def wake(self) -> None:
        """Read on."""
        if not self.transport.is_closing() and not self.recv_messages.paused:
            self.transport.resume_reading()


class Line:
    """One connection; `read` and `write` run beside the call's owner until the line is gone."""

    def __init__(self, connection: MediaConnection, limits: DoorLimits, pulse: Pulse | None = None) -> None:
        self._connection = connection
        self._limits = limits
        self._pulse = pulse
        self._protocol = ServiceSide(limits.line)
        connection.asks = lambda: self._protocol.asks
        self._loop = asyncio.get_running_loop()
        self._wake = asyncio.Event()
        self._gives_up_at: float | None = None
        """When no more is asked; None while nothing is."""

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
                if self._protocol.asks:
                    self._connection.wake()
                call.sent()
                await self._woken()
        except ConnectionClosed:
            call.sent()  # the reader says why

    async def _woken(self) -> None:
        """Wait until something is to be sent, or until what is asked has been asked too long."""
        if not self._protocol.asks:
            self._gives_up_at = None
        elif self._gives_up_at is None:
            self._gives_up_at = self._loop.time() + _STOP_SECONDS
        try:
            async with asyncio.timeout_at(self._gives_up_at):
                await self._wake.wait()
        except TimeoutError:
            self._protocol.give_up_asking()

    def wake(self) -> None:
        """Something waits in the protocol to be sent."""
        self._wake.set()

    def hurry(self, *, on: bool) -> None:
        """Whether audio must be read the moment it comes."""
        self._connection.pulse = None if on else self._pulse

    async def close(self) -> None:
        """Send what must be sent, then close."""
        try:
            for message in self._protocol.data_to_send():
                await self._connection.send(message)
        except ConnectionClosed:
            return
        await self._connection.close()

    def _audio(self, call: MediaCall, messages: Sequence[bytes]) -> bool:
        """Take audio as it comes; False where it breaks the rules: the reader says so and closes the line."""
        now = self._loop.time()
        try:
            admitted = [message for message in messages if self._protocol.admits_audio(message, now=now)]
        except MediaError:
            return False
        if admitted:
            call.hear(admitted)
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
