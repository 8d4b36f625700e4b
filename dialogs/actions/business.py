"""What needs to be proved who is calling: tests, papers, licences. Chooses the part that answers.

Whatever part is at work, a backend that gives no answer and a proof that ran out are met here.
"""

from collections.abc import Awaitable
from dataclasses import replace
from typing import Protocol

from dialogs.actions import exam_plan, paper_plan, words, words_identity
from dialogs.actions.answer import Answer, Services
from dialogs.actions.assent import verdict
from dialogs.actions.enquiry import EnquiryTalk
from dialogs.actions.exam import ExamTalk
from dialogs.actions.exam_plan import heard_something
from dialogs.actions.identity import IdentityTalk, ask, queue_of
from dialogs.actions.paper import PaperTalk
from dialogs.actions.paper_plan import WISHES
from dialogs.actions.said import CallFacts, Said
from dialogs.actions.seats import proved_for_seat
from dialogs.actions.talk import (
    CONFIRMING,
    EXAM_STEPS,
    PAPER_STEPS,
    PROVING,
    Identity,
    Service,
    Stage,
    Talk,
)
from ivr.dialogue.replies import Transfer
from ivr.domain.car_move_limits import CHINA
from ivr.domain.spoken_papers import hear_cause, hear_for_other, hear_paper
from ivr.services.identity import LevelMissing
from ivr.services.unanswered import Unanswered

_ENQUIRIES = frozenset({"progress", "dl_query", "proxy"})
EXAM_INTENTS = {"exam_book": "book", "exam_query": "query", "exam_cancel": "cancel", "exam_change": "change"}
_BY_PAPER = {"plate": "plate_replace", "vehicle_licence": "vl_replace", "inspection_mark": "insp_mark", "driving_licence": "dl_lost"}
_MOVING = ("挪", "堵", "挡", "占", "移车")
_VERY_SURE = 0.75
_AGAIN = ("再试", "重试", "再查", "再来")
_MOST_MISSES = 3
INTENTS = frozenset({*EXAM_INTENTS, *WISHES, *_ENQUIRIES})
"""Wishes that begin one of these businesses."""


class _Part(Protocol):
    """One part of the conversation."""

    async def take(self, talk: Talk, said: Said, facts: CallFacts) -> Answer:
        """Take what was said at one of its questions."""


