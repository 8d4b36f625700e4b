"""What is remembered between two messages; lives in one Rasa slot and holds nothing but plate and place."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from enum import StrEnum
from typing import Any, Self


class Stage(StrEnum):
    """What the last question was about."""

    OPEN = "open"
    PLATE = "plate"
    PLATE_AGAIN = "plate_again"
    """The plate is to be confirmed once more: something did not fit."""
    PLACE = "place"
    COLOUR = "colour"
    PHONE = "phone"
    CONFIRM = "confirm"
    WRONG = "wrong"
    """The caller said no: what is wrong?"""
    HOLDING = "holding"
    MORE = "more"
    """Anything else?"""
    OFFER_HUMAN = "offer_human"
    OWN_CASE = "own_case"
    """The caller has an open request: what about it?"""
    OWNER = "owner"
    """An owner hears the notice."""


STEPS = frozenset(
    {Stage.PLATE, Stage.PLATE_AGAIN, Stage.PLACE, Stage.COLOUR, Stage.PHONE, Stage.CONFIRM, Stage.WRONG}
)
"""A request is being taken."""


@dataclass(frozen=True, slots=True)
class Move:
    """A request as far as it is understood."""

    plate: str | None = None
    plate_fresh: bool = False
    """Heard in this message: read it back with the next question."""
    plate_doubts: tuple[int, ...] = ()
    """Places of the plate's province and letters that may have been misheard: explained when read back."""
    plate_question: str | None = None
    """Two readings sound alike: what to ask."""
    plate_others: tuple[str, ...] = ()
    """The other readings, the likeliest first."""
    plate_checked: bool = False
    """Said again when the colour did not fit: not asked about a second time."""
    place: str | None = None
    place_kind: str | None = None
    on_road: bool | None = None
    reason: str | None = None
    colour: str | None = None
    """A colour, or `unknown` when the caller cannot tell."""
    phone_ref: str | None = None
    """Reference of a number the caller gave because his own is withheld."""
    admitted: bool = False

    def __repr__(self) -> str:
        """Give what may be logged."""
        given = [f.name for f in fields(self) if getattr(self, f.name)]
        return f"Move({', '.join(given)})"


@dataclass(frozen=True, slots=True)
class Talk:
    """The conversation so far."""

    stage: Stage = Stage.OPEN
    move: Move = Move()
    misses: int = 0
    """Answers not understood, one after another."""
    filed: int = 0
    """Requests filed in this call; numbers their idempotency keys."""
    case_id: str = ""
    queue: str = ""
    """Where the caller was offered to be transferred."""

    @classmethod
    def from_slot(cls, slot: Mapping[str, Any] | None) -> Self:
        """Read the slot; a fresh talk when it is empty."""
        if not slot:
            return cls()
        known = {f.name for f in fields(cls)} - {"stage", "move"}
        rest = {name: slot[name] for name in known if name in slot}
        return cls(stage=Stage(slot["stage"]), move=Move(**{name: _tupled(value) for name, value in slot["move"].items()}), **rest)

    def to_slot(self) -> dict[str, Any]:
        """Write the slot."""
        return {**asdict(self), "stage": self.stage.value}

    def emptied(self) -> Move:
        """A new request of the same caller: only his number is kept."""
        return Move(phone_ref=self.move.phone_ref)

    def at(self, stage: Stage, **changes: Any) -> Self:
        """Go to a stage; misses start anew."""
        return replace(self, stage=stage, **{"misses": 0, **changes})


def _tupled(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
