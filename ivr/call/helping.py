"""What is done for a caller who is silent or not understood: help said, then the dialogue, a human, or goodbye."""

from ivr.call import announcements as words
from ivr.call.asking import Asking
from ivr.call.commands import Command
from ivr.call.events import Heard
from ivr.call.floor import Floor
from ivr.call.ladder import Help, Ladder
from ivr.call.leaving import Leaving
from ivr.call.questions import Question, written
from ivr.dialogue.replies import Expect


class Helping:
    """Climbs the ladder of help.

    Args:
        owner: we rang this person; one who says nothing is not handed to a human.
    """

    def __init__(self, floor: Floor, asking: Asking, leaving: Leaving, *, owner: bool) -> None:
        self._floor = floor
        self._asking = asking
        self._leaving = leaving
        self._owner = owner
        self._ladder = Ladder(owner=owner)
        self.no_seat = False
        """Humans were asked for, and none was free."""

    def understood(self) -> None:
        """The caller was understood."""
        self._ladder.understood()

    def missed(self, heard: Heard, now: float) -> list[Command]:
        """Something was said that cannot be used."""
        return [written(heard, self._floor.expect), *self.nothing_understood(now)]

    def nothing_understood(self, now: float) -> list[Command]:
        """Something was said, and nobody knows what."""
        return self._help(self._ladder.missed(self._floor.prompt, self._floor.expect), now)

    def silent(self, now: float) -> list[Command]:
        """Nothing was said in time."""
        return self._help(self._ladder.silent(self._floor.prompt, self._floor.expect), now)

    def _help(self, help_: Help, now: float) -> list[Command]:
        if help_.gives_up is None:
            return self._floor.say_beside(help_.sentences, now)
        if help_.gives_up == "no_input" and self.no_seat:
            return self._leaving.farewell((words.GOODBYE_SILENT,), "no_input", now)
        expect = self._floor.expect
        if self._owner or expect.sensitive or expect.retries_left < Expect().retries_left:
            return self._asking.ask(Question("/no_input", shown="（没有答复）"), now)
        return self._leaving.to_human(help_.gives_up, help_.sentences[0], now)
