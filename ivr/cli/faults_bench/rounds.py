"""Strikes at random moments while people talk, and asks them afterwards what they heard."""

import asyncio
import random
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

from ivr.cli.calls_bench.crowd import Crowd
from ivr.cli.calls_bench.leg import Leg, Stage
from ivr.cli.calls_bench.part import StandBroken
from ivr.cli.faults_bench.blows import Blow
from ivr.cli.faults_bench.cast import PBX
from ivr.cli.faults_bench.scores import Round, Struck, Way
from ivr.cli.faults_bench.stand import Stand
from ivr.cli.faults_bench.witness import Witness

MOMENT_SECONDS = 4.0
"""A blow falls at random within so long after everybody talks."""
WATCH_SECONDS = 8.0
"""So long a caller is listened to after it, at least."""
_READY_SECONDS = 90.0
_LOOK_SECONDS = 0.1
_PROBE_SECONDS = 3.0
"""Who is not greeted for so long has not been served."""


@dataclass(frozen=True, slots=True)
class Fallen:
    """A blow that has fallen."""

    process: str
    at: float
    until: float
    served_after: float | None
    legs: Sequence[Leg]


class Rounds:
    """One blow after another.

    Args:
        stand: what is struck.
        crowd: who calls; runs in a thread of its own.
        lines: callers at once.
        moments: gives random moments.
        probe: a number and a person who only wants to be greeted, one after another.
        tell: takes a line of progress.
    """

    def __init__(
        self, stand: Stand, crowd: Crowd, lines: int, moments: random.Random,
        probe: Callable[[], tuple[str, Witness]], tell: Callable[[str], None],
    ) -> None:
        self._stand = stand
        self._crowd = crowd
        self._lines = lines
        self._moments = moments
        self._probe = probe
        self._tell = tell

    async def run(self, process: str, blow: Blow, count: int, *, end: float) -> list[Fallen]:
        """So many blows of one kind; fewer when time is up.

        Args:
            process: its name.
            blow: what is done to it.
            count: how often.
            end: monotonic seconds after which none falls.

        Raises:
            StandBroken: callers are not served again.
        """
        fallen: list[Fallen] = []
        for number in range(count):
            if time.monotonic() > end:
                break
            await self._until(self._talking, f"{process}: nobody is served after blow {number}")
            await asyncio.sleep(self._moments.uniform(0, MOMENT_SECONDS))
            fallen.append(await self._fall(process, blow))
            self._tell(f"{process} {number + 1} of {count}: {_briefly(fallen[-1])}")
        return fallen

    async def _fall(self, process: str, blow: Blow) -> Fallen:
        at = time.monotonic()
        legs = [leg for leg in self._crowd.placed if leg.stage is Stage.TALKING and _caller(leg)]
        await blow.strike(self._stand)
        await asyncio.sleep(blow.away_seconds)
        await blow.mend(self._stand)
        greeted = await self._probed(at)
        await asyncio.sleep(max(0.0, at + WATCH_SECONDS - time.monotonic()))
        if blow.line_dies:
            hang_up(legs)
        return Fallen(process, at, time.monotonic(), None if greeted is None else greeted - at, legs)

    async def _probed(self, since: float) -> float | None:
        """When somebody who began to call after a moment was first greeted; whoever is not, is followed by another."""
        end = time.monotonic() + _READY_SECONDS
        while time.monotonic() < end:
            number, witness = self._probe()
            self._crowd.extra.append((number, witness))
            with suppress(StandBroken):
                await self._until(lambda: self._greeted(since) is not None, "nobody is greeted", within=_PROBE_SECONDS)
            witness.gave_up = True
            if (at := self._greeted(since)) is not None:
                return at
        self._tell("nobody was served again")
        return None

    def _talking(self) -> bool:
        """Do enough people talk with the service?"""
        legs = [leg for leg in self._crowd.placed if leg.stage is Stage.TALKING and _caller(leg)]
        return sum(_witness(leg).greeted_at is not None for leg in legs) >= max(1, self._lines - 1)

    def _greeted(self, since: float) -> float | None:
        """When somebody who began to call after a moment was first greeted."""
        moments = [_witness(leg).greeted_at for leg in self._crowd.placed if leg.began_at > since]
        return min((at for at in moments if at is not None), default=None)

    async def _until(self, true: Callable[[], bool], otherwise: str, *, within: float = _READY_SECONDS) -> None:
        end = time.monotonic() + within
        while not true():
            if time.monotonic() > end:
                raise StandBroken(otherwise)
            await asyncio.sleep(_LOOK_SECONDS)


def _briefly(fallen: Fallen) -> str:
    struck = [_struck(leg, fallen, line_dies=False) for leg in fallen.legs]
    worst = max(struck, key=lambda each: each.silence, default=None)
    told = "" if worst is None else f"longest silence {worst.silence:.2f} s after {worst.silent_after or '-'}, "
    return f"{len(struck)} callers, {told}served again after {fallen.served_after or 0.0:.1f} s"


def seen(fallen: Fallen, *, line_dies: bool) -> Round:
    """Ask who was struck, once the calls are over."""
    struck = [_struck(leg, fallen, line_dies=line_dies) for leg in fallen.legs]
    return Round(fallen.process, fallen.at, fallen.served_after, struck)


def _struck(leg: Leg, fallen: Fallen, *, line_dies: bool) -> Struck:
    witness = _witness(leg)
    until = min(fallen.until, leg.ended_at or fallen.until)
    silences = witness.silences(fallen.at, until)
    longest = max((each for each in silences if not each.held), key=lambda each: each.seconds, default=None)
    return Struck(
        leg.address.number, "" if longest is None else witness.told_last(longest.began_at),
        max((each.seconds for each in silences if not each.held), default=0.0),
        max((each.seconds for each in silences if each.held), default=0.0),
        Way.LINE_DIED if line_dies else _way(leg, witness, fallen),
    )  # fmt: skip


def _way(leg: Leg, witness: Witness, fallen: Fallen) -> Way:
    told = witness.known_after(fallen.at)
    if any(name.startswith(PBX) for name in witness.known_after(leg.began_at)):
        return Way.PBX  # though he be with it since the blow before
    if told & {"callback_left", "last_resort"}:
        return Way.CALLBACK
    if told & {"callback_failed", "call_again_later"}:
        return Way.TOLD
    heard = any(at > fallen.at for at in witness.served)
    done = leg.ended_by == "service" or witness.left
    over = done and leg.ended_at is not None and leg.ended_at <= fallen.until
    return Way.WENT_ON if heard or over else Way.NONE


def _caller(leg: Leg) -> bool:
    """Does he want more than to be greeted?"""
    return bool(leg.person.manner.answers)


def _witness(leg: Leg) -> Witness:
    if not isinstance(leg.person, Witness):
        raise TypeError("a caller who remembers nothing")
    return leg.person


def hang_up(legs: Sequence[Leg]) -> None:
    """They have heard enough, or their own network has noticed that the line is dead."""
    for leg in legs:
        leg.person.gave_up = True
