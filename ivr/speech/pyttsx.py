"""pyttsx3 on espeak-ng as the mouth; the engine lives in a process of its own (`pyttsx_worker`)."""

import asyncio
import json
import struct
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Sequence
from contextlib import suppress

from ivr.domain.pacing import Part, parts_of
from ivr.speech.audio import fade, level, read_wav, silence, trim_silence
from ivr.speech.errors import AudioFormatUnsupported, SynthesisFailed, VoiceMissing
from ivr.speech.pronounce import pinyin_of
from ivr.speech.pyttsx_worker import NO_VOICE

VOICE = "cmn-latn-pinyin"
RATE_WORDS_PER_MINUTE = 165
_SLOW = 0.78
"""Of the rate, inside `<slow>`: about three characters a second, a number can be written down."""
_JOINT_SECONDS = {",": 0.16, ".": 0.24}
"""Silence between two parts, by the pause that the first ends with."""
_TIMEOUT_SECONDS = 1.5
"""Of an engine that runs: a caller waits for the sentence, and the engine after it may still give it in time."""
_RESTART_SECONDS = 4.0
"""Of one that was just started again."""
_FIRST_TIMEOUT_SECONDS = 15.0
"""The first sentence of all waits for Python and its packages to be read; that is before the first call."""
_WORKER = (sys.executable, "-m", "ivr.speech.pyttsx_worker")


class PyttsxSynthesizer:
    """Renders sentences one after another; an engine that hangs or dies is replaced, and the next one asked.

    Args:
        variant: espeak-ng voice variant, e.g. `f3`; empty for the plain voice.
        rate: words a minute.
        worker: command line of the engine's process.
        spare: keep a second engine ready, so that nobody waits until one has started.
    """

    def __init__(
        self, *, variant: str = "", rate: int = RATE_WORDS_PER_MINUTE, worker: Sequence[str] = _WORKER, spare: bool = False
    ) -> None:
        self._voice = f"{VOICE}+{variant}" if variant else VOICE
        self._rate = rate
        self._worker = tuple(worker)
        self._lock = asyncio.Lock()
        self._process: Process | None = None
        self._keeps_spare = spare
        self._spare: Process | None = None
        self._patience = _FIRST_TIMEOUT_SECONDS

    @property
    def voice(self) -> str:
        """Names the voice and its pace."""
        return f"{self._voice}@{self._rate}"

    async def say(self, text: str) -> bytes:
        """Render a sentence with its marks of pace; one in which nothing can be said gives no audio.

        Raises:
            SynthesisFailed, VoiceMissing: it was not rendered.
        """
        parts = parts_of(text)
        if len(parts) == 1 and not parts[0].pause_seconds:
            return (await self._part(parts[0]))[0]
        rendered = [(part, *await self._part(part)) for part in parts]
        return b"".join(
            pcm + silence(part.pause_seconds + (_JOINT_SECONDS.get(end, 0.0) if part is not parts[-1] else 0.0))
            for part, pcm, end in rendered
            if pcm
        )

    async def _part(self, part: Part) -> tuple[bytes, str]:
        """Render one pace; with the last sign of its pinyin."""
        pinyin = await asyncio.to_thread(pinyin_of, part.text)
        if not pinyin:
            return b"", ""
        rate = round(self._rate * (_SLOW if part.slow else 1))
        request = json.dumps({"text": pinyin, "voice": self._voice, "rate": rate})
        async with self._lock:
            wav = await self._ask_twice(request.encode() + b"\n")
        try:
            pcm = fade(trim_silence(level(read_wav(wav))))
        except AudioFormatUnsupported:
            raise SynthesisFailed("the voice gave no sound: say it again, or put a recording in its place") from None
        if not pcm:
            raise SynthesisFailed("the voice gave only silence: say it again, or put a recording in its place")
        return pcm, pinyin[-1]

    async def warm(self) -> None:
        """Have an engine running before the first sentence that a caller waits for; a failure shows with that."""
        with suppress(SynthesisFailed):
            await self.say("您好")

    async def close(self) -> None:
        """End the engine's process."""
        async with self._lock:
            await self._drop()
            self._process, self._spare = self._spare, None
            await self._drop()

    async def _ask_twice(self, request: bytes) -> bytes:
        """What an engine took with it is asked of the next: a caller waits for the sentence."""
        try:
            return await self._ask(request)
        except SynthesisFailed:
            return await self._ask(request)

    async def _ask(self, request: bytes) -> bytes:
        answered = False
        fresh = self._process is None or self._process.returncode is not None
        try:
            async with asyncio.timeout(self._patience if fresh else _TIMEOUT_SECONDS):
                if self._process is None or fresh:
                    self._process = await self._next()
                wav = await _exchange(self._process, request)
            answered = True
            return wav
        except (TimeoutError, OSError, asyncio.IncompleteReadError):
            raise SynthesisFailed("the voice did not answer: it is started again for the next sentence") from None
        finally:
            self._patience = _RESTART_SECONDS
            if not answered:
                await self._drop()

    async def _next(self) -> Process:
        """Give an engine, the spare one where it lives; another takes its place."""
        spare, self._spare = self._spare, None
        process = spare if spare is not None and spare.returncode is None else await self._start()
        if self._keeps_spare:
            self._spare = await self._start()
        return process

    async def _start(self) -> Process:
        """A session of its own keeps the terminal's Ctrl-C from the engine while calls end."""
        return await asyncio.create_subprocess_exec(
            *self._worker, stdin=PIPE, stdout=PIPE, stderr=DEVNULL, start_new_session=True
        )

    async def _drop(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()


async def _exchange(process: Process, request: bytes) -> bytes:
    """Send a request and read its WAV.

    Raises:
        VoiceMissing: nothing to speak with.
    """
    if process.stdin is None or process.stdout is None:
        raise OSError("the engine's process has no pipes")
    process.stdin.write(request)
    await process.stdin.drain()
    (size,) = struct.unpack(">I", await process.stdout.readexactly(4))
    if size == NO_VOICE:
        raise VoiceMissing("espeak-ng or its voice is not installed: apt-get install espeak-ng")
    return await process.stdout.readexactly(size)
