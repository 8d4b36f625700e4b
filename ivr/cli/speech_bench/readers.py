"""From what was heard to the value the service would take: the call room's own steps, then the domain's readers.

What the dialogue does with a plate is told again here (`dialogs` lies above this room): the question it
asks, and what it makes of the answer.
"""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from ivr.call.events import Heard
from ivr.call.questions import from_speech, sealable
from ivr.cli.speech_bench.cases import HOME, SESSIONS, TODAY, Case, explained, spoken_plate
from ivr.dialogue.replies import Expect
from ivr.domain.dates import hear_date
from ivr.domain.errors import IdNumberWrong
from ivr.domain.people import IdNumber, id_offers
from ivr.domain.plate_answers import asked_place, settle_plate
from ivr.domain.plates import Plate
from ivr.domain.spoken_answers import hear_yes_no
from ivr.domain.spoken_exams import hear_choice, hear_session, hear_subject
from ivr.domain.spoken_plates import PlateHeard, correct_plate, hear_plate

"""So many are offered one after another."""
_DIGITS = "零一二三四五六七八九"
_PLACES = "零一二三四五六七八"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one question."""

    value: str | None
    """As `Case.truth`; None when nothing was taken."""
    unasked: bool = False
    """Was it taken for true, with neither a read-back nor a check to come?"""


def texts_of(heard: Heard, expect: Expect) -> list[str]:
    """Give the guesses as the readers get them: masked, unless they are to be sealed."""
    if not heard.texts or expect.sensitive:
        return list(heard.texts)
    return list(from_speech(heard, expect).metadata["alternatives"])


def _yes_no(texts: Sequence[str]) -> Outcome:
    answer = hear_yes_no(texts)
    return Outcome({True: "yes", False: "no", None: None}[answer], unasked=answer is True)


def _plate(texts: Sequence[str]) -> Outcome:
    heard = hear_plate(texts, home=HOME, asked=True)
    return Outcome(heard.plate.text if heard.plate else None)


def _day(texts: Sequence[str]) -> Outcome:
    day = hear_date(texts, today=TODAY).day
    return Outcome(day.isoformat() if day else None)


def _session(texts: Sequence[str]) -> Outcome:
    return Outcome(hear_session(texts))


def _subject(texts: Sequence[str]) -> Outcome:
    return Outcome(hear_subject(texts, asked=True))


def _choice(texts: Sequence[str]) -> Outcome:
    chosen = hear_choice(texts, SESSIONS)
    return Outcome(None if chosen is None else str(chosen))


_READERS: Mapping[str, Callable[[Sequence[str]], Outcome]] = MappingProxyType({
    "yes_no": _yes_no, "plate": _plate, "date": _day, "session": _session, "subject": _subject,
    "choice": _choice,
})


def read(category: str, case: Case, heard: Heard) -> Outcome:
    """Give what the service would take at the first try."""
    texts = texts_of(heard, case.expect)
    if category not in _READERS:
        return _sealed(category, case, texts)
    return _READERS[category](texts)


def _sealed(category: str, case: Case, texts: Sequence[str]) -> Outcome:
    value = sealable(case.expect, texts) if texts else None
    if category == "id":
        valid = value is not None and _is_identity(value)
        return Outcome(value if valid else None, unasked=valid)
    # a code is compared with the one that was sent: a wrong one costs a try and proves nothing; a phone number is
    # read back by its last four digits
    return Outcome(value, unasked=False)


def _is_identity(text: str) -> bool:
    try:
        IdNumber.parse(text)
    except IdNumberWrong:
        return False
    return True


def offered(case: Case, heard: Heard) -> Outcome:
    """Give the identity number that the caller accepts when repairs are offered by their last four digits."""
    first = read("id", case, heard)
    if first.value is not None:
        return first
    value = sealable(case.expect, heard.texts) if heard.texts else None
    repairs = id_offers(value) if value else ()
    accepted = next((each.text for each in repairs if each.tail == case.truth[-4:]), None)
    return Outcome(accepted)


@dataclass(frozen=True, slots=True)
class Turn:
    """What a caller says to the service's one question about his plate, and how it is understood."""

    words: tuple[str, ...]
    settle: Callable[[Sequence[str]], str | None]


def plate_turn(case: Case, heard: Heard, r: random.Random) -> Turn | None:
    """Go on after the first try; None when the plate is right and would be read back."""
    truth = Plate(case.truth)
    said = hear_plate(texts_of(heard, case.expect), home=HOME, asked=True)
    again = tuple(spoken_plate(case.truth, r))
    if said.plate is None:
        return Turn(again, lambda texts: _whole(texts, None))
    known = said.plate
    if said.question is not None:
        return Turn(_answer(said, truth) or again, lambda texts: _settled(said, known, texts))
    if known == truth:
        return None
    return Turn(_correction(known, truth) or ("不对", "是", *again), lambda texts: _corrected(known, texts))


def _whole(texts: Sequence[str], kept: str | None) -> str | None:
    heard = hear_plate(texts, home=HOME, asked=True)
    return heard.plate.text if heard.plate else kept


def _answer(said: PlateHeard, truth: Plate) -> tuple[str, ...] | None:
    """Name what was asked for: 北京的B; nothing when the place is not there in his plate."""
    assert said.plate is not None  # noqa: S101 - the question is about it
    at = asked_place(said.plate, _others(said))
    if at is None or len(said.plate.text) != len(truth.text):
        return None
    return tuple(_sign(truth.text[at]))


def _others(said: PlateHeard) -> list[Plate]:
    return [other for other in said.candidates if other != said.plate]


def _sign(char: str) -> list[str]:
    return [_DIGITS[int(char)]] if char.isdigit() else explained(char)


def _settled(said: PlateHeard, known: Plate, texts: Sequence[str]) -> str | None:
    settled = settle_plate(known, _others(said), texts)
    return settled.text if settled else _whole(texts, known.text)


def _correction(known: Plate, truth: Plate) -> tuple[str, ...] | None:
    """不对，第三位是七; 不对，是大连的D; nothing when more than one character is wrong."""
    if len(known.text) != len(truth.text) or known.prefix[:1] == "" or truth.prefix == "":
        return None
    places = [at for at, char in enumerate(truth.text) if known.text[at] != char]
    if len(places) != 1:
        return None
    at = places[0]
    if at < len(truth.prefix):
        return ("不对", "是", truth.text[0], *_sign(truth.text[1])) if at else ("不对", "是", *_sign(truth.text[0]))
    return ("不对", "第", _PLACES[at - len(truth.prefix) + 1], "位", "是", *_sign(truth.text[at]))


def _corrected(known: Plate, texts: Sequence[str]) -> str | None:
    for text in texts[:3]:
        heard = hear_plate([text], home=HOME, asked=False)
        if heard.plate is not None and "不是" not in text:
            return heard.plate.text
        changed = correct_plate(known, [text])
        if changed is not None:
            return changed.text
    return known.text
