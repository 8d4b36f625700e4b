"""Keys: when is an entry by keys complete?

A single key answers open questions, choices and yes/no at once. Entries of several digits end by
length, by `#`, or by a pause. `*` is X inside an ID number, a letter mark inside a plate, and
"repeat" alone elsewhere.
"""

from dataclasses import dataclass

from ivr.dialogue.replies import Expect, ExpectKind

_LENGTHS = {
    ExpectKind.SMS_CODE: 6,
    ExpectKind.ID_NUMBER: 18,
    ExpectKind.PHONE: 11,
}
_LATE_HASH_SECONDS = 3.0
_SINGLE = {
    ExpectKind.OPEN, ExpectKind.YES_NO, ExpectKind.CHOICE, ExpectKind.PLACE, ExpectKind.RATING,
}


@dataclass(frozen=True, slots=True)
class KeyRule:
    """How keys make an entry."""

    length: int | None
    """Complete at this many keys; None = only `#` or a pause completes it."""
    pause_seconds: float
    """Complete when no further key comes for so long."""


def rule_for(expect: Expect) -> KeyRule:
    """Say how keys are collected while `expect` is in force."""
    if expect.kind in _SINGLE:
        return KeyRule(2 if expect.count > 9 else 1, 2.0)
    if expect.kind is ExpectKind.DIGITS:
        return KeyRule(expect.count or None, 4.0)
    return KeyRule(_LENGTHS.get(expect.kind), 6.0)


@dataclass(slots=True)
class KeyEntry:
    """Keys pressed so far for one question; `repr` never shows them."""

    _keys: str = ""
    last_at: float = 0.0
    _whole_at: float | None = None
    """When an entry was complete by its length: a `#` after it belongs to it."""

    def __repr__(self) -> str:
        """Give what may be logged."""
        return f"KeyEntry({len(self._keys)} keys)"

    def __bool__(self) -> bool:
        """Is a key pressed already?"""
        return bool(self._keys)

    def press(self, digit: str, expect: Expect, *, now: float) -> str | None:
        """Add a key; the complete entry (without `#`), or None while it is still open.

        A lone `#` completes an empty entry: "".
        """
        self.last_at = now
        if digit == "#":
            return self.take()
        self._keys += digit
        length = rule_for(expect).length
        if length is None or len(self._keys) < length:
            return None
        self._whole_at = now
        return self.take()

    def belongs_to_last(self, digit: str, *, now: float) -> bool:
        """Is it the `#` of an entry that was complete without it? It must not stop what is said next."""
        whole_at, self._whole_at = self._whole_at, None
        return digit == "#" and whole_at is not None and now - whole_at <= _LATE_HASH_SECONDS

    def take(self) -> str:
        """Give the keys once and forget them."""
        keys, self._keys = self._keys, ""
        return keys

    def deadline(self, expect: Expect) -> float | None:
        """When a pause completes the entry, on the caller's clock of `now`."""
        return self.last_at + rule_for(expect).pause_seconds if self._keys else None


def asks_for_human(keys: str, expect: Expect) -> bool:
    """Key 0 alone means a human; where 0 may begin an entry, `0` and `#` do."""
    return keys == "0" and expect.kind is not ExpectKind.RATING
