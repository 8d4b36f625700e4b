"""Number plates, heard and said."""

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile

from ivr.domain.errors import PlateWrong
from ivr.domain.plate_corrections import correct_plate
from ivr.domain.plate_evidence import Readings, weigh
from ivr.domain.plate_prefixes import issued
from ivr.domain.plate_questions import ask_between
from ivr.domain.plate_search import MAX_COST, Found, search
from ivr.domain.plate_words import LETTER_NAMES, may_be_taken_for
from ivr.domain.plates import Plate, looks_like_plate
from ivr.domain.provinces import PROVINCE_BY_CODE, PROVINCES
from ivr.domain.sounds import PAUSE, guesses, plain, sound

__all__ = [
    "PlateHeard",
    "correct_plate",
    "guess_costs",
    "hear_plate",
    "plate_from_keys",
    "plate_span",
    "say_plate",
]

_RANK_COST = 0.15
"""Of a guess behind another, where the recogniser does not say how likely they are."""
_SHARPNESS = 4.0
"""A reading that costs 1 more is e to the power of so much less likely."""
_LEAST_SHARE = 0.001
_BEHIND_BEST = 0.05
"""What any other reading costs at least."""
_CLOSE = 0.3
"""Readings nearer than this cannot be told apart: the caller is asked."""
_NEAR = 1.0
"""Readings nearer than this are worth a look: what differs is doubtful."""
_DOUBT = 0.6
_MOST_CANDIDATES = 6
_UNSURE = 3
"""So many different letters in one place mean that the ear cannot tell."""
_TAKEN_BACK = re.compile("不对|错了|说错|搞错|更正|重新说|重来")
_NOT_THIS = re.compile("不是[^是" + PAUSE + "]{0,3}的[^" + PAUSE + "]|不是[A-Z]")
_READ = dict(zip("0123456789", "零一二三四五六七八九", strict=True))


@dataclass(frozen=True, slots=True)
class PlateHeard:
    """What was understood of a plate."""

    plate: Plate | None
    """The best reading; None when a character could not be heard."""
    candidates: tuple[Plate, ...] = ()
    """Readings worth asking about, best first; with `plate` None, what it may have been."""
    doubtful: tuple[int, ...] = ()
    """Positions in `plate.text` that were guessed: from a like sound or the home prefix."""
    question: str | None = None
    """What to ask where it matters: 是广西的桂，还是贵州的贵？"""
    answers: tuple[str, ...] = ()
    """What may be answered to it in a word; none where the whole plate is asked for too."""
    readings: Readings = ()
    """All that it may have been, best first, with what it cost to hear it so; 0 for the best."""


def hear_plate(texts: str | Sequence[str], *, home: str, asked: bool = True, shares: Sequence[float] = ()) -> PlateHeard:
    """Find a plate in what was heard; nothing is made up but a prefix left out.

    Guesses that spell the same plate count together.

    Args:
        texts: the recogniser's guesses, best first.
        shares: how likely each guess is, 0 to 1; empty: not known.
        home: province and letter meant when the caller leaves them out, e.g. 苏B; empty: he may not.
        asked: was a plate the question? Then five bare digits are one; otherwise they are only after
            a word like 车牌.
    """
    merged: dict[str, Found] = {}
    corrected: Plate | None = None
    known = _known(texts, shares)
    for rank, (text, unlikely) in enumerate(zip(guesses(texts), guess_costs(guesses(texts), shares), strict=True)):
        said = _NOT_THIS.sub("", plain(text))
        if rank == 0:
            corrected, said = _after_taking_back(said, home)
        for found in search(said, home=home, asked=asked):
            _merge(merged, replace(found, cost=found.cost + unlikely), asked=asked)
    if corrected is not None:
        return PlateHeard(corrected, (corrected,), readings=((corrected.text, 0.0),))
    ranked = sorted(merged.values(), key=lambda one: (one.cost, one.text))
    if not ranked or ranked[0].cost > MAX_COST:
        return PlateHeard(None, _too_long(texts, home))
    return _judged(ranked, home, known=known)


def plate_span(text: str, *, home: str) -> tuple[int, int] | None:
    """Give the span of the plate in `plain(text)`, for those who look for what else was said."""
    found = search(text, home=home, asked=False)
    return (found[0].start, found[0].end) if found and found[0].cost < 2 else None


