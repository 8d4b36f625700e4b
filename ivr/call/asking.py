"""The question to the dialogue that is in flight, and what its answer leads to.

One at a time; an answer to another turn is dropped. What the caller says meanwhile goes first, but for
a bare yes or no, which cannot mean a question he has not heard, and for what follows a yes that cannot be
taken back: what came of that is told whatever he adds. A question that fails is tried once
more; then the machine gives up the dialogue and takes a message.
"""

from ivr.call import announcements as words
from ivr.call.commands import Ask, Command, Listen, TransferTo, Utter
from ivr.call.events import Answered, DialogueFailed, Heard
from ivr.call.expect import answers_briefly, substance
from ivr.call.floor import Floor, State
from ivr.call.leaving import Leaving
from ivr.call.listening import Ear
from ivr.call.questions import Question, from_speech
from ivr.call.waiting import Waiting
from ivr.dialogue.replies import Expect, ExpectKind, HangUp, Hold, Say, Transfer
from ivr.domain.pacing import unmarked

SLOW_ANSWER_SECONDS = 1.6
"""With the pause that ends an ordinary turn it is less than three seconds until he hears something."""
RETRY_SECONDS = 1.5
_SLOW_RETRY_SECONDS = 3.5
"""The words that announce it are over by then."""
_COMFORTS = ((words.ONE_MOMENT, 3.5), (words.STILL_WORKING, 5.5))
"""The first and every later word while it takes long, and the seconds after which the next is due: their own length, and
less than three of silence."""
_HEAR_OUT_SECONDS = 4.0
"""How long an answer waits for the end of what the caller is saying."""


class Asking:
    """Asks, and performs what is answered.

    Args:
        floor: of this call.
        waiting: where a `Hold` leads.
        leaving: where a `Transfer`, a `HangUp` and two failures lead.
    """

    def __init__(self, floor: Floor, waiting: Waiting, leaving: Leaving) -> None:
        self._floor = floor
        self._waiting = waiting
        self._leaving = leaving
        self.turn = 0
        self._question: Question | None = None
        self._failures = 0
        self._retry_due = False
        self._comforted = False
        self._kept: Heard | None = None
        self._held_answer: Answered | None = None

    @property
    def gave_up(self) -> bool:
        """Has the dialogue failed twice running?"""
        return self._failures > 1

    def ask(self, question: Question, now: float) -> list[Command]:
        """Put a question to the dialogue."""
        self.turn += 1
        self._floor.state = State.THINKING
        self._question = question
        self._retry_due = self._comforted = False
        self._kept = None
        self._held_answer = None
        self._floor.deadline = now + SLOW_ANSWER_SECONDS
        return [Ask(self.turn, question.message, question.metadata, question.shown)]

    def answered(self, answer: Answered, now: float) -> list[Command]:
        """An answer came; it waits while the caller is saying something."""
        if answer.turn != self.turn or self._floor.state is not State.THINKING:
            return []
        self._failures = 0
        ear = self._floor.listening
        if ear.ear is not Ear.CLOSED and substance(ear.partial):
            self._held_answer = answer
            self._floor.deadline = now + _HEAR_OUT_SECONDS
            return []
        return self._settle(answer, now)

    def heard_meanwhile(self, heard: Heard, now: float) -> list[Command]:
        """The caller said something while the dialogue was thinking."""
        self._kept = heard if heard.texts and substance(heard.texts[0]) else self._kept
        return self._settle_held(now)

    def time_passed(self, now: float) -> list[Command]:
        """It takes long: try again what failed, or say that it takes long."""
        if self._held_answer is not None:
            return self._settle_held(now)
        if self._retry_due and self._question is not None:
            self.turn += 1
            self._retry_due = False
            self._floor.deadline = now + _SLOW_RETRY_SECONDS
            again = self._question
            return [Ask(self.turn, again.message, again.metadata, again.shown, retry=True)]
        said, seconds = _COMFORTS[self._comforted]
        self._comforted = True
        self._floor.deadline = now + seconds
        return [self._floor.aside(said)]

    def failed(self, failure: DialogueFailed, now: float) -> list[Command]:
        """No answer will come."""
        if failure.turn != self.turn or self._floor.state is not State.THINKING:
            return []
        self._failures += 1
        if not self.gave_up:
            self._retry_due = True
            self._floor.deadline = now + RETRY_SECONDS
            return [self._floor.aside(words.TRY_AGAIN)]
        said = self._question.shown if self._question else ""
        return self._leaving.last_resort(said, now)

    def _settle_held(self, now: float) -> list[Command]:
        answer, self._held_answer = self._held_answer, None
        return self._settle(answer, now) if answer is not None else []

    def _settle(self, answer: Answered, now: float) -> list[Command]:
        """Use an answer, unless the caller has said more meanwhile: then his words go first."""
        kept, self._kept = self._kept, None
        last = answer.replies[-1]
        bound = self._question is not None and self._question.binding
        if bound or not isinstance(last, Expect) or last.kind is not ExpectKind.OPEN:
            return self._perform(answer, now)
        if kept is not None and not answers_briefly(kept.texts[0]):
            self._floor.expect = last
            return self.ask(from_speech(kept, last), now)
        return self._perform(answer, now)

    def _perform(self, answer: Answered, now: float) -> list[Command]:
        sentences = tuple(_utter(r) for r in answer.replies if isinstance(r, Say))
        interruptible = all(r.interruptible for r in answer.replies if isinstance(r, Say))
        last = answer.replies[-1]
        floor = self._floor
        match last:
            case Expect():
                floor.expect = last
                opening: list[Command] = [Listen(last.kind.value, last.sensitive)]
                return opening + floor.speak(sentences, now, interruptible=interruptible)
            case Hold():
                floor.expect = Expect()
                self._waiting.hold_for(last.seconds, now)
                return [Listen("hold", sealed=False), *floor.speak(sentences, now, then=self._waiting.hold)]
            case Transfer():
                return self._leaving.announce(TransferTo(last.queue, last.reason, last.context), sentences, now)
            case HangUp():
                return self._leaving.farewell(sentences, last.reason, now)
            case Say():
                return floor.speak(sentences, now, interruptible=interruptible)


def _utter(say: Say) -> Utter:
    text = unmarked(say.text)
    return Utter(text, say.phrase_id, say.text if text != say.text else None)
