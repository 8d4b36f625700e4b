"""What a caller corrects in a plate read back to him: 是D不是B, 后三位是三四六, 第三位是七."""

import re
from collections.abc import Sequence

from ivr.domain.errors import PlateWrong
from ivr.domain.plate_prefixes import issued
from ivr.domain.plate_search import search
from ivr.domain.plate_words import ALIKE_LETTERS, LETTER_NAMES, Reading, may_be_taken_for, readings
from ivr.domain.plates import Plate
from ivr.domain.provinces import PROVINCE_CHARS
from ivr.domain.sounds import PAUSE, guesses, plain

_COUNT = dict(zip("一二三四五六七八两", (1, 2, 3, 4, 5, 6, 7, 8, 2), strict=True))
_IS = f"(?:应该)?(?:是|为|改成|改为|换成|要)?{PAUSE}?"
_ONE_PLACE = re.compile(f"(倒数)?第([一二三四五六七八])(?:位|个)?(?:数字|字母|数|字)?{_IS}(.+)")
_LAST = re.compile(f"(?:最后|末尾)(?:那|的)?([一两二三四五六]?)(?:位|个)?(?:数字|数|字)?{_IS}(.+)")
_SPAN = re.compile(f"(前|后|前面|后面|末|尾)([一两二三四五六])(?:位|个)(?:数字|数|字)?{_IS}(.+)")
_NOT_BUT = re.compile(f"不是(.+?){PAUSE}?(?:应该是|而是|是|要)(.+)")
_BUT_NOT = re.compile(f"是?(.+?){PAUSE}?(?:不是|不要)(.+)")
_LETTER_E = re.compile("E?[鹅鄂呃饿恶俄额](?:的|得|地|可)?(?:E|以|一(?![零一二三四五六七八九]))")
"""鹅的E, as a recogniser writes it: 鄂 would be a province."""
_EXPLAINED = re.compile(f"([A-Z])?(?:{'|'.join(LETTER_NAMES.values())}|[一-龥])的([A-Z])")
_LEAD = re.compile(f"^(?:不对|错了|不是的|不是啊|不|嗯|呃|那个|我说的?|应该|{PAUSE})+(?=.)")


def correct_plate(plate: Plate, texts: str | Sequence[str]) -> Plate | None:
    """Apply the first correction that makes a plate; None when nothing can be applied."""
    for text in guesses(texts):
        said = _LETTER_E.sub("E", plain(text))
        corrected = _correct(plate, said) or _correct(plate, _EXPLAINED.sub(r"\2", said))
        if corrected is not None and corrected != plate:
            return corrected
    return None


def _correct(plate: Plate, said: str) -> Plate | None:
    by_place = _by_place(plate, said)
    if by_place is not None:
        return by_place
    if "不是" in said:
        return _by_contrast(plate, said)
    anew = [one for one in search(said, home=plate.prefix, asked=True) if one.cost < 2]
    if anew:
        return Plate(anew[0].text)
    bare = _LEAD.sub("", said).removeprefix("是")
    symbols, whole = _read(bare, limit=2)
    if whole and len(symbols) == 2 and symbols[0] in PROVINCE_CHARS and plate.text[:1] in PROVINCE_CHARS:
        return _put(plate, 0, symbols, 2) if len(plate.prefix) == 2 else None
    return _replace_alike(plate, symbols) if whole and len(symbols) == 1 else None


def _by_place(plate: Plate, said: str) -> Plate | None:
    serial_at = len(plate.prefix)
    if match := _ONE_PLACE.search(said):
        new = _symbols(match.group(3))[:1]
        number = _COUNT[match.group(2)]
        if match.group(1):
            return _put(plate, len(plate.text) - number, new)
        in_serial = _put(plate, serial_at + number - 1, new)
        in_whole = _put(plate, number - 1, new)
        return in_whole if _fits_prefix(plate, number, new) else (in_serial or in_whole)
    if match := _LAST.search(said):
        size = _COUNT.get(match.group(1), 1)
        return _put(plate, len(plate.text) - size, _symbols(match.group(2), limit=size), size)
    if match := _SPAN.search(said):
        size = _COUNT[match.group(2)]
        new = _symbols(match.group(3), limit=size)
        at = serial_at if match.group(1).startswith("前") else len(plate.text) - size
        return _put(plate, at, new, size)
    return None


