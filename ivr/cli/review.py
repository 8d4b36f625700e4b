"""`ivr review draw`: repeats a day's random sample from its recorded seed, or draws a day that was not drawn."""

import argparse
from datetime import date
from typing import Any

from ivr.bootstrap import reviewing_of
from ivr.settings import Settings
from ivr.storage.room import open_storage


def add_options(commands: Any) -> None:
    """Add the command to the command line."""
    review = commands.add_parser("review", help="the daily random sample of calls").add_subparsers(dest="what", required=True)
    again = review.add_parser("draw", help="repeat a day's draw from its seed and compare; 1 when they differ")
    again.add_argument("--day", required=True, type=date.fromisoformat, help="Chinese day, e.g. 2026-11-22")
    again.set_defaults(work=redraw)


async def redraw(settings: Settings, chosen: argparse.Namespace) -> int:
    """Draw again."""
    async with open_storage(settings) as storage:
        reviewing = reviewing_of(settings, storage)
        found = await reviewing.redraw(chosen.day)
        if found is None:
            made = await reviewing.draw_day(chosen.day, now=storage.clock())
            print(f"{chosen.day}: was not drawn; {made} calls are drawn now")
            return 0
    print(f"{chosen.day}: seed {found.seed}, {len(found.kept)} calls were drawn, the seed gives {len(found.again)} now")
    missing, added = found.again - found.kept, found.kept - found.again
    if not missing and not added:
        print("the same sample")
        return 0
    for word, calls in (("not drawn then", missing), ("not given by the seed now", added)):
        for call_id in sorted(calls):
            print(f"{word}: {call_id}")
    print("calls whose course changed after the draw (an owner's objection, a dispatcher's act) are always reviewed, and may differ")
    return 1
