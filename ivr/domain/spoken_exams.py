"""What callers say of driving tests: the subject, the class of licence, the half of a day.

The recogniser writes the right sounds in wrong characters (可二, 西一), so words are compared by
pinyin where no common word sounds the same: 可以 is not 科一, 可是 not 科四.
"""

import re
from collections.abc import Callable, Iterator, Sequence

from ivr.domain.sounds import PAUSE, guesses, plain, sound
from ivr.domain.spoken_choices import hear_choice
from ivr.domain.spoken_numbers import read_number
from ivr.domain.spoken_words import hears, without_denied

__all__ = ["hear_choice", "hear_licence_class", "hear_session", "hear_subject", "hear_venue", "without_subject"]

_SUBJECTS = {"1": "1", "2": "2", "3": "3", "4": "3B"}
_WRITTEN = {
    **dict.fromkeys("1一壹幺", "1"),
    **dict.fromkeys("2二贰两", "2"),
    **dict.fromkeys("3三叁", "3"),
    **dict.fromkeys("4四肆", "4"),
}
_BY_SOUND = {"yi": "1", "er": "2", "san": "3", "shan": "3", "si": "4", "shi": "4"}
_NAMED = (
    ("3B", ("安全文明", "文明驾驶", "文明考试", "文明理论", "科三理论", "科目三理论", "后理论")),
    ("3", ("路考", "道路考试", "道路驾驶", "实际道路", "上路考试")),
    ("2", ("场地考", "场地驾驶", "场考", "倒车入库", "侧方停车", "桩考", "倒库")),
    ("1", ("理论考试", "理论")),
)
"""Tried in order: what names a subject more closely comes first."""
_PASSED = re.compile("^(?:考试)?(?:都|已经|才|刚|早)*(?:考)?(?:过了|通过|过掉|合格|考完|及格)")
_WANTED = re.compile("(?:约|考|报|改|换成|换到|取消)(?:一下|的是|个|到)?$")
_BARE = re.compile("^(?:嗯|呃|那个|就|是|考|约|我|要|第|的|考的是)*([一二三四1234])(?:吧|的|啊|个|了|呢)*$")

_LETTERS = {**dict.fromkeys("诶欸", "A"), **dict.fromkeys("比必毕笔币碧", "B"), **dict.fromkeys("西希吸细夕稀", "C")}
_CLASS_NUMBERS = {"A": "123", "B": "12", "C": "123456"}
_DIGITS = {
    **{char: digit for char, digit in _WRITTEN.items() if char != "两"},
    **dict.fromkeys("衣医以", "1"),
    **dict.fromkeys("儿耳而", "2"),
    **dict.fromkeys("5五伍", "5"),
    **dict.fromkeys("6六陆", "6"),
}
_CLASS = re.compile(f"([ABC{''.join(_LETTERS)}])([{''.join(_DIGITS)}])")
_AFTER_CLASS = re.compile(f"(?:$|{PAUSE}|[照本证驾的吧啊呢降换改转了是嘛和跟到成]|增驾|类)")
_LETTER_CLASS = re.compile("([BCDEFMNP])(?:类|型)?(?:照|本|证|驾照|驾驶证)")
_LETTER_ALONE = re.compile(f"^(?:嗯|呃|是|就|的|我|{PAUSE})*([DEFMNP])(?:吧|的|啊|类|型|{PAUSE})*$")
_MEANT_BY_LETTER = {"C": "C1", "B": "B2"}
_CLASS_NAMES = (
    ("C2", ("自动挡", "自动档")),
    ("C6", ("轻型牵引", "拖挂房车", "房车")),
    ("A2", ("牵引车", "半挂", "重型牵引", "挂车")),
    ("A1", ("大客车", "大型客车", "大客")),
    ("A3", ("城市公交", "公交车")),
    ("B1", ("中型客车", "中巴", "中客")),
    ("B2", ("大型货车", "大货车", "大货", "大车本", "大车证", "大车照", "大车驾照")),
    ("C3", ("低速货车", "低速载货", "农用车")),
    ("C4", ("三轮汽车", "农用三轮")),
    ("C5", ("残疾人",)),
    ("F", ("轻便摩托",)),
    ("E", ("二轮摩托", "两轮摩托")),
    ("D", ("三轮摩托",)),
    ("C1", ("手动挡", "手动档", "小型汽车", "小车本", "小车证", "小车照")),
)
_BECOMES = re.compile(f"(?:降|换|改|转|变)(?:级)?(?:成|到|为|{PAUSE})*(?:个)?$")

_MORNING = ("上午", "早上", "早场", "上半天", "早班", "一大早", "前半天")
_AFTERNOON = ("下午", "午后", "下半天", "后半天", "下半晌")
_SOUNDS_LIKE_HOURS = re.compile("[上下][五5]")
_HOUR = re.compile(f"(?<![早晚近远快慢有差])([0-9]{{1,2}}|十?[一二两三四五六七八九十])点(?!{PAUSE}?(?:儿|的吧))")
_ONE_OCLOCK = re.compile("一点(?:钟|半|整|那|开始|以后|之后|多)")
_MOST_GUESSES = 5
_REFUSED = re.compile("(?:上午|下午|早上)(?:的|场|那场)*(?:就|也|都|我)*(?:不行|不要|不可以|没空|不方便|没时间|来不了|去不了|要上班|不得空)")


