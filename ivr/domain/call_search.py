"""What a supervisor looks for among the calls. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from ivr.domain.accounts import Scope
from ivr.domain.calls import Direction

SHORTEST_WORDS = 2
"""Characters: one alone is in nearly every call."""
_PIECE = 2


@dataclass(frozen=True, slots=True)
class CallQuery:
    """Every fact that is named must hold; None and "" ask nothing."""

    since: datetime | None = None
    until: datetime | None = None
    """The call began before it."""
    region: str = ""
    """Code of GB/T 2260 with everything inside it: 320000 is the province."""
    direction: Direction | None = None
    service: str = ""
    outcome: str = ""
    end_reason: str = ""
    least_seconds: float | None = None
    most_seconds: float | None = None
    worst_mark: int | None = None
    """The caller's mark is this or worse, 1 (best) to 5."""
    seat: str = ""
    """Account of a seat that talked with the caller, be it the last one or one before."""
    tail: str = field(default="", repr=False)
    """Last four digits of the caller's number."""
    words: str = field(default="", repr=False)
    """What the caller said, in one piece."""

    @property
    def named(self) -> tuple[str, ...]:
        """Which facts are named; never their values."""
        return tuple(name for name in self.__slots__ if getattr(self, name) not in (None, ""))

    @property
    def scope(self) -> Scope | None:
        """The region with everything inside it."""
        return Scope((self.region,)) if self.region else None


def bare(text: str) -> str:
    """Letters, digits and characters alone: pauses are written in many ways."""
    return "".join(char for char in text.casefold() if char.isalnum())


def pieces(text: str) -> frozenset[str]:
    """Every two neighbouring characters of a text, which is what the index holds: 清扬路 -> 清扬, 扬路.

    Words of a segmenter would depend on its dictionary and on the sentence around them.
    """
    plain = bare(text)
    return frozenset(plain[at : at + _PIECE] for at in range(len(plain) - _PIECE + 1))


def was_said(words: str, texts: Iterable[str]) -> bool:
    """Whether one of the texts has the words in one piece."""
    wanted = bare(words)
    return any(wanted in bare(text) for text in texts)
