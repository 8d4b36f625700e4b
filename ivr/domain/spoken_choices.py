"""Which of the options read out is meant: by its number, by a part of its name, or any.

Names are compared by sound, days and hours as numbers: 十二号 is not 二号. Two that fit alike are none.
"""

import re
from collections.abc import Callable, Sequence
from itertools import pairwise

from ivr.domain.sounds import PAUSE, blurred, guesses, plain, sound, sounds
from ivr.domain.spoken_answers import hear_yes_no
from ivr.domain.spoken_numbers import read_number

Fold = Callable[[str], tuple[str, ...]]

_NUMBER = "[0-9]{1,2}|[一二三四五六七八九]?十[一二三四五六七八九]?|[零一二两三四五六七八九]"
_COUNTED = re.compile(f"(?<![近早晚快慢好远大小有])({_NUMBER})(月|号|日|点半|点)")
_WEEKDAY = re.compile("(?:周|星期|礼拜)([一二三四五六日天])")
_ORDINAL = re.compile(f"(倒数)?第({_NUMBER})(个|家|场|种|项|处|条|次|地方)?")
_FIRST = re.compile("头一?[个家场]|前头那|最前[面头]?|最早|越早越好|早一?点的|越快越好|最快|最近[的那一]*(?:场|次|时间|日子|一天)")
_LAST = re.compile("最后|最末|末了|最晚|最迟|压轴")
_MIDDLE = re.compile("中间|当中")
_BEFORE = re.compile("前[面头边一](?:[那的]|个)|上[面头][那的]")
_BEHIND = re.compile("后[面头边一](?:[那的]|个)|下[面头][那的]")
_ANY = re.compile("[都全](?:可以|行|中|成|好|一样|没问题|OK)|随便|随你|你定|你看着|你帮我[选挑定]|无所谓|哪[个家场天]都|不挑")
_NONE = re.compile("都不|[全统]不|没一个|一个[都也]不|一个[都也]没")
_REFUSED = re.compile(
    "[^，]{1,8}?(?:不行|不要|不去|不合适|太远|太早|太晚|没空|不得空|去不了|来不及|不方便)了?"
    "|(?<![是要])不(?:是|要|去|选|想去|考虑)[^，]{1,8}?(?=，|是|要|选|就|去|还是|$)"
)
_PARTICLES = re.compile("[吧呢啊呀嘛哦]")
_BARE = re.compile(
    "^(?:嗯|呃|那个|就|那|我|要|选|按|是|好|行|，)*([1-9一二三四五六七八九幺])(?:号|个|吧|的|好了|，)*$"
)
_BARE_SOUNDS = {"yi": 1, "er": 2, "san": 3, "si": 4}
_GENERIC = re.compile("考场|考试|那个|这个|车管所|场次|时间|地方|地址")
_MOST_GUESSES = 5
_SIDES = "东南西北"
_WEEKDAYS = "一二三四五六日"


def hear_choice(texts: str | Sequence[str], options: Sequence[str]) -> int | None:
    """Give the place of the option chosen, from 0; None when unclear or when two fit.

    Args:
        texts: what was heard (第一个, 最早的, 城北吧, 三号那场, 都行: the first), or the recogniser's guesses
            of it, best first.
        options: the options as they were read out, earliest first.
    """
    found = (_choice(text, options) for text in guesses(texts)[:_MOST_GUESSES])
    return next((place for place in found if place is not None), None)


def _choice(text: str, options: Sequence[str]) -> int | None:
    said = plain(text)
    if not options or _NONE.search(said):
        return None
    said = _REFUSED.sub(PAUSE, _PARTICLES.sub(PAUSE, said))
    fitting = _fitting(said, [plain(option) for option in options])
    if len(fitting) == 1:
        return fitting[0]
    numbered = _numbered(said, len(options))
    if fitting and numbered:
        numbered |= {fitting[at] for at in _numbered(said, len(fitting))}
        numbered &= set(fitting)
    if numbered:
        return min(numbered) if len(numbered) == 1 or _ANY.search(said) else None
    if _ANY.search(said):
        return fitting[0] if fitting else 0
    return _only_one(said, options) if not fitting else None


def _only_one(said: str, options: Sequence[str]) -> int | None:
    return 0 if len(options) == 1 and hear_yes_no(said) else None


def _numbered(said: str, count: int) -> set[int]:
    """Give the options meant by their place in the list."""
    found = {_ordinal(match, count) for match in _ORDINAL.finditer(said)}
    if _FIRST.search(said):
        found.add(0)
    if _LAST.search(said) and "倒数" not in said:
        found.add(count - 1)
    if _MIDDLE.search(said) and count % 2:
        found.add(count // 2)
    if count == 2:
        found |= {at for at, pattern in enumerate((_BEFORE, _BEHIND)) if pattern.search(said)}
    bare = None if found else _bare(said)
    if bare is not None:
        found.add(bare)
    return {at for at in found if 0 <= at < count}


def _ordinal(match: re.Match[str], count: int) -> int:
    number = read_number(match.group(2)) or 0
    return count - number if match.group(1) else number - 1


def _bare(said: str) -> int | None:
    """Read 一, 选二, 二号 as the whole answer."""
    if match := _BARE.match(said):
        return (read_number(match.group(1)) or 0) - 1
    alone = said.strip(PAUSE)
    number = _BARE_SOUNDS.get(sound(alone)) if len(alone) == 1 else None
    return number - 1 if number else None


def _fitting(said: str, options: Sequence[str]) -> list[int]:
    """Give the options of which most was said; empty when nothing was said that tells them apart."""
    full = [at for at, option in enumerate(options) if option in said]
    if len(full) == 1:
        return full
    counted = _counted(said)
    having = [_counted(option) for option in options]
    if not all(any(each in one for one in having) for each in counted):
        return []
    open_ones = [at for at, one in enumerate(having) if counted <= one]
    for fold in (sounds, _blurred):
        scores = _scores(said, [options[at] for at in open_ones], fold)
        if scores and max(scores) > 0:
            return [at for at, score in zip(open_ones, scores, strict=True) if score == max(scores)]
    sided = _sided(said, options)
    if sided:
        return sided
    return open_ones if counted else []


def _scores(said: str, options: Sequence[str], fold: Fold) -> list[int]:
    """Count the pairs of syllables of each option that were said, without what all options share."""
    pairs = [_pairs(option, fold) for option in options]
    if len(pairs) > 1:
        shared = set.intersection(*pairs)
        pairs = [each - shared for each in pairs]
    heard = _pairs(said, fold)
    return [len(heard & each) for each in pairs]


def _pairs(text: str, fold: Fold) -> set[tuple[str, str]]:
    return {
        pair for part in _GENERIC.sub(PAUSE, text).split(PAUSE) for pair in pairwise(fold(part))
    }


def _blurred(text: str) -> tuple[str, ...]:
    return tuple(blurred(each) for each in sounds(text))


def _counted(text: str) -> set[tuple[int, str]]:
    """Give the days and hours named, each as (number, unit)."""
    units = {"日": "号"}
    found = {
        (read_number(number) or 0, units.get(unit, unit)) for number, unit in _COUNTED.findall(text)
    }
    return found | {(_WEEKDAYS.index(day.replace("天", "日")), "周") for day in _WEEKDAY.findall(text)}


def _sided(said: str, options: Sequence[str]) -> list[int]:
    """北边那个, where one option only has 北 in its name."""
    named = [side for side in _SIDES if side in said]
    if len(named) != 1:
        return []
    having = [at for at, option in enumerate(options) if named[0] in option]
    return having if len(having) == 1 else []
