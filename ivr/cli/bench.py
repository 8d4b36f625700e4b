"""`ivr bench`: measurements, never tests."""

import argparse
import asyncio
import shutil
import statistics
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from ivr.cli.bench_speech import NLU_DATA
from ivr.cli.bench_turn_taking import TurnTakingBench
from ivr.cli.demo import (
    P50_LIMIT_SECONDS,
    P95_LIMIT_SECONDS,
    Screen,
    daytime_clock,
    owner_phone,
    percentile,
    play,
    report,
)
from ivr.cli.house import open_house
from ivr.cli.listened import KINDS
from ivr.cli.listened_page import CallHeard
from ivr.cli.listening import hear_call
from ivr.cli.scenes import OWNER, SCENES
from ivr.cli.turn_taking_page import page
from ivr.cli.up import tell
from ivr.settings import Settings
from ivr.speech.vosk import VoskEar


def add_turns_options(bench: argparse.ArgumentParser) -> None:
    """Declare the options of `ivr bench turns`."""
    bench.add_argument("--calls", type=int, default=5, help="calls in real audio (5)")
    bench.add_argument("--per-kind", type=int, default=25, help="made-up turns of each kind (25)")
    bench.add_argument("--page", type=Path, metavar="FILE", help="write an HTML page with plots")
    bench.set_defaults(work=bench_turns)


async def bench_turns(settings: Settings, chosen: argparse.Namespace) -> int:
    """Take turns with made-up callers, then place the demonstration's calls; p50 and p95 against the limits."""
    # Loads jieba, for which no other command should wait.
    from ivr.speech.training.sentences import segment, written_examples

    ear = VoskEar(settings.speech_model)
    try:
        sentences = [segment(text) for _, text in written_examples(NLU_DATA, "heldout/*.yml")]
        taken = await TurnTakingBench(ear, sentences=sentences).run(chosen.per_kind, _progress)
        print(f"\r{taken.text()}\n")
        measured, calls = await _bench_calls(settings, chosen, ear)
    finally:
        ear.close()
    if chosen.page is not None:
        chosen.page.write_text(page(taken, calls), "utf-8")
        print(f"page: {chosen.page}")
    return 0 if measured else 1


def _progress(done: int, total: int) -> None:
    if sys.stderr.isatty() or done % 50 == 0 or done == total:
        print(f"\rturns taken: {done} of {total} ", end="" if sys.stderr.isatty() else "\n", file=sys.stderr, flush=True)


async def _bench_calls(settings: Settings, chosen: argparse.Namespace, ear: VoskEar) -> tuple[bool, list[CallHeard]]:
    """Each call from another number, and every round on another day: an owner is rung three times a day at most.

    Returns:
        Whether turns were measured, and the recordings.
    """
    folder = settings.data_dir / "bench"
    await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)
    screen, today, days = Screen(), daytime_clock(), 0

    def clock() -> datetime:
        return today() + timedelta(days=days)

    async with open_house(
        settings.model_copy(update={"data_dir": folder}), tell=tell, watch=screen.line, clock=clock
    ) as house:
        house.exchange.register(OWNER, owner_phone(house))
        again = [scene for scene in SCENES if not scene.id_number]  # a person applies once
        scenes = [replace(again[index % len(again)], number=f"1380001{index:04d}") for index in range(chosen.calls)]
        results = []
        for index, scene in enumerate(scenes):
            days = index // len(again)
            results.append(await play(house, scene, screen))
        await report(house, results, screen.stages)
        recordings = house.storage.recordings
        heard = [await hear_call(each.scene.title, await recordings.read_wav(each.call_id), ear) for each in results]
    _tell_faults(heard)
    latencies = sorted(x for r in results for x in r.outcome.latencies)
    if not latencies:
        print("no turn was measured")
        return False, heard
    p50, p95 = percentile(latencies, 0.5), percentile(latencies, 0.95)
    print(
        f"turns {len(latencies)}  p50 {p50:.2f} s ({p50 / P50_LIMIT_SECONDS:.0%} of the limit)  "
        f"p95 {p95:.2f} s ({p95 / P95_LIMIT_SECONDS:.0%} of the limit)  mean {statistics.mean(latencies):.2f} s"
    )
    return True, heard


def _tell_faults(calls: Sequence[CallHeard]) -> None:
    kinds = {kind: sum(fault.kind == kind for call in calls for fault in call.listened.faults) for kind in KINDS}
    print(f"recordings listened to: {len(calls)}; " + ", ".join(f"{kind} {count}" for kind, count in kinds.items()))
