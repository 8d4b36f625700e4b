"""How likely is it that a caller has finished, by his words alone?

我要补 goes on, 我要补行驶证 may be all: who pauses in the middle of a phrase is given time, who has said all is
answered. A logistic regression over the last characters, the first ones and the length; its weights are learned from
the sentences of the line (`ivr/speech/training/ends.py`), one line of `models/sentence_ends.tsv` each.
"""

import math
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path

WEIGHTS = Path(__file__).with_name("models") / "sentence_ends.tsv"
SHORTEST = 2
"""Characters; of a single one nothing is known."""
_BIAS = "bias"
_SIGNS = "零一二三四五六七八九幺两ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_LAST_CHARACTERS, _LONGEST, _LONGEST_RUN = 5, 12, 8


def marks_of(text: str) -> Iterator[str]:
    """What of these words is weighed: written without spaces, digits in Chinese."""
    whole = f"^{text}"
    for count in range(1, min(_LAST_CHARACTERS, len(whole)) + 1):
        yield whole[-count:]
    yield f"length {min(len(text), _LONGEST)}"
    yield f"run {min(len(text) - len(text.rstrip(_SIGNS)), _LONGEST_RUN)}"
    yield f"begins {text[:2]}"
    yield f"begins {text[:2]} ends {text[-1:]}"


class SentenceEnds:
    """The weights, in use."""

    def __init__(self, weights: Mapping[str, float]) -> None:
        self._weights = weights
        self._bias = weights.get(_BIAS, 0.0)

    def likelihood(self, text: str) -> float:
        """P(nothing follows), 0 to 1; half and half for what is too short."""
        if len(text) < SHORTEST:
            return 0.5
        return 1 / (1 + math.exp(-self._bias - sum(self._weights.get(mark, 0.0) for mark in marks_of(text))))


def write_weights(path: Path, weights: Iterable[tuple[str, float]], bias: float) -> int:
    """Write them in hundredths, in the order of their marks; the number of lines."""
    hundredths = [(mark, round(100 * weight)) for mark, weight in [(_BIAS, bias), *sorted(weights)]]
    lines = [f"{mark}\t{weight}" for mark, weight in hundredths if weight]
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return len(lines)


@cache
def sentence_ends(path: Path = WEIGHTS) -> SentenceEnds:
    """Read the weights, once."""
    pairs = (line.split("\t") for line in path.read_text("utf-8").splitlines())
    return SentenceEnds({mark: int(hundredths) / 100 for mark, hundredths in pairs})
