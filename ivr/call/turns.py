"""Who speaks now? The turn-taking of one call, decided in a pure machine.

    GREETING --Answered--> SPEAKING --PlayedOut--> LISTENING --Heard/keys--> THINKING --Answered--> SPEAKING
                              |  ^                                             |
                    barge-in  +--+ prompt resumes after a false one            +--failed twice--> LAST_RESORT
    Answered ends with Hold     -> HOLDING until an order resumes the talk
    Answered ends with Transfer -> TRANSFERRING; no seat -> the dialogue books a callback
    Joined -> TALKING with a person until Parted asks the dialogue how to go on
    Answered ends with HangUp   -> ENDING after the last word was heard

Rules:
 1. Everything that decides the state of the talk lives here and in the pure files beside it: `floor`
    (our speech), `listening` (his), `barge_in` (both at once), `asking` (the dialogue), `waiting` (hold,
    orders), `helping` (silence, misses), `deafness` (a lost ear), `leaving` (ways out).
 2. One question is in flight at a time; an answer to another turn is dropped.
 3. A yes or no before its question was heard means nothing: the question is said again.
 4. 人工 and key 0 work in every state and ask nobody.
 5. Every state that waits has a deadline, and every deadline has words: silence is a bug. Only a talk
    with a person has none here: whoever joined them (`handing`) ends it.
"""

from collections.abc import Callable, Mapping
from typing import Any, assert_never

from ivr.call import announcements as words
from ivr.call import events
from ivr.call.answering_machine import AnsweringMachine
from ivr.call.asking import Asking
from ivr.call.barge_in import BargeIn
from ivr.call.commands import (
    Command,
    DropUtterance,
    FallSilent,
    FinishUtterance,
    OpenUtterance,
    Seal,
    WriteDown,
)
from ivr.call.deafness import Deafness
from ivr.call.dtmf import asks_for_human
from ivr.call.expect import answers_briefly, no_input_seconds, short_answers, substance, wants_human
from ivr.call.floor import Floor, State
from ivr.call.helping import Helping
from ivr.call.leaving import Leaving
from ivr.call.listening import Ear, Verdict
from ivr.call.questions import (
    Question,
    from_keys,
    from_sealed,
    from_speech,
    names_nobody,
    sealable,
    written,
)
from ivr.call.together import Together
from ivr.call.waiting import Waiting
from ivr.dialogue.replies import Expect, ExpectKind

_DURING_A_TALK = (events.Parted, events.OrderArrived, events.RecognizerLost, events.HungUp)
"""What counts while the caller talks with a person; words and keys are theirs."""
RECOGNIZE_SECONDS = 4.0
"""An ear that gives no answer for so long has not understood."""


