"""How far a caller is proved to be who he says: levels, and what a call has reached.

    L0  nothing                                   rules, opening hours, offices
    L1  the calling number                        car moving
    L2  identity number on file and an SMS code   bookings, progress, status
    L3  L2 and a second secret                    replacing plates and licences

This house reaches L1. A business that asks for more is refused by `require`, never let through.
"""

from enum import IntEnum

from ivr.services.ports import Vault
from ivr.storage.errors import SealForeign, SealGone


class Level(IntEnum):
    """What is proved."""

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


class Verification:
    """What a call has proved."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    async def level(self, *, caller_ref: str | None, call_id: str) -> Level:
        """L1 where the network gave a number; a withheld number proves nothing."""
        if not caller_ref:
            return Level.NONE
        try:
            number = await self._vault.open(caller_ref, call_id=call_id)
        except (SealGone, SealForeign):
            return Level.NONE
        return Level.NUMBER if number else Level.NONE

    async def require(self, need: Level, *, caller_ref: str | None, call_id: str) -> None:
        """Let pass whoever has proved enough.

        Raises:
            LevelMissing: he has not.
        """
        have = await self.level(caller_ref=caller_ref, call_id=call_id)
        if have < need:
            raise LevelMissing(have, need)
