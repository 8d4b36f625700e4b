"""The files of `texts/`: what callers say, as patterns, and the names of which values are made.

One pattern a line: `{plate}` is a value, `(a|b|)` a choice (an empty one may be chosen), `<name>` one of
the file's own choices, written `$name = a|b`; `3* ` in front makes a pattern three times as likely.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

_TEXTS = Path(__file__).with_name("texts")
WEIGHTS = {
    "moving": 22, "plate": 13, "place": 12, "colour": 4, "yes_no": 9, "status": 4, "owner": 4, "human": 5,
    "talk": 7, "emergency": 4, "exam": 5, "papers": 6, "digits": 8, "other": 4, "free": 12, "errands": 14,
    "asks": 12, "chat": 10,
}
"""Category, and file: its share of all sentences, about as calls are."""


@dataclass(frozen=True, slots=True)
class Patterns:
    """One file of `texts/`."""

    weight: float
    lines: tuple[str, ...]
    choices: dict[str, str]


@cache
def own_words() -> frozenset[str]:
    """Words that jieba must not cut."""
    lines = (_TEXTS / "words.txt").read_text("utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())



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
    return {name: parse((_TEXTS / f"{name}.txt").read_text("utf-8"), weight) for name, weight in WEIGHTS.items()}


@cache
def names() -> dict[str, tuple[str, ...]]:
    """Kind of name -> all names of it."""
    choices = parse((_TEXTS / "names.txt").read_text("utf-8"), 0.0).choices
    return {kind: tuple(options.strip("()").split("|")) for kind, options in choices.items()}
