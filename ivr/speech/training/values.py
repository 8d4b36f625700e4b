"""Values as callers say them: plates, digits, numbers, dates, places, names. Words, not text."""

import random

from ivr.speech.training.texts import names

DIGITS = "零一二三四五六七八九"
PROVINCES = tuple("京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼")
_NAMES = names()
CITIES = _NAMES["city"]
PLATE_LETTERS = _NAMES["plate_letter"]
_PROVINCE_NAMES = dict(zip(PROVINCES, _NAMES["province_name"], strict=True))
_LETTER_WORDS = dict(zip("ABCDEGHJKLMNPQRSTUWXYZ", _NAMES["letter_word"], strict=True))
_COMPOSED_SHARE = 0.25
"""Of names that exist nowhere: two characters out of which such names are made."""

Words = list[str]


def digits(count: int, r: random.Random, *, first: str = "") -> Words:
    """`count` digits; 1 is mostly 幺, as in phones and papers."""
    spoken: Words = []
    for position in range(count):
        digit = int(first[position]) if position < len(first) else r.randrange(10)
        spoken.append(_digit(digit, r))
    return spoken


def _digit(digit: int, r: random.Random) -> str:
    if digit == 1:
        return "幺" if r.random() < 0.65 else "一"
    rare = {2: ("两", 0.05), 0: ("洞", 0.08), 7: ("拐", 0.06), 9: ("勾", 0.05)}.get(digit)
    return rare[0] if rare and r.random() < rare[1] else DIGITS[digit]


def number(value: int) -> str:
    """0 to 999 as a count: 二百一十七, 十二."""
    if value < 10:
        return DIGITS[value]
    if value < 100:
        tens, ones = divmod(value, 10)
        return ("" if tens == 1 else DIGITS[tens]) + "十" + (DIGITS[ones] if ones else "")
    hundreds, rest = divmod(value, 100)
    if not rest:
        return DIGITS[hundreds] + "百"
    return DIGITS[hundreds] + "百" + ("零" + DIGITS[rest] if rest < 10 else DIGITS[rest // 10] + "十" + (DIGITS[rest % 10] if rest % 10 else ""))


def counted(value: int) -> Words:
    """A count, one word a character."""
    return list(number(value))


def plate(r: random.Random) -> Words:
    """A plate in one of the ways people say it."""
    province = "苏" if r.random() < 0.35 else r.choice(PROVINCES)
    letter = "B" if province == "苏" and r.random() < 0.6 else r.choice(PLATE_LETTERS)
    spoken: Words = [] if r.random() < 0.06 else _province(province, r)
    if spoken or r.random() < 0.7:
        spoken += _letter(letter, r)
    green = r.random() < 0.2
    body = [r.choice("DDDF") if r.random() < 0.8 else r.choice(PLATE_LETTERS)] if green else []
    while len(body) < (6 if green else 5):
        body.append(r.choice(PLATE_LETTERS) if r.random() < 0.18 else str(r.randrange(10)))
    for place, sign in enumerate(body):
        spoken += _letter(sign, r) if sign.isalpha() else [_digit(int(sign), r)]
        if place == 2 and r.random() < 0.1:
            spoken.append("嗯")
    if r.random() < 0.04:
        spoken[-1] = r.choice(("学", "挂", "警"))
    return spoken


def _province(province: str, r: random.Random) -> Words:
    if r.random() < 0.12:
        return [_PROVINCE_NAMES[province], "的", province]
    return [_PROVINCE_NAMES[province]] if r.random() < 0.03 else [province]


def _letter(letter: str, r: random.Random) -> Words:
    if letter in _LETTER_WORDS and r.random() < 0.05:
        return [letter, _LETTER_WORDS[letter], "的", letter]
    return [letter]


def identity(r: random.Random) -> Words:
    """An 18-character ID number."""
    born = f"{r.randint(1940, 2006)}{r.randint(1, 12):02d}{r.randint(1, 28):02d}"
    first = f"{r.choice('123456')}{r.randrange(7)}{r.randrange(10)}{r.randrange(10)}0{r.randrange(10)}{born}"
    last = [r.choice(("X", "叉", "X"))] if r.random() < 0.1 else digits(1, r)
    return digits(17, r, first=first) + last


def phone(r: random.Random) -> Words:
    """A mobile number."""
    return digits(11, r, first=f"1{r.choice('335788 9'.replace(' ', ''))}")


def code(r: random.Random) -> Words:
    """A six-digit code."""
    return digits(6, r)


def _stem(kind: str, r: random.Random) -> str:
    if r.random() < _COMPOSED_SHARE:
        return r.choice(_NAMES["name_head"]) + r.choice(_NAMES["name_tail"])
    return r.choice(_NAMES[kind])


def road(r: random.Random) -> Words:
    """A road, sometimes with its number."""
    name = [_stem("road_stem", r), r.choice(_NAMES["road_kind"])]
    if r.random() < 0.55:
        name += [*counted(r.randint(1, 399)), "号"]
    return name


def place(r: random.Random) -> Words:
    """Where a car stands."""
    kind = r.random()
    if kind < 0.34:
        where = road(r)
    elif kind < 0.46:
        where = [*road(r)[:2], r.choice(("和", "跟", "与")), *road(r)[:2]]
    elif kind < 0.66:
        where = [_stem("compound_stem", r), r.choice(_NAMES["compound_kind"])]
        if r.random() < 0.5:
            where += [*counted(r.randint(1, 40)), r.choice(("栋", "幢", "号楼")), *(([*counted(r.randint(1, 4)), "单元"]) if r.random() < 0.5 else [])]
    elif kind < 0.84:
        where = [r.choice(_NAMES["spot"])] if r.random() < 0.5 else [*road(r)[:2], r.choice(_NAMES["spot"])]
    else:
        where = [r.choice(_NAMES["spot"]), "地下", *counted(r.randint(1, 3)), "层", r.choice("ABCD"), "区", *counted(r.randint(1, 300))]
    return where + ([r.choice(_NAMES["side"])] if r.random() < 0.75 else [])


def date(r: random.Random) -> Words:
    """A day, sometimes with a time."""
    kind = r.random()
    if kind < 0.35:
        day = [r.choice(("下", "这", "本", "下下")), r.choice(("周", "星期", "礼拜")), r.choice("一二三四五六日天")]
    elif kind < 0.7:
        day = [*counted(r.randint(1, 12)), "月", *counted(r.randint(1, 31)), r.choice(("号", "号", "日"))]
    elif kind < 0.82:
        day = [*counted(r.randint(1, 31)), "号"]
    else:
        day = [r.choice(("今天", "明天", "后天", "大后天", "下个月", "周末", "月底", "月初", "这个月", "最早"))]
    return day + ([r.choice(("上午", "下午", "早上", "晚上"))] if r.random() < 0.35 else []) + (time(r) if r.random() < 0.2 else [])


def time(r: random.Random) -> Words:
    """A time of day."""
    hour = ["两"] if (value := r.randint(1, 12)) == 2 else counted(value)
    return [*hour, "点", *r.choice(([], ["半"], ["钟"], ["一", "刻"], ["三", "十", "分"]))]


def person(r: random.Random) -> Words:
    """A name."""
    return [r.choice(_NAMES["surname"]), *r.sample(_NAMES["given"], r.choice((1, 2, 2)))]