def plate_from_keys(keys: str, home: str) -> Plate | None:
    """Read a keyed plate: digits as they are, `*NN` a letter (01 is A), `**PPNN` another prefix.

    PP is the province's number in GB/T 2260 (32 is 苏), NN the letter's in the alphabet. Without
    `**` the prefix is `home`. None when the keys make no plate.
    """
    prefix, rest = home, keys
    if match := re.match(r"\*\*([0-9]{2})([0-9]{2})", keys):
        province, letter = PROVINCE_BY_CODE.get(match.group(1)), _letter(match.group(2))
        if province is None or letter is None:
            return None
        prefix, rest = province.char + letter, keys[match.end() :]
    parts = re.findall(r"\*[0-9]{2}|[0-9]", rest)
    if "".join(parts) != rest:
        return None
    serial = [part if len(part) == 1 else _letter(part[1:]) for part in parts]
    try:
        return Plate(prefix + "".join(char or "?" for char in serial))
    except PlateWrong:
        return None


def say_plate(plate: Plate, *, explain: Iterable[int] = ()) -> str:
    """Write a plate out as it is read back: 苏B，一二三，四五.

    Args:
        plate: the plate.
        explain: positions in its text whose letter or province is said with a word (B，北京的B).
    """
    wanted = frozenset(explain)
    text, prefix = plate.text, plate.prefix
    suffix = "".join(reversed(list(takewhile(_is_suffix, reversed(text)))))
    body = text[len(prefix) : len(text) - len(suffix)]
    cut = 2 if len(body) == 4 else 3
    spans = [(0, len(prefix)), (len(prefix), len(prefix) + cut)]
    spans += [(len(prefix) + cut, len(prefix) + len(body))]
    groups = ["".join(_said(text, at, wanted) for at in range(*span)) for span in spans]
    return "，".join(group.strip("，") for group in (*groups, suffix) if group)


def _said(text: str, at: int, explain: frozenset[int]) -> str:
    char = text[at]
    if at in explain and char in PROVINCES:
        return f"{PROVINCES[char].name}的{char}，"
    if at in explain and char in LETTER_NAMES:
        return f"{char}，{LETTER_NAMES[char]}的{char}，"
    return _READ.get(char, char)


def _is_suffix(char: str) -> bool:
    return not char.isascii()


def _letter(number: str) -> str | None:
    return chr(64 + int(number)) if 1 <= int(number) <= 26 else None


def _merge(merged: dict[str, Found], found: Found, *, asked: bool) -> None:
    clear = sum(cost <= 0.5 for cost in found.costs[found.assumed :])
    if clear < (3 if asked else 4):
        return
    known = merged.get(found.text)
    if known is None:
        merged[found.text] = found
    else:
        better = min(known, found, key=lambda one: one.cost)
        together = math.log1p(math.exp(-_SHARPNESS * abs(known.cost - found.cost))) / _SHARPNESS
        merged[found.text] = replace(better, cost=better.cost - together)


def _known(texts: str | Sequence[str], shares: Sequence[float]) -> bool:
    """Does the recogniser say how likely its guesses are?"""
    return len(shares) == len(guesses(texts)) and max(shares, default=0.0) > 0


def guess_costs(texts: Sequence[str], shares: Sequence[float]) -> list[float]:
    """What each guess costs against the best."""
    if not _known(texts, shares):
        return [rank * _RANK_COST for rank in range(len(texts))]
    return [math.log(max(shares) / max(share, _LEAST_SHARE)) / _SHARPNESS for share in shares]


def _after_taking_back(said: str, home: str) -> tuple[Plate | None, str]:
    """苏B一二三四五，不对，后三位是三四六: what counts is said after 不对."""
    before, after = said, ""
    for match in _TAKEN_BACK.finditer(said):
        before, after = said[: match.start()], said[match.end() :]
    if not after:
        return None, said
    if any(found.assumed == 0 for found in search(after, home=home, asked=True)):
        return None, after
    first = search(before, home=home, asked=True)
    if not first:
        return None, said
    return correct_plate(Plate(first[0].text), [after]), said


