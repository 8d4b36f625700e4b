"""How an event of the call is put to the dialogue: message, metadata, and what may be shown of it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ivr.call.commands import WriteDown
from ivr.call.events import Heard, OrderArrived, ValueSealed
from ivr.dialogue.replies import Expect, ExpectKind
from ivr.domain.spoken import hear_digits, hear_phone, mask_personal
from ivr.domain.spoken_ids import hear_identity

_MOST_ALTERNATIVES = 10
_DIGITS = frozenset("0123456789零〇一二三四五六七八九幺两洞拐勾")
_FEW_DIGITS = 2


@dataclass(frozen=True, slots=True)
class Question:
    """One message to the dialogue."""

    message: str = field(repr=False)
    metadata: Mapping[str, Any] = field(default_factory=dict, repr=False)
    shown: str = field(default="", repr=False)
    """For log and captions; masked."""
    binding: bool = False
    """It may be a yes to what cannot be taken back."""


def from_speech(heard: Heard, expect: Expect) -> Question:
    """Words of the caller; long personal numbers are masked before anybody sees them."""
    texts = [_clean(text) for text in heard.texts[:_MOST_ALTERNATIVES]]
    best = texts[0]
    metadata: dict[str, Any] = {
        "alternatives": texts,
        "confidence": round(heard.confidence, 3),
        "expect": expect.kind.value,
    }
    if heard.shares:
        metadata["shares"] = [round(share, 4) for share in heard.shares[:_MOST_ALTERNATIVES]]
    return Question(best, metadata, shown=best, binding=expect.binding)


def from_keys(keys: str, expect: Expect) -> Question:
    """Keys that are not sealed."""
    message = "/dtmf" + json.dumps({"digits": keys})
    metadata: dict[str, Any] = {"expect": expect.kind.value, "alternatives": [], "confidence": 1.0}
    return Question(message, metadata, shown=f"［按键{keys}］", binding=expect.binding)


def from_sealed(sealed: ValueSealed) -> Question:
    """A reference to a value in the vault, with the last characters that may be said."""
    payload = {"kind": sealed.kind, "ref": sealed.ref, "tail": sealed.tail}
    return Question("/give_sealed" + json.dumps(payload), {"expect": sealed.kind}, shown=f"（已封存，尾号{sealed.tail}）")


def from_order(order: OrderArrived) -> Question:
    """Something that happened outside the call."""
    payload = json.dumps(dict(order.payload or {}), ensure_ascii=False)
    return Question(f"/{order.event}{payload}", {"expect": "event"}, shown=f"（{order.event}）")


def sealable(expect: Expect, texts: Sequence[str]) -> str | None:
    """Find the sensitive value in what was heard; None when none of the guesses is whole.

    An identity number that was not heard for sure comes as readings that are none (`hear_identity`):
    who opens the seal offers repairs.
    """
    if expect.kind is ExpectKind.PHONE:
        return hear_phone(list(texts))
    if expect.kind is ExpectKind.ID_NUMBER:
        return hear_identity(list(texts))
    wanted = 6 if expect.kind is ExpectKind.SMS_CODE else expect.count
    return hear_digits(list(texts), count=wanted or None)


def names_nobody(texts: Sequence[str]) -> bool:
    """Is it talk (没收到, 等一下) rather than part of a number that is to be sealed?"""
    return all(sum(char in _DIGITS for char in text) <= _FEW_DIGITS for text in texts)


def written(heard: Heard, expect: Expect) -> WriteDown:
    """What the transcript keeps of words that the dialogue is not asked about."""
    best = heard.texts[0] if heard.texts else ""
    shown = "（不记录）" if expect.sensitive else _clean(best) if best else "（没有听清）"
    return WriteDown(shown, round(heard.confidence, 3))


def _clean(text: str) -> str:
    """A leading slash would be a command to the dialogue."""
    masked, _ = mask_personal(text.replace(" ", "").lstrip("/"))
    return masked or "嗯"
