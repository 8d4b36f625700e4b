"""Vosk as the ear. Decoding runs in a bounded thread pool: libvosk frees the GIL.

Vosk ends the whole process on some broken models, so the folder is looked at before it is loaded.
"""

import asyncio
import json
import logging
import math
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import vosk

from ivr.speech.audio import SAMPLE_RATE_HZ
from ivr.speech.errors import ModelBroken, ModelMissing, RecognizerLost
from ivr.speech.recognizer import Hypothesis, Recognition, Word

_log = logging.getLogger(__name__)
_ALTERNATIVES = 8
_UNKNOWN = "[unk]"
_LONGEST_WORD = 6
_T = TypeVar("_T")


def check_model(folder: Path) -> None:
    """See that a folder can be loaded.

    Raises:
        ModelMissing: no such folder.
        ModelBroken: files are missing.
    """
    if not folder.is_dir():
        raise ModelMissing(
            f"no speech model at {folder}: set IVR_SPEECH_MODEL to a Vosk model folder, or run `make speech-model`"
        )
    parts = {
        "am/final.mdl": ("am/final.mdl", "final.mdl"),
        "conf/model.conf": ("conf/model.conf", "mfcc.conf", "conf/mfcc.conf"),
        "graph/HCLG.fst, or graph/HCLr.fst and graph/Gr.fst": ("graph/HCLG.fst", "graph/HCLr.fst", "HCLG.fst", "HCLr.fst"),
    }
    for wanted, places in parts.items():
        if not any((folder / place).is_file() and (folder / place).stat().st_size for place in places):
            raise ModelBroken(f"the speech model at {folder} has no {wanted}: unpack it again, or run `make speech-model`")


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
            self._model = vosk.Model(str(model))
        except Exception as error:  # noqa: BLE001 - vosk raises a bare Exception
            raise ModelBroken(f"the speech model at {model} cannot be loaded: {type(error).__name__}") from None
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="ear")
        self._words = _vocabulary(model)
        self._grammars: dict[tuple[str, ...], str] = {}

    def open(self) -> "VoskRecognizer":
        """Make a recognizer for a call."""
        return VoskRecognizer(self._model, self._pool, self.grammar)

    def close(self) -> None:
        """Stop decoding."""
        self._pool.shutdown(wait=True, cancel_futures=True)

    def unknown(self, phrases: Iterable[str]) -> tuple[str, ...]:
        """Give the phrases that this model can never hear: some character is not in its vocabulary."""
        return tuple(phrase for phrase in phrases if not self._cut(phrase))

    def grammar(self, phrases: tuple[str, ...]) -> str:
        """Phrases as Vosk's run-time grammar; those with unknown words are left out."""
        if phrases not in self._grammars:
            cut = dict.fromkeys(" ".join(words) for phrase in phrases if (words := self._cut(phrase)))
            self._grammars[phrases] = json.dumps([*cut, _UNKNOWN], ensure_ascii=False)
        return self._grammars[phrases]

    def _cut(self, phrase: str) -> list[str]:
        """Longest words of the vocabulary first; empty when it cannot be cut."""
        if not self._words:
            return [phrase]
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
    for place in ("graph/words.txt", "words.txt"):
        path = model / place
        if path.is_file():
            return frozenset(line.split(" ", 1)[0] for line in path.read_text("utf-8").splitlines())
    return frozenset()


class VoskRecognizer:
    """One utterance at a time; see `ivr.speech.recognizer.Recognizer`."""

    def __init__(self, model: Any, pool: ThreadPoolExecutor, grammar: Callable[[tuple[str, ...]], str]) -> None:
        self._model = model
        self._pool = pool
        self._grammar = grammar
        self._full: Any = None
        self._narrow: Any = None
        self._narrow_for: tuple[str, ...] = ()
        self._active: Any = None

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
        """Free the decoders."""
        self._full = self._narrow = self._active = None

    async def _in_pool(self, work: Callable[..., _T], *arguments: Any) -> _T:
        try:
            return await asyncio.get_running_loop().run_in_executor(self._pool, work, *arguments)
        except (RuntimeError, AttributeError, ValueError) as error:
            raise RecognizerLost(f"the recognizer failed: {type(error).__name__}") from None

    def _start(self, phrases: tuple[str, ...]) -> None:
        if phrases:
            if self._narrow is None or self._narrow_for != phrases:
                self._narrow = vosk.KaldiRecognizer(self._model, SAMPLE_RATE_HZ, self._grammar(phrases))
                self._narrow_for = phrases
            self._active = self._narrow
        else:
            if self._full is None:
                self._full = vosk.KaldiRecognizer(self._model, SAMPLE_RATE_HZ)
                self._full.SetMaxAlternatives(_ALTERNATIVES)
                self._full.SetWords(True)
            self._active = self._full
        self._active.Reset()

    def _accept(self, pcm: bytes) -> str:
        self._active.AcceptWaveform(pcm)
        return _join(json.loads(self._active.PartialResult()).get("partial", ""))

    def _finish(self) -> Recognition:
        answer = json.loads(self._active.FinalResult())
        if "alternatives" in answer:
            return _recognition(answer["alternatives"])
        text = _join(answer.get("text", ""))
        return Recognition((Hypothesis(text, 1.0),) if text else ())


def _join(text: str) -> str:
    return text.replace(" ", "").replace(_UNKNOWN, "") if text != _UNKNOWN else _UNKNOWN


def _recognition(alternatives: list[dict[str, Any]]) -> Recognition:
    """Vosk's alternatives carry scores (log scale); confidence is each one's share of the whole."""
    scores = [float(each.get("confidence", 0.0)) for each in alternatives]
    best = max(scores, default=0.0)
    weights = [math.exp(max(score - best, -50.0)) for score in scores]
    total = sum(weights) or 1.0
    hypotheses: dict[str, Hypothesis] = {}
    for each, weight in zip(alternatives, weights, strict=True):
        text = _join(str(each.get("text", "")))
        if text and text not in hypotheses:
            share = weight / total
            words = tuple(
                Word(w["word"], float(w["start"]), float(w["end"]), share) for w in each.get("result", [])
            )
            hypotheses[text] = Hypothesis(text, share, words)
    return Recognition(tuple(hypotheses.values()))
