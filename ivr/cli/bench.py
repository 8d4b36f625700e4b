"""`ivr bench`: measurements, never tests."""

import argparse
import asyncio
import shutil
import statistics
from dataclasses import replace

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
from ivr.cli.scenes import OWNER, SCENES
from ivr.cli.up import tell
from ivr.settings import Settings


async def bench_turns(settings: Settings, chosen: argparse.Namespace) -> int:
    """Place the demonstration's calls again and again, each from another number; p50 and p95 against the limits."""
    folder = settings.data_dir / "bench"
    await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)
    screen = Screen()
    async with open_house(
        settings.model_copy(update={"data_dir": folder}), tell=tell, watch=screen.line, clock=daytime_clock()
    ) as house:
        house.exchange.register(OWNER, owner_phone(house))
        again = [scene for scene in SCENES if not scene.id_number]  # a person applies once
        scenes = [replace(again[index % len(again)], number=f"1380001{index:04d}") for index in range(chosen.calls)]
        results = [await play(house, scene, screen) for scene in scenes]
        await report(house, results, screen.stages)
    latencies = sorted(x for r in results for x in r.outcome.latencies)
    if not latencies:
        print("no turn was measured")
        return 1
    p50, p95 = percentile(latencies, 0.5), percentile(latencies, 0.95)
    print(
        f"turns {len(latencies)}  p50 {p50:.2f} s ({p50 / P50_LIMIT_SECONDS:.0%} of the limit)  "
        f"p95 {p95:.2f} s ({p95 / P95_LIMIT_SECONDS:.0%} of the limit)  mean {statistics.mean(latencies):.2f} s"
    )
    return 0
