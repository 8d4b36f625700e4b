"""How well does a model hear? Held-out sentences and voices, through A-law, by category and noise.

`python -m ivr.speech.training evaluate MODEL` prints a table: character error rate and whole
utterances right. Voices, sentences and noise are the same for every model.
"""

import json
import random
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.signal import butter, sosfilt
from tqdm import tqdm

from ivr.speech.edit_distance import distance
from ivr.speech.training import augment, values
from ivr.speech.training.corpus import HELD_OUT_VARIANTS, Speaker, to_telephone_rate
from ivr.speech.training.sentences import (
    SHORT,
    Words,
    held_out,
    segment,
    sentence_of,
    written_sentences,
)
from ivr.speech.training.texts import all_patterns

CONDITIONS: tuple[int | None, ...] = (None, 20, 10)
_LINE = butter(4, [280, 3450], "band", fs=8000, output="sos")
_SAME = str.maketrans({"幺": "一", "洞": "零", "叉": "X", "拐": "七", "勾": "九", "两": "二", "她": "他", "它": "他"})



def _natural() -> tuple[str, ...]:
    lines = Path(__file__).with_name("natural.txt").read_text("utf-8").splitlines()
    return tuple(line for line in lines if line and not line.startswith("#"))


NATURAL = _natural()
VALUES = {"code 6": values.code, "phone 11": values.phone, "id 18": values.identity, "plate only": values.plate}
"""Category -> values said alone, nothing around them."""


Utterance = tuple[str, int | None, str, npt.NDArray[np.int16]]
"""(category, noise in dB or None, text, samples)."""


def texts(per_category: int, nlu_data: Path, r: random.Random) -> Iterator[tuple[str, Words]]:
    """(category, words): held-out sentences of every category, values, then the free ones, then the dialogue's."""
    for name in all_patterns():
        made = tries = 0
        while made < per_category and tries < 20_000:
            tries += 1
            words = sentence_of(name, r)
            if words and (held_out(words) or len("".join(words)) < SHORT):
                made += 1
                yield name, words
    for name, make in VALUES.items():
        for _ in range(per_category):
            yield name, make(r)
    for line in NATURAL:
        yield "natural", segment(line)
    for words in written_sentences(nlu_data, "heldout/*.yml"):
        yield "dialogue", words


def callers(per_category: int, nlu_data: Path, seed: int = 902) -> Iterator[Utterance]:
    """Say the texts in held-out voices, through a telephone line, at every level of noise."""
    r, g = random.Random(seed), np.random.default_rng(seed)  # noqa: S311
    speaker = Speaker({})
    voices: list[augment.Audio] = []
    for number, (name, words) in enumerate(texts(per_category, nlu_data, r)):
        spoken = next(filter(None, (speaker.say(words, r, HELD_OUT_VARIANTS, (130, 205)) for _ in range(4))), None)
        if spoken is None:
            continue
        audio, _ = to_telephone_rate(spoken, 1.0)
        voices.append(audio / augment.rms(audio))
        for snr in CONDITIONS:
            yield name, snr, "".join(words), _line(audio, snr, g, voices[-40:], babble=number % 2 == 0)


def _line(
    audio: augment.Audio, snr: int | None, g: np.random.Generator, voices: list[augment.Audio], *, babble: bool
) -> npt.NDArray[np.int16]:
    line = np.concatenate([np.zeros(int(g.uniform(0.2, 0.5) * 8000)), audio, np.zeros(int(g.uniform(0.3, 0.6) * 8000))])
    other = g.standard_normal(len(line)) if snr is None else augment.noise("babble" if babble else "pink", len(line), g, voices)
    line = line + other * augment.rms(audio) / augment.rms(other) * 10 ** (-(45 if snr is None else snr) / 20)
    line = sosfilt(_LINE, line)
    scaled = augment.through_alaw(line * 10 ** (g.uniform(-20, -6) / 20) * 32768 / np.abs(line).max())
    return np.clip(scaled, -32768, 32767).astype("<i2")


class _Sum:
    """Errors of one category at one level of noise."""

    def __init__(self) -> None:
        self.errors = self.characters = self.right = self.sentences = 0

    def add(self, errors: int, characters: int) -> None:
        """Count one sentence."""
        self.errors += errors
        self.characters += characters
        self.right += errors == 0
        self.sentences += 1

    def __str__(self) -> str:
        return f"{100 * self.errors / max(1, self.characters):.1f} /{100 * self.right / max(1, self.sentences):4.0f}%"


def evaluate(model_folder: Path, nlu_data: Path, per_category: int = 25, *, show: int = 0) -> str:
    """Decode everything; the table."""
    import vosk

    vosk.SetLogLevel(-1)
    model = vosk.Model(str(model_folder))
    sums: dict[str, dict[int | None, _Sum]] = {}
    wrong = []
    for name, snr, text, samples in tqdm(callers(per_category, nlu_data), desc="evaluate"):
        recognizer = vosk.KaldiRecognizer(model, 8000)
        recognizer.AcceptWaveform(samples.tobytes())
        heard = json.loads(recognizer.FinalResult())["text"].replace(" ", "").translate(_SAME)
        wanted = text.translate(_SAME)
        errors = int(distance(wanted, heard))
        for key in (name, "all"):
            sums.setdefault(key, {}).setdefault(snr, _Sum()).add(errors, len(wanted))
        if errors:
            wrong.append(f"{name} {snr}: {wanted} -> {heard}")
    lines = ["category      n" + "".join(f"{'clean' if c is None else f'{c} dB':>16}" for c in CONDITIONS)]
    for name, row in sorted(sums.items(), key=lambda item: item[0] == "all"):
        lines.append(f"{name:<11}{row[None].sentences:>4}" + "".join(f"{row[c]!s:>16}" for c in CONDITIONS))
    return "\n".join([*lines, "(character error rate % / whole utterances right)", *wrong[:show]])
