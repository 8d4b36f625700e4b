"""The one action Rasa runs: Rasa tells the intent, here is chosen who answers.

Order: danger, events of the call, the owner's call, commands that hold anywhere, the open question,
a new wish. An answer to an open question counts as one whatever the classifier made of it, unless a
command was heard with confidence.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import Action, Tracker
from rasa_sdk.types import DomainDict

from dialogs.actions import commands, places, seats, urgency, words, words_identity
from dialogs.actions.answer import Answer, Services, wire
from dialogs.actions.assent import verdict
from dialogs.actions.back import remember, step_back
from dialogs.actions.business import INTENTS, BusinessTalk, wanted
from dialogs.actions.car_move import CarMoveTalk
from dialogs.actions.case_talk import ABOUT_A_CASE, CaseTalk, hold_on, no_case
from dialogs.actions.corrections import names_place
from dialogs.actions.given import noted, understood, with_context
from dialogs.actions.owner import OwnerTalk
from dialogs.actions.plan import fold, heard_something
from dialogs.actions.rating import RatingTalk, goodbye
from dialogs.actions.said import CallFacts, Said, read_facts, read_said
from dialogs.actions.talk import CONFIRMING, HOLDS, OWNERS, STEPS, WORKING, Stage, Talk
from dialogs.actions.wishes import hear_case_wish, hear_wish, is_thanks
from ivr.dialogue.replies import Expect, Say, Transfer, to_wire
from ivr.domain.spoken import hear_place

_log = logging.getLogger(__name__)
_SURE = 0.55
_VERY_SURE = 0.75
_ENDING = frozenset({"cancel", "goodbye", "start_again"})
"""Commands that throw away what was said: heard in so many words, or taken only where Rasa is sure."""
_CANCEL_IS_AN_ANSWER = frozenset({Stage.OFFER_HUMAN, Stage.EXAM_CANCEL, Stage.EXAM_WINDOW})
_OF_A_CASE_ONLY = frozenset({"resolved", "cancel_case"})
_MOST_FAILURES = 3
_MOVE_KEY = "1"
_CONFIRMS = ("提交", "确认")
"""Said after it was done, they are the rest of the yes to it."""
_EXAM_KEY, _PAPER_KEYS = "2", frozenset({"3", "4"})
Last = Sequence[Mapping[str, Any]]


class Conversation:
    """Chooses who answers; knows nothing of Rasa's classes."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._move = CarMoveTalk(services)
        self._case = CaseTalk(services)
        self._owner = OwnerTalk(services)
        self._business = BusinessTalk(services)
        self._rating = RatingTalk(services)

    async def answer(self, talk: Talk, said: Said, facts: CallFacts, last: Last) -> Answer:
        """Answer one message."""
        return with_context(await self._answer(talk, said, facts, last))

    async def _answer(self, talk: Talk, said: Said, facts: CallFacts, last: Last) -> Answer:
        if said.intent == "call_started":
            return Answer.of(Talk(), words.GREETING, words.OPEN)
        if said.intent == "owner_called":
            return await self._owner.begin(Talk(), facts)
        if said.intent in seats.EVENTS:
            return seats.answer(talk, said, last)
        kind = urgency.heard(said)
        if kind is not None and not (talk.stage in OWNERS and kind == "accident"):
            return await urgency.answer(self._services, talk, kind, facts)
        if talk.stage in OWNERS:
            return await self._owner.take(talk, said, facts)
        if talk.stage in (Stage.RATING, Stage.RATING_WHY) and said.intent != "no_input":
            return await self._rating.take(talk, said, facts)
        answer = await self._event(talk, said, facts, last) or self._command(talk, said, last)
        if answer is None:
            answer = await self._content(talk, said, facts, last)
        if talk.move.plate is not None and answer.talk.move == answer.talk.emptied():
            await self._services.car_moving.drop_draft(facts.call_id)
        kept = remember(talk, last, answer)
        return replace(kept, talk=noted(talk, kept.talk, heard=said.heard))

    async def _event(self, talk: Talk, said: Said, facts: CallFacts, last: Last) -> Answer | None:
        match said.intent:
            case "case_update":
                return self._case.news(talk, said, last)
            case "hold_timeout" if talk.stage is Stage.HOLDING:
                return self._case.waited_long(talk)
            case "hold_timeout" if talk.stage is Stage.CONNECTING:
                return self._case.no_talk(talk)
            case "hold_timeout":
                return commands.repeat(talk, last)
            case "no_input":
                return commands.no_input(talk)
            case "no_seat":
                return await self._no_seat(talk, said, facts)
            case "give_sealed":
                return await self._sealed(talk, said, facts)
            case _:
                return None

    def _command(self, talk: Talk, said: Said, last: Last) -> Answer | None:
        if said.keys == "*" or (said.keys == "9" and talk.stage in (Stage.OPEN, Stage.MORE)):
            return commands.repeat(talk, last)
        wish = _command_of(talk, said)
        if wish in ("slow", "louder"):
            return commands.repeat(talk, last, slow=wish == "slow").after(words.SLOWER)
        known: Mapping[str, Callable[[], Answer]] = {
            "repeat": lambda: commands.repeat(talk, last),
            "wait": lambda: commands.wait(talk, last),
            "start_again": lambda: commands.start_again(talk),
            "cancel": lambda: commands.cancel(talk),
            "moved": lambda: commands.dropped(talk, words.CAR_GONE),
            "goodbye": lambda: goodbye(talk),
            "go_back": lambda: step_back(talk, last),
        }
        if wish is not None and wish in known:
            return known[wish]()
        return commands.aside(talk, said, last) if wish else None

    async def _content(self, talk: Talk, said: Said, facts: CallFacts, last: Last) -> Answer:
        """An answer to the open question, or a new wish."""
        if talk.stage is Stage.OFFER_HUMAN and not _new_wish(said):
            return commands.offered_human(talk, _takes_human(said))
        if talk.stage in STEPS and not self._leaves(talk, said, facts):
            return await self._move.take(talk, said, facts)
        if said.intent == "where_to_do" and said.texts and (talk.stage not in WORKING or said.confidence >= _SURE):
            return await places.where(self._services, talk, said, facts, last)
        if talk.stage is Stage.COMPLAINT:
            return await places.complained(self._services, talk, said, facts)
        if self._business.at_work(talk) and not self._business.leaves(talk, said, facts):
            return await self._business.take(talk, said, facts)
        return await self._about_case(talk, said, facts) or await self._wish(talk, said, facts, last)

    async def _wish(self, talk: Talk, said: Said, facts: CallFacts, last: Last) -> Answer:
        """Nothing is open: what is wanted?"""
        intent = wanted(said)
        if intent is not None:
            return await self._business.begin(talk, said, facts, intent)
        if said.intent == "complaint" and said.texts:
            return places.complaint(talk)
        if said.intent == "phone_change" and said.texts:
            asked = talk.ended().at(Stage.OFFER_HUMAN, queue="general")
            return Answer.of(asked, words_identity.PHONE_CHANGED, words.YES_NO)
        if said.intent in commands.SERVICES and said.texts:
            return commands.other_service(talk, said.intent)
        return await self._open(talk, said, facts, last)

    def _leaves(self, talk: Talk, said: Said, facts: CallFacts) -> bool:
        """Another service is asked for in the middle of a request."""
        if said.intent not in (*commands.SERVICES, *INTENTS) or said.confidence < _VERY_SURE or names_place(said.text):
            return False
        return talk.stage is Stage.PLACE or not heard_something(talk.move, fold(talk, said, facts.home_plate))

    async def _about_case(self, talk: Talk, said: Said, facts: CallFacts) -> Answer | None:
        own_words = talk.stage in (*HOLDS, Stage.MORE) and hear_case_wish(said.text) is not None
        if not said.texts or not (said.intent in ABOUT_A_CASE or own_words or talk.stage is Stage.OWN_CASE):
            return None
        about = await self._case.take(talk, said, facts)
        if about is None and said.intent in _OF_A_CASE_ONLY and hear_place(said.text).text is None:
            return no_case(talk)
        return about

    async def _open(self, talk: Talk, said: Said, facts: CallFacts, last: Last) -> Answer:
        """Nothing is asked for: a wish, or the end."""
        if said.keys == _EXAM_KEY:
            return await self._business.begin(talk, said, facts, "exam_book")
        if said.keys in _PAPER_KEYS:
            return await self._business.begin_paper(talk)
        fresh = talk.ended().at(Stage.OPEN)
        move = fold(fresh, said, facts.home_plate)
        wants_move = (said.intent in ("move_car", *ABOUT_A_CASE) and said.texts) or said.keys == _MOVE_KEY
        if wants_move or move.plate is not None:
            return await self._move.take(fresh, said, facts)
        if talk.stage is Stage.CONNECTING and said.texts and verdict(said) is False:  # he need not wait for a talk
            return goodbye(talk)
        if talk.stage in HOLDS:
            return hold_on(talk)
        more = _more(talk, said, last) if talk.stage is Stage.MORE and said.texts else None
        if more is not None:
            return more
        if said.intent == "greet":
            return Answer.of(talk, words.HELLO, words.OPEN)
        return commands.not_understood(talk)

    async def _sealed(self, talk: Talk, said: Said, facts: CallFacts) -> Answer:
        ref, tail = said.payload.get("ref", ""), said.payload.get("tail", "")
        if talk.stage is not Stage.PHONE:
            return await self._business.sealed(talk, said, facts)
        if said.payload.get("kind") != "phone" or not ref or not tail:
            return Answer.of(talk, words.PHONE_NOT_RIGHT, words.ASK_PHONE)
        return self._move.phone_given(talk, ref, tail)

    async def _no_seat(self, talk: Talk, said: Said, facts: CallFacts) -> Answer:
        queue = said.payload.get("queue", "general")
        if queue.startswith("emergency"):
            # The note was kept before the transfer: nothing may come before these words.
            return Answer.of(talk.at(Stage.MORE), words.EMERGENCY_NO_SEAT, words.OPEN)
        given = "，".join(f"{name}已提供" for name, value in (("车牌", talk.move.plate), ("地点", talk.move.place)) if value)
        order = await self._services.callbacks.order(
            call_id=facts.call_id, caller_ref=facts.caller_ref or talk.move.phone_ref, queue=queue, reason="no_seat",
            said=given, now=self._services.clock(),
        )
        text = f"已为您登记回电，{words.moment(order.due_at)}前回电给您，流水号{order.serial}，稍后短信发给您。"
        # The draft stays for the seat that calls back.
        return Answer.of(talk.at(Stage.MORE), words.NO_SEAT, Say(text=text), words.ANYTHING_ELSE, words.MORE)


