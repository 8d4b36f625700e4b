"""Life first: danger is noted and the caller transferred before any slot is asked."""

import logging

from dialogs.actions import words
from dialogs.actions.answer import Answer, Services
from dialogs.actions.given import danger
from dialogs.actions.said import CallFacts, Said
from dialogs.actions.talk import Talk
from ivr.dialogue.replies import Say, Transfer
from ivr.domain.spoken import hear_urgency

_log = logging.getLogger(__name__)
_INTENTS = {"child_in_car": "child_locked", "fire": "fire", "injury": "injury", "accident": "accident", "ambulance": "ambulance"}
_SURE = 0.75


def heard(said: Said) -> str | None:
    """Kind of danger, by our own ear first, by Rasa's guess where it is sure."""
    for text in said.texts[:2]:
        if kind := hear_urgency(text):
            return kind
    return _INTENTS.get(said.intent) if said.confidence >= _SURE and said.texts else None


async def answer(services: Services, talk: Talk, kind: str, facts: CallFacts) -> Answer:
    """Note it, say whom to call, transfer at once; a note that cannot be kept delays nothing."""
    try:
        await services.car_moving.report_emergency(facts.call_id, facts.caller_ref or "", kind)
    except Exception:  # noqa: BLE001 - a life may be at stake: the transfer comes first
        _log.exception("an emergency note could not be kept", extra={"call_id": facts.call_id, "kind": kind})
    accident = kind == "accident"
    say: Say = words.ACCIDENT if accident else words.EMERGENCY_BEFORE
    known = {"urgent": True, "summary": danger(talk, words.DANGERS[kind])}
    return Answer.of(talk, say, Transfer(queue="emergency_122" if accident else "emergency_110", reason=kind, context=known))
