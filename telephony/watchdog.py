"""Decides when the service is gone, and what is done for its callers. Pure.

    the door answers  ->  up
    no answer         ->  down: callers are taken out of its hands, new ones are not sent to it

Rules:

1. One missing answer is enough: it was waited for longer than any healthy service takes, and a caller
   hears nothing meanwhile.
2. While it is down, "do not send callers" is a promise with an end (`DOWN_SECONDS`), renewed with every
   missing answer: should the watchdog die too, Asterisk tries the door again by itself.
3. It is up again after `GOOD_ANSWERS` answers in a row: a service that stutters must not get callers.
4. At its first good answer a new watchdog ends whatever promise an earlier one had made; while Asterisk
   cannot be told so, every further good answer ends it again.
"""

from dataclasses import dataclass
from enum import StrEnum

ASK_EVERY_SECONDS = 0.5
ANSWER_SECONDS = 1.5
"""Together: a caller waits 2 s at most until somebody acts."""
DOWN_SECONDS = 4
"""Longer than it takes to miss the next answer."""
GOOD_ANSWERS = 2


class Health(StrEnum):
    """What came of one question to the door."""

    GOOD = "good"
    SILENT = "silent"
    """No answer in time: frozen, a loop that hangs, or a network that swallows everything."""
    GONE = "gone"
    """Nobody listens there, or it is not our door."""


@dataclass(frozen=True, slots=True)
class KeepCallersAway:
    """Asterisk's dialplan must not ask the door for so long."""

    seconds: int


@dataclass(frozen=True, slots=True)
class LetCallersIn:
    """The door may be asked again."""


@dataclass(frozen=True, slots=True)
class TakeCallersOut:
    """Every caller in the hands of the service goes the dialplan's own way."""


WatchdogCommand = KeepCallersAway | LetCallersIn | TakeCallersOut


class Watchdog:
    """Judges one media door by its answers."""

    def __init__(self) -> None:
        self.is_down = False
        self._good = 0
        self._let_in = False
        """Asterisk knows that it may ask the door."""

    def handle(self, health: Health) -> list[WatchdogCommand]:
        """Take one answer, or the lack of it."""
        if health is Health.GOOD:
            return self._answered()
        self._good = 0
        self.is_down = True
        self._let_in = False
        return [KeepCallersAway(DOWN_SECONDS), TakeCallersOut()]

    def untold(self) -> None:
        """Asterisk did not take a command."""
        self._let_in = False

    def _answered(self) -> list[WatchdogCommand]:
        if self._let_in:
            return []
        self._good += 1
        if self.is_down and self._good < GOOD_ANSWERS:
            return [KeepCallersAway(DOWN_SECONDS)]
        self.is_down, self._let_in = False, True
        return [LetCallersIn()]
