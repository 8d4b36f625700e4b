"""`ivr bench calls`: concurrent real SIP calls through a real Asterisk into the whole house."""

import argparse
import asyncio
import shutil
import sys
import time
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from ivr.cli.calls_bench.caller import Person
from ivr.cli.calls_bench.crowd import Crowd, Plan, in_thread
from ivr.cli.calls_bench.leg import Leg
from ivr.cli.calls_bench.page import page
from ivr.cli.calls_bench.pbx import CARRIER
from ivr.cli.calls_bench.scores import CallSeen, Run, Sound, mean_at_once, most_at_once
from ivr.cli.calls_bench.stand import Stand, standing
from ivr.cli.calls_bench.voices import Citizen, Common, Voices, manner_of, owner_manner, thinking
from ivr.cli.free_ports import HOST
from ivr.settings import Settings
from ivr.speech.vosk import VoskEar

_CALL_SECONDS = 35.0
"""A call is hardly shorter: so many calls fit into the time."""


def add_options(bench: argparse.ArgumentParser) -> None:
    """Declare the options."""
    bench.add_argument("--calls", type=int, default=10, help="callers at once (10)")
    bench.add_argument("--minutes", type=float, default=1.0, help="how long all lines are taken (1)")
    bench.add_argument("--ramp", type=float, default=60.0, help="seconds in which the first callers come (60)")
    bench.add_argument("--page", type=Path, metavar="FILE", help="write an HTML page with plots")
    bench.set_defaults(work=bench_calls)


async def bench_calls(settings: Settings, chosen: argparse.Namespace) -> int:
    """Measure and print; 0 when it holds."""
    folder = settings.data_dir / "bench-calls"
    run = await measure(folder, settings, Plan(chosen.calls, chosen.ramp, 60 * chosen.minutes))
    print(run.text())
    if chosen.page is not None:
        chosen.page.write_text(page(run), "utf-8")
        print(f"page: {chosen.page}")
    return 0 if run.holds else 1


async def measure(folder: Path, settings: Settings, plan: Plan) -> Run:
    """Put everything up, let the crowd call, and score what is found.

    Raises:
        NoAsterisk: there is no Asterisk.
        StandBroken: something else does not run.
    """
    run_folder = (folder / "run").absolute()
    await asyncio.to_thread(shutil.rmtree, run_folder, ignore_errors=True)
    run_folder.mkdir(parents=True)
    ear = VoskEar(settings.speech_model)
    voices = Voices(folder / "voices", ear)
    try:
        wanted = plan.lines + int(plan.lines * (plan.ramp_seconds + plan.hold_seconds) / _CALL_SECONDS) + 1
        citizens = await voices.citizens(wanted, _progress)
        vehicles = [f"{each.plate},02,白,A,{each.owner}" for each in citizens]
        async with standing(run_folder, calls=plan.lines, vehicles=vehicles, settings={}) as stand:
            common = await voices.common(stand.phrases, run_folder / "house" / "phrases")
            await voices.close()
            return await _call(stand, plan, citizens, common)
    finally:
        await voices.close()
        ear.close()


async def _call(stand: Stand, plan: Plan, citizens: Sequence[Citizen], common: Common) -> Run:
    owners = {each.owner for each in citizens}
    crowd = Crowd(
        CARRIER, stand.asterisk.carrier_port, (HOST, stand.asterisk.sip_port),
        [(each.number, _caller(each, common, index)) for index, each in enumerate(citizens)],
        lambda number: Person(owner_manner(common)) if number in owners else None,
    )  # fmt: skip
    loop, began, held = asyncio.get_running_loop(), asyncio.Event(), asyncio.Event()
    thread = in_thread(crowd, plan, partial(loop.call_soon_threadsafe, began.set), partial(loop.call_soon_threadsafe, held.set))
    await began.wait()
    first, before = time.monotonic(), await stand.processor_seconds()
    before["callers"] = time.process_time()
    await held.wait()
    last, after = time.monotonic(), await stand.processor_seconds()
    after["callers"] = time.process_time()
    await asyncio.to_thread(thread.join)
    report = await stand.ask("report")
    used = {name: (after[name] - before.get(name, 0.0)) / (last - first) for name in after}
    used["machine"] = used["machine"] / (used.pop("machine in all") or 1.0)
    return _scored(plan, crowd, citizens, (first, last), used, report)


def _caller(citizen: Citizen, common: Common, index: int) -> Any:
    return lambda: Person(manner_of(citizen, common), thinking(index))


def _scored(
    plan: Plan, crowd: Crowd, citizens: Sequence[Citizen], window: tuple[float, float], used: Mapping[str, float],
    report: Mapping[str, Any],
) -> Run:  # fmt: skip
    plates = {each.number: each.plate for each in citizens}
    legs = [*crowd.placed, *crowd.rung]
    names = ("end_of_turn", "recognize", "dialogue", "speak")
    stages = {name: [each[name] for each in report["stages"] if each[name] is not None] for name in names}
    sound = Sound(
        report["frames"], sum(report["lost"]), report["repeated"], sum(report["filled_seconds"]),
        sum(leg.stream.packets for leg in legs), sum(leg.stream.lost for leg in legs), sum(leg.stream.late for leg in legs),
        report["recordings"], report["calls"],
    )  # fmt: skip
    calls = [_seen(leg, plates[leg.address.number], report["cases"].get(leg.address.number)) for leg in crowd.placed]
    spans = [(leg.answered_at, leg.ended_at) for leg in legs if leg.answered_at is not None and leg.ended_at is not None]
    return Run(
        plan.lines, window, calls, len(crowd.rung), most_at_once(spans), mean_at_once(spans, window), stages, used, sound,
        crowd.slowest_beat_seconds,
    )  # fmt: skip


def _seen(leg: Leg, plate: str, case: Any) -> CallSeen:
    person = leg.person
    return CallSeen(
        plate, leg.began_at, leg.answered_at, leg.ended_at, leg.ended_by, tuple(person.turns), tuple(person.understood),
        None if case is None else (case[0], case[1]),
    )  # fmt: skip


def _progress(done: int, total: int) -> None:
    if done % 50 == 0 or done == total:
        print(f"callers ready: {done} of {total}", file=sys.stderr, flush=True)