def _more(talk: Talk, said: Said, last: Last) -> Answer | None:
    """What is answered to 还有别的事吗, unless it is a wish."""
    answer = verdict(said)
    if is_thanks(said.text) or answer is False:
        return goodbye(talk)
    if talk.filed and answer is True and any(word in said.text for word in _CONFIRMS):
        return commands.repeat(talk, last)
    if answer is True or said.text in ("有", "有的", "还有"):
        return Answer.of(talk.at(Stage.OPEN), words.HELLO, words.OPEN)
    return None


def _command_of(talk: Talk, said: Said) -> str | None:
    """The command that was heard: in so many words, or by Rasa where it is sure enough."""
    wish = hear_wish(said.text) if said.texts else None
    if wish == "moved" and talk.stage not in STEPS:
        return None
    if wish == "cancel" and (talk.stage in _CANCEL_IS_AN_ANSWER or (talk.stage not in WORKING and hear_case_wish(said.text))):
        return None
    if wish is not None or not said.texts:
        return wish
    if said.intent in _ENDING:
        named = talk.stage in STEPS and names_place(said.text)
        sure = said.confidence >= _SURE and talk.stage not in CONFIRMING
        return said.intent if sure and not named else None
    return said.intent if talk.stage not in WORKING or said.confidence >= _SURE else None


