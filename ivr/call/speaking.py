"""The shell around the mouth: sentences in, audio at the media door, "heard" back.

Sentences are rendered one by one, so that a long answer starts to sound before it is whole. What was
overtaken by silence is never played: every batch carries a generation number.
"""

import asyncio
from collections.abc import Callable
from typing import Protocol

from ivr.call.announcements import HOLD_MUSIC
from ivr.call.commands import Speak, Utter
from ivr.call.events import SpeechLost
from ivr.call.hold_music import hold_music
from ivr.call.ports import MediaLine
from ivr.speech.errors import SpeechError
from telephony.errors import MediaClosed


class Mouth(Protocol):
    """Where audio comes from (ivr.speech.phrases.PhraseBook)."""

    async def audio(self, text: str, phrase_id: str | None = None) -> bytes:
        """Give the audio of a sentence, which may have marks of pace: 16-bit, 8 kHz, mono."""
        ...


class Speaking:
    """Plays batches of sentences to one media line.

    Args:
        line: where the audio goes.
        mouth: renders sentences.
        encode: turns 16-bit PCM into the line's codec.
        tell: takes `SpeechLost`.
        first_audio: called when a batch's first audio has been handed over, with its PCM.
    """

    def __init__(
        self, line: MediaLine, mouth: Mouth, *, encode: Callable[[bytes], bytes],
        tell: Callable[[SpeechLost], None], playing: Callable[[bytes], None],
    ) -> None:
        self._line = line
        self._mouth = mouth
        self._encode = encode
        self._tell = tell
        self._playing = playing
        self._jobs: asyncio.Queue[tuple[int, Speak]] = asyncio.Queue()
        self._generation = 0

    def perform(self, command: Speak) -> None:
        """Queue a batch behind what is being said."""
        self._jobs.put_nowait((self._generation, command))

    async def fall_silent(self) -> None:
        """Stop at once; queued batches are forgotten."""
        self._generation += 1
        await self._line.flush()

    async def run(self) -> None:
        """Speak until cancelled."""
        while True:
            generation, batch = await self._jobs.get()
            if generation == self._generation:
                await self._speak(generation, batch)

    async def _speak(self, generation: int, batch: Speak) -> None:
        last = len(batch.sentences) - 1
        for index, sentence in enumerate(batch.sentences):
            pcm = await self._render(sentence)
            if generation != self._generation:
                return
            mark = batch.mark if index == last else f"{batch.mark}.{index}"
            if not pcm:
                if index == last:
                    self._tell(SpeechLost(batch.mark))
                continue
            self._playing(pcm)
            try:
                await self._line.play(self._encode(pcm), mark=mark)
            except MediaClosed:
                return

    async def _render(self, sentence: Utter) -> bytes:
        if sentence is HOLD_MUSIC:
            return hold_music()
        try:
            return await self._mouth.audio(sentence.marked or sentence.text, sentence.phrase_id)
        except SpeechError:
            return b""
