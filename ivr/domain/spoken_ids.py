"""Identity numbers as they are heard."""

from collections.abc import Sequence

from ivr.domain.errors import IdNumberWrong
from ivr.domain.people import IdNumber
from ivr.domain.sounds import guesses
from ivr.domain.spoken_digits import digit_runs

_SHORTEST, _LONGEST = 16, 21
_MOST_READINGS = 5


def hear_identity(texts: str | Sequence[str]) -> str | None:
    """Give the identity number said; where none was heard for sure, what `id_repairs` can work on.

    Sure is only the likeliest guess, whole, with the right check digit, area and birth date, when no
    other guess makes another such number.

    Args:
        texts: the recogniser's guesses, best first.

    Returns:
        18 characters that are an identity number; or digits that are none: one reading, or several with
        `/` between, to be offered to the caller after `id_repairs` and never to be taken; None when
        nothing of the kind was said.
    """
    readings = list(dict.fromkeys(
        run for text in guesses(texts) for run in digit_runs(text)[:1] if _SHORTEST <= len(run) <= _LONGEST
    ))
    if not readings:
        return None
    valid = [reading for reading in readings if _is_identity(reading)]
    if valid == readings[:1]:
        return valid[0]
    whole = [reading for reading in readings if len(reading) == 18]
    rest = [reading for reading in readings if len(reading) != 18]
    if valid or len(readings) > 1:
        kept = list(dict.fromkeys((*readings[:1], *valid, *whole, *rest)))[:_MOST_READINGS]
        return "/".join(kept)
    return readings[0]


def _is_identity(text: str) -> bool:
    try:
        IdNumber(text)
    except IdNumberWrong:
        return False
    return True