def _takes_human(said: Said) -> bool | None:
    """A yes, or 转吧 in so many words."""
    answer = verdict(said)
    if answer is None and "转" in said.text and not any(word in said.text for word in ("不", "别", "先")):
        return True
    return answer


def _new_wish(said: Said) -> bool:
    """Not an answer to the offer of a human, but something else that is wanted."""
    wanted = said.intent in ("move_car", *ABOUT_A_CASE, *commands.SERVICES, *INTENTS)
    return wanted and said.confidence >= _SURE and bool(said.texts) and verdict(said) is None


def _failed(talk: Talk, last: Last) -> Answer:
    """Words instead of silence; a house that fails again and again is left to a human."""
    misses = talk.misses + 1
    if misses >= _MOST_FAILURES:
        return Answer.of(talk, words.TO_HUMAN, Transfer(queue=talk.queue or "general", reason="failed"))
    question = commands.repeat(talk, last)
    listens = isinstance(question.replies[-1], Expect)
    expect = question.replies[-1] if listens else words.OPEN
    return Answer(replace(talk, misses=misses), (words.BROKEN, expect), question.replies if listens else None)


class TurnAction(Action):
    """Carries a message from Rasa to the conversation and its answer back."""

    def __init__(self, conversation: Conversation) -> None:
        self._conversation = conversation

    def name(self) -> str:
        """Rasa's name of it."""
        return "action_turn"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[EventType]:
        """Answer one message; whatever fails becomes words."""
        message = tracker.latest_message or {}
        talk = Talk.from_slot(tracker.get_slot("talk"))
        last = tracker.get_slot("last_replies") or []
        facts = read_facts(message)
        said = read_said(message)
        try:
            answer = await self._conversation.answer(talk, said, facts, last)
        except Exception:  # noqa: BLE001 - an action that raises leaves the caller in silence
            _log.exception("the dialogue failed", extra={"call_id": facts.call_id})
            answer = with_context(_failed(talk, last))
        final = answer.replies[-1].model_copy(update={"understood": understood(talk, answer.talk, said)})
        for reply in (*answer.replies[:-1], final):
            dispatcher.utter_message(json_message=to_wire(reply))
        return [SlotSet("talk", answer.talk.to_slot()), SlotSet("last_replies", wire(answer.to_repeat))]
