"""The ear as a call has it: the call room's own hearing around a recognizer that is watched."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass

from ivr.call.commands import FinishUtterance, OpenUtterance
from ivr.call.events import Heard, RecognizerLost
from ivr.call.expect import short_answers
from ivr.call.hearing import Hearing, HearingEvent
from ivr.call.vad import VoiceDetector
from ivr.dialogue.replies import Expect
from ivr.speech.audio import FRAME_BYTES, seconds_of
from ivr.speech.errors import RecognizerLost as EarLost
from ivr.speech.recognizer import Recognition, Recognizer

_AHEAD_BYTES = 100 * FRAME_BYTES
"""So much audio may wait for the decoder, 2 s: of much more the call room would drop some."""


@dataclass(frozen=True, slots=True)
class Taken:
    """One utterance, heard."""

    heard: Heard
    plain: str
    """What Vosk alone wrote, without the second look at short answers."""
    audio_seconds: float
    cpu_seconds: float
    """Decoding only."""


class _Watched:
    """A recognizer that notes what it heard first and how long it worked."""

    def __init__(self, inner: Recognizer) -> None:
        self._inner = inner
        self.first: Recognition | None = None
        self.cpu_seconds = 0.0
        self.opened = False
        self.waiting_bytes = 0
        self._lost = False
        self._decoded = asyncio.Event()

    async def room(self) -> None:
        """Wait until little audio waits."""
        while self.waiting_bytes > _AHEAD_BYTES and not self._lost:
            self._decoded.clear()
            await self._decoded.wait()

    async def start(self, *, phrases: tuple[str, ...] = ()) -> None:
        """Begin an utterance."""
        await self._inner.start(phrases=phrases)

    async def accept(self, pcm: bytes) -> str:
        """Take audio."""
        began = time.process_time()
        try:
            partial = await self._inner.accept(pcm)
        except EarLost:
            self._lost = True
            raise
        finally:
            self._decoded.set()
        self.cpu_seconds += time.process_time() - began
        self.waiting_bytes -= len(pcm)
        return partial

    async def finish(self) -> Recognition:
        """End the utterance."""
        began = time.process_time()
        recognition = await self._inner.finish()
        self.cpu_seconds += time.process_time() - began
        self.first = self.first or recognition
        return recognition

    def open(self) -> Recognizer:
        """It is the one recognizer of its utterance."""
        return self

    def close(self) -> None:
        """Leave the recognizer to its owner."""


async def hear(recognizer: Recognizer, pcm: bytes, expect: Expect, speech: Callable[[bytes], bool]) -> Taken:
    """Let one utterance be heard as a call would hear it that expects `expect`.

    Raises:
        ivr.speech.errors.RecognizerLost: the recognizer failed.
    """
    watched = _Watched(recognizer)
    events: asyncio.Queue[HearingEvent] = asyncio.Queue()
    hearing = Hearing(lambda: VoiceDetector(speech), watched, events.put_nowait)
    async with asyncio.TaskGroup() as group:
        running = group.create_task(hearing.run())
        for number in range(len(pcm) // FRAME_BYTES):
            _take_frame(hearing, pcm[number * FRAME_BYTES : (number + 1) * FRAME_BYTES], watched)
            await watched.room()
        heard = await _finished(hearing, expect, events) if watched.opened else Heard((), 0.0, 0.0)
        running.cancel()
    if heard is None:
        raise EarLost("the recognizer failed while it was measured")
    return Taken(heard, watched.first.text if watched.first else "", seconds_of(pcm), watched.cpu_seconds)


def _take_frame(hearing: Hearing, frame: bytes, watched: _Watched) -> None:
    voiced = hearing.frame(frame)
    if watched.opened:
        watched.waiting_bytes += len(frame)
    elif voiced:
        watched.opened = True
        hearing.perform(OpenUtterance())


async def _finished(
    hearing: Hearing, expect: Expect, events: "asyncio.Queue[HearingEvent]"
) -> Heard | None:
    hearing.perform(FinishUtterance(short_answers(expect), binding=expect.binding))
    while not isinstance(event := await events.get(), Heard):
        if isinstance(event, RecognizerLost):
            return None
    return event
