"""What a caller is asked where two readings of his plate cannot be told apart (是北京的B，还是大连的D？)."""

from collections.abc import Sequence

from ivr.domain.plate_answers import sign_answers
from ivr.domain.plate_evidence import Readings
from ivr.domain.plate_words import LETTER_NAMES
from ivr.domain.provinces import PROVINCES

_READ = dict(zip("0123456789", "零一二三四五六七八九", strict=True))
_CLOSE = 0.5
"""A reading that costs no more than this may be the right one."""
_WHOLE_AGAIN = "请把整个车牌再说一遍。"


def ask_between(best: str, others: Sequence[str], readings: Readings) -> tuple[str, tuple[str, ...]]:
    """Give the question, and what may be answered to it in a word.

    Where a second sign is in doubt, the whole plate is asked for as well, and the answer is no single word.

    Args:
        best: the best reading.
        others: readings that differ from it in the same one place.
        readings: all readings.
    """
    at = next(at for at, char in enumerate(others[0]) if char != best[at])
    signs = (best[at], *(other[at] for other in others))
    question = _question(signs, at)
    if _elsewhere(readings, best, at):
        return question + _WHOLE_AGAIN, ()
    return question, sign_answers(signs)


def _question(signs: Sequence[str], at: int) -> str:
    if all(sign in LETTER_NAMES for sign in signs):
        return "是" + "，还是".join(f"{LETTER_NAMES[sign]}的{sign}" for sign in signs) + "？"
    if all(sign in PROVINCES for sign in signs):
        return "是" + "，还是".join(f"{PROVINCES[sign].name}的{sign}" for sign in signs) + "？"
    place = _READ[str(at - 1)] if at > 1 else ""
    which = f"号码第{place}位" if place else "字母"
    return f"{which}是" + "，还是".join(_READ.get(sign, sign) for sign in signs) + "？"


def _elsewhere(readings: Readings, best: str, at: int) -> bool:
    """Is another sign than that one in doubt as well?"""
    near = [text for text, cost in readings if cost < _CLOSE and len(text) == len(best)]
    return any(char != best[place] for text in near for place, char in enumerate(text) if place != at)
