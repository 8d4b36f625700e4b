"""Sentences callers say: patterns of phrases around values, and every sentence of `nlu_data`.

A file of `texts/` holds one pattern a line: `{plate}` is a value, `(a|b|)` a choice (an empty one may
be chosen), `<name>` one of the file's own choices, written `$name = a|b`; `3* ` in front makes a
pattern three times as likely. Text outside values is segmented by jieba. One long sentence in ten, by
hash, is never used for training or the language model; short ones are what the line must always know.
"""

import hashlib
import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

import jieba
import yaml

from ivr.speech.training import values

Words = list[str]
VALUES: dict[str, Callable[[random.Random], Words]] = {
    "plate": values.plate, "place": values.place, "road": values.road, "code": values.code, "id": values.identity,
    "phone": values.phone, "date": values.date, "time": values.time, "name": values.person,
    "d1": lambda r: values.digits(1, r), "d3": lambda r: values.digits(3, r), "d4": lambda r: values.digits(4, r),
    "d5": lambda r: values.digits(5, r), "n": lambda r: values.counted(r.randint(1, 60)),
    "letter": lambda r: [r.choice(values.PLATE_LETTERS)], "province": lambda r: [r.choice(values.PROVINCES)],
    "city": lambda r: [r.choice(values.CITIES)],
}
_TEXTS = Path(__file__).with_name("texts")
_WEIGHTS = {
    "moving": 22, "plate": 13, "place": 12, "colour": 4, "yes_no": 9, "status": 4, "owner": 4, "human": 5,
    "talk": 7, "emergency": 4, "exam": 5, "papers": 6, "digits": 8, "other": 4, "free": 12,
}
_SHORT = 8
"""Characters; a shorter sentence is never held out."""
_CHOICE = re.compile(r"\(([^()]*)\)")
_NAME = re.compile(r"<(\w+)>")
_PIECE = re.compile(r"\{(\w+)\}|([^{}]+)")
_NOT_SPOKEN = re.compile(r"[^一-龥A-Za-z0-9]+")
_ENTITY = re.compile(r"\[([^\]]+)\]\([^)]*\)|\[([^\]]+)\]\{[^}]*\}")



@dataclass(frozen=True, slots=True)
class Patterns:
    """One file of `texts/`."""

    weight: float
    lines: tuple[str, ...]
    choices: dict[str, str]


def _own_words() -> frozenset[str]:
    lines = (_TEXTS / "words.txt").read_text("utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())


OWN_WORDS = _own_words()
for _word in OWN_WORDS:
    jieba.add_word(_word)


def parse(text: str, weight: float) -> Patterns:
    """Read one file of patterns."""
    choices: dict[str, str] = {}
    lines: list[str] = []
    for line in text.splitlines():
        if line.startswith("$"):
            name, _, options = line[1:].partition("=")
            choices[name.strip()] = f"({options.strip()})"
        elif line and not line.startswith("#"):
            times, star, pattern = line.partition("* ")
            lines += [pattern] * int(times) if star else [line]
    return Patterns(weight, tuple(lines), choices)


@cache
def all_patterns() -> dict[str, Patterns]:
    """Category -> its patterns."""
    return {name: parse((_TEXTS / f"{name}.txt").read_text("utf-8"), weight) for name, weight in _WEIGHTS.items()}


def held_out(words: Words) -> bool:
    """Is this sentence kept for tests?"""
    text = "".join(words)
    return len(text) >= _SHORT and int(hashlib.md5(text.encode(), usedforsecurity=False).hexdigest(), 16) % 10 == 0


def segment(text: str) -> Words:
    """Cut text into words; digits and Latin letters one by one."""
    return list(_segment(text))


@lru_cache(maxsize=200_000)
def _segment(text: str) -> tuple[str, ...]:
    words: Words = []
    for piece in jieba.lcut(_NOT_SPOKEN.sub("", text).upper(), HMM=False):
        if piece.isascii():
            words += [values.DIGITS[int(sign)] if sign.isdigit() else sign for sign in piece]
        elif any(sign in "零一二三四五六七八九十百幺两" for sign in piece) and len(piece) > 1 and piece not in OWN_WORDS:
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
    return words


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


def written_sentences(folder: Path) -> list[Words]:
    """Every example of Rasa's training data, without its annotations; held-out files are not read."""
    found: list[Words] = []
    for path in sorted(folder.glob("intents/*.yml")):
        for block in yaml.safe_load(path.read_text("utf-8")).get("nlu", []):
            for line in str(block.get("examples", "")).splitlines():
                text = _ENTITY.sub(lambda m: m.group(1) or m.group(2), line.strip().removeprefix("-"))
                if words := segment(text):
                    found.append(words)
    return found
