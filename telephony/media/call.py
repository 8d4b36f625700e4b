"""One live call as the rest of the house holds it."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from telephony.errors import MediaClosed
from telephony.media.call_start import CallStart
from telephony.media.codecs import CODECS
from telephony.media.protocol import AudioReceived, KeyPressed, PlayedOut, ServiceSide

HangUpReason = Literal["far_end", "here", "lost", "misbehaved"]


@dataclass(frozen=True, slots=True)
class HungUp:
    """The call is over; always the last event."""

    reason: HangUpReason
    """The other side ended it, we did, the connection broke, or it broke the protocol's rules.

    A hang-up that meets audio on its way to Asterisk may reset the connection: `lost` then.
    """


CallEvent = AudioReceived | KeyPressed | PlayedOut | HungUp


class Mailbox:
    """Events on their way to the call's owner: audio bounded, everything else kept.

    When more audio waits than fits, the oldest goes and is counted: late audio is worth less than
    new audio.
    """

    def __init__(self, *, most_audio_bytes: int) -> None:
        self._most_audio_bytes = most_audio_bytes
        self._events: deque[CallEvent] = deque()
        self._audio_bytes = 0
        self._news = asyncio.Event()
        self.lost_bytes = 0
        """Audio dropped because its owner was too slow."""

    def put(self, event: CallEvent) -> None:
        """Add one event; never waits."""
        self._events.append(event)
        self._news.set()
        if isinstance(event, AudioReceived):
            self._audio_bytes += len(event.data)
            if self._audio_bytes > self._most_audio_bytes:
                self._drop_oldest_audio()

    def take_audio(self) -> list[AudioReceived]:
        """All audio that waits."""
        audio = [event for event in self._events if isinstance(event, AudioReceived)]
        self._events = deque(event for event in self._events if not isinstance(event, AudioReceived))
        self._audio_bytes = 0
        return audio

    async def get(self) -> CallEvent:
        """The next event."""
        while not self._events:
            self._news.clear()
            await self._news.wait()
        event = self._events.popleft()
        if isinstance(event, AudioReceived):
            self._audio_bytes -= len(event.data)
        return event

    def _drop_oldest_audio(self) -> None:
        for event in self._events:
            if isinstance(event, AudioReceived):
                self._events.remove(event)
                self._audio_bytes -= len(event.data)
                self.lost_bytes += len(event.data)
                return


class Wire(Protocol):
    """What carries the call's messages."""

    def wake(self) -> None:
        """Something waits in the protocol to be sent."""

    def hurry(self, *, on: bool) -> None:
        """Whether audio must be read the moment it comes."""

    async def close(self) -> None:
        """Send what must be sent, then close."""


class MediaCall:
    """One live call; see `MediaDoor`."""

    def __init__(
        self, start: CallStart, protocol: ServiceSide, wire: Wire, *, most_audio_seconds: float
    ) -> None:
        self.start = start
        self._protocol = protocol
        self._wire = wire
        self._room = asyncio.Event()
        self._over: HangUpReason | None = None
        self._take: Callable[[bytes], None] | None = None
        per_second = CODECS[start.codec].bytes_per_second
        self._per_second = per_second
        self._mailbox = Mailbox(most_audio_bytes=int(per_second * most_audio_seconds))

    @property
    def lost_seconds(self) -> float:
        """Seconds of the caller's audio dropped because `events` was read too slowly."""
        return self._mailbox.lost_bytes / self._per_second

    async def events(self) -> AsyncIterator[CallEvent]:
        """What happens on the line, in order, `HungUp` last. One reader only."""
        while True:
            event = await self._mailbox.get()
            yield event
            if isinstance(event, HungUp):
                return

    def divert(self, take: Callable[[bytes], None]) -> None:
        """Give the caller's audio to `take` the moment it comes, and no more to `events`.

        Audio is nearly all that comes: a reader that is woken for each frame costs more than what is done with it.
        """
        self._take = take
        for waiting in self._mailbox.take_audio():
            take(waiting.data)

    def hurry(self, *, on: bool) -> None:
        """Want audio the moment it comes, as at first; or, where 40 ms matter to nobody, several frames at once.

        That costs half. People who talk with each other need it at once.
        """
        self._wire.hurry(on=on)

    async def play(self, audio: bytes, *, mark: str) -> None:
        """Send audio in the call's codec; returns when all of it has left.

        `PlayedOut(mark)` comes when it has been heard. Use a mark once. A flush makes this return
        and the mark stays without answer. Calls are played in the order in which they are made.

        Raises:
            MediaClosed: the call is over.
        """
        self._protocol.send_audio(audio, mark=mark)
        self._wire.wake()
        while self._protocol.is_waiting(mark):
            self._room.clear()
            await self._room.wait()
        if self._over is not None:
            raise MediaClosed("the call is over")

    async def flush(self) -> None:
        """Fade out at once and drop what has not been heard."""
        self._protocol.send_flush()
        self._room.set()
        self._wire.wake()

    async def pause(self) -> None:
        """Fade out at once; what is queued is kept."""
        self._protocol.send_pause(paused=True)
        self._wire.wake()

    async def resume(self) -> None:
        """Go on after `pause`; a flush does so too."""
        self._protocol.send_pause(paused=False)
        self._wire.wake()

    async def hang_up(self) -> None:
        """End the call; what has not been heard is dropped. Asterisk's dialplan goes on."""
        if self._over is None:
            self._protocol.send_hang_up()
            self.finish("here")
            await self._wire.close()

    def deliver(self, event: AudioReceived | KeyPressed | PlayedOut) -> None:
        """For the wire: something came in."""
        if isinstance(event, AudioReceived):
            self.hear([event.data])
        else:
            self._mailbox.put(event)

    def hear(self, messages: Sequence[bytes]) -> None:
        """For the wire: messages of audio came in."""
        if self._take is not None:
            try:
                self._take(messages[0] if len(messages) == 1 else b"".join(messages))
                return
            except Exception:  # noqa: BLE001 - it fails again where `events` is read, which ends the call and not the wire
                self._take = None
        for data in messages:
            self._mailbox.put(AudioReceived(data))

    def sent(self) -> None:
        """For the wire: something left."""
        self._room.set()

    def finish(self, reason: HangUpReason) -> None:
        """For the wire: the line is gone. The first reason counts."""
        if self._over is None:
            self._over = reason
            self._mailbox.put(HungUp(reason))
            self._room.set()
