"""Finds number plates inside a sentence: a beam search that only ever spells what can be a plate.

Picture: at each character a started plate may take a reading (a character of the plate), a filler
(呃, 然后, a pause), or, once, one character that means nothing. Nothing is made up: a plate is
found only when every one of its characters was heard, but for a prefix taken from the home region.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

from ivr.domain.plate_odds import cut_off, rarity
from ivr.domain.plate_words import (
    MISHEARD_COST,
    SAME_SOUND,
    Reading,
    may_be_taken_for,
    readings,
)
from ivr.domain.plates import NEW_ENERGY_LETTERS, SERIAL_LETTERS, kind_of
from ivr.domain.provinces import PROVINCE_CHARS
from ivr.domain.sounds import PAUSE

MAX_COST = 3.0
"""Above it what was found is noise."""
MAX_ASSUMED_COST = 1.6
"""The same for a plate of which the prefix was not said."""

_BEAM = 48
_MAX_FILLERS = 6
_FILLERS = (
    *(
        "后面是",
        "后面",
        "前面是",
        "前面",
        "接下来",
        "接着",
        "跟着",
        "然后",
        "还有",
        "最后是",
        "最后",
    ),
    *(
        "那个",
        "这个",
        "就是",
        "号码",
        "字母",
        "数字",
        "英文",
        "大写的",
        "大写",
        "小写",
        "空格",
        "横杠",
    ),
    *(
        "再来",
        "尾号",
        "字",
        "呃",
        "额",
        "嗯",
        "啊",
        "哦",
        "诶",
        "那",
        "再",
        "加",
        "杠",
        "点",
        "横",
    ),
    *("是", "的", "有", "省", "一个", "好像", "应该是", PAUSE),
)
_FILLER_COST = 0.15
_JUNK_COST = 1.2
_ASKED_WORDS = ("车牌", "牌照", "牌号", "号牌", "牌子", "车号")
_DIGITS = "0123456789"
_ANY = SERIAL_LETTERS + _DIGITS


def _templates() -> tuple[tuple[str, ...], ...]:
    prefix = (PROVINCE_CHARS, SERIAL_LETTERS)
    return (
        (*prefix, *[_ANY] * 5),
        (*prefix, NEW_ENERGY_LETTERS, _ANY, *[_DIGITS] * 4),
        (*prefix, *[_DIGITS] * 5, NEW_ENERGY_LETTERS),
        (*prefix, *[_ANY] * 4, "学挂警"),
        ("粤", "Z", *[_ANY] * 4, "港澳"),
        (*prefix, *[_ANY] * 4, "应", "急"),
        (*[_DIGITS] * 6, "使"),
        *((*prefix, *[_DIGITS] * size, "领") for size in (4, 5, 6)),
        *((PROVINCE_CHARS, *[_DIGITS] * size, "领") for size in (4, 5, 6)),
    )


_TEMPLATES = _templates()


@lru_cache(maxsize=65536)
def may_begin(text: str) -> bool:
    """Can a plate begin with `text`?"""
    return any(
        len(text) <= len(shape)
        and all(char in allowed for char, allowed in zip(text, shape, strict=False))
        for shape in _TEMPLATES
    )


@dataclass(frozen=True, slots=True)
class Found:
    """A plate found in a text."""

    text: str
    """The plate as printed."""
    cost: float
    costs: tuple[float, ...]
    """Cost of each character."""
    start: int
    end: int
    """Span in the plain text."""
    assumed: int = 0
    """How many leading characters were not said but taken from the home prefix."""
    explained: frozenset[int] = frozenset()
    """Positions that the caller explained (北京的B)."""


@dataclass(frozen=True, slots=True)
class _Path:
    start: int
    text: str = ""
    costs: tuple[float, ...] = ()
    extra: float = 0.0
    fillers: int = 0
    junk: bool = False
    assumed: int = 0
    explained: frozenset[int] = field(default_factory=frozenset)
    end: int = 0
    """Where the last character of the plate was heard; fillers after it do not count."""

    @property
    def cost(self) -> float:
        """What it cost so far."""
        return sum(self.costs) + self.extra


def search(text: str, *, home: str, asked: bool) -> list[Found]:
    """Find plates in plain text, cheapest first."""
    arrived: list[list[_Path]] = [[] for _ in range(len(text) + 1)]
    found: dict[tuple[str, int, int], Found] = {}
    for at in range(len(text)):
        arrived[at] += _starts(text, at, home, asked=asked)
        here = _here(text, at)
        for path in _best(arrived[at]):
            for end, step in _steps(path, here):
                arrived[end].append(step)
                if step.end == end and kind_of(step.text):
                    _keep(found, text, step, home)
    return sorted(found.values(), key=lambda one: (one.cost, one.text))


def _starts(text: str, at: int, home: str, *, asked: bool) -> list[_Path]:
    """Open a plate here: said in full, without its province, or without its whole prefix."""
    paths = [_Path(at)]
    named = any(word in text[:at] for word in _ASKED_WORDS)
    bonus = -0.4 if named else 0.0
    paths[0] = replace(paths[0], extra=bonus)
    if len(home) < 2:
        return paths
    if asked or named or (text[at].isascii() and text[at].isalpha()):
        paths.append(_Path(at, home[0], (0.5,), bonus, assumed=1))
    if asked or named:
        paths.append(_Path(at, home, (0.5, 0.5), bonus, assumed=2))
    return paths


def _best(paths: list[_Path]) -> list[_Path]:
    seen: dict[tuple[int, str], _Path] = {}
    for path in sorted(paths, key=lambda one: one.cost):
        seen.setdefault((path.start, path.text), path)
    return list(seen.values())[:_BEAM]


@dataclass(frozen=True, slots=True)
class _Here:
    """What may happen at one character of the text."""

    at: int
    means: Sequence[Reading]
    passes: Sequence[tuple[int, float]]
    """Fillers that begin here: where they end and what they cost."""
    clear: bool
    """Does the character clearly mean something inside a plate?"""


def _here(text: str, at: int) -> _Here:
    means = readings(text, at)
    passes = [
        (at + len(filler), 0.0 if filler == PAUSE else _FILLER_COST)
        for filler in _FILLERS
        if text.startswith(filler, at)
    ]
    return _Here(at, means, passes, any(one.cost <= SAME_SOUND for one in means))


def _steps(path: _Path, here: _Here) -> list[tuple[int, _Path]]:
    steps: list[tuple[int, _Path]] = []
    for reading in here.means:
        steps += [(reading.end, taken) for taken in _take(path, reading)]
    if not path.end:  # a plate begins with a character of it
        return steps
    for end, cost in here.passes:
        if cost == 0 or path.fillers < _MAX_FILLERS:
            fillers = path.fillers + (cost > 0)
            steps.append((end, replace(path, extra=path.extra + cost, fillers=fillers)))
    if not path.junk and not here.clear:
        steps.append((here.at + 1, replace(path, extra=path.extra + _JUNK_COST, junk=True)))
    return steps


def _take(path: _Path, reading: Reading) -> list[_Path]:
    paths: list[_Path] = []
    if reading.cost == MISHEARD_COST and len(path.text) != 2:
        return []
    again = 0.6 if reading.explained and path.text[-1:] == reading.chars else 0.0
    if may_begin(path.text + reading.chars) and path.cost + reading.cost <= MAX_COST:
        spread = (reading.cost / len(reading.chars),) * len(reading.chars)
        place = frozenset({len(path.text)}) if reading.explained else frozenset()
        paths.append(
            replace(
                path,
                text=path.text + reading.chars,
                costs=path.costs + spread,
                extra=path.extra + again,
                explained=path.explained | place,
                end=reading.end,
            )
        )
    if reading.explained and path.end:
        paths += _explain_last(path, reading)
    return paths


def _explain_last(path: _Path, reading: Reading) -> list[_Path]:
    """苏B，北京的B: the second B is the first one again, or corrects it."""
    before = path.text[-1]
    cost = 0.0 if before == reading.chars else 0.4
    same_class = before == reading.chars or may_be_taken_for(before, reading.chars)
    changed = path.text[:-1] + reading.chars
    if not same_class or not may_begin(changed):
        return []
    return [
        replace(
            path,
            text=changed,
            costs=(*path.costs[:-1], cost),
            explained=path.explained | {len(changed) - 1},
            end=reading.end,
        )
    ]


def _keep(found: dict[tuple[str, int, int], Found], text: str, path: _Path, home: str) -> None:
    cost = path.cost - _home_bias(path, home)
    cost += cut_off(text, path.start, path.end, assumed=path.assumed) + rarity(path.text)
    key = (path.text, path.start, path.end)
    limit = MAX_ASSUMED_COST if path.assumed else MAX_COST
    if cost > limit or (key in found and found[key].cost <= cost):
        return
    found[key] = Found(
        path.text, cost, path.costs, path.start, path.end, path.assumed, path.explained
    )


def _home_bias(path: _Path, home: str) -> float:
    if path.text[0] != home[:1]:
        return 0.0
    return 0.2 if path.costs[0] > 0 else 0.05
