"""What must be heard without any context: digits in groups and runs, letters, provinces, short answers."""

import random

from ivr.speech.training import values
from ivr.speech.training.texts import names
from ivr.speech.training.values import Words

PAUSE = "、"
"""A word of no sound: the speaker takes a breath."""
_LENGTHS = (1, 2, 3, 3, 4, 4, 5, 6, 6, 6, 6, 7, 8)
_ANSWERS = names()["short_answer"]


def _grouped(words: Words, r: random.Random) -> Words:
    """Digits with breaths between groups, as people read a number off a card."""
    if r.random() < 0.4:
        return words
    shape = {11: ((3, 4, 4), (3, 3, 5), (4, 4, 3)), 18: ((6, 8, 4), (6, 4, 4, 4), (3, 3, 4, 4, 4), (6, 6, 6))}.get(len(words))
    sizes = r.choice(shape) if shape else (r.choice((2, 3, 4)),) * len(words)
    out: Words = []
    at = 0
    for size in sizes:
        out += [*words[at : at + size], PAUSE]
        at += size
        if at >= len(words):
            break
    return out[:-1] if out else words


def runs(count: int, r: random.Random) -> Words:
    """Digits among which many stand twice or more: 555, 8866."""
    out: Words = []
    while len(out) < count:
        digit = r.choice(values.DIGITS + "幺")
        out += [digit] * r.choice((1, 1, 2, 2, 3, 4))
    return out[:count]


def drill(r: random.Random) -> Words:
    """One of them."""
    kind = r.random()
    if kind < 0.22:
        return _grouped(values.digits(r.choice(_LENGTHS), r), r)
    if kind < 0.34:
        return _grouped(runs(r.choice((3, 4, 5, 6, 6, 8, 11)), r), r)
    if kind < 0.44:
        return _grouped(values.phone(r), r)
    if kind < 0.58:
        return _grouped(values.identity(r), r)
    if kind < 0.76:
        return values.plate(r)
    if kind < 0.84:
        return [r.choice((*values.PROVINCES, *values.PLATE_LETTERS)) for _ in range(r.randint(1, 4))]
    words: Words = [r.choice(_ANSWERS)]
    return words if r.random() < 0.7 else [*words, r.choice(_ANSWERS)]
