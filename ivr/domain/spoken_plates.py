"""Number plates, heard and said."""

from collections.abc import Sequence
from dataclasses import dataclass

from ivr.domain.plates import Plate


@dataclass(frozen=True, slots=True)
class PlateHeard:
    """What was understood of a plate."""

    plate: Plate | None
    """The best reading; None when a character could not be heard."""
    candidates: tuple[Plate, ...] = ()
    """All readings, best first."""
    doubtful: tuple[int, ...] = ()
    """Positions in `plate.text` that were guessed (from a like sound or the home prefix)."""
    question: str | None = None
    """What to ask where it matters: 广西的桂，还是贵州的贵？"""


def hear_plate(texts: Sequence[str], *, home: str, asked: bool = True) -> PlateHeard:
    """Find a plate in what was heard.

    Args:
        texts: the recogniser's guesses, best first.
        home: province and letter meant when the caller leaves them out, e.g. 苏B.
        asked: was a plate the question? Then five bare digits are one; otherwise only with a letter,
            a province or the word 车牌.
    """
    raise NotImplementedError


def correct_plate(plate: Plate, texts: Sequence[str]) -> Plate | None:
    """Apply what the caller corrects (是D不是B, 后三位是三四六); None when nothing can be applied."""
    raise NotImplementedError


def plate_from_keys(keys: str, home: str) -> Plate | None:
    """Read a keyed plate: digits, `*NN` a letter (01 = A), `**PPNN` province and letter."""
    raise NotImplementedError


def say_plate(plate: Plate) -> str:
    """Write a plate out as it is read back: 苏B，一二三，四五."""
    raise NotImplementedError
