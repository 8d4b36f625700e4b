"""What the ear makes of the dialogue's own sentences: examples for the classifier with the ear's mistakes in them.

The ear knows these sentences by heart, and the callers' own it does not know: so it hears them here with a
language model that was made without them. Every sentence has a seed of its own: another one more or less does
not change what is heard of it.

`python -m ivr.speech.training.heard OUT SHARD SHARDS EAR NLU_DATA` makes one shard; a shard has a process of
its own.
"""

import asyncio
import hashlib
import json
import random
import shutil
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from ivr.domain.spoken import mask_personal
from ivr.speech.recognizer import Recognizer
from ivr.speech.training import accents, augment
from ivr.speech.training.corpus import (
    ACCENT_SHARE,
    RANDOM_VOICE_SHARE,
    TRAINING_VARIANTS,
    Speaker,
    to_telephone_rate,
)
from ivr.speech.training.sentences import segment, written_examples
from ivr.speech.training.voices import make_data_folder, variant_names
from ivr.speech.vosk import VoskEar

SHARDS = 6
MOST_READINGS = 5
"""Guesses that are kept; further ones weigh next to nothing."""
ONLY_AS_WRITTEN = frozenset(("affirm", "deny"))
"""A mistake of the ear must never make a yes or a no of other words: of these nothing misheard is taught."""
GENERATED_SENTENCES = 120_000
_CROWD = 20
_TOLD = """# What the ear made of the sentences of nlu_data/intents; written by `make heard`, not by hand.
version: "3.1"
nlu:
"""


@dataclass(frozen=True, slots=True)
class Example:
    """One sentence, said once."""

    intent: str
    said: str
    readings: tuple[str, ...]
    """Best first."""


def wanted(nlu_data: Path) -> list[tuple[str, str]]:
    """(intent, text) of what is to be said, in the order of the files."""
    return [each for each in written_examples(nlu_data) if each[0] not in ONLY_AS_WRITTEN]


def fingerprint(model: Path, nlu_data: Path) -> str:
    """Name what is heard and by which ear."""
    total = hashlib.sha256(json.dumps(wanted(nlu_data), ensure_ascii=False).encode())
    for path in sorted(path for path in model.rglob("*") if path.is_file() and path.suffix != ".md"):
        total.update(str(path.relative_to(model)).encode() + path.read_bytes())
    return total.hexdigest()[:16]


def make_ear(model: Path, folder: Path) -> None:
    """Give a model the language of the patterns alone; one that is there is kept."""
    from ivr.speech.training.export import export_graph

    if (folder / "complete").exists():
        return
    folder.mkdir(parents=True, exist_ok=True)
    for part in ("am", "conf"):
        shutil.copytree(model / part, folder / part, dirs_exist_ok=True)
    export_graph(None, folder, GENERATED_SENTENCES)
    (folder / "complete").touch()


class Caller:
    """Says sentences in training voices over a bad line."""

    def __init__(self, throats: Path) -> None:
        self._speaker = Speaker({}, make_data_folder(throats))
        r = random.Random(7)  # noqa: S311
        voices = (self._voice("我想问一下这个怎么办", r) for _ in range(_CROWD))
        self._crowd = [voice / augment.rms(voice) for voice in voices if voice is not None]

    def say(self, text: str) -> bytes:
        """Give the line as it arrives; empty when it cannot be said."""
        r = random.Random(text)  # noqa: S311
        g = np.random.default_rng(r.randrange(2**32))
        voice = self._voice(text, r)
        return b"" if voice is None else augment.telephone(voice, [], g, self._crowd)[0].astype("<i2").tobytes()

    def _voice(self, text: str, r: random.Random) -> augment.Audio | None:
        variants = variant_names() if r.random() < RANDOM_VOICE_SHARE else TRAINING_VARIANTS
        accent = accents.choose(r) if r.random() < ACCENT_SHARE else ()
        spoken = self._speaker.say(segment(text), r, variants, accent=accent)
        return None if spoken is None else to_telephone_rate(spoken, r.uniform(0.88, 1.14))[0]


async def _readings(recognizer: Recognizer, line: bytes) -> tuple[str, ...]:
    await recognizer.start()
    await recognizer.accept(line)
    found = (await recognizer.finish()).hypotheses
    return tuple(dict.fromkeys(mask_personal(each.text)[0] for each in found))[:MOST_READINGS]


async def examples(ear: Path, said: Iterable[tuple[str, str]], throats: Path) -> list[Example]:
    """Have sentences said and heard; those of which nothing was heard are left out."""
    opened, caller = VoskEar(ear, threads=1), Caller(throats)
    recognizer = opened.open()
    found: list[Example] = []
    for intent, text in said:
        line = caller.say(text)
        if line and (readings := await _readings(recognizer, line)):
            found.append(Example(intent, text, readings))
    recognizer.close()
    opened.close()
    return found


def make_shard(path: Path, shard: int, shards: int, ear: Path, nlu_data: Path) -> None:
    """Write one shard."""
    throats = path.parent / "voices" / str(shard)
    found = asyncio.run(examples(ear, wanted(nlu_data)[shard::shards], throats))
    unfinished = path.with_suffix(".part")
    unfinished.write_text(json.dumps([[e.intent, e.said, e.readings] for e in found], ensure_ascii=False), "utf-8")
    unfinished.rename(path)
    shutil.rmtree(throats)


def read_shard(path: Path) -> list[Example]:
    """Read one shard."""
    return [Example(intent, said, tuple(readings)) for intent, said, readings in json.loads(path.read_text("utf-8"))]


def misheard(found: Iterable[Example], kept_out: frozenset[str]) -> Iterator[Example]:
    """Give what was heard in other words than it was said, and nothing that is kept for tests."""
    for each in found:
        readings = tuple(text for text in each.readings if text not in kept_out)
        if readings and readings[0] != "".join(segment(each.said)):
            yield replace(each, readings=readings)


def as_training_data(found: Iterable[Example]) -> str:
    """Write examples as Rasa reads them, those of an intent together."""
    by_intent: dict[str, list[Example]] = {}
    for each in found:
        by_intent.setdefault(each.intent, []).append(each)
    parts = [_TOLD]
    for intent, heard in sorted(by_intent.items()):
        parts.append(f"  - intent: {intent}\n    examples:\n")
        for each in sorted(heard, key=lambda example: example.said):
            # quoted: a lone N or Y would be a truth value
            best, guesses = (json.dumps(part, ensure_ascii=False) for part in (each.readings[0], each.readings))
            parts.append(f"      - text: {best}\n        metadata: {{alternatives: {guesses}}}\n")
    return "".join(parts)


if __name__ == "__main__":
    make_shard(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4]), Path(sys.argv[5]))
