"""Letters that the ear takes for others in noise: a D for a B more often than a B for a D. Pure.

Which letter stands in a plate is chance, so no sentence tells the ear better. How far it leans is measured on lines
that were said to it (`ivr/speech/training/leanings.py`): each letter of a guess changes the guess's share by a factor.
"""

import json
import string
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ivr.domain.provinces import PROVINCES
from ivr.speech.readings import Reading, reweighed

FILE = "leanings.json"
"""In the folder of a speech model; one without it is taken at its word."""
_FARTHEST = 3.0
_SIGNS = frozenset("零一二三四五六七八九幺两洞拐勾") | frozenset(PROVINCES) | frozenset(string.ascii_uppercase)


@dataclass(frozen=True)
class Leanings:
    """Letter -> natural logarithm of the factor."""

    letters: Mapping[str, float]

    def weigh(self, found: Sequence[Reading]) -> list[Reading]:
        """Give the guesses their new shares, the likeliest first; what they have together stays the same."""
        return reweighed(found, [sum(self.letters.get(letter, 0.0) for letter in read_off(reading)) for reading in found])


def read_off(reading: Reading) -> Iterator[str]:
    """Letters beside another letter, a digit or a province; those inside a sentence (APP) are words."""
    words = ["", *(text for text, _, _ in reading.words), ""]
    for before, word, after in zip(words, words[1:], words[2:], strict=False):
        if word in string.ascii_uppercase and word and (before in _SIGNS or after in _SIGNS):
            yield word


def load_leanings(path: Path) -> Leanings:
    """Read what `ivr.speech.training.leanings` wrote.

    Raises:
        ValueError: it is something else.
        OSError: it cannot be read.
    """
    try:
        letters = {str(letter): float(weight) for letter, weight in json.loads(path.read_text("utf-8")).items()}
    except (TypeError, AttributeError, ValueError) as error:
        raise ValueError(f"{path.name} is no table of letters ({type(error).__name__})") from None
    if not set(letters) <= set(string.ascii_uppercase) or not all(abs(weight) <= _FARTHEST for weight in letters.values()):
        raise ValueError(f"{path.name} must give letters A to Z weights of -{_FARTHEST:g} to {_FARTHEST:g}")
    return Leanings(letters)
