"""`ivr bench speech`: how much of what callers enter by voice is understood, with any Vosk model."""

import argparse
import sys
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from ivr.cli.speech_bench.marks import CONDITIONS, SENTENCES, Mark
from ivr.cli.speech_bench.page import page
from ivr.cli.speech_bench.scores import BASELINE, Results, count, load, save, table
from ivr.dialogue.process import DEFAULT_PYTHON
from ivr.settings import Settings
from ivr.speech.vosk import VoskEar

if TYPE_CHECKING:
    from ivr.cli.speech_bench.recorded import Recorded
    from ivr.cli.speech_bench.understanding import Understand

NLU_DATA = Path(__file__).resolve().parents[2] / "nlu_data"
_SEED = 902
_NO_RASA = "NOT MEASURED: what the dialogue understands (no Rasa environment: run `make setup`)"


def add_options(bench: argparse.ArgumentParser) -> None:
    """Declare the options of the command."""
    bench.add_argument("--per-category", type=int, default=60, metavar="N", help="callers in each category (60)")
    bench.add_argument("--model", type=Path, metavar="DIR", help="a Vosk model folder; default: IVR_SPEECH_MODEL")
    bench.add_argument("--only", action="append", default=[], metavar="CATEGORY", help="measure this; may be repeated")
    bench.add_argument("--recordings", type=Path, metavar="DIR", help="judge recordings of real callers, listed in DIR/said.tsv")
    bench.add_argument("--seed", type=int, default=_SEED, metavar="N", help=f"other callers, other values ({_SEED})")
    bench.add_argument("--page", type=Path, metavar="FILE", help="write an HTML page with plots")
    bench.add_argument("--baseline", type=Path, default=BASELINE, metavar="FILE", help="compare with this measurement")
    bench.add_argument("--save-baseline", action="store_true", help="keep this measurement as the baseline")
    bench.add_argument("--show", type=int, default=0, metavar="N", help="show so many of what was not understood; of recordings that is what real callers said")


async def bench_speech(settings: Settings, chosen: argparse.Namespace) -> int:
    """Measure and print; 1 when nothing could be measured, 2 when what was given cannot be used."""
    # these read jieba's dictionary: not for every command
    from ivr.cli.speech_bench.measure import CATEGORIES
    from ivr.cli.speech_bench.recorded import recorded

    model: Path = chosen.model or settings.speech_model
    try:
        recordings = None if chosen.recordings is None else recorded(chosen.recordings, home=settings.home_plate)
        before = _before(chosen)
    except ValueError as error:
        print(f"ivr: {error}", file=sys.stderr)
        return 2
    began = time.process_time()
    ear = VoskEar(model)
    load_seconds = time.process_time() - began
    try:
        marks = await _marks(ear, chosen, _rasa(settings), recordings)
    except TimeoutError:
        print("ivr: Rasa did not answer in time: run `ivr doctor`", file=sys.stderr)
        return 1
    finally:
        ear.close()
    if not marks:
        print(f"ivr: nothing was measured: the categories are {', '.join(CATEGORIES)}", file=sys.stderr)
        return 1
    _tell(Results(model.name, chosen.per_category, load_seconds, count(marks)), before, marks, chosen)
    return 0


def _before(chosen: argparse.Namespace) -> Results | None:
    """The measurement to compare with; made-up callers are none for recordings."""
    if chosen.recordings is not None and chosen.baseline == BASELINE:
        if chosen.save_baseline:
            raise ValueError("a baseline of recordings is kept apart from that of made-up callers: give --baseline FILE")
        return None
    return load(chosen.baseline) if chosen.baseline.exists() else None


def _tell(results: Results, before: Results | None, marks: list[Mark], chosen: argparse.Namespace) -> None:
    recordings = None if chosen.recordings is None else f"recordings of {chosen.recordings}, as they are (clean: nothing was added)"
    if recordings is not None:
        print(recordings)
    print(table(results, before))
    for mark in [each for each in marks if not (each.right or each.plain_right)][: chosen.show]:
        print(f"{mark.category} {mark.noise_db or 'clean'}: {mark.truth} said {mark.said} heard {mark.heard}")
    if chosen.page:
        chosen.page.write_text(page(results, before, recordings=recordings), "utf-8")
        print(f"page: {chosen.page}")
    if chosen.save_baseline:
        save(results, chosen.baseline)
        print(f"baseline: {chosen.baseline}")


def _rasa(settings: Settings) -> Path | None:
    python = settings.rasa_python or DEFAULT_PYTHON
    return python if python.exists() else None


async def _marks(
    ear: VoskEar, chosen: argparse.Namespace, rasa: Path | None, recordings: "Sequence[Recorded] | None"
) -> list[Mark]:
    # these read jieba's dictionary: not for every command
    from ivr.cli.speech_bench.callers import Callers
    from ivr.cli.speech_bench.measure import cases, measure, measure_recorded

    wanted = frozenset(chosen.only)
    async with AsyncExitStack() as stack:
        if recordings is not None:
            listed = [each for each in recordings if not wanted or each.category in wanted]
            understand = await _dialogue(stack, rasa, any(each.category == SENTENCES and each.case.truth for each in listed))
            return await _counted(measure_recorded(ear, listed, understand), len(listed))
        everyone = list(cases(chosen.per_category, chosen.seed, NLU_DATA, wanted))
        understand = await _dialogue(stack, rasa, any(category == SENTENCES for category, _, _ in everyone))
        callers = stack.enter_context(Callers())
        return await _counted(measure(ear, callers, everyone, understand), len(everyone) * len(CONDITIONS))


async def _dialogue(stack: AsyncExitStack, rasa: Path | None, wanted: bool) -> "Understand | None":
    from ivr.cli.speech_bench.understanding import dialogue

    if not wanted:
        return None
    if rasa is None:
        print(_NO_RASA, file=sys.stderr)
        return None
    return await stack.enter_async_context(dialogue(rasa))


async def _counted(measured: AsyncIterator[Mark], total: int) -> list[Mark]:
    marks: list[Mark] = []
    async for mark in measured:
        marks.append(mark)
        if len(marks) % 50 == 0 and sys.stderr.isatty():
            print(f"\r{len(marks)} of about {total}", end="", file=sys.stderr, flush=True)
    if sys.stderr.isatty():
        print(file=sys.stderr)
    return marks
