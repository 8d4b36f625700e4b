"""Digits and numbers, heard and said; and personal numbers, hidden."""

import re
from collections.abc import Callable, Iterator, Sequence

from ivr.domain.errors import PhoneWrong
from ivr.domain.people import PhoneNumber
from ivr.domain.sounds import PAUSE, apart, guesses, plain, sound

_WRITTEN = dict(
    zip(
        "0123456789零〇洞一幺壹二两俩贰三仨叁四肆五伍六陆七柒拐八捌九玖勾钩",
        "0123456789000111222233344556677788" + "9999",
        strict=True,
    )
)
_SOUNDS = {
    told: digit
    for digit, all_told in zip(
        "0123456789",
        (
            ("ling", "dong"),
            ("yao", "yi"),
            ("er", "liang"),
            ("san",),
            ("si",),
            ("wu",),
            ("liu",),
            ("qi", "guai"),
            ("ba",),
            ("jiu", "gou"),
        ),
        strict=True,
    )
    for told in all_told
}
_X = re.compile("大写的?[叉差插查X]|艾克斯|爱克斯|[叉X]")
_CONTEXT = re.compile(
    "(?:我的?)?(?:身份证|证件|验证码|手机|电话|档案|车架)?(?:编)?(?:号码|号|码)?(?:后[三四五六]位|尾号|结尾)?[是为]?"
    "(?=[0-9零一二三四五六七八九幺两])"
)
_LEAD = re.compile("^(?:那个|就是|[呃额嗯啊哦是的" + PAUSE + "])+")
_HESITATIONS = re.compile("那个|就是|然后|[呃额嗯啊哦的" + PAUSE + "]")
_AROUND = re.compile("一下|一个|一样|一辆|一共|没有|可以|驾驶|驾照")
"""Words of others beside a number, of which a character sounds like a digit."""
_BREAK = "~"
_AGREEING = 0.7
_FEW = 3
_UNITS = frozenset("十百千万")
_READ = dict(zip("0123456789", "零一二三四五六七八九", strict=True))
_DIGIT_LIKE = "0-9零〇一二三四五六七八九幺两洞拐勾钩腰要妖邀衣医林令另溜刘陆遛其期妻骑棋吧爸把巴扒酒久就午舞无吾伍是寺山儿耳"
_RUN = re.compile(
    rf"(?:(?:[两二三四五六七八]个|双)?[{_DIGIT_LIKE}][ \-，、,.。]?)*(?:[两二三四五六七八]个|双)?"
    rf"[{_DIGIT_LIKE}](?:[ \-]?[Xx叉])?"
)
_BESIDE = "是把吧就儿 -，、,.。"
"""Sound like digits (or part them), but beside a number they are words."""
_WIDE_RUN = 7
"""Digits in a row from which on they may name a person (a phone number without area code)."""


def hear_digits(texts: str | Sequence[str], *, count: int | None = None) -> str | None:
    """Give the digits said (the last may be X); of `count` digits when it is given.

    The guesses are tried best first; a guess with characters that are no digits is passed over. When
    none is left and `count` is given, a run of so many digits between other words (a neighbour's) is
    taken where most of the guesses agree on it.
    """
    strict = [digits for text in guesses(texts) if (digits := _only_digits(plain(text))) is not None]
    if count is None:
        return strict[0] if strict else None
    repaired = [shorter for digits in strict for shorter in _without_grown_five(digits)]
    whole = next((digits for digits in (*strict, *repaired) if len(digits) == count), None)
    return whole or _agreed(guesses(texts), count)


def digit_runs(text: str) -> list[str]:
    """Give the runs of digits in what was heard, longest first; X may end one."""
    said = _AROUND.sub(_BREAK, _CONTEXT.sub(_break, _X.sub("X", plain(text))))
    runs = re.findall("[0-9]+X?", "".join(_expanded(_HESITATIONS.sub("", said), loose=True)))
    return sorted(runs, key=len, reverse=True)


def _break(match: re.Match[str]) -> str:
    return _BREAK if match.group() else ""


def _agreed(texts: Sequence[str], count: int) -> str | None:
    """Find the run of `count` digits that most guesses with such a run have, and the likeliest too."""
    runs = [[run for run in digit_runs(text) if len(run) == count] for text in texts]
    votes = _votes([found[0] if len(found) == 1 else None for found in runs])
    best = max(votes, key=lambda run: votes[run], default=None)
    return best if best is not None and votes[best] >= _AGREEING * sum(votes.values()) else None


