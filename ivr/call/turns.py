"""Who speaks now? The turn-taking of one call, decided in a pure machine.

    GREETING --Answered--> SPEAKING --PlayedOut--> LISTENING --Heard/keys--> THINKING --Answered--> SPEAKING
                              |  ^                                             |
                    barge-in  +--+ prompt resumes after a false one            +--failed twice--> LAST_RESORT
    Answered ends with Hold     -> HOLDING until an order resumes the talk
    Answered ends with Transfer -> TRANSFERRING; no seat -> the dialogue books a callback
    Answered ends with HangUp   -> ENDING after the last word was heard

Rules:
 1. Everything that decides the state of the talk lives here and in the pure files beside it.
 2. One question is in flight at a time; an answer to another turn is dropped.
 3. A yes or no before its question was heard means nothing: the question is said again.
 4. 人工 and key 0 work in every state and ask nobody.
 5. Every state that waits has a deadline, and every deadline has words: silence is a bug.
"""

from collections.abc import Callable, Mapping
from enum import Enum
from typing import Any, assert_never

from ivr.call import announcements as words
from ivr.call.commands import (
    Ask,
    Command,
    DropUtterance,
    EndCall,
    FallSilent,
    FinishUtterance,
    LeaveCallback,
    Listen,
    OpenUtterance,
    Seal,
    Speak,
    TransferTo,
    Utter,
)
from ivr.call.dtmf import KeyEntry, asks_for_human
from ivr.call.events import (
    Answered,
    CallbackLeft,
    CallBegan,
    DialogueFailed,
    Event,
    FrameHeard,
    Heard,
    HungUp,
    KeyPressed,
    OrderArrived,
    PartlyHeard,
    PlayedOut,
    RecognizerLost,
    SpeechLost,
    TimePassed,
    TransferEnded,
    TypedIn,
    ValueSealed,
)
from ivr.call.expect import answers_briefly, no_input_seconds, short_answers, substance, wants_human
from ivr.call.ladder import Help, Ladder
from ivr.call.listening import Ear, Listening, Verdict
from ivr.call.questions import Question, from_keys, from_order, from_sealed, from_speech, sealable
from ivr.dialogue.replies import Expect, ExpectKind, HangUp, Hold, Say, Transfer

COMFORT_SECONDS = 8.0
"""A caller on hold hears something at least this often."""
SLOW_ANSWER_SECONDS = 2.0
RETRY_SECONDS = 1.5
MESSAGE_SECONDS = 12.0
"""How long the last resort waits for the caller's words."""


class State(Enum):
    """What the call is doing."""

    GREETING = "greeting"
    SPEAKING = "speaking"
    LISTENING = "listening"
    THINKING = "thinking"
    HOLDING = "holding"
    TRANSFERRING = "transferring"
    LAST_RESORT = "last_resort"
    ENDING = "ending"
    ENDED = "ended"


