"""The nightly random sample (抽查): who may be drawn, and the draw, which anyone can repeat.

Of each service and region at least `least` calls are drawn, or `percent` of them where that is more, and beside
these every call of the kinds that are always reviewed. The order is that of SHA-256(seed, call id), so that the
recorded seed and the day's calls give the same sample again.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from math import ceil


@dataclass(frozen=True, slots=True)
class SampleRules:
    """Rules of a region on a day."""

    least: int
    percent: int
    second_percent: int


@dataclass(frozen=True, slots=True)
class Candidate:
    """A call that may be drawn."""

    call_id: str
    region: str
    service: str
    handler: str | None = None
    """Account of who handled it; None: the machine alone."""
    always: str = ""
    """Why it is reviewed in any case, e.g. `owner_objects`; empty: only when it is drawn."""


@dataclass(frozen=True, slots=True)
class Pick:
    """A call to be reviewed."""

    candidate: Candidate
    why: str
    """`random`, or the kind that is always reviewed."""
    second: bool
    """Scored by two reviewers, so that they can be compared."""


def draw(candidates: Sequence[Candidate], *, seed: str, rules: Callable[[str], SampleRules]) -> list[Pick]:
    """Draw a day's sample.

    Args:
        candidates: the day's calls, in any order.
        seed: recorded with the sample.
        rules: gives the rules of a region.
    """
    groups: dict[tuple[str, str], list[Candidate]] = defaultdict(list)
    for candidate in candidates:
        groups[candidate.region, candidate.service].append(candidate)
    picks = []
    for (region, _), group in sorted(groups.items()):
        in_force = rules(region)
        number = max(in_force.least, ceil(len(group) * in_force.percent / 100))
        for place, candidate in enumerate(sorted(group, key=lambda each: _order(seed, each.call_id))):
            if place < number or candidate.always:
                second = int(_order(seed, f"second {candidate.call_id}"), 16) % 100 < in_force.second_percent
                picks.append(Pick(candidate, candidate.always or "random", second))
    return picks


def _order(seed: str, call_id: str) -> str:
    return sha256(f"{seed} {call_id}".encode()).hexdigest()
