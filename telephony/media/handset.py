"""What every test phone has: a mouth, an ear, and a memory of both with exact times.

Times are the loop's monotonic seconds. A frame of the mouth stamped `at` was spoken in the 20 ms before
it; a frame of the ear stamped `at` is heard in the 20 ms after it. So the time between the caller's last
loud sample and the first loud sample of the answer is exact to the sample.
"""

import asyncio
import io
import wave
from array import array
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from telephony.errors import MediaClosed
from telephony.media.alaw import samples
from telephony.media.codecs import FRAME_SECONDS, SAMPLES_PER_SECOND, Codec

LOUD = 150
"""Absolute 16-bit value from which a sample counts as heard; A-law's own silence is 8."""


@dataclass(frozen=True, slots=True)
class Sound:
    """20 ms of audio with its time."""

    at: float
    data: bytes = field(repr=False)


class Handset:
    """Speaks and hears one frame per `tick`; the line is somebody else's."""

    def __init__(self, codec: Codec) -> None:
        self.said: list[Sound] = []
        self.heard: list[Sound] = []
        self._codec = codec
        self._mouth: deque[bytes] = deque()
        self._ticked = asyncio.Condition()
        self._over = False

    @property
    def over(self) -> bool:
        """Whether the call has ended."""
        return self._over

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
        return self.said[-1].at if self.said else 0.0

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

    async def ended(self, *, within: float = 30.0) -> None:
        """Wait until the call is over."""
        async with asyncio.timeout(within):
            await self._until(lambda: self._over)

    def wav(self) -> bytes:
        """The call as a WAV file: said on the left, heard on the right."""
        left = b"".join(sound.data for sound in self.said)
        right = b"".join(sound.data for sound in self.heard)
        mixed = array("h")
        for pair in zip(samples(left, self._codec), samples(right, self._codec), strict=False):
            mixed.extend(pair)
        file = io.BytesIO()
        with wave.open(file, "wb") as out:
            out.setnchannels(2)
            out.setsampwidth(2)
            out.setframerate(SAMPLES_PER_SECOND)
            out.writeframes(mixed.tobytes())
        return file.getvalue()

    def tick(self, *, heard: bytes | None, now: float) -> bytes:
        """One frame each way; returns what the mouth says."""
        silent = self._codec.silent_frame
        frame = self._mouth.popleft() if self._mouth else silent
        self.said.append(Sound(now, frame))
        self.heard.append(Sound(now, heard or silent))
        return frame

    async def ticked(self) -> None:
        """Wake who waits for a frame or for the end."""
        async with self._ticked:
            self._ticked.notify_all()

    async def _next_tick(self, seen: int) -> None:
        await self._until(lambda: len(self.heard) > seen)

    async def _until(self, condition: Callable[[], bool]) -> None:
        async with self._ticked:
            await self._ticked.wait_for(lambda: condition() or self._over)


def _loud(data: bytes, codec: Codec) -> list[int]:
    return [at for at, value in enumerate(samples(data, codec)) if abs(value) >= LOUD]
