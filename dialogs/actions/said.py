"""What one message to the dialogue brought."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Any


@dataclass(frozen=True, slots=True)
class Said:
    """One message, read once; `repr` shows no text."""

    intent: str
    confidence: float
    """Rasa's, 0 to 1; 1 for keys and events."""
    texts: tuple[str, ...] = field(default=(), repr=False)
    """The recognizer's guesses, best first; empty for keys and events."""
    shares: tuple[float, ...] = ()
    """How likely each guess is, 0 to 1; empty where that is not known."""
    keys: str = field(default="", repr=False)
    payload: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Entities of an event (`/case_update`, `/give_sealed`)."""
    heard: float = 1.0
    """The recognizer's sureness, 0 to 1; 1 for keys, typed words and events."""
    expect: str = "open"
    """What the caller had been asked for."""

    @property
    def text(self) -> str:
        """The best guess, or nothing."""
        return self.texts[0] if self.texts else ""


@dataclass(frozen=True, slots=True)
class CallFacts:
    """What the call told beside the message."""

    call_id: str
    caller_ref: str | None
    caller_tail: str
    region: str
    home_plate: str
    order_id: str | None


def read_said(message: Mapping[str, Any]) -> Said:
    """Read `tracker.latest_message`."""
    intent = message.get("intent") or {}
    metadata = message.get("metadata") or {}
    entities = {str(e["entity"]): str(e["value"]) for e in message.get("entities") or () if e.get("value") is not None}
    text = str(message.get("text") or "")
    command = text.startswith("/")
    guessed = _guessed(text, metadata) if not command else {}
    return Said(
        intent=str(intent.get("name") or "nlu_fallback"),
        confidence=1.0 if command else float(intent.get("confidence") or 0.0),
        texts=tuple(guessed),
        shares=tuple(guessed.values()) if metadata.get("shares") else (),
        keys=entities.get("digits", "") if command else "",
        payload=entities if command else {},
        heard=1.0 if command else float(metadata.get("confidence", 1.0)),
        expect=str(metadata.get("expect") or "open"),
    )


def read_facts(message: Mapping[str, Any]) -> CallFacts:
    """Read the call's facts from the same metadata."""
    metadata = message.get("metadata") or {}
    return CallFacts(
        call_id=str(metadata.get("call_id") or ""),
        caller_ref=metadata.get("caller_ref"),
        caller_tail=str(metadata.get("caller_tail") or ""),
        region=str(metadata.get("region") or "*"),
        home_plate=str(metadata.get("home_plate") or ""),
        order_id=metadata.get("order_id"),
    )


def _guessed(text: str, metadata: Mapping[str, Any]) -> dict[str, float]:
    """Each guess once, the message's own text first; guesses that became alike when they were masked count together."""
    alternatives, shares = metadata.get("alternatives") or (), metadata.get("shares") or ()
    guessed = {text: 0.0}
    for each, share in zip_longest(map(str, alternatives), shares[: len(alternatives)], fillvalue=0.0):
        guessed[str(each)] = guessed.get(str(each), 0.0) + float(share)
    return guessed
