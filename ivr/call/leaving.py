"""Ways out of the machine: a human, a callback, the last resort when the dialogue is gone."""

from ivr.call import announcements as words
from ivr.call.commands import Command, FallSilent, LeaveCallback, Listen, TransferTo, Utter
from ivr.call.events import CallbackLeft, PlaceTold
from ivr.call.floor import Floor, State
from ivr.call.listening import Ear
from ivr.call.waiting import COMFORT_SECONDS
from ivr.dialogue.replies import Expect

MESSAGE_SECONDS = 12.0
"""How long the last resort waits for the caller's words."""
_STILL_SPEAKING_SECONDS = 4.0
_ROUND_SECONDS = 7.5
"""A caller in line hears the music again after so long, a little before its round is over."""
_WORDS_SECONDS = 5.0


class Leaving:
    """How this call may be left.

    Args:
        floor: of this call.
        owner: we rang this person: nobody calls him back.
    """

    def __init__(self, floor: Floor, *, owner: bool) -> None:
        self._floor = floor
        self._owner = owner
        self._said_before = ""
        self._in_line = False

    def to_human(self, reason: str, opening: Utter, now: float) -> list[Command]:
        """Hand him to a person; one who is already on his way is not sent again."""
        floor = self._floor
        if floor.leaving:
            return []
        transfer = TransferTo("general", reason, {"expected": floor.expect.kind.value})
        floor.keys.take()
        return floor.hush() + self.announce(transfer, (opening,), now)

    def announce(self, transfer: TransferTo, sentences: tuple[Utter, ...], now: float) -> list[Command]:
        """Say where he is being taken, then take him there."""
        return self._floor.speak(
            sentences, now, interruptible=False, then=lambda at: self._transfer(transfer, at), final=True
        )

    def _transfer(self, transfer: TransferTo, now: float) -> list[Command]:
        self._floor.state = State.TRANSFERRING
        self._floor.deadline = now + COMFORT_SECONDS
        self._in_line = False
        return [transfer]

    def place_told(self, told: PlaceTold, now: float) -> list[Command]:
        """He waits for a person: he hears where he stands, then music."""
        if self._floor.state is not State.TRANSFERRING:
            return []
        self._in_line = True
        self._floor.deadline = now + _WORDS_SECONDS + _ROUND_SECONDS
        place = words.place_in_line(told.position, told.wait_seconds)
        return [FallSilent(), self._floor.aside(place, words.HOLD_MUSIC)]

    def comfort(self, now: float) -> list[Command]:
        """The way out takes its time."""
        if self._in_line:
            self._floor.deadline = now + _ROUND_SECONDS
            return [self._floor.aside(words.HOLD_MUSIC)]
        self._floor.deadline = now + COMFORT_SECONDS
        return [self._floor.aside(words.ONE_MOMENT)]

    def last_resort(self, said: str, now: float) -> list[Command]:
        """The dialogue is gone: take a message, which needs nothing but the desk."""
        self._floor.expect = Expect()
        self._said_before = said
        if self._owner:
            return self.farewell((words.CALL_AGAIN_LATER,), "dialogue_down", now)
        commands = self._floor.speak((words.LAST_RESORT,), now, then=self._await_message)
        return [Listen("message", sealed=False), *commands]

    def _await_message(self, now: float) -> list[Command]:
        self._floor.state = State.LAST_RESORT
        self._floor.deadline = now + MESSAGE_SECONDS
        return []

    def message_overdue(self, now: float) -> list[Command]:
        """He has said nothing; one who is speaking is heard out."""
        if self._floor.listening.ear is Ear.OPEN:
            self._floor.deadline = now + _STILL_SPEAKING_SECONDS
            return []
        return self.leave_message("", now)

    def leave_message(self, text: str, now: float) -> list[Command]:
        """Order a callback with everything he has said."""
        said = "；".join(part for part in (self._said_before, text) if part)
        self._floor.state = State.TRANSFERRING
        self._floor.deadline = now + COMFORT_SECONDS
        return [LeaveCallback("dialogue_down", said)]

    def callback_left(self, event: CallbackLeft, now: float) -> list[Command]:
        """Tell him, and part."""
        if event.serial is None:
            return self.farewell((words.CALLBACK_FAILED, words.GOODBYE), "callback_left", now)
        told = (words.CALLBACK_LEFT, Utter(f"流水号{event.serial}。"), words.GOODBYE)
        return self.farewell(told, "callback_left", now)

    def farewell(self, sentences: tuple[Utter, ...], reason: str, now: float) -> list[Command]:
        """Say the last words and hang up once they were heard."""
        self._floor.state = State.ENDING
        return self._floor.speak(
            sentences, now, interruptible=False, then=lambda _: self._floor.end(reason), final=True
        )
