"""What a call has proved about who is calling, as the services see it.

A `Proof` is laid in the vault; the dialogue carries its reference only. It opens for its own call, so
that neither a forged nor another call's reference gives any right.
"""

import json
from dataclasses import asdict, dataclass, field
from enum import IntEnum


class Level(IntEnum):
    """What is proved.

    L0  nothing                                   rules, opening hours, offices
    L1  the calling number                        car moving
    L2  identity number on file and an SMS code   bookings, progress, status
    L3  L2 and a second secret                    replacing plates and licences
    """

    NONE = 0
    NUMBER = 1
    IDENTITY = 2
    SECOND_SECRET = 3


class LevelMissing(Exception):
    """A business needs more proof than the call has; carries both levels."""

    code = "level_missing"

    def __init__(self, have: Level, need: Level) -> None:
        super().__init__(f"level {have.value}, needed {need.value}")
        self.have = have
        self.need = need


@dataclass(frozen=True, slots=True)
class Proof:
    """A person who has proved who he is."""

    level: Level
    id_token: str
    """Stands for the identity number in limits and search."""
    person_token: str = field(repr=False)
    """The backend's handle."""
    contact_token: str = field(repr=False)
    """Mobile number on file: where SMS go."""
    phone_tail: str
    age: int
    home: str | None = field(default=None, repr=False)
    """Registered address down to the street, as it may be said."""
    plate: str | None = field(default=None, repr=False)
    """Vehicle whose VIN was the second secret."""

    def to_text(self) -> str:
        """Write it for the vault."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def from_text(cls, text: str) -> "Proof":
        """Read what `to_text` wrote."""
        values = json.loads(text)
        return cls(**{**values, "level": Level(values["level"])})
