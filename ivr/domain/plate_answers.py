"""What a caller answers when two readings of his plate were put to him (是北京的B，还是大连的D)."""

import re
from collections.abc import Sequence

from ivr.domain.errors import PlateWrong
from ivr.domain.plate_corrections import read_sign
from ivr.domain.plate_search import search
from ivr.domain.plate_words import LETTER_NAMES
from ivr.domain.plates import Plate
from ivr.domain.provinces import PROVINCES
from ivr.domain.sounds import blurred, guesses, plain, sound, sounds

_SURE = 1.2
_DENIED = re.compile("不是|不对")
_TAKEN_BACK = re.compile("不是|不对|错")
_EXPLAINED = re.compile("|".join(f"{name}的{letter}" for letter, name in LETTER_NAMES.items()))
_MASKED = "*"
_SHORT = 4
_MOST_GUESSES = 5
_DIGIT_ANSWERS = (
    ("零", "洞"), ("一", "幺"), ("二", "两"), ("三",), ("四",), ("五",), ("六",), ("七", "拐"), ("八",), ("九", "勾"),
)


def denies(text: str) -> bool:
    """Does it take back what was read back?"""
    return _TAKEN_BACK.search(plain(text)) is not None


def asked_place(plate: Plate, others: Sequence[Plate]) -> int | None:
    """Give the place in the plate's text that was asked about: where the first other reading differs."""
    if not others or len(others[0].text) != len(plate.text):
        return None
    places = [at for at, char in enumerate(plate.text) if others[0].text[at] != char]
    return places[0] if len(places) == 1 else None


def sign_answers(signs: Sequence[str]) -> tuple[str, ...]:
    """Give what may be answered in a word when these signs were put to the caller."""
    told = [phrase for sign in signs for phrase in _told(sign)]
    return (*told, "前面那个", "第一个", "后面那个", "第二个", "都不是")


def _told(sign: str) -> tuple[str, ...]:
    if sign.isdigit():
        return _DIGIT_ANSWERS[int(sign)]
    name = PROVINCES[sign].name if sign in PROVINCES else LETTER_NAMES.get(sign)
    if name is None:
        return (sign,)
    return (f"{name}的{sign}", name) if len(name) > 1 else (f"{name}的{sign}",)


def said_again(texts: str | Sequence[str]) -> bool:
    """Is the whole plate said once more, rather than one sign of it?"""
    heard = guesses(texts)[:_MOST_GUESSES]
    if not heard or _MASKED in heard[0] or _DENIED.search(plain(heard[0])):
        return False
    said = [plain(text) for text in heard if not denies(text)]
    return any(one.cost < _SURE for text in said for one in search(text, home="", asked=True))


def settle_plate(plate: Plate, others: Sequence[Plate], texts: str | Sequence[str]) -> Plate | None:
    """Give the plate meant by the answer; None when the answer does not say.

    The answer may be either sign, its word alone (大连), or a third sign for the same place; a long number
    (masked before it comes here) says nothing, whatever the lesser guesses hold. What denies one (不是大连的) is
    for `correct_plate`, and a whole plate said once more (`said_again`) for `hear_plate`.

    Args:
        plate: the best reading.
        others: the other readings, that which was asked about first.
        texts: the recogniser's guesses of the answer, best first.
    """
    heard = guesses(texts)[:_MOST_GUESSES]
    said = [plain(text) for text in heard]
    if said and (_DENIED.search(said[0]) or _MASKED in heard[0]):
        return None
    said = [text for text in said if not _TAKEN_BACK.search(text)]
    at = asked_place(plate, others)
    if at is None:
        return None
    options = {plate.text[at]: plate, others[0].text[at]: others[0]}
    for text in said:
        named = [char for char in options if _names(text, char)]
        if len(named) == 1:
            return options[named[0]]
    signs = [sign for text in said if (sign := _explained(text) or read_sign(text))]
    chosen = next((options[sign] for sign in signs if sign in options), None)
    if chosen is not None and signs[0] in options:
        return chosen
    third = _with(plate, at, signs[0]) if signs else None
    return third or chosen


def _explained(text: str) -> str:
    """苹果的P, whatever noise was heard around it."""
    named = _EXPLAINED.findall(text)
    return named[0][-1] if len(named) == 1 else ""


def _with(plate: Plate, at: int, sign: str) -> Plate | None:
    try:
        return Plate(plate.text[:at] + sign + plate.text[at + 1 :])
    except PlateWrong:
        return None


def _names(text: str, char: str) -> bool:
    """Is the word said by which this sign is told apart?"""
    name = PROVINCES[char].name if char in PROVINCES else LETTER_NAMES.get(char, "")
    if not name:
        return False
    heard, meant = [blurred(one) for one in sounds(text)], [blurred(one) for one in sounds(name)]
    if len(meant) == 1:
        return 1 < len(text) <= _SHORT and sound(text[0]) == sound(name)
    return any(heard[at : at + len(meant)] == meant for at in range(len(heard)))
