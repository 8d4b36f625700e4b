"""What the callers of the measurement are asked and say; all of it made up, each from a seed."""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType

from ivr.dialogue.replies import Expect, ExpectKind
from ivr.domain.dates import say_date
from ivr.domain.people import check_digit
from ivr.domain.plate_prefixes import letters_of
from ivr.domain.plate_words import LETTER_NAMES
from ivr.domain.plates import NEW_ENERGY_LETTERS, SERIAL_LETTERS, looks_like_plate
from ivr.domain.provinces import PROVINCES
from ivr.speech.training.sentences import segment

TODAY = date(2026, 3, 11)
"""The Wednesday on which these callers call."""
HOME = "苏B"
VENUES = ("城北考场", "城南考场", "滨湖考场", "新区考场")
SESSIONS = ("三月十八号上午八点半，城北考场", "三月二十号下午两点，滨湖考场", "三月二十五号上午九点，新区考场")

_DIGITS = "零一二三四五六七八九"
_RARE = {"2": ("两", 0.05), "0": ("洞", 0.08), "7": ("拐", 0.06), "9": ("勾", 0.05)}
_COMMON_YES = "对 对的 是 是的 好的 好 没错 可以 行 确认 对对 嗯 对没错 没问题 就是这样"
_DIALECT_YES = "要得 中 得行 行嘞 可以嘛 好嘞 对头 对着嘞 要得嘛 行吧"
_COMMON_NO = "不对 不是 不 错了 没有 不行 不要 不用 不是的 不用了 没有了"
_DIALECT_NO = "莫得 不得行 要不得 不中 没得事 没得 不成"
_DIALECT_SHARE = 0.3


@dataclass(frozen=True, slots=True)
class Case:
    """One question and what is said."""

    words: tuple[str, ...]
    truth: str
    """The value meant, as its reader gives it."""
    expect: Expect
    home: str = HOME
    """Province and letter that are meant where a plate is said without them."""


def digits(text: str, r: random.Random) -> list[str]:
    """Say digits; 1 is mostly 幺, X is 叉."""
    return [_digit(char, r) for char in text]


def _digit(char: str, r: random.Random) -> str:
    if char == "X":
        return r.choice(("X", "叉", "X"))
    if char == "1":
        return "幺" if r.random() < 0.65 else "一"
    rare = _RARE.get(char)
    return rare[0] if rare and r.random() < rare[1] else _DIGITS[int(char)]


def letter(char: str, r: random.Random, *, explained: float = 0.05) -> list[str]:
    """Say a letter, sometimes with a word: B北京的B."""
    if char in LETTER_NAMES and r.random() < explained:
        return [char, *segment(LETTER_NAMES[char]), "的", char]
    return [char]


def explained(char: str) -> list[str]:
    """Tell a letter or a province apart by a word: 北京的B, 河南的豫."""
    name = PROVINCES[char].name if char in PROVINCES else LETTER_NAMES.get(char)
    return [char] if name is None else [*segment(name), "的", char]


def spoken_plate(text: str, r: random.Random) -> list[str]:
    """Say a whole plate."""
    words: list[str] = []
    for char in text:
        if char.isdigit():
            words.append(_digit(char, r))
        elif char.isascii():
            words += letter(char, r)
        else:
            words += explained(char) if char in PROVINCES and r.random() < 0.12 else [char]
    return words


def _plate_text(r: random.Random) -> str:
    province = "苏" if r.random() < 0.35 else r.choice("".join(PROVINCES))
    prefix = province + ("B" if province == "苏" and r.random() < 0.6 else r.choice(letters_of(province)))
    while True:
        kind = r.random()
        if kind < 0.2:
            body = r.choice("DDDF" if r.random() < 0.8 else NEW_ENERGY_LETTERS)
            body += "".join(r.choice("0123456789") for _ in range(5))
        else:
            signs = [r.choice(SERIAL_LETTERS) if r.random() < 0.18 else r.choice("0123456789") for _ in range(5)]
            body = "".join(signs[:4]) + r.choice("学挂警") if kind > 0.96 else "".join(signs)
        if looks_like_plate(prefix + body):
            return prefix + body


def plate(r: random.Random) -> Case:
    """A plate, a third of them of the home province; at home the prefix is sometimes left out."""
    text = _plate_text(r)
    said = spoken_plate(text[2:] if text.startswith(HOME) and r.random() < 0.15 else text, r)
    lead = r.choice(("", "", "", "车牌是", "车牌号是", "嗯"))
    return Case((*segment(lead), *said), text, Expect(kind=ExpectKind.PLATE))


