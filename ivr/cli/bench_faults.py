"""`ivr bench faults`: parts of a whole house killed at random moments of real SIP calls."""

import argparse
import asyncio
import itertools
import random
import shutil
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from ivr.cli.calls_bench.crowd import Crowd, Plan, in_thread
from ivr.cli.calls_bench.leg import Leg
from ivr.cli.calls_bench.part import StandBroken
from ivr.cli.calls_bench.pbx import CARRIER
from ivr.cli.calls_bench.voices import Voices
from ivr.cli.faults_bench.applicants import DRIVER_SAYS, LEARNER_SAYS, applicants
from ivr.cli.faults_bench.blows import BLOWS
from ivr.cli.faults_bench.cast import Cast, Troupe, number_of
from ivr.cli.faults_bench.codes import texted
from ivr.cli.faults_bench.findings import kept_of, sent_twice
from ivr.cli.faults_bench.page import page
from ivr.cli.faults_bench.rounds import Fallen, Rounds, hang_up, seen
from ivr.cli.faults_bench.scores import Run
from ivr.cli.faults_bench.stand import Stand, standing
from ivr.cli.faults_bench.witness import Witness
from ivr.cli.free_ports import HOST
from ivr.cli.house import fixed_phrases
from ivr.settings import Settings
from ivr.speech.vosk import VoskEar
from ivr.storage.room import open_storage

_CITIZENS = 30
_MOST_CALLERS = 5000
_APART_SECONDS = 4.0
_LONGEST_BLOW_SECONDS = 300.0
_KNOWN_SECONDS = 1.5
"""Who calls again knows the service by its first words."""
_RECOVERY_SECONDS = 100.0
"""The slowest of the house's own repairs looks every minute."""


def add_options(bench: argparse.ArgumentParser) -> None:
    """Declare the options."""
    names = [name for name in BLOWS if name != "nothing"]
    bench.add_argument("--process", default=",".join(names), help=f"which, with commas: nothing,{','.join(names)} (all)")
    bench.add_argument("--kills", type=int, default=20, help="of each (20)")
    bench.add_argument("--calls", type=int, default=4, help="callers at once (4)")
    bench.add_argument("--seed", type=int, default=12123, help="of the moments (12123)")
    bench.add_argument("--minutes", type=float, default=24 * 60.0, help="strike no longer than this (a day)")
    bench.add_argument("--page", type=Path, metavar="FILE", help="write an HTML page with plots")
    bench.set_defaults(work=bench_faults)


async def bench_faults(settings: Settings, chosen: argparse.Namespace) -> int:
    """Strike, ask and print; 0 when nothing was lost."""
    processes = chosen.process.split(",")
    if unknown := [name for name in processes if name not in BLOWS]:
        print(f"ivr: no such process: {', '.join(unknown)}; known: {', '.join(BLOWS)}", file=sys.stderr)
        return 2
    plan = Plan(chosen.calls, _APART_SECONDS * chosen.calls, 60 * chosen.minutes + _LONGEST_BLOW_SECONDS)
    run = await measure(settings.data_dir / "bench-faults", settings, processes, plan, (chosen.kills, chosen.seed))
    print(run.text())
    if chosen.page is not None:
        chosen.page.write_text(page(run), "utf-8")
        print(f"page: {chosen.page}")
    return 1 if run.lost else 0


async def measure(folder: Path, settings: Settings, processes: Sequence[str], plan: Plan, blows: tuple[int, int]) -> Run:
    """Put everything up, strike `blows[0]` times each at moments of seed `blows[1]`, and score what is found.

    Args:
        folder: where everything keeps its state, and what was rendered for the callers.
        settings: the speech model is taken from them.
        processes: what is struck.
        plan: how callers call; nothing is struck in its last minutes.
        blows: how often, and the seed.

    Raises:
        NoAsterisk: there is no Asterisk.
        StandBroken: something else does not run, or does not come back.
    """
    run_folder = (folder / "run").absolute()
    await asyncio.to_thread(shutil.rmtree, run_folder, ignore_errors=True)
    run_folder.mkdir(parents=True)
    ear = VoskEar(settings.speech_model)
    voices = Voices(folder / "voices", ear)
    try:
        troupe = await _troupe(voices)
        vehicles = [f"{each.plate},02,白,A,{each.owner}" for each in troupe.citizens]
        people = [each.row for each in troupe.applicants]
        async with standing(run_folder, calls=plan.lines, vehicles=vehicles, people=people) as stand:
            common = await voices.common(fixed_phrases(), run_folder / "house" / "phrases", early={"greeting": _KNOWN_SECONDS})
            await voices.close()
            async with open_storage(stand.settings) as storage, texted(storage) as codes:
                return await _strike(stand, plan, Cast(troupe, common, codes.of), processes, blows)
    finally:
        await voices.close()
        ear.close()


async def _troupe(voices: Voices) -> Troupe:
    """Render what everybody says.

    Raises:
        StandBroken: the ear does not get it even in silence.
    """
    citizens = await voices.citizens(_CITIZENS, lambda _done, _of: None)
    learner = await voices.said("learner", LEARNER_SAYS, lambda texts: "科目三" in texts[0])
    driver = await voices.said("driver", DRIVER_SAYS, lambda texts: "换证" in texts[0])
    if learner is None or driver is None:
        raise StandBroken("the ear does not understand what an applicant says: IVR_SPEECH_MODEL")
    return Troupe(citizens, applicants(_MOST_CALLERS // 2), (learner, driver))


async def _strike(stand: Stand, plan: Plan, cast: Cast, processes: Sequence[str], blows: tuple[int, int]) -> Run:
    count, seed = blows
    crowd = Crowd(
        CARRIER, stand.asterisk.carrier_port, (HOST, stand.asterisk.sip_port), cast.callers(_MOST_CALLERS),
        cast.owner,
    )  # fmt: skip
    thread = in_thread(crowd, plan, lambda: None, lambda: None)
    numbers = itertools.count(_MOST_CALLERS)

    def probe() -> tuple[str, Witness]:
        return number_of(next(numbers)), cast.prober()

    fallen: list[Fallen] = []
    end = time.monotonic() + plan.hold_seconds - _LONGEST_BLOW_SECONDS
    try:
        for process in processes:
            moments = random.Random(f"{seed}-{process}")  # noqa: S311 - moments that can be had again, no secret
            fallen += await Rounds(stand, crowd, plan.lines, moments, probe, _tell).run(process, BLOWS[process], count, end=end)
    finally:
        crowd.enough = True
        hang_up(crowd.placed)
    await asyncio.to_thread(thread.join)
    answered = {leg.address.number: _was_served(leg) for leg in crowd.placed if leg.answered_at is not None}
    kept = await kept_of(stand, answered, within=_RECOVERY_SECONDS)
    texts = {name: blow.text for name, blow in BLOWS.items()}
    rounds = [seen(each, line_dies=BLOWS[each.process].line_dies) for each in fallen]
    dying = frozenset(name for name in processes if BLOWS[name].line_dies)
    return Run(seed, texts, rounds, kept, await asyncio.to_thread(sent_twice, stand), dying)


def _was_served(leg: Leg) -> bool:
    """Did he hear a word?"""
    return isinstance(leg.person, Witness) and bool(leg.person.served)


def _tell(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
