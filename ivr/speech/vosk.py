"""Vosk as the ear. Decoding runs in a bounded thread pool: libvosk frees the GIL.

libvosk tells of a broken graph only when a recognizer is made, and by a bare `Exception`; so a model is
looked at, loaded and tried once before it is used.
"""

import asyncio
import json
import logging
import os
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

import vosk

from ivr.speech.audio import BYTES_PER_SECOND, SAMPLE_RATE_HZ, silence
from ivr.speech.errors import ModelBroken, ModelMissing, RecognizerLost
from ivr.speech.readings import MOST_HYPOTHESES, readings, recognition
from ivr.speech.recognizer import UNKNOWN, Recognition
from ivr.speech.tones import FILE as TONES_FILE
from ivr.speech.tones import Tones, load_tones

_log = logging.getLogger(__name__)
_NARROW_ALTERNATIVES = 3
_LONGEST_WORD = 6
_MOST_GRAMMARS = 200
_NICER = 5
_T = TypeVar("_T")

_PARTS = (
    ("am/final.mdl", (("am/final.mdl",), ("final.mdl",))),
    ("conf/model.conf", (("conf/model.conf",), ("mfcc.conf",), ("conf/mfcc.conf",))),
    (
        "graph/HCLG.fst, or graph/HCLr.fst and graph/Gr.fst",
        (("graph/HCLG.fst",), ("graph/HCLr.fst", "graph/Gr.fst"), ("HCLG.fst",), ("HCLr.fst", "Gr.fst")),
    ),
    ("graph/words.txt", (("graph/words.txt",), ("words.txt",))),
)
"""What a model must hold, and the places where released models keep it."""


def check_model(folder: Path) -> None:
    """See that a folder can be loaded.

    Raises:
        ModelMissing: no such folder.
        ModelBroken: files are missing or empty.
    """
    if not folder.is_dir():
        raise ModelMissing(
            f"no speech model at {folder}: set IVR_SPEECH_MODEL to a Vosk model folder, or run `make speech-model`"
        )
    for wanted, layouts in _PARTS:
        if not any(all(_filled(folder / place) for place in layout) for layout in layouts):
            raise ModelBroken(f"the speech model at {folder} has no {wanted}: {_WAY_OUT}")


_WAY_OUT = "unpack it again, or run `make speech-model`"


def _filled(path: Path) -> bool:
    return path.is_file() and path.stat().st_size > 0


class VoskEar:
    """A loaded model, shared by all calls of this process.

    Args:
        model: a Vosk model folder.
        threads: how many utterances may be decoded at the same moment.

    Raises:
        ModelMissing, ModelBroken: the folder cannot be used.
    """

    def __init__(self, model: Path, *, threads: int = 2) -> None:
        check_model(model)
        vosk.SetLogLevel(-1)
        try:
            self._words = _vocabulary(model)
            self._model = vosk.Model(str(model))
            tones = model / TONES_FILE
            self._tones = load_tones(tones) if tones.exists() else None
            decoder = _Decoder(self._model, None, self._tones)
            decoder.accept(silence(0.4))
            decoder.finish()
        except Exception as error:  # noqa: BLE001 - vosk raises a bare Exception
            raise ModelBroken(
                f"the speech model at {model} cannot be loaded ({type(error).__name__}): {_WAY_OUT}"
            ) from None
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="ear", initializer=_step_back)
        self._grammars: dict[tuple[str, ...], str] = {}

    def open(self) -> "VoskRecognizer":
        """Make a recognizer for a call."""
        return VoskRecognizer(self._model, self._pool, self.grammar, self._tones)

    def close(self) -> None:
        """Stop decoding."""
        self._pool.shutdown(wait=True, cancel_futures=True)

    def unknown(self, phrases: Iterable[str]) -> tuple[str, ...]:
        """Give the phrases that this model can never hear: some character is not in its vocabulary."""
        return tuple(phrase for phrase in phrases if not self._cut(phrase))

    def grammar(self, phrases: tuple[str, ...]) -> str:
        """Phrases as Vosk's run-time grammar; those with unknown words are left out and counted in the log."""
        if phrases not in self._grammars:
            cut = {phrase: " ".join(self._cut(phrase)) for phrase in phrases}
            if lost := sum(not words for words in cut.values()):
                _log.warning("phrases of a grammar have words that the speech model does not know: %d", lost)
            if len(self._grammars) >= _MOST_GRAMMARS:
                self._grammars.pop(next(iter(self._grammars)))
            known = dict.fromkeys(words for words in cut.values() if words)
            self._grammars[phrases] = json.dumps([*known, UNKNOWN], ensure_ascii=False)
        return self._grammars[phrases]

    def _cut(self, phrase: str) -> list[str]:
        """Longest words of the vocabulary first; empty when it cannot be cut."""
        words: list[str] = []
        at = 0
        while at < len(phrase):
            lengths = range(min(_LONGEST_WORD, len(phrase) - at), 0, -1)
            length = next((n for n in lengths if phrase[at : at + n] in self._words), 0)
            if not length:
                return []
            words.append(phrase[at : at + length])
            at += length
        return words


