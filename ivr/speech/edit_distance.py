"""How far what was heard is from what was said (Levenshtein)."""

from collections.abc import Callable, Sequence
from typing import TypeVar

Sign = TypeVar("Sign")


def _differ(one: Sign, other: Sign) -> float:
    return float(one != other)


def distance(one: Sequence[Sign], other: Sequence[Sign], apart: Callable[[Sign, Sign], float] = _differ) -> float:
    """Cost of the cheapest changes: 1 for a sign added or dropped, `apart` (0 to 1) for one that is changed."""
    row = [float(at) for at in range(len(other) + 1)]
    for number, left in enumerate(one, 1):
        before, row[0] = row[0], float(number)
        for at, right in enumerate(other, 1):
            before, row[at] = row[at], min(row[at] + 1, row[at - 1] + 1, before + apart(left, right))
    return row[-1]
