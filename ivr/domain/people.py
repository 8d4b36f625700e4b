"""Numbers that name a person: resident identity number and phone number, masked wherever shown.

Identity number: GB 11643 (6 area, 8 birth, 3 order, 1 check digit of ISO 7064 MOD 11-2).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from ivr.domain.errors import IdNumberWrong, PhoneWrong
from ivr.domain.provinces import PROVINCE_BY_CODE

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK = "10X98765432"
_AREAS = frozenset(PROVINCE_BY_CODE) | {"71", "81", "82", "83"}
_MISHEARD = {
    "0": "62", "1": "7456", "2": "80", "3": "48", "4": "1379", "5": "17", "6": "9018", "7": "145", "8": "236", "9": "64",
}
"""Digits that a recogniser of Mandarin takes for each other (2/8, 1/7, 6/9, 0/6, 1/4, 1/5, 3/4)."""
_GROWN = frozenset({"65", "95", "50"})
"""A digit that a recogniser adds behind another one."""
_CONFUSED, _LOST, _OTHER, _NEXT = 0.5, 0.5, 1.0, 0.3
_WORTH = 0.6
"""Readings so much less likely than the best are not offered."""
_MOST_OFFERS, _MANY_REPAIRS = 3, 8
_FIRST_YEAR, _LAST_YEAR, _LAST_CITY = 1910, 2025, 90
_SPOKEN = dict(zip("0123456789X", "零幺二三四五六七八九叉", strict=True))
_MOBILE = re.compile(r"1[3-9][0-9]{9}")
_LANDLINE = re.compile(r"0(?:10|2[0-9]|[3-9][0-9]{2})[2-8][0-9]{6,7}")


def check_digit(first_seventeen: str) -> str:
    """Give the 18th character for the first seventeen digits."""
    total = sum(
        int(digit) * weight for digit, weight in zip(first_seventeen, _WEIGHTS, strict=True)
    )
    return _CHECK[total % 11]


@dataclass(frozen=True, slots=True, repr=False, order=True)
class IdNumber:
    """A resident identity number with the right check digit and a possible birth date."""

    text: str
    """18 characters; the last may be X."""

    def __post_init__(self) -> None:
        """Refuse what cannot be one.

        Raises:
            IdNumberWrong: by length, area, birth or check digit.
        """
        if not re.fullmatch(r"[0-9]{17}[0-9X]", self.text):
            raise IdNumberWrong("length")
        if self.text[:2] not in _AREAS:
            raise IdNumberWrong("area")
        if _birth(self.text) is None:
            raise IdNumberWrong("birth")
        if check_digit(self.text[:17]) != self.text[17]:
            raise IdNumberWrong("check")

    @classmethod
    def parse(cls, text: str) -> "IdNumber":
        """Read one as typed or keyed: spaces, small x, or the star key for X.

        Raises:
            IdNumberWrong: it cannot be one.
        """
        return cls(re.sub(r"[\s-]", "", text).upper().replace("*", "X"))

    @property
    def birth(self) -> date:
        """Birth date."""
        return _birth(self.text) or date.min

    @property
    def tail(self) -> str:
        """Last four characters."""
        return self.text[-4:]

    @property
    def spoken_tail(self) -> str:
        """`tail` as it is said: 零零二八."""
        return "".join(_SPOKEN[char] for char in self.tail)

    @property
    def mask(self) -> str:
        """For screens: first and last four."""
        return f"{self.text[:4]}{'*' * 10}{self.tail}"

    def __repr__(self) -> str:
        """Give the last four only."""
        return f"IdNumber(*{self.tail})"

    def __str__(self) -> str:
        """Give the masked form; who needs the number itself asks for `.text`."""
        return self.mask


def _birth(text: str) -> date | None:
    try:
        day = date(int(text[6:10]), int(text[10:12]), int(text[12:14]))
    except ValueError:
        return None
    return day if day.year >= 1890 else None


def id_repairs(text: str) -> tuple[IdNumber, ...]:
    """Propose identity numbers close to what was heard, the likeliest first.

    Each is a reading itself, or one misheard digit away, or has a digit back that was lost beside its
    like (555), or has not what was heard too much. A proposal is never the answer: it is to be confirmed
    by its last four digits and by the code sent to the number on file.

    Args:
        text: digits; or several readings, the likeliest first, with `/` between.
    """
    costs: dict[str, float] = {}
    for rank, reading in enumerate(text.split("/")):
        for changed, cost in _near(reading):
            costs[changed] = min(cost + rank * _NEXT, costs.get(changed, 9.0))
    found = sorted(
        (cost + _unlikely(number), number) for changed, cost in costs.items() if (number := _identity(changed)) is not None
    )
    return tuple(number for cost, number in found if cost <= found[0][0] + _WORTH)


def id_offers(text: str) -> tuple[IdNumber, ...]:
    """Choose which proposals the caller is asked about: three, or only the likeliest where many are possible."""
    found = id_repairs(text)
    return found[: _MOST_OFFERS if len(found) <= _MANY_REPAIRS else 1]


def _identity(text: str) -> IdNumber | None:
    try:
        return IdNumber(text)
    except IdNumberWrong:
        return None


def _unlikely(number: IdNumber) -> float:
    lives = _FIRST_YEAR <= number.birth.year <= _LAST_YEAR
    return 0.0 if lives and 1 <= int(number.text[2:4]) <= _LAST_CITY else _CONFUSED


def _near(text: str) -> Iterator[tuple[str, float]]:
    """Give what was perhaps meant, 18 characters each, and how far that is."""
    if len(text) == 18:
        yield text, 0.0
        for place, digit in enumerate(text):
            for other in "0123456789" if digit != "X" else "":
                yield text[:place] + other + text[place + 1 :], _CONFUSED if other in _MISHEARD[digit] else _OTHER
        yield text[:17] + "X", _CONFUSED
    elif len(text) == 17:
        yield from _longer(text)
    elif 18 < len(text) <= 21:
        for start in range(len(text) - 17):
            yield text[start : start + 18], _LOST * (len(text) - 18)
        if len(text) == 19:
            yield from _shorter(text)


def _longer(text: str) -> Iterator[tuple[str, float]]:
    for place, digit in enumerate(text):
        yield text[:place] + digit + text[place:], _LOST
    for first in "123456":
        yield first + text, _OTHER
    if text.isdigit():
        yield text + check_digit(text), _OTHER


def _shorter(text: str) -> Iterator[tuple[str, float]]:
    for place in range(1, 19):
        pair = text[place - 1 : place + 1]
        yield text[:place] + text[place + 1 :], _LOST if pair in _GROWN or pair[0] == pair[1] else _OTHER


@dataclass(frozen=True, slots=True, repr=False)
class PhoneNumber:
    """A phone number of mainland China: mobile, or landline with its area code."""

    text: str
    """Digits only."""

    def __post_init__(self) -> None:
        """Refuse what cannot be one.

        Raises:
            PhoneWrong: neither mobile nor landline.
        """
        if not (_MOBILE.fullmatch(self.text) or _LANDLINE.fullmatch(self.text)):
            raise PhoneWrong("neither a mobile nor a landline number")

    @classmethod
    def parse(cls, text: str) -> "PhoneNumber":
        """Read one as typed or as a trunk delivers it: +86, 0086, 86, spaces, hyphens.

        Raises:
            PhoneWrong: neither mobile nor landline.
        """
        digits = re.sub(r"[\s()-]", "", text)
        match = re.fullmatch(r"(?:\+86|0086|86)(0?[1-9][0-9]{9,11})", digits)
        if match and not _MOBILE.fullmatch(digits):
            digits = match.group(1)
            if not _MOBILE.fullmatch(digits) and not digits.startswith("0"):
                digits = "0" + digits
        return cls(digits)

    @property
    def is_mobile(self) -> bool:
        """Can it receive SMS?"""
        return _MOBILE.fullmatch(self.text) is not None

    @property
    def tail(self) -> str:
        """Last four digits."""
        return self.text[-4:]

    @property
    def spoken_tail(self) -> str:
        """`tail` as it is said: 幺二三四."""
        return "".join(_SPOKEN[char] for char in self.tail)

    @property
    def mask(self) -> str:
        """For screens: 138****1234."""
        return f"{self.text[:3]}****{self.tail}"

    def __repr__(self) -> str:
        """Give the last four only."""
        return f"PhoneNumber(*{self.tail})"

    def __str__(self) -> str:
        """Give the masked form; who needs the number itself asks for `.text`."""
        return self.mask