class BusinessTalk:
    """The part of the conversation about what is somebody's own."""

    def __init__(self, services: Services) -> None:
        self._clock = services.clock
        self._identity = IdentityTalk(services, self.go_on)
        self._exam = ExamTalk(services)
        self._paper = PaperTalk(services)
        self._enquiry = EnquiryTalk(services)

    async def begin(self, talk: Talk, said: Said, facts: CallFacts, intent: str) -> Answer:
        """Begin what was asked for; who the caller is stays proved."""
        if intent in EXAM_INTENTS:
            return await _carefully(talk, self._exam.begin(talk, said, facts, business=EXAM_INTENTS[intent]))
        if intent in _ENQUIRIES or hear_for_other(said.text):
            return await _carefully(talk, self._enquiry.begin(talk, facts, intent if intent in _ENQUIRIES else "proxy"))
        return await _carefully(talk, self._paper.begin(talk, said, facts, intent))

    async def begin_paper(self, talk: Talk) -> Answer:
        """Something is to be replaced: which paper is asked."""
        return await self._paper.begin_open(talk)

    async def take(self, talk: Talk, said: Said, facts: CallFacts) -> Answer:
        """Take what was said at one of our questions."""
        if talk.stage is Stage.AWAY:
            return await _carefully(talk, self._try_again(talk, said, facts))
        part: _Part = self._exam
        if talk.stage in PROVING:
            part = self._identity
        elif talk.stage is Stage.FOR_OTHER:
            part = self._enquiry
        elif talk.stage in PAPER_STEPS:
            part = self._paper
        return await _carefully(talk, part.take(talk, said, facts))

    async def _try_again(self, talk: Talk, said: Said, facts: CallFacts) -> Answer:
        answer = verdict(said)
        if said.keys == "1" or (answer is True and said.keys != "2") or any(word in said.text for word in _AGAIN):
            return await self.go_on(talk, facts)
        if said.keys == "2":
            return _to_human(talk, "backend_down")
        if answer is False:
            return Answer.of(talk.ended().at(Stage.MORE), words.ANYTHING_ELSE, words.MORE)
        if talk.misses + 1 >= _MOST_MISSES:
            return _to_human(talk, "backend_down")
        return Answer.of(replace(talk, misses=talk.misses + 1), words_identity.DOWN, words_identity.ASK_AGAIN)

    async def sealed(self, talk: Talk, said: Said, facts: CallFacts) -> Answer:
        """A value was laid in the vault."""
        return await _carefully(talk, self._identity.sealed(talk, said, facts))

    async def go_on(self, talk: Talk, facts: CallFacts) -> Answer:
        """Go on with what asked for the proof."""
        if talk.for_seat:
            return proved_for_seat(talk)
        match talk.service:
            case Service.EXAM:
                return await self._exam.go_on(talk, facts)
            case Service.PAPER:
                return await self._paper.go_on(talk, facts)
            case Service.PROGRESS | Service.LICENCE:
                return await self._enquiry.go_on(talk, facts)
            case _:
                pass
        return Answer.of(talk.at(Stage.OPEN), words.HELLO, words.OPEN)

    def leaves(self, talk: Talk, said: Said, facts: CallFacts) -> bool:
        """Is something else asked for, rather than the open question answered?"""
        if not said.texts or said.confidence < _VERY_SURE:
            return False
        if said.intent == "move_car":
            return True
        if said.intent not in ("phone_change", "violation", "complaint", *INTENTS) or self._understands(talk, said, facts):
            return False
        if said.intent in EXAM_INTENTS and talk.service is Service.EXAM:
            meant = EXAM_INTENTS[said.intent]
            same = meant == talk.exam.business or {meant, talk.exam.business} <= {"book", "change"}
            return not same and talk.stage not in CONFIRMING
        if said.intent in WISHES and talk.service is Service.PAPER:
            return talk.stage not in CONFIRMING and WISHES[said.intent][0] != talk.paper.paper
        return True

    def _understands(self, talk: Talk, said: Said, facts: CallFacts) -> bool:
        """Does it hold an answer to what is asked?"""
        if talk.stage in EXAM_STEPS:
            today = self._clock().astimezone(CHINA).date()
            same_kind = said.intent in EXAM_INTENTS and EXAM_INTENTS[said.intent] != talk.exam.business
            return not same_kind and heard_something(talk, exam_plan.fold(talk, said, today))
        if talk.stage in PAPER_STEPS:
            after = paper_plan.fold(talk, said, facts.home_plate)
            return after != replace(talk.paper, plate_fresh=after.plate_fresh)
        return False

    @staticmethod
    def at_work(talk: Talk) -> bool:
        """Is the open question one of ours?"""
        return talk.stage in PROVING | EXAM_STEPS | PAPER_STEPS | {Stage.AWAY}


def wanted(said: Said) -> str | None:
    """Name the business asked for: Rasa's guess, else our own ear where a paper and its fate are named."""
    if not said.texts:
        return None
    if said.intent in INTENTS:
        return said.intent
    text = said.text
    if said.intent == "move_car" or any(word in text for word in _MOVING):
        return None
    paper = hear_paper(text)
    known = ("lost", "damaged", "due") if paper == "inspection_mark" else ("lost", "damaged")
    if paper is not None and hear_cause(text, paper) in known:
        return _BY_PAPER[paper]
    return None


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
    return Answer.of(talk, words.TO_HUMAN, Transfer(queue=queue_of(talk), reason=reason))
