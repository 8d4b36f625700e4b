"""What needs to be proved who is calling: tests, papers, licences. Chooses the part that answers.

Whatever part is at work, a backend that gives no answer and a proof that ran out are met here.
"""

from collections.abc import Awaitable
from dataclasses import replace

from dialogs.actions import words, words_identity
from dialogs.actions.answer import Answer, Services
from dialogs.actions.assent import verdict
from dialogs.actions.exam import ExamTalk
from dialogs.actions.identity import IdentityTalk, ask, context_of, queue_of
from dialogs.actions.said import CallFacts, Said
from dialogs.actions.talk import EXAM_STEPS, PROVING, Identity, Service, Stage, Talk
from ivr.dialogue.replies import Transfer
from ivr.services.identity import LevelMissing
from ivr.services.unanswered import Unanswered

EXAM_INTENTS = {"exam_book": "book", "exam_query": "query", "exam_cancel": "cancel", "exam_change": "change"}
_AGAIN = ("再试", "重试", "再查", "再来")
_MOST_MISSES = 3
INTENTS = frozenset(EXAM_INTENTS)
"""Wishes that begin one of these businesses."""


class BusinessTalk:
    """The part of the conversation about what is somebody's own."""

    def __init__(self, services: Services) -> None:
        self._identity = IdentityTalk(services, self.go_on)
        self._exam = ExamTalk(services)

    async def begin(self, talk: Talk, said: Said, facts: CallFacts, intent: str) -> Answer:
        """Begin what was asked for; who the caller is stays proved."""
        return await _carefully(talk, self._exam.begin(talk, said, facts, business=EXAM_INTENTS[intent]))

    async def take(self, talk: Talk, said: Said, facts: CallFacts) -> Answer:
        """Take what was said at one of our questions."""
        if talk.stage is Stage.AWAY:
            return await _carefully(talk, self._try_again(talk, said, facts))
        part = self._identity if talk.stage in PROVING else self._exam
        return await _carefully(talk, part.take(talk, said, facts))

    async def _try_again(self, talk: Talk, said: Said, facts: CallFacts) -> Answer:
        answer = verdict(said)
        if said.keys == "1" or (answer is True and said.keys != "2") or any(word in said.text for word in _AGAIN):
            return await self.go_on(talk, facts)
        if said.keys == "2":
            return _to_human(talk, "backend_down")
        if answer is False:
            return Answer.of(talk.ended().at(Stage.MORE), words.ANYTHING_ELSE, words.OPEN)
        if talk.misses + 1 >= _MOST_MISSES:
            return _to_human(talk, "backend_down")
        return Answer.of(replace(talk, misses=talk.misses + 1), words_identity.DOWN, words_identity.ASK_AGAIN)

    async def sealed(self, talk: Talk, said: Said, facts: CallFacts) -> Answer:
        """A value was laid in the vault."""
        return await _carefully(talk, self._identity.sealed(talk, said, facts))

    async def go_on(self, talk: Talk, facts: CallFacts) -> Answer:
        """Go on with what asked for the proof."""
        if talk.service is Service.EXAM:
            return await self._exam.go_on(talk, facts)
        return Answer.of(talk.at(Stage.OPEN), words.HELLO, words.OPEN)

    @staticmethod
    def at_work(talk: Talk) -> bool:
        """Is the open question one of ours?"""
        return talk.stage in PROVING | EXAM_STEPS | {Stage.AWAY}


async def _carefully(talk: Talk, answering: Awaitable[Answer]) -> Answer:
    try:
        return await answering
    except LevelMissing:
        lost = replace(talk, identity=Identity())
        return ask(lost, 2).after(words_identity.PROVE_AGAIN)
    except Unanswered:
        return _away(talk)


def _away(talk: Talk) -> Answer:
    """The backend gives no answer: what was given stays, nothing is promised."""
    return Answer.of(talk.at(Stage.AWAY), words_identity.DOWN, words_identity.ASK_AGAIN)


def _to_human(talk: Talk, reason: str) -> Answer:
    return Answer.of(talk, words.TO_HUMAN, Transfer(queue=queue_of(talk), reason=reason, context=context_of(talk)))