def hear_phone(texts: str | Sequence[str]) -> str | None:
    """Give the phone number said, digits only.

    No digit of a phone number checks the others: a number that only less likely guesses make counts
    when several make it and hardly any makes another.
    """
    found = [_phone(text) for text in guesses(texts)]
    if found and found[0] is not None:
        return found[0]
    votes = _votes(found)
    best = max(votes, key=lambda phone: votes[phone], default=None)
    sure = best is not None and found.count(best) >= _FEW and votes[best] >= _AGREEING * sum(votes.values())
    return best if sure else None


def _phone(text: str) -> str | None:
    for run in _runs(plain(text), loose=True):
        for digits in (run, *_without_grown_five(run)):
            try:
                return PhoneNumber.parse(digits).text
            except PhoneWrong:
                continue
    return None


def _votes(found: Sequence[str | None]) -> dict[str, float]:
    """Weigh what the guesses made by their rank."""
    votes: dict[str, float] = {}
    for rank, value in enumerate(found):
        if value is not None:
            votes[value] = votes.get(value, 0.0) + 1 / (1 + rank)
    return votes


def mask_personal(text: str) -> tuple[str, bool]:
    """Hide phone, identity and other long numbers, in digits or spoken; say whether any was found.

    The last four characters of the long ones stay. A plate said twice is no such number.
    """
    found = False

    def hide(match: re.Match[str]) -> str:
        nonlocal found
        whole = match.group()
        said = whole.strip(_BESIDE)
        digits = "".join(_expanded(re.sub(r"[ \-，、,.。]", "", said), loose=True))
        exact = sum(char in _WRITTEN for char in said)
        half = len(digits) // 2
        twice = half <= 6 and digits[:half] == digits[half:]
        if len(digits) < _WIDE_RUN or exact < _WIDE_RUN - 2 or twice:
            return whole
        found = True
        keep = 4 if len(digits) >= 11 and not set(said) & set("个双") else 0
        return whole.replace(said, "*" * (len(said) - keep) + said[len(said) - keep :])

    return _RUN.sub(hide, text), found


def say_digits(text: str, *, yao: bool = True, groups: Sequence[int] = ()) -> str:
    """Write digits out as they are read.

    Args:
        text: digits; letters stay as they are, X is 叉.
        yao: read 1 as 幺 (phones, identity numbers) rather than 一.
        groups: sizes of the groups between which a pause is made; what is left is the last one.
    """
    read = [("幺" if char == "1" and yao else _READ.get(char, char)) for char in text]
    read = ["叉" if char in "Xx" else char for char in read]
    parts: list[str] = []
    start = 0
    for size in groups:
        parts.append("".join(read[start : start + size]))
        start += size
    parts.append("".join(read[start:]))
    return "，".join(part for part in parts if part)


def _only_digits(text: str) -> str | None:
    text = _HESITATIONS.sub("", _LEAD.sub("", _CONTEXT.sub("", _X.sub("X", text))))
    digits = "".join(_expanded(text, loose=True))
    if "?" in digits or not re.fullmatch("[0-9]+X?", digits):
        return None
    return digits


def _expanded(text: str, *, loose: bool) -> Iterator[str]:
    """Give digits; `?` for each character that is none."""
    at = 0
    while at < len(text):
        times, at = _times(text, at)
        char = text[at]
        at += 1
        yield (_digit(char, loose=loose) or "?") * times


def _times(text: str, at: int) -> tuple[int, int]:
    """三个八, 双六: how often the next character counts, and where it is."""
    if text[at] == "双" and at + 1 < len(text):
        return 2, at + 1
    if text[at] in "两二三四五六七八" and text[at + 1 : at + 2] == "个" and at + 2 < len(text):
        return int(_WRITTEN[text[at]]), at + 2
    return 1, at


def _digit(char: str, *, loose: bool) -> str | None:
    if char in _WRITTEN or char == "X":
        return _WRITTEN.get(char, char)
    if not loose or char in _UNITS:
        return None
    heard = sound(char)
    return next((digit for told, digit in _SOUNDS.items() if apart(heard, told) == 0), None)


def _runs(text: str, *, loose: bool) -> list[str]:
    """Give runs of digits, longest first."""
    cleaned = re.sub("[" + PAUSE + "呃额嗯啊]", "", text)
    runs = re.findall("[0-9]+", "".join(_expanded(cleaned, loose=loose)))
    return sorted(runs, key=len, reverse=True)


def _without_grown_five(digits: str) -> tuple[str, ...]:
    """A recogniser hears 六 and 九 with a 五 behind: give the string without each such 5."""
    drop: Callable[[int], str] = lambda at: digits[:at] + digits[at + 1 :]  # noqa: E731
    return tuple(
        drop(at) for at in range(1, len(digits)) if digits[at - 1 : at + 1] in {"65", "95"}
    )
