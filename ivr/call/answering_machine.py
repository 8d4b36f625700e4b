"""Has a machine picked up the telephone that we rang? Decided from what it says, never by making a person wait.

The notice begins at once. Three things tell a machine meanwhile: its words, its beep, and that it goes on
speaking as no person does who has just picked up. Time is counted in audio, from the moment of picking up.

A key, or half a minute, and it is a person.
"""

from ivr.call import events
from ivr.domain.spoken_machines import sounds_like_a_machine

LISTENS_SECONDS = 30.0
UNBROKEN_SECONDS = 6.0
"""Who picks up and speaks for so long without a pause is no person."""
PAUSE_SECONDS = 0.6
BEGINS_SECONDS = 2.0
"""Such speech begins so soon: later it is a person who answers."""
AFTER_BEEP_SECONDS = 1.0
"""A mailbox beeps once and then listens; a lorry that backs up beeps on."""
_TALKS_SECONDS = 0.2


class AnsweringMachine:
    """Watches the events of one call.

    Args:
        possible: False where the other side rang us.
    """

    def __init__(self, *, possible: bool) -> None:
        self._possible = possible
        self._seconds = 0.0
        self._began: float | None = None
        """When the speech began that has had no pause since."""
        self._voiced_at = 0.0
        self._beeped_at: float | None = None
        self._talked = 0.0
        """Voice since the beep."""

    def told_by(self, event: events.Event) -> bool:
        """Take one event; True when it shows that a machine is on the line."""
        if not self._possible:
            return False
        match event:
            case events.FrameHeard(seconds, voiced):
                return self._frame(seconds, voiced=voiced)
            case events.PartlyHeard(text):
                return sounds_like_a_machine(text)
            case events.Heard(texts):
                return sounds_like_a_machine(texts)
            case events.BeepHeard():
                self._beeped_at = self._seconds if self._beeped_at is None else None
                self._talked = 0.0
            case events.KeyPressed():
                self._possible = False
            case _:
                pass
        return False

    def _frame(self, seconds: float, *, voiced: bool) -> bool:
        self._seconds += seconds
        if self._seconds > LISTENS_SECONDS:
            self._possible = False
            return False
        if voiced:
            if self._began is None or self._seconds - self._voiced_at > PAUSE_SECONDS:
                self._began = self._seconds
            self._voiced_at = self._seconds
        return self._never_pauses() or self._listens(seconds if voiced else 0.0)

    def _never_pauses(self) -> bool:
        began = self._began
        return began is not None and began <= BEGINS_SECONDS and self._voiced_at - began >= UNBROKEN_SECONDS

    def _listens(self, talked: float) -> bool:
        """Has it fallen silent after one beep?"""
        if self._beeped_at is None:
            return False
        self._talked += talked
        if self._talked >= _TALKS_SECONDS:
            self._beeped_at = None
            return False
        return self._seconds - self._beeped_at >= AFTER_BEEP_SECONDS
