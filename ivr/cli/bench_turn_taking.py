"""How turns are taken, without a line: seeded callers through the real voice detector, ear and listener.

Faster than real time: time is the audio's own. A caller speaks in pieces with pauses, over noise. Measured are
the silence after which his turn is taken (by what was expected), whether he was cut off in a pause, how soon his
words stop our speech, and how often a nod (嗯) or noise stops it.
"""

import random
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from ivr.call.barge_in import STARTLE_SECONDS
from ivr.call.hearing import PRE_ROLL_FRAMES
from ivr.call.listening import Ear, Listening, Verdict
from ivr.call.vad import FRAME_SECONDS, VoiceDetector
from ivr.dialogue.replies import Expect, ExpectKind
from ivr.speech.audio import SAMPLE_RATE_HZ, alaw_to_pcm, pcm_to_alaw
from ivr.speech.pyttsx import PyttsxSynthesizer
from ivr.speech.recognizer import Ear as SpeechEar
from ivr.speech.recognizer import Recognizer
from ivr.speech.silero import SileroVoices

VARIANTS = ("f2", "f4", "m2", "m5", "m7")
_FRAME_SAMPLES = int(FRAME_SECONDS * SAMPLE_RATE_HZ)
_CHUNK_FRAMES = 3
_LEAD_SECONDS, _TAIL_SECONDS = 0.6, 3.2
_SPEECH_LEVEL = 300.0
"""A frame of clean speech above this mean level is spoken; the end of the last one is the end of speech."""

Samples = npt.NDArray[np.int16]


