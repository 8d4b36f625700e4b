"""The one action Rasa runs: Rasa tells the intent, here is chosen who answers.

Order: danger, events of the call, the owner's call, commands that hold anywhere, the open question,
a new wish. An answer to an open question counts as one whatever the classifier made of it, unless a
command was heard with confidence.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import Action, Tracker
from rasa_sdk.types import DomainDict

from dialogs.actions import commands, urgency, words
from dialogs.actions.answer import Answer, Services, wire
from dialogs.actions.car_move import CarMoveTalk
from dialogs.actions.case_talk import ABOUT_A_CASE, CaseTalk
from dialogs.actions.owner import OwnerTalk
from dialogs.actions.plan import confirmed, fold, heard_something
from dialogs.actions.said import CallFacts, Said, read_facts, read_said
from dialogs.actions.talk import Move, Stage, Talk
from ivr.dialogue.replies import Say, to_wire

_log = logging.getLogger(__name__)
_SURE = 0.55
_STEPS = frozenset({Stage.PLATE, Stage.PLATE_AGAIN, Stage.PLACE, Stage.COLOUR, Stage.CONFIRM, Stage.WRONG})
_ANSWERS = frozenset(
    {"affirm", "deny", "correct", "give_plate", "give_place", "give_colour", "give_reason", "nlu_fallback", "dtmf", "inform"}
)
_MOVE_KEY = "1"
_SERVICE_KEYS = {"2": "exam", "3": "plate_papers", "4": "licence"}
LAST_RESORT = (Say(text=words.BROKEN.text, phrase_id="broken"), words.OPEN)


class Conversation:
    """Chooses who answers; knows nothing of Rasa's classes."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._move = CarMoveTalk(services)
        self._case = CaseTalk(services)
        self._owner = OwnerTalk(services)

    async def answer(self, talk: Talk, said: Said, facts: CallFacts, last: Sequence[Mapping[str, Any]]) -> Answer:
        """Answer one message."""
        if said.intent == "call_started":
            return Answer.of(Talk(), words.GREETING, words.OPEN)
        if said.intent == "owner_called":
            return await self._owner.begin(Talk(), facts)
        if talk.stage is Stage.OWNER:
            return await self._owner.take(talk, said, facts)
        if (kind := urgency.heard(said)) is not None:
            return await urgency.answer(self._services, talk, kind, facts)
        event = await self._event(talk, said, facts, last)
        if event is not None:
            return event
        command = self._command(talk, said, last)
        if command is not None:
            return command
        return await self._content(talk, said, facts, last)

    async def _event(self, talk: Talk, said: Said, facts: CallFacts, last: Sequence[Mapping[str, Any]]) -> Answer | None:
        match said.intent:
            case "case_update":
                return self._case.news(talk, said)
            case "hold_timeout" if talk.stage is Stage.HOLDING:
                return self._case.waited_long(talk)
            case "hold_timeout":
                return Answer.of(talk, words.HELLO, words.OPEN)
            case "no_seat":
                return await self._no_seat(talk, said, facts)
            case "give_sealed":
                return await self._sealed(talk, said, facts)
            case _:
                return None

    def _command(self, talk: Talk, said: Said, last: Sequence[Mapping[str, Any]]) -> Answer | None:
        if said.keys == "*":
            return commands.repeat(talk, last)
        if not said.texts or (talk.stage in _STEPS and said.confidence < _SURE):
            return None
        if said.intent in ("slow", "louder"):
            return commands.repeat(talk, last).after(words.SLOWER)
        plain: Mapping[str, Callable[[], Answer]] = {
            "repeat": lambda: commands.repeat(talk, last),
            "wait": lambda: commands.wait(talk, last),
            "start_again": lambda: commands.start_again(talk),
            "cancel": lambda: commands.cancel(talk),
        }
        if said.intent in plain:
            return plain[said.intent]()
        if said.intent == "goodbye" and talk.stage not in _STEPS:
            return commands.goodbye(talk)
        return commands.aside(talk, said, last)

    async def _content(self, talk: Talk, said: Said, facts: CallFacts, last: Sequence[Mapping[str, Any]]) -> Answer:
        if talk.stage is Stage.OFFER_HUMAN and (said.intent in _ANSWERS or said.expect == "yes_no"):
            return commands.offered_human(talk, confirmed(said))
        sure = said.confidence >= _SURE
        if talk.stage in _STEPS and not (sure and said.intent in commands.SERVICES):
            return await self._move.take(talk, said, facts)
        if said.intent in ABOUT_A_CASE or talk.stage is Stage.OWN_CASE:
            about = await self._case.take(talk, said, facts)
            if about is not None:
                return about
        if said.intent in commands.SERVICES:
            return commands.other_service(talk, said.intent)
        return await self._open(talk, said, facts)

    async def _open(self, talk: Talk, said: Said, facts: CallFacts) -> Answer:
        """Nothing is asked for: a wish, or the end."""
        if said.keys in _SERVICE_KEYS:
            return commands.other_service(talk, _SERVICE_KEYS[said.keys])
        fresh = Talk(filed=talk.filed, case_id=talk.case_id)
        move = fold(fresh, said, facts.home_plate)
        wants_move = said.intent in ("move_car", *ABOUT_A_CASE) or said.keys == _MOVE_KEY
        if wants_move or (heard_something(Move(), move) and move.plate is not None):
            return await self._move.take(fresh, said, facts)
        if talk.stage in (Stage.MORE, Stage.HOLDING) and confirmed(said) is False:
            return commands.goodbye(talk)
        if talk.stage is Stage.MORE and confirmed(said) is True:
            return Answer.of(talk.at(Stage.OPEN), words.HELLO, words.OPEN)
        if said.intent == "greet":
            return Answer.of(talk, words.HELLO, words.OPEN)
        return commands.not_understood(talk)

    async def _sealed(self, talk: Talk, said: Said, facts: CallFacts) -> Answer:
        ref = said.payload.get("ref", "")
        if said.payload.get("kind") != "phone" or not ref:
            return Answer.of(talk, words.PHONE_NOT_RIGHT, words.ASK_PHONE)
        return await self._move.phone_given(talk, ref, facts)

    async def _no_seat(self, talk: Talk, said: Said, facts: CallFacts) -> Answer:
        queue = said.payload.get("queue", "general")
        given = "，".join(f"{name}已提供" for name, value in (("车牌", talk.move.plate), ("地点", talk.move.place)) if value)
        order = await self._services.callbacks.order(
            call_id=facts.call_id, caller_ref=facts.caller_ref or talk.move.phone_ref, queue=queue, reason="no_seat",
            said=given, now=self._services.clock(),
        )
        if queue.startswith("emergency"):
            return Answer.of(talk.at(Stage.MORE), words.EMERGENCY_NO_SEAT, words.OPEN)
        due = _due_text(order.due_at)
        text = f"已为您登记回电，{due}前回电给您，流水号{order.serial}，稍后短信发给您。"
        return Answer.of(talk.at(Stage.MORE, move=Move()), words.NO_SEAT, Say(text=text), words.ANYTHING_ELSE, words.OPEN)


def _due_text(due: Any) -> str:
    from ivr.domain.car_move_limits import CHINA

    local = due.astimezone(CHINA)
    digits = "零一二三四五六七八九"

    def number(value: int) -> str:
        tens, ones = divmod(value, 10)
        return digits[ones] if not tens else ("" if tens == 1 else digits[tens]) + "十" + (digits[ones] if ones else "")

    minutes = f"{number(local.minute)}分" if local.minute else ""
    return f"{number(local.month)}月{number(local.day)}号{number(local.hour)}点{minutes}"


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
        try:
            answer = await self._conversation.answer(talk, read_said(message), facts, last)
        except Exception:  # noqa: BLE001 - an action that raises leaves the caller in silence
            _log.exception("the dialogue failed", extra={"call_id": facts.call_id})
            answer = Answer(talk, LAST_RESORT)
        for reply in answer.replies:
            dispatcher.utter_message(json_message=to_wire(reply))
        return [SlotSet("talk", answer.talk.to_slot()), SlotSet("last_replies", wire(answer.replies))]
