"""What is done for a caller whose ear is lost: another one is opened, a few times; then keys and people are left.

    hearing --lost--> another ear, he says it again --lost--> another ear, told of the keys --lost--> deaf for good
       ^                          |                                     |
       +------- anything heard ---+-------------------------------------+

Pure.
"""

from ivr.call import announcements as words
from ivr.call.commands import Command, OpenEar
from ivr.call.floor import Floor, State

MOST_LOSSES = 3
"""In a row, with nothing heard between; so many dead ears and no other is tried in this call."""


class Deafness:
    """Counts losses and says what follows.

    Args:
        floor: of this call.
        owner: we rang this person: the keys of the hotline mean nothing to him.
    """

    def __init__(self, floor: Floor, *, owner: bool) -> None:
        self._floor = floor
        self._told_of_keys = words.EAR_LOST_KEYS if owner else words.EAR_LOST
        self._losses = 0

    @property
    def for_good(self) -> bool:
        """Does the rest of the call go by keys?"""
        return self._losses >= MOST_LOSSES

    def heard(self) -> None:
        """The ear has given an answer."""
        self._losses = 0

    def lost(self, now: float) -> list[Command]:
        """The ear is lost; whatever he was saying with it."""
        if self.for_good:
            return []
        self._losses += 1
        self._floor.listening.lose()
        told = self._asked_again(now) if self._losses == 1 else self._told(now)
        return [OpenEar(), *told] if self._losses < MOST_LOSSES else told

    def _asked_again(self, now: float) -> list[Command]:
        """Who has the floor says it again; whoever hears or awaits something of ours goes on with that."""
        floor = self._floor
        match floor.state:
            case State.LISTENING:
                return floor.say_beside((words.DID_NOT_UNDERSTAND, *floor.prompt), now)
            case State.LAST_RESORT:
                return [floor.aside(words.DID_NOT_UNDERSTAND)]
            case _:
                return floor.breathe(now)

    def _told(self, now: float) -> list[Command]:
        floor = self._floor
        if floor.state is State.TALKING:
            return []
        if floor.yields or floor.state is State.LISTENING:
            return floor.say_beside((self._told_of_keys, *floor.prompt), now)
        return [floor.aside(self._told_of_keys)]
