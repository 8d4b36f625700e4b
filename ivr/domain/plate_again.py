"""A plate after the first try: said again, corrected, or asked about; weighed with what was heard before."""

import math
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from ivr.domain.plate_answers import asked_place, denies, said_again, settle_plate
from ivr.domain.plate_corrections import correct_plate
from ivr.domain.plate_evidence import Reading, Readings, weigh
from ivr.domain.plate_words import LETTER_NAMES
from ivr.domain.plates import Plate
from ivr.domain.sounds import guesses, plain
from ivr.domain.spoken_plates import PlateHeard, guess_costs, hear_plate

_MOST_GUESSES = 5
_NEAR = 1.0
_FIRST = re.compile("前面|前一个|第一个|头一个")
_SECOND = re.compile("后面|后一个|第二个")
_SAYS_WHERE = re.compile("不是|不对|第|最后|[前后末尾]")
_NAMED_SIGN = re.compile(f"(?:{'|'.join(LETTER_NAMES.values())}|[一-龥])的([A-Z])")


def hear_plate_again(
    texts: str | Sequence[str], *, home: str, before: Sequence[Reading], denied: Collection[str] = (), asked: bool = True,
    shares: Sequence[float] = (),
) -> PlateHeard:
    """Hear a whole plate that was not understood, or not believed, when it was said first.

    Args:
        texts: the recogniser's guesses, best first.
        home: as in `hear_plate`.
        before: `PlateHeard.readings` of the utterances before.
        denied: plates that the caller has denied; one of them comes out only where nothing else was heard.
        asked: as in `hear_plate`.
        shares: as in `hear_plate`.
    """
    heard = hear_plate(texts, home=home, asked=asked, shares=shares)
    return heard if heard.plate is None else _weighed(heard, before, denied)


def correct_heard(
    known: Plate, texts: str | Sequence[str], *, home: str, before: Sequence[Reading], denied: Collection[str] = (),
    shares: Sequence[float] = (),
) -> PlateHeard | None:
    """Apply what the caller says of a plate read back to him; None when nothing can be made of it.

    Args:
        known: the plate read back.
        texts: the recogniser's guesses, best first: the plate once more, or what is wrong in it.
        home: as in `hear_plate`.
        before: `PlateHeard.readings` of the utterances before.
        denied: plates that the caller has denied, `known` too where he said 不对.
        shares: as in `hear_plate`.
    """
    costs: dict[str, float] = {}
    first: PlateHeard | None = None
    for text, unlikely in list(zip(guesses(texts), guess_costs(guesses(texts), shares), strict=True))[:_MOST_GUESSES]:
        whole = hear_plate([text], home=home, asked=False)
        if "不是" in text:
            whole = PlateHeard(None)
        if first is None and whole.plate is not None and not costs:
            first = whole
        for plate, cost in whole.readings or _corrections(known, text, before):
            costs[plate] = min(cost + unlikely, costs.get(plate, math.inf))
    if not costs:
        return None
    later = weigh((), tuple(costs.items()))
    if first is None:
        return _changed(known, _weighed(_plate_heard(later), before, denied))
    return _weighed(replace(first, readings=later), before, denied)


def settle_heard(
    known: Plate, others: Sequence[Plate], texts: str | Sequence[str], *, home: str, before: Sequence[Reading],
    shares: Sequence[float] = (),
) -> PlateHeard | None:
    """Take the answer to the question about two readings; None when it does not say.

    Args:
        known: the best reading.
        others: the other readings, that which was asked about first.
        texts: the recogniser's guesses of the answer, best first.
        home: as in `hear_plate`.
        before: `PlateHeard.readings` of the utterances before.
        shares: as in `hear_plate`.
    """
    if said_again(texts):
        whole = hear_plate(texts, home="", asked=True, shares=shares)
        return None if whole.plate is None else _weighed(whole, before, ())
    settled = _pointed_at(known, others, texts) or settle_plate(known, others, texts)
    if settled is None:
        heard = hear_plate_again(texts, home=home, before=before, shares=shares)
        return None if heard.plate is None else heard
    at = asked_place(known, others)
    fits = [one for one in before if at is not None and len(one[0]) == len(settled.text) and one[0][at] == settled.text[at]]
    return _changed(known, _plate_heard(weigh((), fits or ((settled.text, 0.0),))))


def _pointed_at(known: Plate, others: Sequence[Plate], texts: str | Sequence[str]) -> Plate | None:
    """前面那个, 第三位是七, 不是大连的."""
    said = guesses(texts)[:1]
    if not said:
        return None
    if _FIRST.search(said[0]):
        return known
    if others and _SECOND.search(said[0]):
        return others[0]
    for other in others if _SAYS_WHERE.search(plain(said[0])) else ():
        if correct_plate(other, said) == known:
            return known
        if correct_plate(known, said) == other:
            return other
    return None


def _corrections(known: Plate, text: str, before: Sequence[Reading]) -> Iterator[Reading]:
    corrected = correct_plate(known, [text])
    if corrected is not None:
        yield corrected.text, 0.0
        return
    named = [match.group(1) for match in _NAMED_SIGN.finditer(plain(text))] if denies(text) else []
    for plate, cost in before if named else ():
        if len(plate) == len(known.text) and any(a != b and b == named[-1] for a, b in zip(known.text, plate, strict=True)):
            yield plate, cost


def _changed(before: Plate, heard: PlateHeard) -> PlateHeard:
    """A correction: what differs is said with a word, as the ear may have missed it again."""
    after = heard.plate.text if heard.plate else ""
    changed = {at for at, char in enumerate(after) if before.text[at : at + 1] != char}
    return replace(heard, doubtful=tuple(sorted(changed)))


def _weighed(heard: PlateHeard, before: Sequence[Reading], denied: Collection[str]) -> PlateHeard:
    """The likeliest plate of all that was heard; nothing changes where nothing was heard before."""
    joint = weigh(before, heard.readings, denied=denied)
    if not joint:
        return heard
    weighed = _plate_heard(joint)
    if heard.plate is None or joint[0][0] != heard.plate.text:
        return weighed
    asks = not before or weighed.doubtful != ()
    doubtful = tuple(sorted({*weighed.doubtful, *heard.doubtful}))
    others = tuple(other for other in heard.candidates if other.text not in denied)
    kept = replace(heard, candidates=others, doubtful=doubtful, readings=joint)
    return kept if asks else replace(kept, question=None, answers=())


def _plate_heard(readings: Readings) -> PlateHeard:
    best = readings[0][0]
    near = [text for text, cost in readings if cost < _NEAR and len(text) == len(best)]
    doubtful = {at for text in near for at, char in enumerate(text) if best[at] != char}
    return PlateHeard(Plate(best), tuple(Plate(text) for text in near), tuple(sorted(doubtful)), readings=readings)
