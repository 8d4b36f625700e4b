"""What a run of calls shows. Pure."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ivr.cli.calls_bench.caller import Turn

P95_LIMIT_SECONDS = 1.5
_DONE = frozenset({"ack_coming", "reminded", "follow_up"})
"""States of a case whose owner has answered that he comes."""
_KEYS = frozenset("0123456789*#")
_TOLD = "anything_else"
"""The sentence after the caller was told."""


@dataclass(frozen=True, slots=True)
class CallSeen:
    """One caller's call, from his side."""

    plate: str
    began_at: float
    answered_at: float | None
    ended_at: float | None
    ended_by: str
    """`service`, `gave_up`, `refused`."""
    turns: tuple[Turn, ...]
    understood: tuple[str, ...]
    case: tuple[str, str] | None
    """Plate and state of what he left in the database."""

    @property
    def held(self) -> bool:
        """Was it answered, and ended by nobody but the service, in its own time?"""
        return self.answered_at is not None and self.ended_by == "service"

    @property
    def completed(self) -> bool:
        """Was the car-move dialogue completed: his own plate, the owner's answer, the caller told, goodbye?"""
        right = self.case is not None and self.case[0] == self.plate and self.case[1] in _DONE
        return self.held and right and _TOLD in self.understood


@dataclass(frozen=True, slots=True)
class Sound:
    """What became of the frames."""

    frames: int
    """Checked by number in the recordings."""
    lost: int
    repeated: int
    filled_seconds: float
    """Silence put in because a caller's sound was late by more than 0.16 s."""
    down_packets: int
    """Sent to the callers and owners."""
    down_lost: int
    down_late: int
    recordings: int
    calls: int


@dataclass(frozen=True, slots=True)
class Run:
    """One run."""

    lines: int
    window: tuple[float, float]
    """In which all lines were taken."""
    calls: Sequence[CallSeen]
    owner_calls: int
    most_legs: int
    """Callers and owners on the line at once."""
    mean_legs: float
    """The same, on average over the window."""
    stages: Mapping[str, Sequence[float]]
    """Milliseconds, of every turn of the run."""
    cpu: Mapping[str, float]
    """Share of one core by part, in the window; `machine` of all cores."""
    sound: Sound
    slowest_beat_seconds: float
    """Of the crowd itself."""

    @property
    def waits(self) -> list[float]:
        """Turn latencies in the window, in order."""
        return sorted(waited for _, waited in self._answered())

    @property
    def waits_by_kind(self) -> dict[str, list[float]]:
        """The same by what the caller had said, the slowest kind first; all that was keyed in is one kind."""
        kinds: dict[str, list[float]] = {}
        for said, waited in self._answered():
            kinds.setdefault("keys" if said[:1] in _KEYS else said, []).append(waited)
        return dict(sorted(((kind, sorted(waits)) for kind, waits in kinds.items()), key=lambda each: -share(each[1], 0.95)))

    def _answered(self) -> list[tuple[str, float]]:
        first, last = self.window
        turns = [turn for call in self.calls for turn in call.turns if first <= turn.at <= last]
        return [(turn.said, turn.waited) for turn in turns if turn.waited is not None]

    @property
    def unanswered(self) -> int:
        """Turns after which the service said nothing."""
        return sum(turn.waited is None for call in self.calls for turn in call.turns)

    @property
    def holds(self) -> bool:
        """Does it hold: every dialogue completed, no frame lost, the answers in time?"""
        every = bool(self.calls) and all(call.completed for call in self.calls)
        return every and not self.sound.lost and bool(self.waits) and share(self.waits, 0.95) <= P95_LIMIT_SECONDS

    def text(self) -> str:
        """The table."""
        offered, held, done = len(self.calls), sum(call.held for call in self.calls), sum(call.completed for call in self.calls)
        waits, sound = self.waits, self.sound
        minutes = (self.window[1] - self.window[0]) / 60
        told = f"p50 {share(waits, 0.5):.2f} s  p95 {share(waits, 0.95):.2f} s  longest {waits[-1]:.2f} s" if waits else "no turn"
        lines = [
            f"{self.lines} callers at once for {minutes:.1f} min (with the owners {self.mean_legs:.1f} calls on average, {self.most_legs} at most): "
            f"{'holds' if self.holds else 'DOES NOT HOLD'}",
            f"calls         offered {offered}  held {held}  completed {done} ({done / max(1, offered):.1%})  owners rung {self.owner_calls}",
            f"turn latency  {told}  ({len(waits)} turns, {self.unanswered} without an answer)",
            "by sentence   " + "  ".join(f"{kind} {share(each, 0.5):.2f}/{share(each, 0.95):.2f} s" for kind, each in self.waits_by_kind.items()),
            "stages, ms    " + "  ".join(_stage(name, values) for name, values in self.stages.items() if values),
            f"frames up     {sound.frames} numbered frames checked in {sound.recordings} of {sound.calls} recordings: "
            f"lost {sound.lost}  repeated {sound.repeated}  late {sound.filled_seconds:.2f} s",
            f"frames down   {sound.down_packets} packets: lost {sound.down_lost}  late {sound.down_late}",
            f"crowd         {self.slowest_beat_seconds * 1000:.0f} ms late at most",
            "processor, % of a core (and of a call)",
        ]
        for part, cores in sorted(self.cpu.items(), key=lambda each: -each[1]):
            if cores >= 0.001:
                lines.append(f"  {part:24} {100 * cores:6.1f}  ({100 * cores / self.lines:.2f})")
        return "\n".join(lines)


def share(ordered: Sequence[float], part: float) -> float:
    """Nearest-rank percentile of values in order."""
    return ordered[max(0, math.ceil(part * len(ordered)) - 1)] if ordered else 0.0


def _stage(name: str, values: Sequence[float]) -> str:
    ordered = sorted(values)
    return f"{name} {share(ordered, 0.5):.0f}/{share(ordered, 0.95):.0f}"


def mean_at_once(spans: Sequence[tuple[float, float]], window: tuple[float, float]) -> float:
    """How many of them overlap on average in the window."""
    first, last = window
    return sum(max(0.0, min(end, last) - max(begin, first)) for begin, end in spans) / (last - first)


def most_at_once(spans: Sequence[tuple[float, float]]) -> int:
    """How many of them overlap at most."""
    moments = sorted([(first, 1) for first, _ in spans] + [(last, -1) for _, last in spans], key=lambda each: (each[0], each[1]))
    now = most = 0
    for _, step in moments:
        now += step
        most = max(most, now)
    return most