class Turns:
    """The machine of one call. `handle` decides; `deadline` says when to send `TimePassed`.

    Args:
        owner: we rang this person; one who says nothing is not handed to a human.
    """

    def __init__(self, *, owner: bool = False) -> None:
        self._owner = owner
        self.state = State.GREETING
        self.expect = Expect()
        self.deadline: float | None = None
        self.turn = 0
        self._listening = Listening()
        self._keys = KeyEntry()
        self._question: Question | None = None
        self._failures = 0
        self._prompt: tuple[Utter, ...] = ()
        self._interruptible = True
        self._mark = 0
        self._speaking_mark: str | None = None
        self._after_speech: Callable[[float], list[Command]] | None = None
        self._hold_until = 0.0
        self._ladder = Ladder()
        self._kept: Heard | None = None
        self._held_answer: Answered | None = None
        self._orders: list[OrderArrived] = []
        self._ear_lost = False
        self._no_seat = False
        self._said_before = ""
        self._asides = 0
        self._handlers: Mapping[type[Event], Callable[[Any, float], list[Command]]] = {
            CallBegan: lambda e, now: self._ask(Question(e.opening, shown="（来电）"), now),
            FrameHeard: self._frame,
            PartlyHeard: self._partly_heard,
            Heard: self._heard,
            TypedIn: self._typed,
            KeyPressed: lambda e, now: self._key(e.digit, now),
            PlayedOut: lambda e, now: self._played(e.mark, now),
            SpeechLost: lambda e, now: self._played(e.mark, now),
            RecognizerLost: lambda _, now: self._ear_is_lost(now),
            Answered: self._answered,
            DialogueFailed: self._failed,
            ValueSealed: lambda e, now: self._ask(from_sealed(e), now),
            OrderArrived: self._order,
            TransferEnded: self._transfer_ended,
            CallbackLeft: self._callback_left,
            TimePassed: lambda _, now: self._time_passed(now),
            HungUp: lambda e, _: self._end(e.reason),
        }

    # ------------------------------------------------------------------ events

    def handle(self, event: Event, *, now: float) -> list[Command]:
        """Decide what follows from one fact. `now`: monotonic seconds."""
        if self.state is State.ENDED:
            return []
        handler = self._handlers[type(event)]
        return handler(event, now)

    # ------------------------------------------------------------------ the caller's voice

    def _frame(self, event: FrameHeard, now: float) -> list[Command]:
        if self._ear_lost or self.state in (State.GREETING, State.TRANSFERRING, State.ENDING):
            return []
        verdict = self._listening.frame(event.seconds, voiced=event.voiced, expect=self.expect)
        match verdict:
            case Verdict.BEGAN:
                if self.state is State.LISTENING:
                    self.deadline = None
                return [OpenUtterance()]
            case Verdict.FINISHED:
                return [FinishUtterance(short_answers(self.expect))]
            case Verdict.NOISE:
                return [DropUtterance(), *self._rearm(now)]
            case Verdict.NOTHING:
                return self._barge_in(now) if event.voiced else []
        assert_never(verdict)

    def _partly_heard(self, event: PartlyHeard, now: float) -> list[Command]:
        self._listening.partial = event.text
        return self._barge_in(now)

    def _barge_in(self, now: float) -> list[Command]:
        if self.state is not State.SPEAKING or not self._interruptible or not self._listening.interrupts():
            return []
        return self._stop_speaking(now)

    def _stop_speaking(self, now: float) -> list[Command]:
        if self._speaking_mark is None:
            return []
        self._speaking_mark = None
        self._after_speech = None
        self._listen(now)
        self.deadline = None
        return [FallSilent()]

    def _heard(self, heard: Heard, now: float) -> list[Command]:
        self._listening.reset()
        text = heard.texts[0] if heard.texts else ""
        if any(wants_human(each) for each in heard.texts[:2]):
            return self._to_human("caller_asked", words.TO_HUMAN, now)
        match self.state:
            case State.SPEAKING if self._speaking_mark is not None:
                if not self._interruptible or not substance(text) or answers_briefly(text):
                    return []
                return [*self._stop_speaking(now), *self._take(heard, now)]
            case State.THINKING:
                return self._heard_while_thinking(heard, text, now)
            case State.LAST_RESORT:
                return self._leave_message(text, now)
            case State.LISTENING | State.HOLDING | State.SPEAKING:
                return self._take(heard, now)
            case _:
                return []

    def _typed(self, event: TypedIn, now: float) -> list[Command]:
        """Typed words count at once: who types has read what is being said."""
        silence = self._stop_speaking(now) if self.state is State.SPEAKING and self._interruptible else []
        return silence + self._heard(Heard((event.text,), 1.0, 1.0), now)

    def _heard_while_thinking(self, heard: Heard, text: str, now: float) -> list[Command]:
        self._kept = heard if substance(text) else self._kept
        if self._held_answer is None:
            return []
        answer, self._held_answer = self._held_answer, None
        return self._settle(answer, now)

    def _take(self, heard: Heard, now: float) -> list[Command]:
        """A whole utterance in its place: ask the dialogue, seal it, or help."""
        text = heard.texts[0] if heard.texts else ""
        means_something = substance(text) or (self.expect.kind is ExpectKind.YES_NO and text)
        if not means_something:
            if heard.voiced_seconds < 0.4 or self.state is State.HOLDING:
                return self._rearm(now)
            return self._missed(now)
        self._ladder.understood()
        if self.expect.sensitive:
            value = sealable(self.expect, heard.texts)
            return [Seal(self.expect.kind.value, value)] if value else self._missed(now)
        return self._ask(from_speech(heard, self.expect), now)

    def _ear_is_lost(self, now: float) -> list[Command]:
        if self._ear_lost:
            return []
        self._ear_lost = True
        self._listening.reset()
        return self._speak((words.EAR_LOST,), now)

    # ------------------------------------------------------------------ keys

    def _key(self, digit: str, now: float) -> list[Command]:
        commands: list[Command] = []
        if self._listening.ear is not Ear.CLOSED:
            self._listening.reset()
            commands.append(DropUtterance())
        if self.state is State.SPEAKING:
            commands += self._stop_speaking(now)
        entry = self._keys.press(digit, self.expect, now=now)
        if entry is None:
            self.deadline = self._keys.deadline(self.expect) if self.state is State.LISTENING else self.deadline
            return commands
        return commands + self._entered(entry, now)

    def _entered(self, keys: str, now: float) -> list[Command]:
        if asks_for_human(keys, self.expect):
            return self._to_human("caller_pressed_0", words.TO_HUMAN, now)
        if self.state not in (State.LISTENING, State.HOLDING):
            return []
        if not keys:
            return self._rearm(now)
        self._ladder.understood()
        if self.expect.sensitive and keys != "*":
            return [Seal(self.expect.kind.value, keys.replace("*", "X"))]
        return self._ask(from_keys(keys, self.expect), now)

    # ------------------------------------------------------------------ asking and answering

    def _ask(self, question: Question, now: float) -> list[Command]:
        self.turn += 1
        self.state = State.THINKING
        self._question = question
        self._kept = None
        self.deadline = now + SLOW_ANSWER_SECONDS
        return [Ask(self.turn, question.message, question.metadata, question.shown)]

    def _answered(self, answer: Answered, now: float) -> list[Command]:
        if answer.turn != self.turn or self.state is not State.THINKING:
            return []
        self._failures = 0
        if self._listening.ear is not Ear.CLOSED and substance(self._listening.partial):
            self._held_answer = answer
            self.deadline = now + 4.0
            return []
        return self._settle(answer, now)

    def _settle(self, answer: Answered, now: float) -> list[Command]:
        """Use an answer, unless the caller has said more meanwhile: then his words go first."""
        kept, self._kept = self._kept, None
        last = answer.replies[-1]
        if kept is not None and isinstance(last, Expect) and last.kind is ExpectKind.OPEN and not answers_briefly(kept.texts[0]):
            self.expect = last
            return self._ask(from_speech(kept, last), now)
        return self._perform(answer, now)

    def _perform(self, answer: Answered, now: float) -> list[Command]:
        sentences = tuple(Utter(r.text, r.phrase_id) for r in answer.replies if isinstance(r, Say))
        interruptible = all(r.interruptible for r in answer.replies if isinstance(r, Say))
        last = answer.replies[-1]
        match last:
            case Expect():
                self.expect = last
                commands: list[Command] = [Listen(last.kind.value, last.sensitive)]
                return commands + self._speak(sentences, now, interruptible=interruptible)
            case Hold():
                self.expect = Expect()
                self._hold_until = now + last.seconds
                return [Listen("hold", sealed=False), *self._speak(sentences, now, then=self._hold)]
            case Transfer():
                transfer = TransferTo(last.queue, last.reason, last.context)
                return self._speak(sentences, now, interruptible=False, then=lambda at: self._transfer(transfer, at))
            case HangUp():
                reason = last.reason
                self.state = State.ENDING
                return self._speak(sentences, now, interruptible=False, then=lambda _: self._end(reason))
            case Say():
                return self._speak(sentences, now, interruptible=interruptible)

    def _failed(self, failure: DialogueFailed, now: float) -> list[Command]:
        if failure.turn != self.turn or self.state is not State.THINKING:
            return []
        self._failures += 1
        if self._failures == 1:
            self.deadline = now + RETRY_SECONDS
            return [self._aside(words.TRY_AGAIN)]
        return self._last_resort(now)

    def _last_resort(self, now: float) -> list[Command]:
        self.expect = Expect()
        said = self._question.shown if self._question else ""
        self._said_before = said
        commands = self._speak((words.LAST_RESORT,), now, then=self._await_message)
        return [Listen("message", sealed=False), *commands]

    # ------------------------------------------------------------------ speaking

    def _speak(
        self, sentences: tuple[Utter, ...], now: float, *, interruptible: bool = True,
        then: Callable[[float], list[Command]] | None = None,
    ) -> list[Command]:
        if not sentences:
            return then(now) if then else self._listen(now)
        ending = self.state is State.ENDING
        self.state = State.ENDING if ending else State.SPEAKING
        self._mark += 1
        self._prompt = sentences if then is None else self._prompt
        self._interruptible = interruptible
        self._speaking_mark = f"p{self._mark}"
        self._after_speech = then
        self.deadline = None
        return [Speak(sentences, self._speaking_mark)]

    def _aside(self, sentence: Utter) -> Speak:
        """Words that change nothing; their mark is nobody's."""
        self._asides += 1
        return Speak((sentence,), f"aside{self._asides}")

    def _played(self, mark: str, now: float) -> list[Command]:
        if mark != self._speaking_mark:
            return []
        self._speaking_mark = None
        then, self._after_speech = self._after_speech, None
        return then(now) if then else self._listen(now)

    def _listen(self, now: float) -> list[Command]:
        self.state = State.LISTENING
        self.deadline = self._keys.deadline(self.expect) or now + no_input_seconds(self.expect)
        if self._orders and self._listening.ear is Ear.CLOSED:
            return self._order(self._orders.pop(0), now)
        return []

    def _rearm(self, now: float) -> list[Command]:
        if self.state is State.LISTENING:
            return self._listen(now)
        return []

    # ------------------------------------------------------------------ waiting

    def _hold(self, now: float) -> list[Command]:
        self.state = State.HOLDING
        self.deadline = min(now + COMFORT_SECONDS, self._hold_until)
        return self._order(self._orders.pop(0), now) if self._orders else []

    def _order(self, order: OrderArrived, now: float) -> list[Command]:
        match order.order:
            case "hang_up":
                return [FallSilent(), *self._end("ordered")]
            case "transfer":
                return self._to_human("ordered", words.TO_HUMAN, now)
            case "resume":
                free = self._listening.ear is Ear.CLOSED and self._speaking_mark is None
                if self.state in (State.HOLDING, State.LISTENING) and free and not self._keys:
                    return self._ask(from_order(order), now)
                self._orders.append(order)
                return []
            case _:
                return []

    def _time_passed(self, now: float) -> list[Command]:
        if self.deadline is None or now < self.deadline:
            return []
        self.deadline = None
        if self._keys and self.state is State.LISTENING:
            return self._entered(self._keys.take(), now)
        match self.state:
            case State.LISTENING:
                return self._silent(now)
            case State.THINKING:
                return self._still_thinking(now)
            case State.HOLDING:
                return self._still_holding(now)
            case State.LAST_RESORT:
                return self._leave_message("", now)
            case _:
                return []

    def _still_thinking(self, now: float) -> list[Command]:
        if self._held_answer is not None:
            answer, self._held_answer = self._held_answer, None
            return self._settle(answer, now)
        if self._failures and self._question is not None:
            self.turn += 1
            self.deadline = now + SLOW_ANSWER_SECONDS
            return [Ask(self.turn, self._question.message, self._question.metadata, self._question.shown, retry=True)]
        self.deadline = now + COMFORT_SECONDS
        return [self._aside(words.ONE_MOMENT)]

    def _still_holding(self, now: float) -> list[Command]:
        if now >= self._hold_until:
            return self._ask(Question("/hold_timeout", shown="（等候到时）"), now)
        self.deadline = min(now + COMFORT_SECONDS, self._hold_until)
        return [self._aside(words.STILL_WORKING)]

    def _silent(self, now: float) -> list[Command]:
        return self._help(self._ladder.silent(self._prompt, self.expect), now)

    def _missed(self, now: float) -> list[Command]:
        return self._help(self._ladder.missed(self._prompt, self.expect), now)

    def _help(self, help_: Help, now: float) -> list[Command]:
        if help_.gives_up is None:
            return self._speak_again(help_.sentences, now)
        if help_.gives_up == "no_input" and self._no_seat:
            return self._speak((words.GOODBYE_SILENT,), now, interruptible=False, then=lambda _: self._end("no_input"))
        if self._owner:
            return self._ask(Question("/no_input", shown="（没有答复）"), now)
        return self._to_human(help_.gives_up, help_.sentences[0], now)

    def _speak_again(self, sentences: tuple[Utter, ...], now: float) -> list[Command]:
        prompt = self._prompt
        commands = self._speak(sentences, now)
        self._prompt = prompt
        return commands

    # ------------------------------------------------------------------ leaving

    def _to_human(self, reason: str, opening: Utter, now: float) -> list[Command]:
        transfer = TransferTo("general", reason, {"expected": self.expect.kind.value})
        self.turn += 1
        self._keys.take()
        silence: list[Command] = [FallSilent()] if self._speaking_mark else []
        return silence + self._speak((opening,), now, interruptible=False, then=lambda at: self._transfer(transfer, at))

    def _transfer(self, transfer: TransferTo, _now: float) -> list[Command]:
        self.state = State.TRANSFERRING
        self.deadline = None
        return [transfer]

    def _transfer_ended(self, event: TransferEnded, now: float) -> list[Command]:
        if event.joined:
            return self._end("transferred")
        self._no_seat = True
        return self._ask(from_order(OrderArrived("resume", "no_seat", {"queue": event.queue})), now)

    def _await_message(self, now: float) -> list[Command]:
        self.state = State.LAST_RESORT
        self.deadline = now + MESSAGE_SECONDS
        return []

    def _leave_message(self, text: str, now: float) -> list[Command]:
        said = "；".join(part for part in (self._said_before, text) if part)
        self.state = State.TRANSFERRING
        self.deadline = None
        return [LeaveCallback("dialogue_down", said)]

    def _callback_left(self, event: CallbackLeft, now: float) -> list[Command]:
        if event.serial is None:
            sentences: tuple[Utter, ...] = (words.CALLBACK_FAILED, words.GOODBYE)
        else:
            sentences = (words.CALLBACK_LEFT, Utter(f"流水号{event.serial}。"), words.GOODBYE)
        return self._speak(sentences, now, interruptible=False, then=lambda _: self._end("callback_left"))

    def _end(self, reason: str) -> list[Command]:
        self.state = State.ENDED
        self.deadline = None
        return [EndCall(reason)]
