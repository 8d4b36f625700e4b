"""Audio by sentence: a studio's recording, else the cache, else the synthesizer.

Only fixed phrases (those with an id) are kept on disk; any other sentence may name a person and stays
in memory. A broken recording, a full disk or a damaged cache never keeps a sentence from being said.
"""

import asyncio
import hashlib
import logging
import re
from collections import OrderedDict
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

from ivr.speech.audio import fade, level, read_wav, trim_silence, write_wav
from ivr.speech.errors import AudioFormatUnsupported, SynthesisFailed
from ivr.speech.synthesizer import Synthesizer

_log = logging.getLogger(__name__)
_MEMORY_BYTES = 16 << 20
_PHRASE_ID = re.compile(r"[\w-]+(\.[\w-]+)*")
"""A file name and nothing else."""


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
        self._written_bytes = 0
        self._memory: OrderedDict[str, bytes] = OrderedDict()
        self._memory_bytes = 0
        self._broken: set[str] = set()
        self._disk_reported = False

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

    async def prerender(self, phrases: Iterable[tuple[str, str]], progress: Callable[[int, int], None]) -> None:
        """Have the audio of (phrase id, text) ready; `progress(done, all)` after each.

        A phrase that fails is tried again when it is said.

        Raises:
            VoiceMissing: there is no voice at all.
        """
        wanted = list(phrases)
        for done, (phrase_id, text) in enumerate(wanted, 1):
            with suppress(SynthesisFailed):
                await self.audio(text, phrase_id)
            progress(done, len(wanted))
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
        if pcm:
            await asyncio.to_thread(self._keep, path, pcm)
        return pcm

    def _recorded(self, phrase_id: str) -> bytes | None:
        if self._recordings_dir is None or phrase_id in self._broken or not _PHRASE_ID.fullmatch(phrase_id):
            return None
        path = self._recordings_dir / f"{phrase_id}.wav"
        try:
            if not path.is_file():
                return None
            if pcm := fade(trim_silence(level(read_wav(path)))):
                return pcm
            reason = "it is silent"
        except (AudioFormatUnsupported, OSError) as error:
            reason = str(error) if isinstance(error, AudioFormatUnsupported) else type(error).__name__
        self._broken.add(phrase_id)
        _log.warning("the recording %s.wav is not used: %s", phrase_id, reason)
        return None

    def _remember(self, key: str, pcm: bytes) -> None:
        self._memory_bytes += len(pcm) - len(self._memory.pop(key, b""))
        self._memory[key] = pcm
        while self._memory_bytes > _MEMORY_BYTES:
            _, oldest = self._memory.popitem(last=False)
            self._memory_bytes -= len(oldest)

    def _keep(self, path: Path, pcm: bytes) -> None:
        """Write to the cache; a disk that is full or not ours is reported once."""
        unfinished = path.with_suffix(".part")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            unfinished.write_bytes(write_wav(pcm))
            unfinished.replace(path)
        except OSError as error:
            with suppress(OSError):
                unfinished.unlink(missing_ok=True)
            if not self._disk_reported:
                self._disk_reported = True
                _log.warning("phrases cannot be cached on disk: %s", type(error).__name__)
            return
        self._written_bytes += len(pcm)
        if self._written_bytes > self._max_cache_bytes // 8:
            self._shrink()

    def _shrink(self) -> None:
        """Delete the longest unused of the cache until it fits."""
        self._written_bytes = 0
        with suppress(OSError):
            files = sorted((f.stat().st_mtime_ns, f.stat().st_size, f) for f in self._cache_dir.glob("*.wav"))
            total = sum(size for _, size, _ in files)
            for _, size, file in files:
                if total <= self._max_cache_bytes:
                    return
                file.unlink(missing_ok=True)
                total -= size


def _read(path: Path) -> bytes | None:
    """A cached phrase, marked as used; None when there is none, or a damaged one."""
    try:
        if not path.is_file():
            return None
        pcm = read_wav(path)
    except (AudioFormatUnsupported, OSError):
        return None
    with suppress(OSError):
        path.touch()
    return pcm
