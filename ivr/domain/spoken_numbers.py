"""Whole numbers as they are read: 一百零五, 十五, 二十一."""

import re

_READ = dict(zip("0123456789", "零一二三四五六七八九", strict=True))
_VALUE = dict(zip("零一二三四五六七八九", range(10), strict=True)) | {"两": 2, "幺": 1, "〇": 0}
_UNITS = {"十": 10, "百": 100, "千": 1000}
_KNOWN = frozenset(_VALUE) | frozenset(_UNITS) | {"万", "亿"}


def say_number(number: int) -> str:
    """Write a number out as it is read: 105 is 一百零五.

    Raises:
        ValueError: it is negative or has more than sixteen digits.
    """
    if not 0 <= number < 10**16:
        raise ValueError("only numbers of up to sixteen digits can be read")
    if number == 0:
        return "零"
    said = ""
    for size, unit in ((10**12, "万"), (10**8, "亿"), (10**4, "万"), (1, "")):
        group, number = divmod(number, size)
        if group:
            gap = said and (group < 1000 or said.endswith("?"))
            said = said.rstrip("?") + ("零" if gap else "") + _say_thousands(group) + unit
        elif said:
            said = said.rstrip("?") + ("亿" if size == 10**8 else "") + "?"
    return re.sub("^一十", "十", said.rstrip("?"))


def _say_thousands(group: int) -> str:
    said, gap = "", False
    for size, unit in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, group = divmod(group, size)
        if digit:
            said += ("零" if gap and said else "") + _READ[str(digit)] + unit
        gap = not digit
    return said


def read_number(text: str) -> int | None:
    """Read a number in digits, digit by digit (二零二六) or with units (一百零五); None if it is none."""
    if re.fullmatch("[0-9]{1,16}", text):
        return int(text)
    if not text or any(char not in _KNOWN for char in text):
        return None
    if all(char in _VALUE for char in text):
        return int("".join(str(_VALUE[char]) for char in text))
    total = section = digit = 0
    for char in text:
        if char in _VALUE:
            digit = _VALUE[char]
        elif char in _UNITS:
            section += (digit or 1) * _UNITS[char]
            digit = 0
        elif char == "亿":
            total, section, digit = (total + section + digit) * 10**8, 0, 0
        else:
            total, section, digit = total + (section + digit) * 10**4, 0, 0
    return total + section + digit
