"""How likely it is that a span of a sentence, which spells a plate, was meant as that plate."""

import re

from ivr.domain.plate_prefixes import issued
from ivr.domain.plate_words import LETTER_NAMES, USUAL, char_readings
from ivr.domain.plates import PlateKind, kind_of
from ivr.domain.provinces import PROVINCE_CHARS
from ivr.domain.sounds import PAUSE

_NEVER = 4.0
"""More than any plate may cost."""
_CUT = 1.5
_NOT_ISSUED = 0.4
_LEFT_OUT = 0.7
_EXPLAINING = re.compile(f"(?:{'|'.join(LETTER_NAMES.values())})的[A-Z]")
_COUNTED = tuple("号幢栋楼层单米分点块元弄室")


def rarity(plate: str) -> float:
    """What is rare on the road needs to be heard better."""
    kind = kind_of(plate)
    unknown = 0.0 if plate[0].isdigit() or issued(plate[:2]) or not plate[1].isalpha() else _NOT_ISSUED
    letters = sum(char.isascii() and char.isalpha() for char in plate[2:])
    if kind is PlateKind.ORDINARY:
        return (0.0, 0.05, 0.15)[letters] + unknown
    if kind is PlateKind.SMALL_NEW_ENERGY:
        return (0.0 if plate[2] in "DF" else 0.5) + unknown
    if kind is PlateKind.LARGE_NEW_ENERGY:
        return (0.3 if plate[-1] in "DF" else 0.8) + unknown
    return unknown if plate[-1] in "学挂警" else 0.3


def cut_off(text: str, start: int, end: int, *, assumed: int) -> float:
    """A span cut out of a longer run of digits or letters is probably no plate.

    Args:
        text: what was heard, in plain form.
        start: first character of the span.
        end: the one behind its last.
        assumed: how many characters of the prefix were not said.
    """
    before = text[:start].rstrip(PAUSE)[-1:]
    cost = 0.0
    if before and (_is_strong(before) or (assumed and _is_province(before))):
        cost = _NEVER if assumed == 2 else _CUT
    elif before and before in PROVINCE_CHARS:
        cost = _LEFT_OUT
    elif any(said.start() < start < said.end() for said in _EXPLAINING.finditer(text)):
        cost = _CUT
    return cost + _cut_off_behind(text[end:], bare=assumed == 2)


def _cut_off_behind(after: str, *, bare: bool) -> float:
    if re.match("[零令][在再]", after):
        return 0.1  # 停在, as a recogniser in a run of digits writes it
    if re.match("[A-Z]|零(?![0-9零一二三四五六七八九幺两十])", after):
        return _NEVER if bare else _CUT
    if after and _is_strong(after[0]):
        return _NEVER
    if after.startswith(PAUSE) and _is_strong(after[1:2]):
        return _CUT / 2
    return _CUT if bare and after.startswith(_COUNTED) else 0.0


def _is_province(char: str) -> bool:
    return any(char in PROVINCE_CHARS and cost <= USUAL for char, cost in char_readings(char))


def _is_strong(char: str) -> bool:
    return (char != "" and char in "零一二三四五六七八九幺两十百千拐勾洞") or (
        char.isascii() and char.isalnum()
    )
