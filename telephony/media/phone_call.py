"""One call of a phone without Asterisk; it keeps every sound with its time.

Times are the loop's monotonic seconds. A frame of the microphone stamped `at` was spoken in the 20 ms
before it; a frame of the ear stamped `at` is heard in the 20 ms after it. So the time between the
caller's last loud sample and the first loud sample of the answer is exact to the sample.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

from telephony.errors import MediaClosed
from telephony.media.alaw import samples
from telephony.media.call_start import CallStart, write_call_start
from telephony.media.codecs import CODECS, FRAME_SECONDS, SAMPLES_PER_SECOND, Codec
from telephony.media.far_end import FarEnd, Flushed, HungUpByService, ServiceGone

LOUD = 150
"""Absolute 16-bit value from which a sample counts as heard; A-law's own silence is 8."""
_KEY_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class Sound:
    """20 ms of audio with its time."""

    at: float
    data: bytes = field(repr=False)


class PhoneCall:
    """One call of a phone; made by `SimulatedPhone`."""

    def __init__(self, start: CallStart, connection: ClientConnection) -> None:
        self.start = start
        self.said: list[Sound] = []
        self.heard: list[Sound] = []
        self.flushes: list[float] = []
        """When the service dropped what it had sent."""
        self._codec: Codec = CODECS[start.codec]
        self._connection = connection
        self._line = FarEnd(self._codec)
        self._loop = asyncio.get_running_loop()
        self._mouth: deque[bytes] = deque()
        self._ticked = asyncio.Condition()
        self._over = False

    @property
    def over(self) -> bool:
        """Whether the call has ended."""
        return self._over

    @property
    def lost_frames(self) -> int:
        """Frames the service sent although the queue was full."""
        return self._line.lost_frames

    async def speak(self, audio: bytes) -> float:
        """Say audio in the call's codec; returns the time of its last loud sample."""
        size = self._codec.frame_bytes
        frames = [
            audio[at : at + size].ljust(size, self._codec.silent_byte)
            for at in range(0, len(audio), size)
        ]
        self._mouth.extend(frames)
        begun = len(self.said)
        await self._until(lambda: not self._mouth)
        for sound in reversed(self.said[begun:]):
            loud = _loud(sound.data, self._codec)
            if loud:
                return sound.at - FRAME_SECONDS + (loud[-1] + 1) / SAMPLES_PER_SECOND
        return self.said[-1].at if self.said else self._loop.time()

    async def press(self, digits: str, *, gap_seconds: float = 0.1) -> None:
        """Press keys one after the other."""
        for digit in digits:
            await self.wait(_KEY_SECONDS)
            self._line.send_key(digit, duration_ms=int(_KEY_SECONDS * 1000))
            await self.wait(gap_seconds)

    async def wait(self, seconds: float) -> None:
        """Let the call go on for a while; counted in frames."""
        end = len(self.said) + round(seconds / FRAME_SECONDS)
        await self._until(lambda: len(self.said) >= end)

    async def next_voice(self, *, after: float = 0.0, within: float = 10.0) -> float:
        """Wait until something is heard; returns the time of its first loud sample.

        Raises:
            TimeoutError: nothing was heard in time.
            MediaClosed: the call ended first.
        """
        seen = 0
        async with asyncio.timeout(within):
            while True:
                for sound in self.heard[seen:]:
                    loud = _loud(sound.data, self._codec)
                    at = sound.at + loud[0] / SAMPLES_PER_SECOND if loud else 0.0
                    if loud and at >= after:
                        return at
                if self._over:
                    raise MediaClosed("the call ended before anything was heard")
                seen = len(self.heard)
                await self._next_tick(seen)

    async def heard_until_silence(
        self, *, quiet_seconds: float = 0.6, after: float = 0.0, within: float = 30.0
    ) -> bytes:
        """Wait for voice and then for the pause after it; returns what was heard from its start.

        Raises:
            TimeoutError: nothing was heard, or it did not end, in time.
            MediaClosed: the call ended before anything was heard.
        """
        async with asyncio.timeout(within):
            began = await self.next_voice(after=after, within=within)
            first = next(i for i, s in enumerate(self.heard) if s.at + FRAME_SECONDS > began)
            quiet = 0
            seen = first
            while quiet * FRAME_SECONDS < quiet_seconds and not (
                self._over and seen >= len(self.heard)
            ):
                await self._next_tick(seen)
                for sound in self.heard[seen:]:
                    quiet = 0 if _loud(sound.data, self._codec) else quiet + 1
                    seen += 1
                    if quiet * FRAME_SECONDS >= quiet_seconds:
                        break
            return b"".join(sound.data for sound in self.heard[first:seen])

    async def hang_up(self) -> None:
        """End the call."""
        await self._connection.close()
        await self.ended()

    async def ended(self, *, within: float = 30.0) -> None:
        """Wait until the call is over."""
        async with asyncio.timeout(within):
            await self._until(lambda: self._over)

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
                self._one_frame(now)
                async with self._ticked:
                    self._ticked.notify_all()
        except (ConnectionClosed, MediaClosed):
            self._over = True
        async with self._ticked:
            self._ticked.notify_all()

    def _one_frame(self, now: float) -> None:
        silent = self._codec.silent_frame
        if not self._over:
            frame = self._mouth.popleft() if self._mouth else silent
            self._line.send_audio(frame)
            self.said.append(Sound(now, frame))
            self.heard.append(Sound(now, self._line.play_frame() or silent))

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

    async def _next_tick(self, seen: int) -> None:
        await self._until(lambda: len(self.heard) > seen)

    async def _until(self, condition: Callable[[], bool]) -> None:
        async with self._ticked:
            await self._ticked.wait_for(lambda: condition() or self._over)


def _loud(data: bytes, codec: Codec) -> list[int]:
    return [at for at, value in enumerate(samples(data, codec)) if abs(value) >= LOUD]
