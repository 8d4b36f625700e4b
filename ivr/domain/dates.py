"""Days as callers say them (下周三, 这个月十五号, 大后天) and as they are said back.

`today` is an argument. Weeks run from Monday: 下周三 is the Wednesday of the next such week.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from ivr.domain.sounds import guesses, plain, sound
from ivr.domain.spoken_numbers import read_number, say_number

_WEEKDAYS = "一二三四五六日"
_NUMBER = "[0-9零〇一二三四五六七八九十两幺]"
_DAYS_AWAY = {
    "大前天": -3,
    "前天": -2,
    "昨天": -1,
    "今天": 0,
    "今日": 0,
    "大后天": 3,
    "后天": 2,
    "明天": 1,
    "明日": 1,
}
_LUNAR = re.compile("农历|阴历|旧历|腊月|正月|初[一二三四五六七八九十]|大年三十|除夕")
_WEEK = re.compile("(上上|上|这|本|下下|下)?(?:一?个)?(?:周|星期|礼拜)([一二三四五六日天1-6末])")
_MONTH_DAY = re.compile(
    f"(?:({_NUMBER}{{2,4}}|今|明)年的?)?({_NUMBER}{{1,3}})月份?的?({_NUMBER}{{1,3}})[号日]?"
)
_THIS_MONTH = re.compile(f"(这|本|下下|下|上)个?月的?({_NUMBER}{{1,3}})[号日]")
_BARE_DAY = re.compile(f"(?<![月0-9零〇一二三四五六七八九十])({_NUMBER}{{1,3}})[号日]")
_AWAY = re.compile(f"(?:再过|过)?({_NUMBER}{{1,3}})(?:个)?(天|周|星期|礼拜)(?:之后|以后|后)")
_PART = re.compile(
    f"(?:(这|本|下)个?月|({_NUMBER}{{1,3}})月份?)?的?(月?初|月?底|月?末|中旬|上旬|下旬)"
)
_WEEK_SIGNS = {
    "xia": "X", "jia": "X", **dict.fromkeys(("ge", "zhe", "she", "de"), "g"), "li": "L", "bai": "B", "bei": "B",
    "yi": "1", "er": "2", "san": "3", "si": "4", "wu": "5", "liu": "6", "ri": "7", "tian": "7", "S": "S",
}
"""Sound -> one sign of those that make 下个礼拜四."""
_SOUND_OF_WEEK = re.compile("(X(?=X))?Xg?L(?:B[1-7]|B?S)")
_MONTH_FOR_WEEK = re.compile("(?<=下)个月(?=礼拜|星期)")
_SAID_DAY = {**dict(zip("123456", "一二三四五六", strict=True)), "7": "日", "S": "四"}
_MOST_GUESSES = 5
_WEEK_STEP = {"上上": -2, "上": -1, "这": 0, "本": 0, "下": 1, "下下": 2}
_MONTH_STEP = {"上": -1, "这": 0, "本": 0, "下": 1, "下下": 2}


@dataclass(frozen=True, slots=True)
class DateHeard:
    """What was understood of a day."""

    first: date | None
    """The day, or the first of a span (月底); None when no possible day was heard."""
    last: date | None = None
    """Last day of a span; the same as `first` for one day."""
    question: str | None = None
    """What to ask where two days are meant by the same words, or why the words cannot be used."""

    @property
    def day(self) -> date | None:
        """The one day meant; None for a span."""
        return self.first if self.first == self.last else None


def hear_date(texts: str | Sequence[str], *, today: date) -> DateHeard:
    """Find the day meant in what was heard; a day without a year is the next such day.

    Args:
        texts: the recogniser's guesses, best first; the first that names a possible day counts.
        today: the day of the call.
    """
    found = [_hear(plain(text), today) for text in guesses(texts)[:_MOST_GUESSES]]
    told = next((heard for heard in found if heard.first is not None or heard.question is not None), None)
    return told or DateHeard(None)


def _hear(text: str, today: date) -> DateHeard:
    said = _weeks_by_sound(text)
    if _LUNAR.search(said):
        return DateHeard(None, question="请说公历的日期，比如十二月二号。")
    for read in (_named_day, _in_a_while, _weekday, _day_of_month, _month_part, _bare_day):
        heard = read(said, today)
        if heard is not None:
            return heard
    return DateHeard(None)


def _weeks_by_sound(said: str) -> str:
    """夏隔离S and 下这礼拜四 are what a recogniser writes for 下个礼拜四."""
    said = _MONTH_FOR_WEEK.sub("个", said)
    folded = "".join(_WEEK_SIGNS.get(sound(char), "?") for char in said)
    for match in reversed(list(_SOUND_OF_WEEK.finditer(folded))):
        named = "下下个礼拜" if match.group(1) else "下个礼拜"
        number = "四" if said[match.end() - 1] == "S" else _SAID_DAY[folded[match.end() - 1]]
        said = said[: match.start()] + named + number + said[match.end() :]
    return said


def say_date(day: date, *, today: date | None = None) -> str:
    """Say a day in full: 十二月二号，星期三; with its year when that is another than today's."""
    year = ""
    if today is not None and day.year != today.year:
        year = "".join("零一二三四五六七八九"[int(char)] for char in str(day.year)) + "年"
    weekday = _WEEKDAYS[day.weekday()]
    return f"{year}{say_number(day.month)}月{say_number(day.day)}号，星期{weekday}"


