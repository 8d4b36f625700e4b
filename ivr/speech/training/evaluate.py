"""How well does a model hear? Held-out sentences and voices, through A-law, by category and noise.

`python -m ivr.speech.training evaluate MODEL` prints a table: character error rate and whole
utterances right.
"""

import collections
import itertools
import json
import random
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.signal import butter, sosfilt

from ivr.speech.training import augment
from ivr.speech.training.corpus import HELD_OUT_VARIANTS, Speaker, to_telephone_rate
from ivr.speech.training.sentences import all_patterns, held_out, segment, sentence_of

CONDITIONS: tuple[int | None, ...] = (None, 20, 10)
_LINE = butter(4, [280, 3450], "band", fs=8000, output="sos")
_SAME = str.maketrans({"幺": "一", "洞": "零", "叉": "X", "拐": "七", "勾": "九", "两": "二"})



def _natural() -> tuple[str, ...]:
    lines = Path(__file__).with_name("natural.txt").read_text("utf-8").splitlines()
    return tuple(line for line in lines if line and not line.startswith("#"))


NATURAL = _natural()


def distance(a: str, b: str) -> int:
    """Characters to change, add or drop."""
    row = list(range(len(b) + 1))
    for i, left in enumerate(a, 1):
        previous, row[0] = row[0], i
        for j, right in enumerate(b, 1):
            previous, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, previous + (left != right))
    return row[-1]


def callers(per_category: int, seed: int = 902) -> Iterator[tuple[str, int | None, str, npt.NDArray[np.int16]]]:
    """(category, noise in dB or None, text, samples) of held-out sentences in held-out voices."""
    r, g = random.Random(seed), np.random.default_rng(seed)  # noqa: S311
    speaker = Speaker({})
    wanted = [(name, lambda name=name: sentence_of(name, r)) for name in all_patterns()]
    natural = itertools.cycle(NATURAL)
    voices: list[augment.Audio] = []
    for name, make in [*wanted, ("natural", lambda: segment(next(natural)))]:
        made = tries = 0
        while made < (len(NATURAL) if name == "natural" else per_category) and tries < 20_000:
            tries += 1
            words = make()
            if name != "natural" and len("".join(words)) >= 8 and not held_out(words):
                continue
            spoken = speaker.say(words, r, HELD_OUT_VARIANTS, (130, 205))
            if spoken is None:
                continue
            made += 1
            audio, _ = to_telephone_rate(spoken, 1.0)
            voices.append(audio / augment.rms(audio))
            for snr in CONDITIONS:
                yield name, snr, "".join(words), _line(audio, snr, g, voices[-40:], babble=made % 2 == 0)


def _line(
    audio: augment.Audio, snr: int | None, g: np.random.Generator, voices: list[augment.Audio], *, babble: bool
) -> npt.NDArray[np.int16]:
    line = np.concatenate([np.zeros(int(g.uniform(0.2, 0.5) * 8000)), audio, np.zeros(int(g.uniform(0.3, 0.6) * 8000))])
    other = g.standard_normal(len(line)) if snr is None else augment.noise("babble" if babble else "pink", len(line), g, voices)
    line = line + other * augment.rms(audio) / augment.rms(other) * 10 ** (-(45 if snr is None else snr) / 20)
    line = sosfilt(_LINE, line)
    scaled = augment.through_alaw(line * 10 ** (g.uniform(-20, -6) / 20) * 32768 / np.abs(line).max())
    return np.clip(scaled, -32768, 32767).astype("<i2")


def evaluate(model_folder: Path, per_category: int = 25, *, show: int = 0) -> str:
    """Decode everything; the table."""
    import vosk

    vosk.SetLogLevel(-1)
    model = vosk.Model(str(model_folder))
    sums: dict[tuple[str, int | None], list[int]] = collections.defaultdict(lambda: [0, 0, 0, 0])
    wrong = []
    for name, snr, text, samples in callers(per_category):
        recognizer = vosk.KaldiRecognizer(model, 8000)
        recognizer.AcceptWaveform(samples.tobytes())
        heard = json.loads(recognizer.FinalResult())["text"].replace(" ", "").translate(_SAME)
        wanted = text.translate(_SAME)
        errors = distance(wanted, heard)
        for key in ((name, snr), ("all", snr)):
            row = sums[key]
            row[0] += errors
            row[1] += len(wanted)
            row[2] += errors == 0
            row[3] += 1
        if errors:
            wrong.append(f"{name} {snr}: {wanted} -> {heard}")
    lines = ["category   " + "".join(f"{'clean' if c is None else f'{c} dB':>16}" for c in CONDITIONS)]
    for name in (*all_patterns(), "natural", "all"):
        cells = [f"{100 * sums[name, c][0] / max(1, sums[name, c][1]):9.1f} /{100 * sums[name, c][2] / max(1, sums[name, c][3]):4.0f}%" for c in CONDITIONS]
        lines.append(f"{name:<11}" + "".join(f"{cell:>16}" for cell in cells))
    return "\n".join([*lines, "(character error rate % / whole utterances right)", *wrong[:show]])