@dataclass(frozen=True, slots=True)
class Piece:
    """Words spoken in one breath, and the silence after them."""

    text: str
    pause_seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Speech:
    """One turn of a caller."""

    kind: str
    expect: Expect
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of it."""

    kind: str
    cut_off: bool
    wait_seconds: float | None
    """From the end of his speech to the end of his turn; None: cut off, or never taken."""


@dataclass(frozen=True, slots=True)
class Interruption:
    """Speech or a sound while we speak."""

    kind: str
    stops: bool
    quiet_after_seconds: float | None
    """From its beginning until we held our breath or stopped."""
    delay_seconds: float | None
    """From its beginning until we stopped."""


@dataclass
class Report:
    """All that was measured."""

    turns: list[Taken] = field(default_factory=list)
    interruptions: list[Interruption] = field(default_factory=list)

    def text(self) -> str:
        """Two tables."""
        lines = [f"{'turns':<22}{'n':>5}{'cut off':>9}{'wait p50':>10}{'p95':>7}"]
        for kind in dict.fromkeys(turn.kind for turn in self.turns):
            mine = [turn for turn in self.turns if turn.kind == kind]
            waits = sorted(turn.wait_seconds for turn in mine if turn.wait_seconds is not None)
            cut = sum(turn.cut_off for turn in mine) / len(mine)
            lines.append(f"{kind:<22}{len(mine):>5}{cut:>9.1%}{_at(waits, 0.5):>10}{_at(waits, 0.95):>7}")
        lines.append(f"\n{'while we speak':<22}{'n':>5}{'quiet p50':>11}{'p95':>7}{'stops us':>10}{'after p50':>11}{'p95':>7}")
        for kind in dict.fromkeys(each.kind for each in self.interruptions):
            those = [each for each in self.interruptions if each.kind == kind]
            quiet = sorted(each.quiet_after_seconds for each in those if each.quiet_after_seconds is not None)
            delays = sorted(each.delay_seconds for each in those if each.delay_seconds is not None)
            stops = sum(each.stops for each in those) / len(those)
            lines.append(
                f"{kind:<22}{len(those):>5}{_at(quiet, 0.5):>11}{_at(quiet, 0.95):>7}{stops:>10.1%}"
                f"{_at(delays, 0.5):>11}{_at(delays, 0.95):>7}"
            )
        return "\n".join(lines)


def at_share(values: Sequence[float], share: float) -> float:
    """The value below which this share of the sorted values lies; at least one is needed."""
    return values[min(len(values) - 1, int(share * len(values)))]


def _at(values: Sequence[float], share: float) -> str:
    return f"{at_share(values, share):.2f} s" if values else "-"


def speeches(count: int, r: random.Random, sentences: Sequence[Sequence[str]] = ()) -> list[Speech]:
    """`count` turns of each kind, with the pauses people make.

    Of `sentences`, as words, some are said whole and others with a pause between any two words.
    """
    digits = "零一二三四五六七八九"

    def some(n: int) -> str:
        return "".join(r.choice(digits) for _ in range(n))

    def grouped(text: str, groups: Sequence[int], low: float, high: float) -> tuple[Piece, ...]:
        pieces, at = [], 0
        for size in groups:
            pieces.append(Piece(text[at : at + size], r.uniform(low, high)))
            at += size
        return tuple(pieces)

    made: list[Speech] = []
    for _ in range(count):
        made += [
            Speech("yes_no", Expect(kind=ExpectKind.YES_NO), (Piece(r.choice(("对", "对的", "是的", "好的", "不是", "不对", "没有"))),)),
            Speech("open, one breath", Expect(), (Piece(r.choice(_OPEN)),)),
            Speech("open, with a pause", Expect(), tuple(
                Piece(text, r.uniform(0.25, 0.6)) for text in r.choice(_BROKEN)
            )),
            Speech("code", Expect(kind=ExpectKind.SMS_CODE), grouped(some(6), (3, 3), 0.2, 0.7)),
            Speech("phone", Expect(kind=ExpectKind.PHONE), grouped(f"一三{some(9)}", (3, 4, 4), 0.3, 1.0)),
            Speech("identity", Expect(kind=ExpectKind.ID_NUMBER), grouped(_identity(r), (6, 4, 4, 4), 0.4, 1.4)),
            Speech("plate", Expect(kind=ExpectKind.PLATE), grouped(f"苏{r.choice('ABCEFG')}{some(5)}", (2, 3, 2), 0.15, 0.5)),
        ]
        if sentences:
            whole, broken = r.choice(sentences), r.choice([words for words in sentences if len(words) > 1])
            at = r.randrange(1, len(broken))
            parts = (Piece("".join(broken[:at]), r.uniform(0.25, 0.6)), Piece("".join(broken[at:])))
            made += [
                Speech("held out, one breath", Expect(), (Piece("".join(whole)),)),
                Speech("held out, pause within", Expect(), parts),
            ]
    return made


def _identity(r: random.Random) -> str:
    digits = f"320{r.randint(200, 999)}19{r.randint(50, 99)}{r.randint(1, 12):02}{r.randint(1, 28):02}{r.randint(0, 9999):04}"
    return "".join("零一二三四五六七八九"[int(each)] for each in digits)


_OPEN = (
    "有辆车把我家门口堵住了", "我要预约科目三考试", "行驶证丢了怎么补", "我想换驾驶证", "帮我查一下考试约上没有",
    "我要投诉", "请问补号牌多少钱", "在清扬路六十八号门口", "停在小区地下车库", "白色的小轿车",
)
_BROKEN = (
    ("我想问一下", "驾驶证到期了怎么换"), ("有辆车停在我家门口", "堵住了出不去"), ("我要约考试", "科目二"),
    ("你好", "我的行驶证丢了"), ("在人民路", "八十八号"),
)
_NODS = ("嗯", "啊", "哦")
_WORDS = ("不对", "等一下", "转人工", "不是这个", "车牌错了", "我要挪车")


class TurnTakingBench:
    """Speaks, listens and measures.

    Args:
        ear: the real recogniser.
        sentences: as words, that nothing in the service was made from.
        seed: of the callers.
    """

    def __init__(self, ear: SpeechEar, *, sentences: Sequence[Sequence[str]] = (), seed: int = 12123) -> None:
        self._ear = ear
        self._sentences = sentences
        self._voices = SileroVoices()
        self._r = random.Random(seed)  # noqa: S311
        self._g = np.random.default_rng(seed)

    async def run(self, per_kind: int, progress: Callable[[int, int], None] = lambda _done, _all: None) -> Report:
        """Measure `per_kind` turns of each kind, and as many sounds over our speech; `progress(done, all)`."""
        report = Report()
        made = speeches(per_kind, self._r, self._sentences)
        total = len(made) + 3 * per_kind
        voices = [PyttsxSynthesizer(variant=name, rate=self._r.randint(140, 190)) for name in VARIANTS]
        try:
            for done, speech in enumerate(made):
                report.turns.append(await self._turn(speech, self._r.choice(voices)))
                progress(done + 1, total)
            for kind, texts in (("words", _WORDS), ("nod (嗯)", _NODS), ("noise", ())):
                for _ in range(per_kind):
                    report.interruptions.append(await self._over_us(kind, texts, self._r.choice(voices)))
                    progress(len(made) + len(report.interruptions), total)
        finally:
            for voice in voices:
                await voice.close()
        return report

    async def _turn(self, speech: Speech, voice: PyttsxSynthesizer) -> Taken:
        samples, end = await self._spoken(speech.pieces, voice)
        line = self._line(samples)
        listening, recognizer = Listening(), self._ear.open()
        try:
            finished = await _listen(line, listening, recognizer, speech.expect, self._detector())
        finally:
            recognizer.close()
        if finished is None:
            return Taken(speech.kind, cut_off=False, wait_seconds=None)
        wait = finished - end
        return Taken(speech.kind, cut_off=wait < 0, wait_seconds=wait if wait >= 0 else None)

    async def _over_us(self, kind: str, texts: Sequence[str], voice: PyttsxSynthesizer) -> Interruption:
        if texts:
            samples, _ = await self._spoken((Piece(self._r.choice(texts)),), voice)
        else:
            samples = self._noise(self._r.uniform(0.1, 0.9))
        line = self._line(samples)
        listening, recognizer = Listening(), self._ear.open()
        try:
            quiet, at = await _interrupted(line, listening, recognizer, self._detector())
        finally:
            recognizer.close()
        quiet_after, after = (None if second is None else second - _LEAD_SECONDS for second in (quiet, at))
        return Interruption(kind, stops=at is not None, quiet_after_seconds=quiet_after, delay_seconds=after)

    def _detector(self) -> VoiceDetector:
        return VoiceDetector(self._voices.open())

    async def _spoken(self, pieces: Sequence[Piece], voice: PyttsxSynthesizer) -> tuple[Samples, float]:
        """Sound, and the second at which speech ends."""
        parts: list[Samples] = [np.zeros(int(_LEAD_SECONDS * SAMPLE_RATE_HZ), np.int16)]
        for piece in pieces:
            parts.append(np.frombuffer(await voice.say(piece.text), "<i2"))
            parts.append(np.zeros(int(piece.pause_seconds * SAMPLE_RATE_HZ), np.int16))
        samples = np.concatenate(parts)
        loud = np.abs(samples[: len(samples) // _FRAME_SAMPLES * _FRAME_SAMPLES].reshape(-1, _FRAME_SAMPLES).astype(float)).mean(1)
        return samples, float(np.nonzero(loud > _SPEECH_LEVEL)[0][-1] + 1) * FRAME_SECONDS

    def _noise(self, seconds: float) -> Samples:
        """A knock, a cough, a chair: a burst that fades."""
        count = int(seconds * SAMPLE_RATE_HZ)
        burst = self._g.standard_normal(count) * np.exp(-np.linspace(0, 4, count)) * self._r.uniform(1500, 6000)
        lead = np.zeros(int(_LEAD_SECONDS * SAMPLE_RATE_HZ), np.int16)
        return np.concatenate([lead, np.clip(burst, -32768, 32767).astype(np.int16)])

    def _line(self, samples: Samples) -> Samples:
        """A quiet line's noise, 18 to 40 dB below speech, through A-law; silence behind."""
        padded = np.concatenate([samples, np.zeros(int(_TAIL_SECONDS * SAMPLE_RATE_HZ), np.int16)]).astype(float)
        voiced = np.abs(padded) > _SPEECH_LEVEL
        level = float(np.sqrt(np.mean(padded[voiced] ** 2))) if voiced.any() else 1000.0
        padded += self._g.standard_normal(len(padded)) * level * 10 ** (-self._r.uniform(18, 40) / 20)
        pcm = np.clip(padded, -32768, 32767).astype("<i2")
        return np.frombuffer(alaw_to_pcm(pcm_to_alaw(pcm.tobytes())), "<i2")


