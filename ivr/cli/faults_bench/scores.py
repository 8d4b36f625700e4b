"""What a run of blows shows. Pure."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from ivr.cli.calls_bench.scores import share

LIMIT_SECONDS = 3.0
HOLD_LIMIT_SECONDS = 8.5
"""Who was told to wait hears something every 8 s."""


class Way(StrEnum):
    """How a caller got on after a blow."""

    WENT_ON = "went on"
    PBX = "PBX's words"
    """To a person, or a message to be called back."""
    CALLBACK = "callback"
    TOLD = "told to call again"
    LINE_DIED = "line died"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Struck:
    """One caller who was on the line at a blow."""

    number: str
    silent_after: str
    """The sentence of the service he had heard last when his longest silence began."""
    silence: float
    """The longest in which neither he nor the service made a sound, in seconds after the blow."""
    held: float
    """The longest of those after he had been told to wait."""
    way: Way


@dataclass(frozen=True, slots=True)
class Round:
    """One blow."""

    process: str
    at: float
    served_after: float | None
    """Seconds until a caller who had dialled after it was greeted; None: nobody was."""
    struck: Sequence[Struck]


@dataclass(frozen=True, slots=True)
class Kept:
    """What is found of a call afterwards."""

    record: bool
    """It has a beginning and an end in the database."""
    recording: bool
    """And its recording opens."""
    filed: Sequence[str]
    """Services of which something was submitted for this caller; each wants one thing."""


@dataclass(frozen=True, slots=True)
class Run:
    """One run."""

    seed: int
    texts: Mapping[str, str]
    """What is done, by process."""
    rounds: Sequence[Round]
    kept: Mapping[str, Kept] = field(repr=False)
    """By number, of every caller who was answered."""
    sent_twice: int
    """Requests that the backend has taken twice."""
    line_dies: frozenset[str] = frozenset()
    """Processes without which a caller has no line: his silence ends with his own network, and is not counted."""

    @property
    def processes(self) -> list[str]:
        """In the order in which they were struck."""
        return list(dict.fromkeys(each.process for each in self.rounds))

    def silences(self, process: str) -> list[float]:
        """Of every caller struck by it, in order of length."""
        return sorted(each.silence for each in self._struck(process))

    @property
    def lost(self) -> int:
        """Callers in silence, calls without a record, requests filed twice, callers with no way out."""
        rows = [self._losses(process) for process in self.processes]
        callers = sum(late + stuck for late, _, _, stuck in rows)
        calls = sum(not each.record or not each.recording for each in self.kept.values()) + sum(len(each.filed) > 1 for each in self.kept.values())
        return callers + calls + self.sent_twice

    def text(self) -> str:
        """The table."""
        head = (
            f"{'process':10} {'blows':>5} {'callers':>7}  {'silence p50':>11} {'p95':>5} {'max':>5}  {'>3 s':>4}  {'on hold':>7}"
            f"  {'no record':>9} {'no sound':>8} {'twice':>5} {'no way':>6}  {'served again':>12}"
        )
        lines = [f"seed {self.seed}; {len(self.kept)} calls answered", head, *(self._row(process) for process in self.processes)]
        every = list(self.kept.values())
        lines.append(
            f"all calls: without a record {sum(not each.record for each in every)}, without a recording "
            f"{sum(not each.recording for each in every)}, filed twice {sum(len(each.filed) > 1 for each in every)}, "
            f"sent to the backend twice {self.sent_twice}, filed {self._filed()}"
        )
        lines += [f"  {name:10} {self._ways(name)}" for name in self.processes]
        return "\n".join([*lines, *self._worst()])

    def _filed(self) -> str:
        """How many, and of which service."""
        by_service = Counter(service for each in self.kept.values() for service in each.filed)
        named = ", ".join(f"{service} {count}" for service, count in sorted(by_service.items()))
        return f"{by_service.total()} ({named})" if by_service else "0"

    def _row(self, process: str) -> str:
        silences, rounds = self.silences(process), [each for each in self.rounds if each.process == process]
        served = sorted(each.served_after for each in rounds if each.served_after is not None)
        late, unrecorded, twice, stuck = self._losses(process)
        held = max((each.held for each in self._struck(process)), default=0.0)
        mute = sum(not self.kept[each.number].recording for each in self._struck(process) if each.number in self.kept)
        again = f"{share(served, 0.5):.1f}/{served[-1]:.1f} s" if served else "-"
        return (
            f"{process:10} {len(rounds):5} {len(silences):7}  {share(silences, 0.5):11.2f} {share(silences, 0.95):5.2f} "
            f"{silences[-1] if silences else 0.0:5.2f}  {late:4}  {held:7.2f}  {unrecorded:9} {mute:8} {twice:5} {stuck:6}  {again:>12}"
        )

    def _losses(self, process: str) -> tuple[int, int, int, int]:
        struck = self._struck(process)
        dead = process in self.line_dies
        late = 0 if dead else sum(each.silence > LIMIT_SECONDS or each.held > HOLD_LIMIT_SECONDS for each in struck)
        kept = [self.kept[each.number] for each in struck if each.number in self.kept]
        stuck = 0 if dead else sum(each.way is Way.NONE for each in struck)
        return late, sum(not each.record for each in kept), sum(len(each.filed) > 1 for each in kept), stuck

    def _struck(self, process: str) -> list[Struck]:
        return [each for one in self.rounds if one.process == process for each in one.struck]

    def _ways(self, process: str) -> str:
        struck = self._struck(process)
        counted = {way: sum(each.way is way for each in struck) for way in Way}
        return ", ".join(f"{way.value} {count}" for way, count in counted.items() if count)

    def _worst(self) -> list[str]:
        """Whoever waited too long, and after which sentence."""
        return [
            f"  {one.process} {one.at:.1f}: {each.number[-4:]} after {each.silent_after or '-'}: silence {each.silence:.2f} s, "
            f"on hold {each.held:.2f} s, {each.way.value}"
            for one in self.rounds
            if one.process not in self.line_dies
            for each in one.struck
            if each.silence > LIMIT_SECONDS or each.held > HOLD_LIMIT_SECONDS or each.way is Way.NONE
        ]
