"""Two utterances of one plate weighed together: every sign of what comes out was heard in one of them.

A reading is a plate with what it cost to hear it so, 0 for the best of its utterance. What one utterance
made of a plate is held against all that the other may have been; the later one weighs more, for the
caller may have meant another car the first time.
"""

from collections.abc import Collection, Iterator, Sequence
from itertools import product

from ivr.domain.plate_words import may_be_taken_for
from ivr.domain.plates import looks_like_plate

Reading = tuple[str, float]
Readings = tuple[Reading, ...]

MOST_READINGS = 16
_MOST_CROSSED = 6
_MOST_DIFFERENT = 3
"""Readings that differ in more places are of different cars, or one of them is noise."""
_ALIKE = 0.8
_ALSO_ALIKE = "BDEPTGC71"
_UNLIKE = 1.6
_MOST = 2.0
"""An utterance that has nothing like it costs a plate no more than this."""
_LATER = 1.5
"""How much more a sign counts that the later utterance did not have."""


def weigh(earlier: Sequence[Reading], later: Sequence[Reading], *, denied: Collection[str] = ()) -> Readings:
    """Give what both utterances may have been, the likeliest first; what the caller denied is left out."""
    if not earlier or not later:
        kept = [one for one in (later or earlier) if one[0] not in denied]
        return _from_zero(kept)
    spelt = {text for text, _ in (*earlier, *later)} | set(_crossed(earlier, later))
    costs = [
        (text, _cost(text, earlier, 1.0) + _cost(text, later, _LATER))
        for text in spelt - set(denied)
    ]
    return _from_zero(costs)


def _from_zero(costs: Sequence[Reading]) -> Readings:
    ranked = sorted(costs, key=lambda one: (one[1], one[0]))[:MOST_READINGS]
    return tuple((text, cost - ranked[0][1]) for text, cost in ranked)


def _cost(text: str, readings: Sequence[Reading], weight: float) -> float:
    near = [cost + weight * _far(text, read) for read, cost in readings if len(read) == len(text)]
    return min([weight * _MOST, *near])


def _far(one: str, other: str) -> float:
    return sum(_ALIKE if may_be_taken_for(*pair, _ALSO_ALIKE) else _UNLIKE for pair in zip(one, other, strict=True) if pair[0] != pair[1])


def _crossed(earlier: Sequence[Reading], later: Sequence[Reading]) -> Iterator[str]:
    """Where two readings differ, a sign of either."""
    for (one, _), (other, _) in product(earlier[:_MOST_CROSSED], later[:_MOST_CROSSED]):
        if len(one) != len(other):
            continue
        different = sum(a != b for a, b in zip(one, other, strict=True))
        if 1 < different <= _MOST_DIFFERENT:
            ways = ("".join(signs) for signs in product(*({a, b} for a, b in zip(one, other, strict=True))))
            yield from (way for way in ways if looks_like_plate(way))