def hear_subject(texts: str | Sequence[str], *, asked: bool = False) -> str | None:
    """Give the subject meant: 1, 2, 3 or 3B (科四); None when none or several were said.

    Args:
        texts: what was heard, or the recogniser's guesses of it, best first; of 科一过了约科二 the second
            is meant.
        asked: was the caller just asked which subject? Then a bare 二 is an answer.
    """
    return _first(texts, lambda text: _subject(text, asked=asked))


def _first(texts: str | Sequence[str], read: Callable[[str], str | None]) -> str | None:
    """Read the first of the likeliest guesses that says anything."""
    return next((value for text in guesses(texts)[:_MOST_GUESSES] if (value := read(text)) is not None), None)


def _subject(text: str, *, asked: bool) -> str | None:
    said = without_denied(plain(text))
    if asked and (match := _BARE.match(said)):
        return _SUBJECTS[_WRITTEN[match.group(1)]]
    told = list(_numbered(said))
    if any(subject == "3" for subject, _, _ in told) and hears(said, _NAMED[0][1]):
        return "3B"
    if not told:
        return _named_subject(said)
    open_ones = [each for each in told if not _PASSED.match(said[each[2] :])] or told
    if len({subject for subject, _, _ in open_ones}) > 1:
        open_ones = [each for each in open_ones if _WANTED.search(said[: each[1]])]
    found = {subject for subject, _, _ in open_ones}
    return found.pop() if len(found) == 1 else None


def without_subject(text: str) -> str:
    """Cut out the subjects named by number: of 科三十二月七号 the day is 十二月七号."""
    said = plain(text)
    for _, begin, end in reversed(list(_numbered(said))):
        said = said[:begin] + PAUSE + said[end:]
    return said


def hear_venue(text: str, venues: Sequence[str]) -> str | None:
    """Give the venue that is named, by its sounds too; None when none is, or two fit.

    Args:
        text: what was heard: 在城北那个考场.
        venues: names as the backend has them.
    """
    said = plain(text)
    found = [venue for venue in dict.fromkeys(venues) if hears(said, (venue.removesuffix("考场"),))]
    return found[0] if len(found) == 1 else None


def _numbered(said: str) -> Iterator[tuple[str, int, int]]:
    """Give each 科二, 科目三 with its place in the sentence."""
    for at, char in enumerate(said):
        if sound(char) != "ke":
            continue
        long = at + 1 < len(said) and sound(said[at + 1]) == "mu"
        end = at + 2 if long else at + 1
        if long and said[end : end + 1] == "是" and said[end + 1 : end + 2] in _WRITTEN:
            end += 1
        digit = _subject_digit(said[end : end + 1], sure=long or char == "科")
        if digit:
            yield _SUBJECTS[digit], at, end + 1


def _subject_digit(char: str, *, sure: bool) -> str | None:
    """Read the number of a subject; where only the sound of 科 was written, 以 and 是 are no numbers."""
    if char in _WRITTEN:
        return _WRITTEN[char]
    heard = sound(char) if char else ""
    if sure:
        return _BY_SOUND.get(heard)
    return {"er": "2", "san": "3", "si": "4"}.get(heard)


def _named_subject(said: str) -> str | None:
    if "小路" in said:
        return None
    for subject, words in _NAMED:
        if hears(said, words) or (subject == "2" and said.strip(PAUSE) in ("场地", "厂地")):
            return subject
    return None


def hear_licence_class(text: str) -> str | None:
    """Give the class of licence, e.g. C1; the one it is to become where two are named.

    C照 is C1, B照 B2, 自动挡 C2; A照 alone may be three classes and is none.
    """
    said = without_denied(plain(text))
    told = list(_classes(said))
    if len({name for name, _ in told}) > 1:
        told = [each for each in told if _BECOMES.search(said[: each[1]])]
    found = {name for name, _ in told}
    if found:
        return found.pop() if len(found) == 1 else None
    named = [name for name, words in _CLASS_NAMES if hears(said, words)]
    return named[0] if named else None


def _classes(said: str) -> Iterator[tuple[str, int]]:
    for match in _CLASS.finditer(said):
        letter, digit = _LETTERS.get(match.group(1), match.group(1)), _DIGITS[match.group(2)]
        written = match.group(1) in "ABC" and match.group(2) in _WRITTEN | {"5": "", "五": "", "6": "", "六": ""}
        if digit in _CLASS_NUMBERS[letter] and (written or _AFTER_CLASS.match(said[match.end() :])):
            yield letter + digit, match.start()
    for match in (*_LETTER_CLASS.finditer(said), *_LETTER_ALONE.finditer(said)):
        yield _MEANT_BY_LETTER.get(match.group(1), match.group(1)), match.start(1)


def hear_session(texts: str | Sequence[str]) -> str | None:
    """Give morning or afternoon, also by the hour (八点半那场, 两点以后); None when neither or both."""
    return _first(texts, _session)


def _session(text: str) -> str | None:
    said = _REFUSED.sub(PAUSE, without_denied(plain(text)))
    spoken = _SOUNDS_LIKE_HOURS.sub(PAUSE, said)
    morning, afternoon = hears(spoken, _MORNING), hears(spoken, _AFTERNOON)
    if morning or afternoon:
        return None if morning and afternoon else "morning" if morning else "afternoon"
    halves = {half for half in map(_half, _HOUR.finditer(said)) if half}
    return halves.pop() if len(halves) == 1 else None


def _half(match: re.Match[str]) -> str | None:
    hour = read_number(match.group(1))
    if hour is None or (hour == 1 and not _ONE_OCLOCK.match(match.string[match.start() :])):
        return None
    if 7 <= hour <= 11:
        return "morning"
    return "afternoon" if 1 <= hour <= 6 or 12 <= hour <= 18 else None
