"""Kills at random moments of real SIP calls, counted: who sat in silence, whose call left no record.

Three of each kind in CI; `KILLS=20 pytest tests/asterisk/test_kills.py` is the whole exercise. The moments
come from a seed, which is printed when something was lost.
"""

import asyncio
import os
import random
import signal
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.asterisk.door_process import (
    GREETING,
    DoorProcess,
    door_process,
    end_watchdog,
    watchdog_pid,
    watched,
)
from tests.asterisk.fallback_words import hears, words_begin
from tests.asterisk.pbx import Asterisk
from tests.asterisk.sip_phone import SipCall, SipPhone

ROUNDS = int(os.environ.get("KILLS", "3"))
LIMIT_SECONDS = 3.0
SEED = 12123

pytestmark = pytest.mark.timeout(60 + 40 * ROUNDS)


@dataclass
class Tally:
    silences: list[float] = field(default_factory=list)
    too_long: int = 0
    without_record: int = 0
    dropped: int = 0

    def heard_after(self, seconds: float) -> None:
        self.silences.append(seconds)
        self.too_long += seconds > LIMIT_SECONDS

    @property
    def lost(self) -> int:
        return self.too_long + self.without_record + self.dropped


async def hit(kind: str, door: DoorProcess, folder: Path) -> None:
    match kind:
        case "killed":
            await door.kill()
        case "frozen":
            door.freeze()
        case "watchdog":
            os.kill(watchdog_pid(folder), signal.SIGKILL)


async def one_round(
    kind: str, call: SipCall, door: DoorProcess, place: tuple[Asterisk, Path], tally: Tally
) -> None:
    asterisk, folder = place
    dog = watchdog_pid(folder)
    notes = set((asterisk.home / "spool/ivr").glob("*.call"))
    at = asyncio.get_running_loop().time()
    await hit(kind, door, folder)
    if kind == "watchdog":
        await watched(folder, not_by=dog)
        tally.dropped += call.over or hears(call, "interrupted")
        return
    try:
        tally.heard_after(await words_begin(call, "interrupted", within=10) - at)
    except TimeoutError:
        tally.too_long += 1
    await call.hang_up()
    await asterisk.quiet()
    new = set((asterisk.home / "spool/ivr").glob("*.call")) - notes
    tally.without_record += sum("ended" in note.read_text() for note in new) != 1


@pytest.mark.parametrize("kind", ["killed", "frozen", "watchdog"])
async def test_no_caller_sits_in_silence_and_no_call_is_without_a_note(
    asterisk: Asterisk, caller: SipPhone, tmp_path: Path, kind: str
) -> None:
    moments, tally = random.Random(f"{SEED}-{kind}"), Tally()
    for _ in range(ROUNDS):
        async with (
            door_process(asterisk, tmp_path) as door,
            caller.dial("12123", port=asterisk.sip_port) as call,
        ):
            async with asyncio.timeout(8):
                while GREETING[800:1600] not in b"".join(sound.data for sound in call.heard):
                    await call.wait(0.1)
            await call.wait(moments.uniform(0, 3))
            await one_round(kind, call, door, (asterisk, tmp_path), tally)
        end_watchdog(asterisk, tmp_path)
    print(f"{kind}: {ROUNDS} rounds, silences {[round(each, 2) for each in tally.silences]}, {tally}")
    assert tally.lost == 0, f"seed {SEED}: {tally}"
