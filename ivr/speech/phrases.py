"""Audio by sentence: a studio's recording, else the cache, else the synthesizer.

Only fixed phrases (those with an id) are kept on disk; any other sentence may name a person and stays
in memory. A broken recording, a full disk or a damaged cache never keeps a sentence from being said.
"""

import asyncio
import hashlib
import logging
from collections import OrderedDict
from collections.abc import Callable, Sequence
from pathlib import Path

from ivr.speech.audio import level, read_wav, trim_silence, write_wav
from ivr.speech.errors import AudioFormatUnsupported
from ivr.speech.synthesizer import Synthesizer

_log = logging.getLogger(__name__)
_MEMORY_BYTES = 16 << 20


class PhraseBook:
    """Gives sentences their audio.

    Args:
        synthesizer: renders what is not recorded.
        cache_dir: rendered fixed phrases.
        recordings_dir: `<phrase_id>.wav` of a studio; wins.
        max_cache_bytes: the longest unused go when the cache is larger.
    """

    def __init__(
        self, synthesizer: Synthesizer, *, cache_dir: Path, recordings_dir: Path | None = None, max_cache_bytes: int = 64 << 20
    ) -> None:
        self._synthesizer = synthesizer
        self._cache_dir = cache_dir
        self._recordings_dir = recordings_dir
        self._max_cache_bytes = max_cache_bytes
        self._memory: OrderedDict[str, bytes] = OrderedDict()
        self._memory_bytes = 0
        self._broken: set[str] = set()

    async def audio(self, text: str, phrase_id: str | None = None) -> bytes:
        """Audio of a sentence: 16-bit, 8 kHz, mono.

        Raises:
            SynthesisFailed, VoiceMissing: it is not recorded and cannot be rendered.
        """
        key = hashlib.sha256(f"{self._synthesizer.voice}\n{phrase_id or ''}\n{text}".encode()).hexdigest()
        if (known := self._memory.get(key)) is not None:
            self._memory.move_to_end(key)
            return known
        pcm = await self._find(key, text, phrase_id)
        self._remember(key, pcm)
        return pcm

    async def prerender(self, phrases: Sequence[tuple[str, str]], progress: Callable[[int, int], None]) -> None:
        """Have the audio of (phrase id, text) ready; `progress(done, all)` after each."""
        for done, (phrase_id, text) in enumerate(phrases, 1):
            await self.audio(text, phrase_id)
            progress(done, len(phrases))
        await asyncio.to_thread(self._shrink)

    async def _find(self, key: str, text: str, phrase_id: str | None) -> bytes:
        if phrase_id is None:
            return await self._synthesizer.say(text)
        recorded = await asyncio.to_thread(self._recorded, phrase_id)
        if recorded is not None:
            return recorded
        path = self._cache_dir / f"{key}.wav"
        cached = await asyncio.to_thread(_read, path)
        if cached is not None:
            return cached
        pcm = await self._synthesizer.say(text)
        await asyncio.to_thread(_write, path, pcm)
        return pcm

    def _recorded(self, phrase_id: str) -> bytes | None:
        if self._recordings_dir is None or phrase_id in self._broken:
            return None
        path = self._recordings_dir / f"{phrase_id}.wav"
        if not path.is_file():
            return None
        try:
            return trim_silence(level(read_wav(path))) or None
        except (AudioFormatUnsupported, OSError) as error:
            self._broken.add(phrase_id)
            _log.warning("a recorded phrase cannot be used: %s", error)
            return None

    def _remember(self, key: str, pcm: bytes) -> None:
        self._memory[key] = pcm
        self._memory_bytes += len(pcm)
        while self._memory_bytes > _MEMORY_BYTES:
            _, oldest = self._memory.popitem(last=False)
            self._memory_bytes -= len(oldest)

    def _shrink(self) -> None:
        """Delete the longest unused of the cache until it fits."""
        try:
            files = sorted((f.stat().st_atime, f.stat().st_size, f) for f in self._cache_dir.glob("*.wav"))
            total = sum(size for _, size, _ in files)
            for _, size, file in files:
                if total <= self._max_cache_bytes:
                    return
                file.unlink(missing_ok=True)
                total -= size
        except OSError as error:
            _log.warning("the phrase cache cannot be tidied: %s", type(error).__name__)


def _read(path: Path) -> bytes | None:
    try:
        return read_wav(path) if path.is_file() else None
    except (AudioFormatUnsupported, OSError):
        return None


def _write(path: Path, pcm: bytes) -> None:
    unfinished = path.with_suffix(".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished.write_bytes(write_wav(pcm))
        unfinished.replace(path)
    except OSError as error:
        _log.warning("a phrase cannot be cached: %s", type(error).__name__)