class Turns:
    """The machine of one call. `handle` decides; `deadline` says when to send `TimePassed`.

    Args:
        owner: we rang this person; one who says nothing is not handed to a human.
    """

    def __init__(self, *, owner: bool = False) -> None:
        self._owner = owner
        self._floor = Floor()
        self._barge_in = BargeIn(self._floor)
        self._waiting = Waiting(self._floor)
        self._leaving = Leaving(self._floor, owner=owner)
        self._asking = Asking(self._floor, self._waiting, self._leaving)
        self._helping = Helping(self._floor, self._asking, self._leaving, owner=owner)
        self._together = Together(self._floor, self._waiting, self._asking, self._leaving, self._helping)
        self._machine = AnsweringMachine(possible=owner)
        self._deafness = Deafness(self._floor, owner=owner)
        self._handlers: Mapping[type[events.Event], Callable[[Any, float], list[Command]]] = {
            events.CallBegan: lambda e, now: self._asking.ask(Question(e.opening, shown="（来电）"), now),
            events.FrameHeard: self._frame,
            events.BeepHeard: lambda _, _now: [],
            events.PartlyHeard: self._partly_heard,
            events.Heard: self._heard,
            events.TypedIn: self._typed,
            events.KeyPressed: lambda e, now: self._key(e.digit, now),
            events.PlayedOut: lambda e, now: self._floor.played(e.mark, now),
            events.SpeechLost: lambda e, now: self._floor.played(e.mark, now),
            events.RecognizerLost: lambda _, now: self._deafness.lost(now),
            events.Answered: self._asking.answered,
            events.DialogueFailed: self._asking.failed,
            events.ValueSealed: lambda e, now: self._asking.ask(from_sealed(e), now),
            events.SealFailed: lambda _, now: self._leaving.to_human("vault_down", words.TO_HUMAN, now),
            events.OrderArrived: self._together.ordered,
            events.TransferEnded: self._together.transfer_ended,
            events.PlaceTold: self._leaving.place_told,
            events.Joined: lambda _, __: self._together.joined(),
            events.Parted: self._together.parted,
            events.CallbackLeft: self._leaving.callback_left,
            events.TimePassed: lambda _, now: self._time_passed(now),
            events.HungUp: lambda e, _: self._floor.end(e.reason),
        }

    @property
    def state(self) -> State:
        """What the call is doing."""
        return self._floor.state

    @property
    def expect(self) -> Expect:
        """What is listened for."""
        return self._floor.expect

    @property
    def deadline(self) -> float | None:
        """When `TimePassed` is due, in monotonic seconds."""
        return self._floor.deadline

    @property
    def turn(self) -> int:
        """Number of the last question to the dialogue."""
        return self._asking.turn

    def handle(self, event: events.Event, *, now: float) -> list[Command]:
        """Decide what follows from one fact. `now`: monotonic seconds."""
        if self.state is State.ENDED or (self.state is State.TALKING and not isinstance(event, _DURING_A_TALK)):
            return []
        if self._machine.told_by(event):  # nobody is there to be told anything
            return [FallSilent(), *self._floor.end("voicemail")]
        commands = self._handlers[type(event)](event, now)
        if self._waiting.cuts_short:
            commands = commands + self._floor.interrupt(now)
        order = self._waiting.next_order()
        return commands if order is None else commands + self._together.due(order, now)

    def _frame(self, event: events.FrameHeard, now: float) -> list[Command]:
        if self._deafness.for_good or self.state in (State.GREETING, State.TRANSFERRING, State.ENDING):
            return []
        floor = self._floor
        verdict = floor.listening.frame(event.seconds, voiced=event.voiced, expect=floor.expect)
        match verdict:
            case Verdict.BEGAN:
                self._barge_in.began()
                if self.state is State.LISTENING:
                    floor.deadline = None
                return [OpenUtterance()]
            case Verdict.FINISHED:
                if self.state in (State.LISTENING, State.LAST_RESORT):
                    floor.deadline = now + RECOGNIZE_SECONDS
                return [FinishUtterance(short_answers(floor.expect), binding=floor.expect.binding)]
            case Verdict.NOISE:
                return [DropUtterance(), *self._barge_in.over(now), *floor.rearm(now)]
            case Verdict.NOTHING:
                return self._barge_in.heard(now) if event.voiced else self._barge_in.silent(now, event.seconds)
        assert_never(verdict)

    def _partly_heard(self, event: events.PartlyHeard, now: float) -> list[Command]:
        if self._floor.listening.ear is Ear.CLOSED:
            return []
        self._floor.listening.guess(event.text)
        return self._barge_in.heard(now)

    def _heard(self, heard: events.Heard, now: float) -> list[Command]:
        """A whole utterance; one that was dropped meanwhile is not wanted any more."""
        self._deafness.heard()
        if self._floor.listening.ear is not Ear.FINISHING:
            return []
        self._floor.listening.reset()
        return self._understood(heard, now)

    def _typed(self, event: events.TypedIn, now: float) -> list[Command]:
        """Typed words count at once: who types has read what is being said."""
        silence = self._floor.interrupt(now) if self._floor.yields else []
        return silence + self._understood(events.Heard((event.text,), 1.0, 1.0), now)

    def _understood(self, heard: events.Heard, now: float) -> list[Command]:
        text = heard.texts[0] if heard.texts else ""
        if any(wants_human(each) for each in heard.texts[:2]):
            return [written(heard, self._floor.expect), *self._leaving.to_human("caller_asked", words.TO_HUMAN, now)]
        match self.state:
            case State.SPEAKING:
                if not self._floor.yields or not substance(text) or answers_briefly(text):
                    return self._barge_in.over(now)
                return [*self._floor.interrupt(now), *self._take(heard, now)]
            case State.THINKING:
                return self._asking.heard_meanwhile(heard, now)
            case State.LAST_RESORT:
                return [written(heard, self._floor.expect), *self._leaving.leave_message(text, now)]
            case State.LISTENING | State.HOLDING:
                return self._take(heard, now)
            case _:
                return []

    def _take(self, heard: events.Heard, now: float) -> list[Command]:
        """A whole utterance in its place: ask the dialogue, seal it, or help."""
        text = heard.texts[0] if heard.texts else ""
        expect = self._floor.expect
        means_something = substance(text) or (expect.kind is ExpectKind.YES_NO and text)
        if not means_something:
            if heard.voiced_seconds < 0.4 or self.state is State.HOLDING:
                return self._floor.rearm(now)
            return self._helping.missed(heard, now)
        if not expect.sensitive:
            self._helping.understood()
            return self._asking.ask(from_speech(heard, expect), now)
        value = sealable(expect, heard.texts)
        if value is not None:
            return self._seal(value, now)
        if names_nobody(heard.texts):
            return self._asking.ask(from_speech(heard, expect), now)
        return self._helping.missed(heard, now)

    def _seal(self, value: str, now: float) -> list[Command]:
        self._helping.understood()
        self._floor.deadline = now + no_input_seconds(self._floor.expect)
        return [Seal(self._floor.expect.kind.value, value)]

    def _key(self, digit: str, now: float) -> list[Command]:
        commands: list[Command] = []
        floor = self._floor
        if floor.keys.belongs_to_last(digit, now=now):
            return commands
        if floor.listening.ear is not Ear.CLOSED:
            floor.listening.reset()
            commands.append(DropUtterance())
        if self.state is State.SPEAKING:
            commands += floor.interrupt(now)
        entry = floor.keys.press(digit, floor.expect, now=now)
        if entry is None:
            if self.state is State.LISTENING:
                floor.deadline = floor.keys.deadline(floor.expect)
            return commands
        return commands + self._entered(entry, now)

    def _entered(self, keys: str, now: float) -> list[Command]:
        expect = self._floor.expect
        if asks_for_human(keys, expect):
            return [WriteDown("［按键0］"), *self._leaving.to_human("caller_pressed_0", words.TO_HUMAN, now)]
        if self.state not in (State.LISTENING, State.HOLDING):
            return []
        if not keys:
            return self._floor.rearm(now)
        if expect.sensitive and keys != "*":
            return self._seal(keys.replace("*", "X"), now)
        self._helping.understood()
        return self._asking.ask(from_keys(keys, expect), now)

    def _time_passed(self, now: float) -> list[Command]:
        floor = self._floor
        if floor.deadline is None or now < floor.deadline:
            return []
        floor.deadline = None
        match self.state:
            case State.LISTENING:
                return self._nothing_came(now)
            case State.THINKING:
                return self._asking.time_passed(now)
            case State.HOLDING if self._waiting.is_over(now):
                return self._asking.ask(Question("/hold_timeout", shown="（等候到时）"), now)
            case State.HOLDING:
                return self._waiting.comfort(now)
            case State.LAST_RESORT:
                return self._leaving.message_overdue(now)
            case State.TRANSFERRING:
                return self._leaving.comfort(now)
            case _:
                return floor.overdue(now)

    def _nothing_came(self, now: float) -> list[Command]:
        floor = self._floor
        if floor.keys:
            return self._entered(floor.keys.take(), now)
        if floor.listening.ear is Ear.FINISHING:
            floor.listening.reset()
            return self._helping.nothing_understood(now)
        return self._helping.silent(now)
