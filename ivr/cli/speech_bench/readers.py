"""From what was heard to the value the service would take: the call room's own steps, then the domain's readers.

What the dialogue asks about a plate, and when, is told again here (`dialogs` lies above this room); what
becomes of the answer is decided by the same functions of `ivr.domain`.
"""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from ivr.call.events import Heard
from ivr.call.questions import from_speech, sealable
from ivr.cli.speech_bench.cases import SESSIONS, TODAY, Case, explained, spoken_plate
from ivr.dialogue.replies import Expect
from ivr.domain.dates import hear_date
from ivr.domain.errors import IdNumberWrong
from ivr.domain.people import IdNumber, id_offers
from ivr.domain.plate_again import correct_heard, hear_plate_again, settle_heard
from ivr.domain.plate_answers import asked_place
from ivr.domain.plates import Plate
from ivr.domain.spoken_answers import hear_yes_no
from ivr.domain.spoken_exams import hear_choice, hear_session, hear_subject
from ivr.domain.spoken_plates import PlateHeard, hear_plate

_DIGITS = "零一二三四五六七八九"
_PLACES = "零一二三四五六七八"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one question."""

    value: str | None
    """As `Case.truth`; None when nothing was taken."""
    unasked: bool = False
    """Was it taken for true, with neither a read-back nor a check to come?"""


def guessed(heard: Heard, expect: Expect) -> tuple[list[str], list[float]]:
    """Give the guesses as the readers get them, masked unless they are to be sealed, and how likely each is."""
    if not heard.texts or expect.sensitive:
        return list(heard.texts), []
    metadata = from_speech(heard, expect).metadata
    return list(metadata["alternatives"]), list(metadata.get("shares", ()))


def _yes_no(texts: Sequence[str]) -> Outcome:
    answer = hear_yes_no(texts)
    return Outcome({True: "yes", False: "no", None: None}[answer], unasked=answer is True)


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
    "yes_no": _yes_no, "date": _day, "session": _session, "subject": _subject,
    "choice": _choice,
})


def read(category: str, case: Case, heard: Heard) -> Outcome:
    """Give what the service would take at the first try."""
    if category == "plate":
        return Outcome(_text(_said_first(case, heard)))
    texts, _ = guessed(heard, case.expect)
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
    expect: Expect
    settle: Callable[..., str | None]
    """Of guesses, and how likely each is."""


def plate_turn(case: Case, heard: Heard, r: random.Random) -> Turn | None:
    """Go on after the first try; None when the plate is right and would be read back."""
    truth = Plate(case.truth)
    said = _said_first(case, heard)
    again = tuple(spoken_plate(case.truth, r))
    if said.plate is None:
        return Turn(again, case.expect, lambda *guesses: _again(said, case.home, *guesses))
    known = said.plate
    if said.question is not None:
        expect = case.expect.model_copy(update={"hints": said.answers})
        return Turn(_answer(said, truth, r) or again, expect, lambda *guesses: _settled(said, known, case.home, *guesses))
    if known == truth:
        return None
    words = _correction(known, truth) or ("不对", "是", *again)
    return Turn(words, case.expect, lambda *guesses: _corrected(said, known, case.home, *guesses))


def _said_first(case: Case, heard: Heard) -> PlateHeard:
    texts, shares = guessed(heard, case.expect)
    return hear_plate(texts, home=case.home, asked=True, shares=shares)


def _again(said: PlateHeard, home: str, texts: Sequence[str], shares: Sequence[float] = ()) -> str | None:
    return _text(hear_plate_again(texts, home=home, before=said.readings, shares=shares))


def _text(heard: PlateHeard | None, kept: Plate | None = None) -> str | None:
    plate = heard.plate if heard is not None and heard.plate is not None else kept
    return plate.text if plate else None


def _answer(said: PlateHeard, truth: Plate, r: random.Random) -> tuple[str, ...] | None:
    """Name what was asked for: 北京的B; nothing when the place is not there in his plate."""
    assert said.plate is not None  # noqa: S101 - the question is about it
    at = asked_place(said.plate, _others(said))
    if at is None or len(said.plate.text) != len(truth.text):
        return None
    if said.answers:
        return tuple(_sign(truth.text[at]))
    return (*spoken_plate(truth.text[:at], r), *_sign(truth.text[at]), *spoken_plate(truth.text[at + 1 :], r))


def _others(said: PlateHeard) -> list[Plate]:
    return [other for other in said.candidates if other != said.plate]


def _sign(char: str) -> list[str]:
    return [_DIGITS[int(char)]] if char.isdigit() else explained(char)


def _settled(said: PlateHeard, known: Plate, home: str, texts: Sequence[str], shares: Sequence[float] = ()) -> str | None:
    return _text(settle_heard(known, _others(said), texts, home=home, before=said.readings, shares=shares), known)


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


def _corrected(said: PlateHeard, known: Plate, home: str, texts: Sequence[str], shares: Sequence[float] = ()) -> str | None:
    heard = correct_heard(known, texts, home=home, before=said.readings, denied=(known.text,), shares=shares)
    return _text(heard, known)
