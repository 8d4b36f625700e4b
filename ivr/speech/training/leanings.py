"""Which letters the ear takes for others: learned on plates said in training voices over noisy telephones.

Of the model's own guesses, weighed by tones as in a call, the letters of the right one gain and those of the others
lose, until the right ones are as likely as they can be (a logistic regression, regularized).
"""

import json
import math
import random
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from tqdm import tqdm

from ivr.speech.leanings import FILE, read_off
from ivr.speech.readings import Reading, readings
from ivr.speech.tones import FILE as TONES_FILE
from ivr.speech.tones import load_tones
from ivr.speech.training import values
from ivr.speech.training.sentences import Words
from ivr.speech.training.tones import spoken_lines

LETTERS = values.PLATE_LETTERS
LINES = 2400
_GUESSES = 20
_DECAY = 3.0
_ONE_WAY = str.maketrans("幺洞两", "一零二")

Numbers = npt.NDArray[np.float64]
Case = tuple[Numbers, Numbers, npt.NDArray[np.bool_]]
"""Of one line: log shares [guesses], how often each letter stands in them [guesses, letters], which are right."""


def plates(r: random.Random) -> Iterator[Words]:
    """Endless plates."""
    while True:
        yield values.plate(r)


def case_of(words: Words, found: Iterable[Reading]) -> Case | None:
    """One line to learn from; None where the right guess is missing, or nothing else was guessed."""
    guesses = [reading for reading in found if reading.words and reading.share > 0]
    said = "".join(words).translate(_ONE_WAY)
    right = np.array([reading.text.translate(_ONE_WAY) == said for reading in guesses])
    if not right.any() or right.all():
        return None
    stand = [Counter(read_off(reading)) for reading in guesses]
    letters = np.array([[counted[letter] for letter in LETTERS] for counted in stand], float)
    return np.array([math.log(reading.share) for reading in guesses]), letters, right


def learn(cases: list[Case]) -> dict[str, float]:
    """Letter -> weight."""

    def wrong(weights: Numbers) -> tuple[float, Numbers]:
        loss, slope = _DECAY * float(weights @ weights), 2 * _DECAY * weights
        for shares, letters, right in cases:
            scores = shares + letters @ weights
            every = np.exp(scores - scores.max())
            among = every * right
            loss += math.log(every.sum()) - math.log(among.sum())
            slope = slope + letters.T @ (every / every.sum() - among / among.sum())
        return loss, slope

    found = minimize(wrong, np.zeros(len(LETTERS)), jac=True, method="L-BFGS-B").x
    return {letter: round(float(weight), 2) for letter, weight in zip(LETTERS, found, strict=True)}


def make_leanings(model_folder: Path, work: Path, *, count: int = LINES, seed: int = 47) -> int:
    """Write the model's table of letters; how many lines it was learned from."""
    import vosk

    vosk.SetLogLevel(-1)
    model, tones = vosk.Model(str(model_folder)), load_tones(model_folder / TONES_FILE)
    cases = []
    spoken = spoken_lines(plates(random.Random(seed)), seed, work / "voices" / "leanings")  # noqa: S311
    for words, pcm in tqdm(islice(spoken, count), total=count, desc="leanings"):
        recognizer = vosk.KaldiRecognizer(model, 8000)
        recognizer.SetMaxAlternatives(_GUESSES)
        recognizer.SetWords(True)
        recognizer.AcceptWaveform(pcm)
        answer = json.loads(recognizer.FinalResult())
        case = case_of(words, tones.weigh(readings(answer, began_seconds=0.0, keep_unknown=False), pcm))
        cases += [case] if case else []
    table = learn(cases)
    (model_folder / FILE).write_text(json.dumps(table, indent=1) + "\n", "utf-8")
    return len(cases)
