"""The table of tones: how digits, letters and provinces sound, measured in lines that the model itself has taken apart.

Where a word begins and ends is what the decoder says of it, since that is what it will say in a call.
"""

import json
import random
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from tqdm import tqdm

from ivr.speech.pitch import Numbers, pitch
from ivr.speech.tones import FILE, FREEDOM, TONES, Melody
from ivr.speech.training import augment, drills, values
from ivr.speech.training.corpus import TRAINING_VARIANTS, Speaker, to_telephone_rate
from ivr.speech.training.lexicon import LETTERS, pronounce
from ivr.speech.training.sentences import Words
from ivr.speech.training.voices import make_data_folder, variant_names

SIGNS = (*values.DIGITS, *"幺两洞拐勾学挂警", *values.PROVINCES, *LETTERS)
LINES = 2400
_FIRST_WAY = 0.75
"""Of a letter that is said in two ways, as `corpus` says it."""
_PEOPLE_VARY = (0.06, 0.03, 0.05)
"""Octaves of deviation that people have and a synthesizer has not: height, rise, bend."""
_PLATES, _DIGITS = 0.5, 0.75
_ALTERNATIVES = 40
_ROUNDS = 60


def ways() -> dict[str, dict[str, float]]:
    """Give, for every sign of one syllable, in what shares it is said in which tones."""
    table: dict[str, dict[str, float]] = {}
    for sign in SIGNS:
        tones = [way[0][-1] for way in pronounce(sign) if len(way) == 1]
        if sign not in LETTERS:
            tones = tones[:1]
        if not tones or len(pronounce(sign)[0]) != 1 or not set(tones) <= set(TONES):
            continue
        shares: dict[str, float] = defaultdict(float)
        for number, tone in enumerate(tones):
            others = len(tones) - 1
            shares[tone] += 1.0 if not others else _FIRST_WAY if number == 0 else (1 - _FIRST_WAY) / others
        table[sign] = dict(shares)
    return table


def _words(r: random.Random) -> Words:
    kind = r.random()
    if kind < _PLATES:
        return values.plate(r)
    if kind < _DIGITS:
        return values.digits(r.choice((4, 6, 11)), r)
    return [word for word in drills.drill(r) if word != drills.PAUSE]


def lines(count: int, seed: int, throats: Path) -> Iterator[tuple[Words, bytes]]:
    """Say `count` lines in training voices over a telephone: words, and 16-bit samples at 8 kHz."""
    r, g = random.Random(seed), np.random.default_rng(seed)  # noqa: S311
    speaker = Speaker({}, make_data_folder(throats, seed))
    voices: list[augment.Audio] = []
    made = 0
    while made < count:
        words = _words(r)
        variants = variant_names() if r.random() < 0.5 else TRAINING_VARIANTS
        spoken = speaker.say(words, r, variants, (115, 230))
        if spoken is None:
            continue
        audio, spans = to_telephone_rate(spoken, 1.0)
        if len(voices) < 40:
            voices.append(audio / augment.rms(audio))
        line, _ = augment.telephone(audio, spans, g, voices)
        made += 1
        yield words, np.clip(line, -32768, 32767).astype("<i2").tobytes()


def contours(model_folder: Path, spoken: Iterator[tuple[Words, bytes]], count: int) -> dict[str, list[Numbers]]:
    """Give the contours of every sign, of the lines that the model heard as they were said."""
    import vosk

    vosk.SetLogLevel(-1)
    model = vosk.Model(str(model_folder))
    found: dict[str, list[Numbers]] = defaultdict(list)
    for words, pcm in tqdm(spoken, total=count, desc="tones"):
        recognizer = vosk.KaldiRecognizer(model, 8000)
        recognizer.SetMaxAlternatives(_ALTERNATIVES)
        recognizer.SetWords(True)
        recognizer.AcceptWaveform(pcm)
        heard = json.loads(recognizer.FinalResult())["alternatives"]
        right = next((each["result"] for each in heard if [word["word"] for word in each.get("result", ())] == words), ())
        voice = Melody(pitch(pcm)) if right else None
        for word in right:
            contour = voice.contour(word["start"], word["end"]) if voice else None
            if contour is not None:
                found[word["word"]].append(contour)
    return found


def fit(contours: Sequence[Numbers]) -> tuple[Numbers, Numbers]:
    """Student's distribution of contours by expectation and maximization: its mean and its scale."""
    rows = np.array(contours)
    mean, scale = np.median(rows, axis=0), np.cov(rows.T)
    for _ in range(_ROUNDS):
        away = rows - mean
        far = np.einsum("ni,ij,nj->n", away, np.linalg.inv(scale), away)
        weight = (FREEDOM + rows.shape[1]) / (FREEDOM + far)
        mean = (weight[:, None] * rows).sum(0) / weight.sum()
        away = rows - mean
        scale = (weight[:, None] * away).T @ away / len(rows) + 1e-6 * np.eye(rows.shape[1])
    return mean, scale + np.diag(np.square(_PEOPLE_VARY))


def make_tones(model_folder: Path, work: Path, *, count: int = LINES, seed: int = 31) -> int:
    """Write the model's table of tones; how many signs were listened to."""
    table = ways()
    heard = contours(model_folder, lines(count, seed, work / "voices" / "tones"), count)
    by_tone: dict[str, list[Numbers]] = defaultdict(list)
    for sign, shares in table.items():
        if len(shares) == 1:
            by_tone[next(iter(shares))] += heard.get(sign, [])
    said: Counter[str] = Counter()
    for sign, shares in table.items():
        for tone, share in shares.items():
            said[tone] += round(share * len(heard.get(sign, ())))
    tones = {}
    for tone in TONES:
        mean, scale = fit(by_tone[tone])
        tones[tone] = {"mean": _rounded(mean), "scale": [_rounded(row) for row in scale], "share": round(said[tone] / said.total(), 3)}
    (model_folder / FILE).write_text(json.dumps({"tones": tones, "signs": table}, ensure_ascii=False, indent=1) + "\n", "utf-8")
    return said.total()


def _rounded(numbers: Numbers) -> list[float]:
    return [round(float(number), 5) for number in numbers]