def _one(day: date | None) -> DateHeard:
    return DateHeard(day, day)


def _named_day(said: str, today: date) -> DateHeard | None:
    for word, away in _DAYS_AWAY.items():
        if word in said:
            return _one(today + timedelta(days=away))
    return None


def _in_a_while(said: str, today: date) -> DateHeard | None:
    match = _AWAY.search(said)
    number = read_number(match.group(1)) if match else None
    if match is None or number is None:
        return None
    return _one(today + timedelta(days=number * (1 if match.group(2) == "天" else 7)))


def _weekday(said: str, today: date) -> DateHeard | None:
    match = _WEEK.search(said)
    if match is None:
        return None
    which, name = match.group(1), match.group(2)
    monday = today - timedelta(days=today.weekday())
    if name == "末":
        saturday = monday + timedelta(days=5 + 7 * _WEEK_STEP[which or "这"])
        return DateHeard(saturday, saturday + timedelta(days=1))
    number = 6 if name in "日天" else (int(name) - 1 if name.isdigit() else _WEEKDAYS.index(name))
    if which:
        day = monday + timedelta(days=number + 7 * _WEEK_STEP[which])
        sunday = which in "这本" and number == today.weekday() == 6
        return DateHeard(day, day, "是今天，还是下个星期天？" if sunday else None)
    day = monday + timedelta(days=number)
    if day == today:
        return DateHeard(day, day, f"是今天，还是下个星期{_WEEKDAYS[number]}？")
    return _one(day if day > today else day + timedelta(days=7))


def _day_of_month(said: str, today: date) -> DateHeard | None:
    if match := _THIS_MONTH.search(said):
        year, month = _month_away(today, _MONTH_STEP[match.group(1)])
        return _one(_make(year, month, match.group(2)))
    match = _MONTH_DAY.search(said)
    month_number = read_number(match.group(2)) if match else None
    if match is None or month_number is None:
        return None
    if match.group(1):
        return _one(_make(_year(match.group(1), today), month_number, match.group(3)))
    day = _make(today.year, month_number, match.group(3))
    if day is None or day < today:
        day = _make(today.year + 1, month_number, match.group(3))
    return _one(day)


def _year(said: str, today: date) -> int:
    if said in {"今", "明"}:
        return today.year + (said == "明")
    number = read_number(said) or 0
    return number if number > 99 else 2000 + number


def _month_part(said: str, today: date) -> DateHeard | None:
    match = _PART.search(said)
    if match is None:
        return None
    year, month = _month_away(today, _MONTH_STEP[match.group(1) or "这"])
    if match.group(2):
        month = read_number(match.group(2)) or 0
        year += month < today.month
    if not 1 <= month <= 12:
        return DateHeard(None)
    begin = date(year, month, 1)
    following = date(*_month_away(begin, 1), 1)
    part = (
        match.group(3)[-1] if match.group(3) not in {"中旬", "上旬", "下旬"} else match.group(3)[0]
    )
    first, last = {
        "初": (1, 10),
        "上": (1, 10),
        "中": (11, 20),
    }.get(part, (21, (following - begin).days))
    if match.group(1) is None and match.group(2) is None and begin.replace(day=last) < today:
        begin = following
    return DateHeard(begin.replace(day=first), begin.replace(day=last))


def _bare_day(said: str, today: date) -> DateHeard | None:
    """十五号: of this month, or of the next when it has passed."""
    match = _BARE_DAY.search(said)
    if match is None:
        return None
    for step in (0, 1, 2):
        day = _make(*_month_away(today, step), match.group(1))
        if day is not None and day >= today:
            return _one(day)
    return DateHeard(None)


def _month_away(day: date, step: int) -> tuple[int, int]:
    months = day.year * 12 + day.month - 1 + step
    return months // 12, months % 12 + 1


def _make(year: int, month: int, said: str) -> date | None:
    number = read_number(said)
    try:
        return date(year, month, number or 0)
    except ValueError:
        return None