def _fits_prefix(plate: Plate, number: int, new: str) -> bool:
    """第二位是D: the letter of the prefix is meant when the serial has a digit there."""
    if number > len(plate.prefix) or not new:
        return False
    at = len(plate.prefix) + number - 1
    in_serial = plate.text[at] if at < len(plate.text) else ""
    if new in PROVINCE_CHARS:
        return True
    if number != 2 or not new.isalpha() or not in_serial.isdigit():
        return False
    known = plate.prefix[0] + new
    return issued(known) and not (_alike(in_serial, new) and not _alike(plate.prefix[1], new))


def _alike(one: str, other: str) -> bool:
    return may_be_taken_for(one, other, "BDEPTG71", "R82A")


def _by_contrast(plate: Plate, said: str) -> Plate | None:
    for pattern, new_group, old_group in ((_NOT_BUT, 2, 1), (_BUT_NOT, 1, 2)):
        match = pattern.search(said)
        if match is None:
            continue
        new = _symbols(_LEAD.sub("", match.group(new_group)).removeprefix("是"))
        old = _symbols(match.group(old_group))
        if new and old and (corrected := _swap(plate, old, new)):
            return corrected
    return None


def _swap(plate: Plate, old: str, new: str) -> Plate | None:
    """Replace `old` where it occurs exactly once."""
    size = min(len(old), len(new))
    old, new = old[:size], new[:size]
    places = [at for at in range(len(plate.text)) if plate.text.startswith(old, at)]
    made = [made for at in places if (made := _put(plate, at, new, size))]
    if len(made) == 1:
        return made[0]
    return None


def _replace_alike(plate: Plate, new: str) -> Plate | None:
    """北京的B alone: it replaces the province, or the one letter that sounds like it."""
    if new in PROVINCE_CHARS:
        return _put(plate, 0, new)
    if not new.isalpha() or not new.isascii():
        return None
    groups = [group for group in ALIKE_LETTERS if new in group]
    places = [
        at
        for at, char in enumerate(plate.text)
        if char != new and char.isalpha() and any(char in group for group in groups)
    ]
    return _put(plate, places[0], new) if len(places) == 1 else None


def _put(plate: Plate, at: int, new: str, size: int = 1) -> Plate | None:
    if len(new) != size or not 0 <= at <= len(plate.text) - size:
        return None
    try:
        return Plate(plate.text[:at] + new + plate.text[at + size :])
    except PlateWrong:
        return None


def _symbols(said: str, limit: int = 8) -> str:
    """Read characters of a plate from the start of `said`; stops at what is none."""
    return _read(said, limit)[0]


def read_sign(said: str) -> str:
    """Read the one character said in an answer (是大连的D, 嗯七); empty when it is none or more."""
    bare = _LEAD.sub("", _LETTER_E.sub("E", said)).removeprefix("是")
    symbols, whole = _read(bare.rstrip("吧啊的呢" + PAUSE) if len(bare) > 1 else bare, limit=2)
    return symbols if whole and len(symbols) == 1 else ""


def _read(said: str, limit: int) -> tuple[str, bool]:
    """Read as `_symbols` does, and say whether nothing was left over."""
    said = re.sub(f"[{PAUSE}呃嗯啊]|数字|字母", "", said)
    found, at = "", 0
    while at < len(said) and len(found) < limit:
        means = [one for one in readings(said, at) if one.cost <= 0.7]
        if not means:
            break
        best = min(means, key=_preference)
        if not (best.explained and found.endswith(best.chars)):
            found += best.chars
        at = best.end
    return found, at >= len(said)


def _preference(reading: Reading) -> tuple[bool, float, int]:
    return (not reading.explained, reading.cost, -reading.end)
