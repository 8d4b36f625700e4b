"""pyttsx3 on espeak-ng as the mouth; the engine lives in a process of its own (`pyttsx_worker`)."""

import asyncio
import ctypes.util
import json
import struct
import sys
from asyncio.subprocess import PIPE, Process
from contextlib import suppress

from ivr.speech.audio import level, read_wav, trim_silence
from ivr.speech.errors import AudioFormatUnsupported, SynthesisFailed, VoiceMissing
from ivr.speech.pronounce import pinyin_of

VOICE = "cmn-latn-pinyin"
RATE_WORDS_PER_MINUTE = 165
_TIMEOUT_SECONDS = 3.0
_START_SECONDS = 15.0


class PyttsxSynthesizer:
    """Renders sentences one after another; an engine that hangs or dies is replaced.

    Args:
        variant: espeak-ng voice variant, e.g. `f3`; empty for the plain voice.
        rate: words a minute.
    """

    def __init__(self, *, variant: str = "", rate: int = RATE_WORDS_PER_MINUTE) -> None:
        self._voice = f"{VOICE}+{variant}" if variant else VOICE
        self._rate = rate
        self._lock = asyncio.Lock()
        self._process: Process | None = None

    @property
    def voice(self) -> str:
        """Names the voice and its pace."""
        return f"{self._voice}@{self._rate}"

    async def say(self, text: str) -> bytes:
        """Render a sentence."""
        request = json.dumps({"text": pinyin_of(text), "voice": self._voice, "rate": self._rate})
        async with self._lock:
            wav = await self._ask(request.encode() + b"\n")
        try:
            pcm = trim_silence(level(read_wav(wav)))
        except AudioFormatUnsupported:
            raise SynthesisFailed("the voice gave no sound") from None
        if not pcm:
            raise SynthesisFailed("the voice gave only silence")
        return pcm

    async def close(self) -> None:
        """End the engine's process."""
        async with self._lock:
            await self._drop()

    async def _ask(self, request: bytes) -> bytes:
        patience = _TIMEOUT_SECONDS
        if self._process is None:
            self._process = await self._start()
            patience = _START_SECONDS
        process = self._process
        if process.stdin is None or process.stdout is None:
            raise SynthesisFailed("the voice has no pipes")
        try:
            async with asyncio.timeout(patience):
                process.stdin.write(request)
                await process.stdin.drain()
                (size,) = struct.unpack(">I", await process.stdout.readexactly(4))
                return await process.stdout.readexactly(size)
        except (TimeoutError, OSError, asyncio.IncompleteReadError):
            await self._drop()
            raise SynthesisFailed("the voice did not answer; it is started again") from None
        except asyncio.CancelledError:
            await self._drop()
            raise

    async def _start(self) -> Process:
        if ctypes.util.find_library("espeak-ng") is None:
            raise VoiceMissing("espeak-ng is not installed: apt-get install espeak-ng")
        return await asyncio.create_subprocess_exec(
            sys.executable, "-m", "ivr.speech.pyttsx_worker", stdin=PIPE, stdout=PIPE, stderr=asyncio.subprocess.DEVNULL
        )

    async def _drop(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()
