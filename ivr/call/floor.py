"""Who has the floor: our own speech, what follows it, and what is listened for then.

Every prompt that ends a turn has a mark of its own. `then` says what follows when it was heard; a
*final* prompt announces that the caller is being taken somewhere, so nothing stops it.
"""

from collections.abc import Callable
from enum import Enum

from ivr.call.commands import Command, EndCall, FallSilent, GoOn, HoldBreath, Speak, Utter
from ivr.call.dtmf import KeyEntry
from ivr.call.expect import no_input_seconds
from ivr.call.listening import Ear, Listening
from ivr.dialogue.replies import Expect

Then = Callable[[float], list[Command]]

_LOST_MARK_SECONDS = 10.0
_SECONDS_PER_CHARACTER = 0.5
"""Twice a slow speaker: a prompt that takes longer has lost its mark on the line."""


class State(Enum):
    """What the call is doing."""

    GREETING = "greeting"
    SPEAKING = "speaking"
    LISTENING = "listening"
    THINKING = "thinking"
    HOLDING = "holding"
    TRANSFERRING = "transferring"
    TALKING = "talking"
    """With a person; whoever joined them sees to its end."""
    LAST_RESORT = "last_resort"
    ENDING = "ending"
    ENDED = "ended"


class Floor:
    """What all parts of the turn-taking share."""

    def __init__(self) -> None:
        self.state = State.GREETING
        self.expect = Expect()
        self.deadline: float | None = None
        """When `TimePassed` is due, in monotonic seconds."""
        self.listening = Listening()
        self.keys = KeyEntry()
        self.prompt: tuple[Utter, ...] = ()
        """The question that is open, to be said again."""
        self._mark: str | None = None
        self._marks = 0
        self._asides = 0
        self._interruptible = True
        self._final = False
        self._then: Then | None = None
        self._held_at: float | None = None

    @property
    def silent(self) -> bool:
        """Do we say nothing whose end is awaited?"""
        return self._mark is None

    @property
    def quiet(self) -> bool:
        """May something new begin: nobody speaks, no key of an entry is pressed?"""
        waits = self.state in (State.LISTENING, State.HOLDING)
        return waits and self.silent and self.listening.ear is Ear.CLOSED and not self.keys

    @property
    def leaving(self) -> bool:
        """Is the caller on his way to somebody else?"""
        return self.state is State.TRANSFERRING or (self._final and self.state is State.SPEAKING)

    @property
    def yields(self) -> bool:
        """Do we speak, and may the caller's voice stop it?"""
        return self.state is State.SPEAKING and self._interruptible and not self._final

    def goes_on_with(self, then: Then) -> bool:
        """Do we speak, and is this what follows?"""
        return self.state is State.SPEAKING and self._then == then

    @property
    def breath_held(self) -> bool:
        """Is our speech held in the middle?"""
        return self._held_at is not None

    def hold_breath(self, now: float) -> list[Command]:
        """Hold our speech where it is."""
        if self._mark is None or self.breath_held:
            return []
        self._held_at = now
        return [HoldBreath()]

    def breathe(self, now: float) -> list[Command]:
        """Go on with speech that is held."""
        if self._held_at is None:
            return []
        if self.deadline is not None:
            self.deadline += now - self._held_at
        self._held_at = None
        return [GoOn()]

    def speak(
        self, sentences: tuple[Utter, ...], now: float, *, interruptible: bool = True, then: Then | None = None,
        final: bool = False,
    ) -> list[Command]:
        """Say this; then do what follows, or listen."""
        if not sentences:
            return then(now) if then else self.listen(now)
        if self.state is not State.ENDING:
            self.state = State.SPEAKING
        held = self.breathe(now)
        self._marks += 1
        self._mark = f"p{self._marks}"
        self._interruptible, self._final, self._then = interruptible, final, then
        self.prompt = sentences if then is None else self.prompt
        characters = sum(len(sentence.text) for sentence in sentences)
        self.deadline = now + _LOST_MARK_SECONDS + characters * _SECONDS_PER_CHARACTER
        return [*held, Speak(sentences, self._mark)]

    def say_beside(self, sentences: tuple[Utter, ...], now: float) -> list[Command]:
        """Say this and listen again; the open question stays what it was."""
        prompt = self.prompt
        commands = self.speak(sentences, now)
        self.prompt = prompt
        return commands

    def aside(self, *sentences: Utter) -> Speak:
        """Words that change nothing; nobody waits for their end."""
        self._asides += 1
        return Speak(sentences, f"aside{self._asides}")

    def played(self, mark: str | None, now: float) -> list[Command]:
        """The prompt with this mark was heard to its end."""
        if mark is None or mark != self._mark:
            return []
        return self._go_on(now)

    def overdue(self, now: float) -> list[Command]:
        """The end of a prompt was never reported: go on as if it had been."""
        return self.played(self._mark, now)

    def interrupt(self, now: float) -> list[Command]:
        """Stop speaking, unless the caller is being taken somewhere."""
        if self._mark is None or self._final:
            return []
        self._held_at = None
        commands = self._go_on(now)
        if self.state is State.LISTENING:
            self.deadline = None
        return [FallSilent(), *commands]

    def hush(self) -> list[Command]:
        """Stop speaking and forget what was to follow."""
        if self._mark is None:
            return []
        self._mark, self._then, self._held_at = None, None, None
        return [FallSilent()]

    def _go_on(self, now: float) -> list[Command]:
        held, then = self.breathe(now), self._then
        self._mark, self._then, self._final = None, None, False
        return [*held, *(then(now) if then else self.listen(now))]

    def listen(self, now: float) -> list[Command]:
        """The caller's turn."""
        self.state = State.LISTENING
        self.deadline = self.keys.deadline(self.expect) or now + no_input_seconds(self.expect)
        return []

    def rearm(self, now: float) -> list[Command]:
        """Something happened that means nothing: wait anew."""
        return self.listen(now) if self.state is State.LISTENING else []

    def end(self, reason: str) -> list[Command]:
        """Nothing follows."""
        self.state = State.ENDED
        self.deadline = None
        return [EndCall(reason)]
