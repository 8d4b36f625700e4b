"""Written numbers as a Chinese reader says them. Pure.

Years digit by digit, times, counts before a measure word, percentages; every other run of digits
(phones, codes, plates) is left to be read digit by digit.
"""

import re

_DIGITS = "零一二三四五六七八九"
_UNITS = ("", "十", "百", "千")
_MEASURES = (
    "分钟|小时|秒|天|年|个|次|条|张|元|块|公里|千米|米|岁|人|位|辆|遍|种|项|分|点|月|日|号|周|期|楼|层|栋|幢|单元|室|倍|份|件|台|名|步|级|公斤"
)
_ORDINAL = frozenset("月日号期楼层栋幢单室级")
"""Before these, 2 is 二; before other measures it is 两."""

_YEAR = re.compile(r"(?<!\d)(\d{4})(?=年)")
_CLOCK = re.compile(r"(?<!\d)([01]?\d|2[0-4])[:：]([0-5]\d)(?!\d)")
_PERCENT = re.compile(r"(?<![\dA-Za-z.])(\d{1,8})(?:\.(\d+))?[%％]")
_DECIMAL = re.compile(r"(?<![\dA-Za-z.])(\d{1,8})\.(\d+)(?![\d.])")
_COUNT = re.compile(rf"(?<![\dA-Za-z.\-])(第?)(\d{{1,8}})(?={_MEASURES})")
_ALONE = re.compile(r"(?<![\dA-Za-z.])1(?![\dA-Za-z.])")
"""A key to press, not a digit of a code."""


def count(number: int) -> str:
    """A count below a hundred million: 12 -> 十二, 1050 -> 一千零五十."""
    if number >= 10000:
        high, low = divmod(number, 10000)
        if not low:
            return count(high) + "万"
        return count(high) + "万" + ("零" if low < 1000 else "") + ("一" if 10 <= low < 20 else "") + count(low)
    if number < 10:
        return _DIGITS[number]
    said = ""
    written = str(number)
    for place, digit in enumerate(written):
        unit = _UNITS[len(written) - 1 - place]
        if digit != "0":
            said += _DIGITS[int(digit)] + unit
        elif not said.endswith("零"):
            said += "零"
    said = said.rstrip("零")
    return said.removeprefix("一") if 10 <= number < 20 else said


def one_by_one(digits: str) -> str:
    """Digit by digit, 1 as 一: 2026 -> 二零二六."""
    return "".join(_DIGITS[int(digit)] for digit in digits)


def say_numbers(text: str) -> str:
    """Write those numbers in characters that are not read digit by digit."""
    said = _YEAR.sub(lambda m: one_by_one(m[1]), text)
    said = _CLOCK.sub(_clock, said)
    said = _PERCENT.sub(lambda m: "百分之" + _decimal(m), said)
    said = _DECIMAL.sub(_decimal, said)
    said = _COUNT.sub(_counted, said)
    return _ALONE.sub("一", said)


def _decimal(found: re.Match[str]) -> str:
    whole = count(int(found[1]))
    return f"{whole}点{one_by_one(found[2])}" if found[2] else whole


def _clock(found: re.Match[str]) -> str:
    hour, minute = int(found[1]), int(found[2])
    said = ("两" if hour == 2 else count(hour)) + "点"
    if not minute:
        return said
    return said + ("零" if minute < 10 else "") + count(minute) + "分"


def _counted(found: re.Match[str]) -> str:
    digits = found[2]
    if len(digits) > 1 and digits[0] == "0":
        return found[0]
    after = found.string[found.end() : found.end() + 1]
    if digits == "2" and not found[1] and after not in _ORDINAL:
        return "两"
    return found[1] + count(int(digits))