def code(r: random.Random) -> Case:
    """A code of six digits."""
    text = "".join(r.choice("0123456789") for _ in range(6))
    lead = r.choice(("", "", "", "验证码是"))
    return Case((*segment(lead), *digits(text, r)), text, Expect(kind=ExpectKind.SMS_CODE, sensitive=True))


def identity_text(r: random.Random) -> str:
    """An identity number of nobody: its area is a whole city, which is given to no person."""
    area = r.choice([one.code for one in PROVINCES.values()]) + f"{r.randint(1, 13):02d}00"
    born = f"{r.randint(1940, 2006)}{r.randint(1, 12):02d}{r.randint(1, 28):02d}"
    first = area + born + f"{r.randrange(1000):03d}"
    return first + check_digit(first)


def identity(r: random.Random) -> Case:
    """An identity number."""
    text = identity_text(r)
    lead = r.choice(("", "", "身份证号是"))
    return Case((*segment(lead), *digits(text, r)), text, Expect(kind=ExpectKind.ID_NUMBER, sensitive=True))


def phone(r: random.Random) -> Case:
    """A mobile number."""
    text = "1" + r.choice("335788969") + "".join(r.choice("0123456789") for _ in range(9))
    lead = r.choice(("", "", "我的手机号是"))
    return Case((*segment(lead), *digits(text, r)), text, Expect(kind=ExpectKind.PHONE, sensitive=True))


def yes_no(r: random.Random) -> Case:
    """Yes or no, three in ten of them in dialect."""
    yes = r.random() < 0.5
    dialect = r.random() < _DIALECT_SHARE
    table = (_DIALECT_YES if dialect else _COMMON_YES) if yes else (_DIALECT_NO if dialect else _COMMON_NO)
    return Case(tuple(segment(r.choice(table.split()))), "yes" if yes else "no", Expect(kind=ExpectKind.YES_NO))


def day(r: random.Random) -> Case:
    """A day of the next weeks, as callers name it."""
    kind = r.random()
    meant = TODAY + timedelta(days=r.randint(1, 80))
    if kind < 0.5:
        said = say_date(meant).split("，")[0]
    elif kind < 0.8:
        number = r.randrange(7)
        meant = TODAY + timedelta(days=7 - TODAY.weekday() + number)
        said = r.choice(("下周", "下星期", "下个礼拜")) + "一二三四五六日"[number]
    else:
        away = r.choice((("明天", 1), ("后天", 2), ("大后天", 3)))
        said, meant = away[0], TODAY + timedelta(days=away[1])
    return Case(tuple(segment(said + r.choice(("", "", "吧", "可以吗")))), meant.isoformat(), Expect(kind=ExpectKind.DATE))


def session(r: random.Random) -> Case:
    """A half of the day, by name or by the hour."""
    morning = r.random() < 0.5
    named = "上午" if morning else "下午"
    hour = r.choice(("八点", "八点半", "九点", "十点", "十点半")) if morning else r.choice(("两点", "一点半", "三点", "四点", "两点半"))
    said = r.choice((named, named + "吧", named + hour, hour + "那场", named + "的", hour + "的"))
    return Case(tuple(segment(said)), "morning" if morning else "afternoon", Expect(kind=ExpectKind.DATE))


def subject(r: random.Random) -> Case:
    """A subject of the driving test."""
    number = r.randrange(4)
    said = r.choice(("科目{}", "科{}", "我要约科目{}", "科目{}吧", "约科{}")).format("一二三四"[number])
    hints = ("科目一", "科目二", "科目三", "科目四")
    return Case(tuple(segment(said)), ("1", "2", "3", "3B")[number], Expect(kind=ExpectKind.CHOICE, count=4, hints=hints))


def choice(r: random.Random) -> Case:
    """One of three sessions read out, by number, place or day."""
    at = r.randrange(3)
    by_place = ("城北", "滨湖", "新区")[at]
    said = r.choice((
        "第{n}个", "第{n}个吧", "{n}", "第{n}场", f"{by_place}考场", f"{by_place}那个", f"就{by_place}吧",
        ("十八号", "二十号", "二十五号")[at] + "那场", ("最早的", "中间那个", "最后一个")[at],
    )).format(n="一二三"[at])
    hints = ("第一个", "第二个", "第三个", "最早的", "换一天", "都不行")
    return Case(tuple(segment(said)), str(at), Expect(kind=ExpectKind.CHOICE, count=3, hints=hints))


MAKERS: Mapping[str, Callable[[random.Random], Case]] = MappingProxyType({
    "yes_no": yes_no, "code": code, "id": identity, "plate": plate, "phone": phone, "date": day,
    "session": session, "subject": subject, "choice": choice,
})
"""Category -> what makes a case of it."""