def _judged(ranked: list[Found], home: str, *, known: bool) -> PlateHeard:
    best = _at_home(ranked, home, _CLOSE if known else _NEAR)
    rivals = [
        one
        for one in ranked
        if one is not best and abs(one.cost - best.cost) < _NEAR and len(one.text) == len(best.text)
    ]
    doubt = {at for at, cost in enumerate(best.costs) if cost >= _DOUBT}
    doubt |= set(range(best.assumed))
    for rival in rivals:
        doubt |= {at for at, char in enumerate(rival.text) if char != best.text[at]}
    alike = _same_sounding(best, home)
    if alike:
        doubt.add(0)
    doubt -= best.explained
    close = [one for one in rivals if abs(one.cost - best.cost) < _CLOSE]
    other = None if alike else _askable(best, close)
    asked = [] if other is None else [other]
    plates = (best.text, *alike, *asked, *(one.text for one in rivals))
    candidates = tuple(Plate(text) for text in dict.fromkeys(plates))[:_MOST_CANDIDATES]
    readings = _readings(best, alike, ranked)
    heard = PlateHeard(Plate(best.text), candidates, tuple(sorted(doubt)), readings=readings)
    if best is not ranked[0] or not (alike or asked):
        return heard
    question, answers = ask_between(best.text, alike or asked, readings)
    return replace(heard, question=question, answers=answers)


def _readings(best: Found, alike: Sequence[str], ranked: Sequence[Found]) -> Readings:
    costs = {best.text: 0.0} | dict.fromkeys(alike, _BEHIND_BEST)
    for one in ranked:
        costs.setdefault(one.text, max(_BEHIND_BEST, one.cost - ranked[0].cost))
    return weigh((), tuple(costs.items()))


def _at_home(ranked: list[Found], home: str, near_by: float) -> Found:
    """Prefer the home prefix where the ear may have taken it for another one: a reading of it costs at most so much more.

    Most callers speak of a car of their own city, and B, D, P, T sound alike; the position stays
    doubtful, so that it is read back with a word (B，北京的B).
    """
    best = ranked[0]
    near = [
        one for one in ranked if one.text[2:] == best.text[2:] and one.cost - best.cost <= near_by
    ]
    changed = {at for at in range(len(home)) if best.text[at] != home[at]}
    if not changed or best.assumed or changed & best.explained or len(home) < 2:
        return best
    provinces, letters = {one.text[0] for one in near}, {one.text[1] for one in near}
    alike = all(_sound_alike(best.text[at], home[at]) for at in changed)
    unsure = home[1] in letters or len(letters) >= _UNSURE
    if home[0] in provinces and unsure and alike and looks_like_plate(home + best.text[2:]):
        costs = tuple(_DOUBT if at in changed else cost for at, cost in enumerate(best.costs))
        return replace(best, text=home + best.text[2:], costs=costs)
    return best


def _sound_alike(one: str, other: str) -> bool:
    if one in PROVINCES and other in PROVINCES:
        return sound(one)[-1] == sound(other)[-1]
    return may_be_taken_for(one, other)


def _same_sounding(best: Found, home: str) -> list[str]:
    """The plate with other provinces of exactly this sound, unless home or the caller's own words decide."""
    char = best.text[0]
    settled = 0 in best.explained or best.assumed > 0
    if settled or char not in PROVINCES or (char == home[:1] and best.costs[0] <= 0):
        return []
    return [
        other.char + best.text[1:]
        for other in PROVINCES.values()
        if other.sound == PROVINCES[char].sound and other.char != char and issued(other.char + best.text[1])
    ]


def _askable(best: Found, rivals: list[Found]) -> str | None:
    """Give the likeliest rival that differs in one place which the caller did not explain."""
    for rival in rivals:
        places = [at for at, char in enumerate(rival.text) if char != best.text[at]]
        if len(places) == 1 and places[0] not in best.explained:
            return rival.text
    return None


def _too_long(texts: str | Sequence[str], home: str) -> tuple[Plate, ...]:
    """A 五 grown behind 六 or 九 makes the plate too long: offer it without."""
    offered: dict[str, Plate] = {}
    for text in guesses(texts):
        said = plain(text)
        for match in re.finditer("(?<=[六九69])[五5]", said):
            shorter = said[: match.start()] + said[match.end() :]
            for found in search(shorter, home=home, asked=True)[:1]:
                offered.setdefault(found.text, Plate(found.text))
    return tuple(offered.values())