def _vocabulary(model: Path) -> frozenset[str]:
    path = next(path for place in ("graph/words.txt", "words.txt") if (path := model / place).is_file())
    return frozenset(line.split(maxsplit=1)[0] for line in path.read_text("utf-8").splitlines() if line.strip())


def _step_back() -> None:
    """Let the media and the dialogue go first where processors are short: they need one for an instant, and calls wait for them."""
    with suppress(OSError):
        thread = threading.get_native_id()
        os.setpriority(os.PRIO_PROCESS, thread, os.getpriority(os.PRIO_PROCESS, thread) + _NICER)


class _Decoder:
    """One libvosk recognizer and the utterance it is in; never used by two threads at once."""

    def __init__(self, model: Any, grammar: str | None, tones: Tones | None) -> None:
        arguments = (model, SAMPLE_RATE_HZ) if grammar is None else (model, SAMPLE_RATE_HZ, grammar)
        recognizer: Any = vosk.KaldiRecognizer
        self._vosk = recognizer(*arguments)
        self._vosk.SetMaxAlternatives(MOST_HYPOTHESES if grammar is None else _NARROW_ALTERNATIVES)
        self._vosk.SetWords(True)
        self._keep_unknown = grammar is not None
        self._tones = tones if grammar is None else None
        self._pcm: list[bytes] = []
        """The utterance so far, for the tones."""
        self._began_seconds = 0.0
        """libvosk counts time from its first sample, over all utterances."""
        self._fed_bytes = 0
        self.is_idle = True

    def accept(self, pcm: bytes) -> str:
        """Feed audio. An endpoint of the model's own rules is passed over: the call room ends utterances."""
        self.is_idle = False
        self._fed_bytes += len(pcm)
        if self._tones is not None:
            self._pcm.append(pcm)
        self._vosk.AcceptWaveform(pcm)
        partial = str(json.loads(self._vosk.PartialResult()).get("partial", ""))
        return partial.replace(UNKNOWN, "").replace(" ", "")

    def finish(self) -> Recognition:
        """End the utterance; libvosk begins the next one with a fresh memory."""
        answer = json.loads(self._vosk.FinalResult())
        found = readings(answer, began_seconds=self._began_seconds, keep_unknown=self._keep_unknown)
        if self._tones is not None:
            found, self._pcm = self._tones.weigh(found, b"".join(self._pcm)), []
        self._began_seconds = self._fed_bytes / BYTES_PER_SECOND
        self.is_idle = True
        return recognition(found)


class VoskRecognizer:
    """One utterance at a time; see `ivr.speech.recognizer.Recognizer`.

    A finished decoder is used again; one whose utterance was dropped is replaced, so that nothing of it
    is left in the next.
    """

    def __init__(
        self, model: Any, pool: ThreadPoolExecutor, grammar: Callable[[tuple[str, ...]], str], tones: Tones | None = None
    ) -> None:
        self._model = model
        self._tones = tones
        self._pool = pool
        self._grammar = grammar
        self._decoders: dict[tuple[str, ...], _Decoder] = {}
        """The full model's under (), and that of the last grammar."""
        self._active: _Decoder | None = None
        self._closed = False
        self._busy = threading.Lock()
        """A cancelled call of ours still runs in its thread."""

    async def start(self, *, phrases: tuple[str, ...] = ()) -> None:
        """Begin an utterance."""
        await self._in_pool(self._start, phrases)

    async def accept(self, pcm: bytes) -> str:
        """Take more audio; the guess so far."""
        return await self._in_pool(self._accept, pcm)

    async def finish(self) -> Recognition:
        """End the utterance."""
        return await self._in_pool(self._finish)

    def close(self) -> None:
        """Free the decoders, in the pool: libvosk takes milliseconds for it."""
        self._closed = True
        with suppress(RuntimeError):  # the ear is closed, and its threads are over
            self._pool.submit(self._free)

    def _free(self) -> None:
        with self._busy:
            self._decoders, self._active = {}, None

    async def _in_pool(self, work: Callable[..., _T], *arguments: Any) -> _T:
        def alone() -> _T:
            with self._busy:
                return work(*arguments)

        try:
            return await asyncio.get_running_loop().run_in_executor(self._pool, alone)
        except RecognizerLost:
            raise
        except Exception as error:  # noqa: BLE001 - vosk raises a bare Exception
            self._decoders, self._active = {}, None
            raise RecognizerLost(f"the recognizer failed ({type(error).__name__}): start a new utterance") from None

    def _start(self, phrases: tuple[str, ...]) -> None:
        if self._closed:
            raise RecognizerLost("the recognizer is closed: open another one")
        decoder = self._decoders.get(phrases)
        if decoder is None or not decoder.is_idle:
            decoder = _Decoder(self._model, self._grammar(phrases) if phrases else None, self._tones)
        self._decoders = {known: kept for known, kept in self._decoders.items() if not (known and phrases)}
        self._decoders[phrases] = decoder
        self._active = decoder

    def _accept(self, pcm: bytes) -> str:
        return self._uttering().accept(pcm)

    def _finish(self) -> Recognition:
        decoder, self._active = self._uttering(), None
        return decoder.finish()

    def _uttering(self) -> _Decoder:
        if self._active is None:
            raise RecognizerLost("no utterance was begun: call start first")
        return self._active
