"""Sentences callers say: patterns of phrases around values, and every sentence of `nlu_data`.

Text outside values is segmented by jieba. One long sentence in ten, by hash, is never used for training
or the language model; short ones are what the line must always know.
"""

import hashlib
import random
import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path

import jieba
import yaml

from ivr.speech.training import values
from ivr.speech.training.texts import all_patterns, own_words

Words = list[str]
VALUES: dict[str, Callable[[random.Random], Words]] = {
    "plate": values.plate, "place": values.place, "road": values.road, "code": values.code, "id": values.identity,
    "phone": values.phone, "date": values.date, "time": values.time, "name": values.person,
    "d1": lambda r: values.digits(1, r), "d3": lambda r: values.digits(3, r), "d4": lambda r: values.digits(4, r),
    "d5": lambda r: values.digits(5, r), "n": lambda r: values.counted(r.randint(1, 60)),
    "letter": lambda r: [r.choice(values.PLATE_LETTERS)], "province": lambda r: [r.choice(values.PROVINCES)],
    "city": lambda r: [r.choice(values.CITIES)],
}
SHORT = 8
"""Characters; a shorter sentence is never held out."""
MISHEARD = "misheard.yml"
"""What the dialogue is taught of a recogniser's mistakes; the ear would learn to make them."""
_CHOICE = re.compile(r"\(([^()]*)\)")
_NAME = re.compile(r"<(\w+)>")
_PIECE = re.compile(r"\{(\w+)\}|([^{}]+)")
ONE_SPELLING = str.maketrans("她它妳", "他他你")
"""Words that sound alike and mean alike on this line: one of them is written."""
_ONCE = frozenset("的了吗呢吧啊得着哦")
"""Two patterns that meet may double these; people never do."""
_NOT_SPOKEN = re.compile(r"[^一-龥A-Za-z0-9]+")
_ENTITY = re.compile(r"\[([^\]]+)\]\([^)]*\)|\[([^\]]+)\]\{[^}]*\}")

for _word in sorted(own_words()):  # jieba weighs a word by those it had before
    jieba.add_word(_word)


def held_out(words: Words) -> bool:
    """Is this sentence kept for tests?"""
    text = "".join(words)
    return len(text) >= SHORT and int(hashlib.md5(text.encode(), usedforsecurity=False).hexdigest(), 16) % 10 == 0


def segment(text: str) -> Words:
    """Cut text into words; digits and Latin letters one by one."""
    return list(_segment(text))


@lru_cache(maxsize=200_000)
def _segment(text: str) -> tuple[str, ...]:
    words: Words = []
    for piece in jieba.lcut(_NOT_SPOKEN.sub("", text).upper().translate(ONE_SPELLING), HMM=False):
        if piece.isascii():
            words += [values.DIGITS[int(sign)] if sign.isdigit() else sign for sign in piece]
        elif any(sign in "零一二三四五六七八九十百幺两" for sign in piece) and len(piece) > 1 and piece not in own_words():
            words += list(piece)
        else:
            words.append(piece)
    return tuple(words)


def expand(pattern: str, choices: dict[str, str], r: random.Random) -> Words:
    """Make one sentence of a pattern."""
    while "<" in pattern:
        pattern = _NAME.sub(lambda match: choices[match.group(1)], pattern)
    while match := _CHOICE.search(pattern):
        pattern = pattern[: match.start()] + r.choice(match.group(1).split("|")) + pattern[match.end() :]
    words: Words = []
    for name, text in _PIECE.findall(pattern):
        words += VALUES[name](r) if name else segment(text)
    return [word for before, word in zip(("", *words), words, strict=False) if word != before or word not in _ONCE]


def sentence_of(category: str, r: random.Random) -> Words:
    """One sentence of a category."""
    patterns = all_patterns()[category]
    return expand(r.choice(patterns.lines), patterns.choices, r)


def sentences(seed: int) -> Iterator[tuple[str, Words]]:
    """Endless (category, words), never one that is held out."""
    r = random.Random(seed)  # noqa: S311
    categories = list(all_patterns())
    weights = [all_patterns()[name].weight for name in categories]
    while True:
        category = r.choices(categories, weights)[0]
        words = sentence_of(category, r)
        if words and not held_out(words):
            yield category, words


def written_sentences(folder: Path, files: str = "intents/*.yml") -> list[Words]:
    """Every example of Rasa's training data that somebody said, without its annotations."""
    return [words for _, text in written_examples(folder, files) if (words := segment(text))]


def written_examples(folder: Path, files: str = "intents/*.yml") -> list[tuple[str, str]]:
    """Every example as (intent, text), without its annotations; what was misheard (`MISHEARD`) is none."""
    found: list[tuple[str, str]] = []
    for path in sorted(path for path in folder.glob(files) if path.name != MISHEARD):
        for block in yaml.safe_load(path.read_text("utf-8")).get("nlu", []):
            for line in str(block.get("examples", "")).splitlines():
                text = _ENTITY.sub(lambda m: m.group(1) or m.group(2), line.strip().removeprefix("-"))
                if text.strip():
                    found.append((str(block.get("intent", "")), text.strip()))
    return found
