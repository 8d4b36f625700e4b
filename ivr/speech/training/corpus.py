"""Training data: sentences spoken by espeak-ng, sent through a telephone, with a label per frame.

`python -m ivr.speech.training.corpus OUT SEED COUNT` makes one shard; a shard has a process of its own.
"""

import itertools
import random
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.signal import resample_poly

from ivr.speech.training import accents, augment, drills
from ivr.speech.training.augment import Audio, Span
from ivr.speech.training.espeak import Espeak, Segment, words_of
from ivr.speech.training.features import fbank
from ivr.speech.training.lexicon import Pronunciations, frequent_words, lexicon, pronounce
from ivr.speech.training.sentences import Words, sentences
from ivr.speech.training.texts import names
from ivr.speech.training.units import STATES, onset_of, split_syllable
from ivr.speech.training.voices import make_data_folder, variant_names

VOICE = "cmn-latn-pinyin"
TRAINING_VARIANTS = ("", *names()["training_variant"])
HELD_OUT_VARIANTS = names()["held_out_variant"]
SPOKEN_SHARE, DRILL_SHARE = 0.5, 0.3
"""Share of domain sentences, and of digits, letters and short answers.

The rest are random words and syllables, so that every sound is learned.
"""
RANDOM_VOICE_SHARE = 0.7
ACCENT_SHARE = 0.12
SLOW_TO_FAST = (110, 250)
DRILL_SLOW_TO_FAST = (100, 320)
"""Words a minute: digits are read off slowly and rattled off."""
NOISE_SHARE = 0.03
"""Share of lines on which nobody speaks."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """One synthesized sentence."""

    audio: Audio
    rate_hz: int
    spans: list[Span]


class Speaker:
    """One espeak engine with a lexicon."""

    def __init__(self, known: Pronunciations, data: Path | None = None) -> None:
        self._engine = Espeak(data)
        self._known = known

    def _ways(self, word: str) -> list[list[str]]:
        if word not in self._known:
            self._known[word] = pronounce(word)
        return self._known[word]

    def say(
        self, words: Words, r: random.Random, variants: tuple[str, ...], rates: tuple[float, float] = (125, 225),
        accent: accents.Accent = (),
    ) -> Spoken | None:
        """Speak words in a random voice; None when a word cannot be said or the marks do not fit.

        With an accent other sounds are spoken than those that the labels name.
        """
        text: list[str] = []
        syllables: list[str] = []
        for word in words:
            if word == drills.PAUSE:
                text[-1:] = [part.rstrip(",") + "," for part in text[-1:]]
                continue
            ways = self._ways(word)
            if not ways:
                return None
            way = r.choice(ways) if r.random() < 0.5 else ways[0]
            syllables += way
            said = [accents.spoken(syllable, accent) for syllable in way]
            text += [*said[:-1], said[-1] + ("," if r.random() < 0.06 else "")]
        variant = r.choice(variants)
        audio, marks = self._engine.say(
            " ".join(text), VOICE + (f"+{variant}" if variant else ""), rate=r.uniform(*rates),
            pitch=r.uniform(20, 80), pitch_range=r.uniform(20, 90), gap=r.choice((0, 0, 0, 1, 3)),
        )
        spoken = words_of(marks, len(audio))
        if len(spoken) != len(syllables):
            return None
        spans: list[Span] = []
        for syllable, phonemes in zip(syllables, spoken, strict=True):
            part = _label(syllable, phonemes)
            if part is None:
                return None
            spans += part
        return Spoken(audio.astype(np.float64), self._engine.sample_rate_hz, spans)


def _label(syllable: str, phonemes: list[Segment]) -> list[Span] | None:
    """Give each HMM state of a syllable its stretch of samples."""
    parts = split_syllable(syllable)
    if parts is None:
        return None
    initial, final = parts
    spans: list[Span] = []
    first = 0
    if initial:
        spans.append((phonemes[0][0], phonemes[0][1], STATES[initial][0]))
        first = 1
    if first >= len(phonemes):
        return None
    begin, end = float(phonemes[first][0]), float(phonemes[-1][1])
    middle = (begin + end) / 2
    if phonemes[-1][2] in ("n", "N") and len(phonemes) - first > 1:
        middle = min(max(phonemes[-1][0], begin + 0.3 * (end - begin)), begin + 0.7 * (end - begin))
    if not initial:
        onset_end = begin + 0.4 * (middle - begin)
        spans.append((begin, onset_end, STATES[onset_of(final)][0]))
        begin = onset_end
    head, tail = STATES[final]
    return [*spans, (begin, middle, head), (middle, end, tail)]


def to_telephone_rate(spoken: Spoken, speed: float) -> tuple[Audio, list[Span]]:
    """Resample to 8 kHz, a little faster or slower: another length of throat."""
    down = round(441 * speed * spoken.rate_hz / 22050)
    ratio = 160.0 / down
    audio = resample_poly(spoken.audio, 160, down, window=("kaiser", 5.0))
    return audio, [(first * ratio, last * ratio, state) for first, last, state in spoken.spans]


def frame_labels(spans: list[Span], frames: int) -> npt.NDArray[np.uint8]:
    """One HMM state per 10 ms frame; silence is 0."""
    labels = np.zeros(frames, np.uint8)
    centres = np.arange(frames) * 80 + 100
    for first, last, state in spans:
        labels[(centres >= first) & (centres < last)] = state
    return labels


def _noise_only(g: np.random.Generator, voices: list[Audio]) -> Audio:
    kind = str(g.choice((*augment.KINDS[:3], *augment.KINDS[-2:])))
    samples = augment.noise(kind, int(g.uniform(0.6, 3.0) * 8000), g, voices)
    return augment.through_alaw(samples / np.abs(samples).max() * 32768 * 10 ** (g.uniform(-50, -12) / 20))


class Source:
    """What is said next in a shard: domain sentences, drills, random words, random syllables."""

    def __init__(self, seed: int, r: random.Random) -> None:
        common = frequent_words(2500, 6000)
        self.known = lexicon(common)
        self._words = (list(self.known), [common[word] ** 0.4 for word in self.known])
        syllables = sorted({way[0] for ways in self.known.values() for way in ways if len(way) == 1})
        self.known.update({f"~{s[:-1]}{tone}": [[f"{s[:-1]}{tone}"]] for s in syllables for tone in "1234"})
        self._odd = [word for word in self.known if word.startswith("~")]
        self._sentences = sentences(seed)
        self._r = r

    def words(self) -> tuple[Words, tuple[float, float]]:
        """One sentence, as words of the lexicon, and how slowly or fast it may be said."""
        kind = self._r.random()
        if kind < SPOKEN_SHARE:
            return next(self._sentences)[1], SLOW_TO_FAST
        if kind < SPOKEN_SHARE + DRILL_SHARE:
            return drills.drill(self._r), DRILL_SLOW_TO_FAST
        if self._r.random() < 0.5:
            return self._r.choices(*self._words, k=self._r.randint(1, 6)), SLOW_TO_FAST
        return self._r.choices(self._odd, k=self._r.randint(2, 9)), SLOW_TO_FAST


def lines(seed: int, throats: Path) -> Iterator[tuple[npt.NDArray[np.float32], list[Span]]]:
    """Endless (telephone audio, what is said when), in random voices of this seed; `throats` is a folder for them."""
    r = random.Random(seed)  # noqa: S311
    g = np.random.default_rng(seed)
    source = Source(seed + 1000, r)
    speaker = Speaker(source.known, make_data_folder(throats, seed))
    voices: list[Audio] = []
    while True:
        if voices and r.random() < NOISE_SHARE:
            yield _noise_only(g, voices).astype(np.float32), []
            continue
        words, rates = source.words()
        variants = variant_names() if r.random() < RANDOM_VOICE_SHARE else TRAINING_VARIANTS
        accent = accents.choose(r) if r.random() < ACCENT_SHARE else ()
        spoken = speaker.say(words, r, variants, rates, accent)
        if spoken is None:
            continue
        audio, spans = to_telephone_rate(spoken, r.uniform(0.88, 1.14))
        if len(voices) < 40:
            voices.append(audio / augment.rms(audio))
        yield augment.telephone(audio, spans, g, voices)


def make_shard(path: Path, seed: int, count: int) -> None:
    """Write one shard: features (float16), labels, offsets."""
    throats = path.parent.parent / "voices" / str(seed)
    features: list[npt.NDArray[np.float16]] = []
    labels: list[npt.NDArray[np.uint8]] = []
    offsets = [0]
    for line, spans in itertools.islice(lines(seed, throats), count):
        frames = fbank(line)
        features.append(frames.astype(np.float16))
        labels.append(frame_labels(spans, len(frames)))
        offsets.append(offsets[-1] + len(frames))
    unfinished = path.with_suffix(".part.npz")
    np.savez(unfinished, features=np.concatenate(features), labels=np.concatenate(labels), offsets=np.array(offsets))
    unfinished.rename(path)
    shutil.rmtree(throats)


if __name__ == "__main__":
    make_shard(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
