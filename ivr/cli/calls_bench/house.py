"""The whole house as a child of the bench: `python -m ivr.cli.calls_bench.house`.

Settings come from the environment, as for `ivr up`; only the clock is another, so that owners may be rung
at any hour of the machine. Orders come in as lines, answers go out as lines of JSON: `sample` (processor
time by thread), `report` (stages of every turn, cases, what the recordings hold). Nobody's words go out.
"""

import asyncio
import json
import os
import sys
import threading
from collections.abc import Mapping
from typing import Any

import numpy as np
import uvloop

from ivr.call.ports import CallFacts, TranscriptLine
from ivr.cli.calls_bench import cpu
from ivr.cli.calls_bench.marks import Carried, carried
from ivr.cli.demo import daytime_clock
from ivr.cli.house import House, fixed_phrases, open_house
from ivr.redact import configure_logging
from ivr.settings import load_settings
from ivr.storage.errors import StorageError
from ivr.storage.recording_format import WAV_HEADER_BYTES

_FIRST_FRAMES = 25
"""Of a call: until then the line is being joined."""


class Stages:
    """Collects the stages of every turn, and which calls there were."""

    def __init__(self) -> None:
        self.stages: list[dict[str, float | None]] = []
        self.calls: dict[str, CallFacts] = {}
        self.ends: dict[str, str] = {}

    def line(self, facts: CallFacts, line: TranscriptLine) -> None:
        """One line of a transcript."""
        self.calls[facts.call_id] = facts
        timings = line.timings
        if timings is not None and timings.dialogue_ms is not None:
            self.stages.append(
                {"end_of_turn": timings.end_of_turn_ms, "recognize": timings.recognize_ms,
                 "dialogue": timings.dialogue_ms, "speak": timings.speak_ms}
            )  # fmt: skip


async def main() -> None:
    """Open the house and obey until the orders end."""
    settings = load_settings()
    configure_logging(settings.log_level)
    stages = Stages()
    orders = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(orders), sys.stdin)
    async with open_house(settings, tell=lambda _: None, watch=stages.line, clock=daytime_clock()) as house:
        _tell({"ready": True, "rasa": house.rasa.pid if house.rasa else None, "phrases": fixed_phrases()})
        while order := (await orders.readline()).decode().strip():
            if order == "sample":
                names = {each.native_id or 0: each.name for each in threading.enumerate()}
                _tell({"threads": cpu.of_threads(os.getpid(), names)})
            elif order == "report":
                _tell(await _report(house, stages))


def _tell(answer: Mapping[str, Any]) -> None:
    sys.stdout.write(json.dumps(answer, ensure_ascii=False) + "\n")
    sys.stdout.flush()


async def _report(house: House, stages: Stages) -> dict[str, Any]:
    incoming = [facts for facts in stages.calls.values() if facts.direction == "in"]
    cases = {facts.caller or "": await _case(house, facts) for facts in incoming}
    found = [await _carried(house, call_id) for call_id in stages.calls]
    return {
        "stages": stages.stages, "cases": cases, "calls": len(stages.calls), "recordings": sum(one is not None for one in found),
        "frames": sum(one.frames for one in found if one), "lost": [one.lost for one in found if one and one.lost],
        "repeated": sum(one.repeated for one in found if one),
        "filled_seconds": [round(one.filled_samples / 8000, 3) for one in found if one and one.filled_samples],
    }  # fmt: skip


async def _case(house: House, facts: CallFacts) -> tuple[str, str] | None:
    """Plate and state of what a caller left."""
    async with house.storage.reading() as uow:
        case = await uow.cases.of_call(facts.call_id)
    return None if case is None else (case.plate, case.state.value)


async def _carried(house: House, call_id: str) -> Carried | None:
    """What the recording of a call tells of its caller's frames."""
    try:
        wav = await house.storage.recordings.read_wav(call_id)
    except StorageError:
        return None
    stereo = np.frombuffer(wav[WAV_HEADER_BYTES:], "<i2").reshape(-1, 2)
    return await asyncio.to_thread(carried, np.ascontiguousarray(stereo[:, 0]), skip=_FIRST_FRAMES)


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main())
