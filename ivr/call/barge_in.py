"""The caller speaks while we do: hold our breath at his first sound, stop at his first word, go on after a nod.

    speaking --voice--> breath held --a word, or voice that lasts--> stopped
       ^                    |
       +--a nod, noise, or nothing more--+

A held breath loses nothing that was to be said. On a line that is never quiet it would only stutter: after
some that were held for nothing, speech goes on until there are words.
"""

from ivr.call.commands import Command
from ivr.call.floor import Floor
from ivr.call.listening import Ear

STARTLE_SECONDS = 0.04
"""Voice, after the detector's decision, that makes us hold our breath."""
GO_ON_AFTER_SECONDS = 0.3
"""Silence after which what made us hold it was a nod or noise."""
RECOGNIZING_SECONDS = 0.5
"""More of it while his utterance is being recognized: it may still be a word."""
MOST_FOR_NOTHING = 3
"""In one call; a word heard in time starts the count anew."""


class BargeIn:
    """Decides about our speech while the caller makes himself heard."""

    def __init__(self, floor: Floor) -> None:
        self._floor = floor
        self._startled = False
        """By this utterance, already."""
        self._for_nothing = 0
        self._silent_seconds = 0.0

    def began(self) -> None:
        """A new utterance has opened."""
        self._startled = False

    def heard(self, now: float) -> list[Command]:
        """The caller's voice, or a new guess of his words."""
        floor = self._floor
        self._silent_seconds = 0.0
        if not floor.yields:
            return []
        if floor.listening.interrupts():
            self._for_nothing = 0
            return floor.interrupt(now)
        held = self._startled or self._for_nothing >= MOST_FOR_NOTHING
        if held or floor.listening.voiced_seconds < STARTLE_SECONDS:
            return []
        self._startled = True
        return floor.hold_breath(now)

    def silent(self, now: float, seconds: float) -> list[Command]:
        """A frame without voice, inside his utterance or after it."""
        self._silent_seconds += seconds
        recognizing = self._floor.listening.ear is Ear.FINISHING
        enough = GO_ON_AFTER_SECONDS + (RECOGNIZING_SECONDS if recognizing else 0.0)
        return self.over(now) if self._silent_seconds >= enough else []

    def over(self, now: float) -> list[Command]:
        """His utterance was nothing that stops us."""
        if not self._floor.breath_held:
            return []
        self._for_nothing += 1
        return self._floor.breathe(now)
