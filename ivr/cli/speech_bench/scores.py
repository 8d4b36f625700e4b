"""Counts over utterances, how sure they are, and the comparison with a stored measurement. Pure."""

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from types import MappingProxyType

from ivr.cli.speech_bench.marks import INTENT, SENTENCES, Mark

BASELINE = Path(__file__).with_name("baseline.json")
"""The measurement that comes with the service."""
TARGETS: Mapping[str, tuple[float, float]] = MappingProxyType({
    "yes_no": (0.99, 0.95), "code": (0.98, 0.90), "id, offered": (0.98, 0.88), "plate": (0.88, 0.70),
    "plate, asked": (0.97, 0.90), INTENT: (0.95, 0.88),
})
"""Row -> share right that is aimed at: on a good line, at 10 dB."""
_Z = 1.96
_WIDTH = 14


@dataclass(frozen=True, slots=True)
class Score:
    """One category at one level of noise."""

    n: int = 0
    plain_right: int = 0
    """Vosk's best text, word for word (any word for a digit counts)."""
    right: int = 0
    """The value (of whole sentences the intent) the service takes is the one meant; words alone: like `plain_right`."""
    wrong_unasked: int = 0
    wrong_taken: int = 0
    errors: int = 0
    characters: int = 0
    audio_seconds: float = 0.0
    cpu_seconds: float = 0.0

    @property
    def cer(self) -> float:
        """Character error rate of Vosk's text, 0 to 1 and above."""
        return self.errors / max(1, self.characters)


@dataclass(frozen=True, slots=True)
class Results:
    """One measurement."""

    model: str
    per_category: int
    load_seconds: float
    scores: Mapping[str, Mapping[str, Score]]
    """Category -> noise (`clean`, `20 dB`, ...) -> score."""

    @property
    def real_time_factor(self) -> float:
        """CPU seconds of decoding for one second of audio."""
        every = [score for row in self.scores.values() for score in row.values()]
        return sum(s.cpu_seconds for s in every) / max(1e-9, sum(s.audio_seconds for s in every))


def noise_name(noise_db: float | None) -> str:
    """`clean`, `10 dB`."""
    return "clean" if noise_db is None else f"{noise_db:.0f} dB"


def add(score: Score, mark: Mark) -> Score:
    """Count one more utterance."""
    return Score(
        n=score.n + 1,
        plain_right=score.plain_right + mark.plain_right,
        right=score.right + (mark.plain_right if mark.category == SENTENCES else mark.right),
        wrong_unasked=score.wrong_unasked + mark.wrong_unasked,
        wrong_taken=score.wrong_taken + mark.wrong_taken,
        errors=score.errors + mark.errors,
        characters=score.characters + len(mark.said),
        audio_seconds=score.audio_seconds + mark.audio_seconds,
        cpu_seconds=score.cpu_seconds + mark.cpu_seconds,
    )


def count(marks: Iterable[Mark]) -> dict[str, dict[str, Score]]:
    """Category -> noise -> score, in the order in which they came."""
    scores: dict[str, dict[str, Score]] = {}
    for mark in marks:
        row, noise = scores.setdefault(mark.category, {}), noise_name(mark.noise_db)
        row[noise] = add(row.get(noise, Score()), mark)
    return scores


def wilson(right: int, n: int) -> tuple[float, float]:
    """Give the 95 % confidence interval of a share, 0 to 1."""
    if not n:
        return 0.0, 1.0
    share, z2 = right / n, _Z * _Z
    middle = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = _Z * math.sqrt(share * (1 - share) / n + z2 / (4 * n * n)) / (1 + z2 / n)
    return 0.0 if right == 0 else middle - half, 1.0 if right == n else middle + half


def changed(now: Score, before: Score | None) -> str:
    """Compare two shares: `better`, `worse`, or nothing where chance explains the difference."""
    if before is None or not before.n or not now.n:
        return ""
    pooled = (now.right + before.right) / (now.n + before.n)
    spread = math.sqrt(pooled * (1 - pooled) * (1 / now.n + 1 / before.n))
    apart = now.right / now.n - before.right / before.n
    if spread == 0 or abs(apart) < _Z * spread:
        return ""
    return "better" if apart > 0 else "worse"


def target(category: str, noise: str) -> float | None:
    """Give what is aimed at, 0 to 1."""
    aims = TARGETS.get(category)
    return None if aims is None else {"clean": aims[0], "10 dB": aims[1]}.get(noise)


def table(results: Results, before: Results | None) -> str:
    """Write the results as text, one line for each category and noise."""
    lines = [
        f"{'':{_WIDTH}}{'noise':>7}{'n':>6}{'plain':>8}{'entry':>8}{'95 %':>14}{'target':>8}{'before':>8}"
        f"{'wrong, no yes':>15}{'wrong':>7}{'CER':>7}"
    ]
    for category, row in results.scores.items():
        for noise, score in row.items():
            lines.append(_line(category, noise, score, _of(before, category, noise)))
    lines.append(
        f"decoding {results.real_time_factor:.3f} CPU seconds a second of audio; model {results.model} loads in "
        f"{results.load_seconds:.2f} s"
    )
    return "\n".join(lines)


def _line(category: str, noise: str, score: Score, before: Score | None) -> str:
    low, high = wilson(score.right, score.n)
    aim = target(category, noise)
    was = f"{100 * before.right / before.n:.1f}" if before and before.n else ""
    return (
        f"{category:{_WIDTH}}{noise:>7}{score.n:>6}{_percent(score.plain_right, score.n):>8}"
        f"{_percent(score.right, score.n):>8}{f'{100 * low:.1f}-{100 * high:.1f}':>14}"
        f"{f'{100 * aim:.0f}' if aim else '':>8}{was:>8}{score.wrong_unasked:>15}{score.wrong_taken:>7}"
        f"{100 * score.cer:>7.1f} {changed(score, before)}"
    ).rstrip()


def _percent(part: int, n: int) -> str:
    return f"{100 * part / n:.1f}" if n else ""


def _of(results: Results | None, category: str, noise: str) -> Score | None:
    return results.scores.get(category, {}).get(noise) if results else None


def save(results: Results, path: Path) -> None:
    """Write a measurement, to be compared with later ones.

    Raises:
        OSError: it cannot be written.
    """
    rounded = {
        category: {
            noise: asdict(replace(s, audio_seconds=round(s.audio_seconds, 1), cpu_seconds=round(s.cpu_seconds, 2)))
            for noise, s in row.items()
        }
        for category, row in results.scores.items()
    }
    kept = {"model": results.model, "per_category": results.per_category, "load_seconds": round(results.load_seconds, 2)}
    path.write_text(json.dumps({**kept, "scores": rounded}, ensure_ascii=False, indent=1) + "\n", "utf-8")


def load(path: Path) -> Results:
    """Read a measurement.

    Raises:
        OSError: there is none.
        ValueError: it is not one.
    """
    try:
        kept = json.loads(path.read_text("utf-8"))
        scores = {c: {noise: Score(**s) for noise, s in row.items()} for c, row in kept["scores"].items()}
        return Results(str(kept["model"]), int(kept["per_category"]), float(kept["load_seconds"]), scores)
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"{path} is no measurement of `ivr bench speech` ({type(error).__name__})") from None