async def _listen(
    line: Samples, listening: Listening, recognizer: Recognizer, expect: Expect, detector: VoiceDetector
) -> float | None:
    """Second at which the turn is taken; None: never."""
    async for now, verdict in _frames(line, listening, recognizer, expect, detector):
        if verdict is Verdict.FINISHED:
            return now
    return None


async def _interrupted(
    line: Samples, listening: Listening, recognizer: Recognizer, detector: VoiceDetector
) -> tuple[float | None, float | None]:
    """Seconds at which our speech falls quiet, and at which it is stopped; None: never."""
    quiet: float | None = None
    async for now, _ in _frames(line, listening, recognizer, Expect(), detector):
        if quiet is None and listening.ear is Ear.OPEN and listening.voiced_seconds >= STARTLE_SECONDS:
            quiet = now
        if listening.interrupts():
            return quiet, now
    return quiet, None


async def _frames(
    line: Samples, listening: Listening, recognizer: Recognizer, expect: Expect, detector: VoiceDetector
) -> AsyncIterator[tuple[float, Verdict]]:
    """Each frame as the call room takes it: (second, what it changed)."""
    frames = [line[at : at + _FRAME_SAMPLES].tobytes() for at in range(0, len(line) - _FRAME_SAMPLES + 1, _FRAME_SAMPLES)]
    waiting: list[bytes] = []
    for index, frame in enumerate(frames):
        verdict = listening.frame(FRAME_SECONDS, voiced=detector.process(frame), expect=expect)
        if verdict is Verdict.BEGAN:
            await recognizer.start()
            waiting = frames[max(0, index - PRE_ROLL_FRAMES + 1) : index]
        if listening.ear is Ear.OPEN:
            waiting.append(frame)
            if len(waiting) >= _CHUNK_FRAMES:
                listening.guess(await recognizer.accept(b"".join(waiting)) or listening.partial)
                waiting = []
        yield (index + 1) * FRAME_SECONDS, verdict
