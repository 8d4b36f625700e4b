"""`ivr bench speech`: how much of what callers enter by voice is understood, with any Vosk model."""

import argparse
import sys
import time
from contextlib import AsyncExitStack
from pathlib import Path

from ivr.cli.speech_bench.marks import CONDITIONS, SENTENCES, Mark
from ivr.cli.speech_bench.page import page
from ivr.cli.speech_bench.scores import BASELINE, Results, count, load, save, table
from ivr.dialogue.process import DEFAULT_PYTHON
from ivr.settings import Settings
from ivr.speech.vosk import VoskEar

NLU_DATA = Path(__file__).resolve().parents[2] / "nlu_data"
_SEED = 902
_NO_RASA = "NOT MEASURED: what the dialogue understands (no Rasa environment: run `make setup`)"


def add_options(bench: argparse.ArgumentParser) -> None:
    """Declare the options of the command."""
    bench.add_argument("--per-category", type=int, default=60, metavar="N", help="callers in each category (60)")
    bench.add_argument("--model", type=Path, metavar="DIR", help="a Vosk model folder; default: IVR_SPEECH_MODEL")
    bench.add_argument("--only", action="append", default=[], metavar="CATEGORY", help="measure this; may be repeated")
    bench.add_argument("--seed", type=int, default=_SEED, metavar="N", help=f"other callers, other values ({_SEED})")
    bench.add_argument("--page", type=Path, metavar="FILE", help="write an HTML page with plots")
    bench.add_argument("--baseline", type=Path, default=BASELINE, metavar="FILE", help="compare with this measurement")
    bench.add_argument("--save-baseline", action="store_true", help="keep this measurement as the baseline")
    bench.add_argument("--show", type=int, default=0, metavar="N", help="show so many of what was not understood")


async def bench_speech(settings: Settings, chosen: argparse.Namespace) -> int:
    """Measure and print; 1 when nothing could be measured."""
    model: Path = chosen.model or settings.speech_model
    try:
        before = load(chosen.baseline) if chosen.baseline.exists() else None
    except ValueError as error:
        print(f"ivr: {error}", file=sys.stderr)
        return 1
    began = time.process_time()
    ear = VoskEar(model)
    load_seconds = time.process_time() - began
    try:
        marks = await _marks(ear, chosen, _rasa(settings))
    except TimeoutError:
        print("ivr: Rasa did not answer in time: run `ivr doctor`", file=sys.stderr)
        return 1
    finally:
        ear.close()
    if not marks:
        # this reads jieba's dictionary: not for every command
        from ivr.cli.speech_bench.measure import CATEGORIES

        print(f"ivr: nothing was measured: the categories are {', '.join(CATEGORIES)}", file=sys.stderr)
        return 1
    results = Results(model.name, chosen.per_category, load_seconds, count(marks))
    print(table(results, before))
    for mark in [each for each in marks if not (each.right or each.plain_right)][: chosen.show]:
        print(f"{mark.category} {mark.noise_db or 'clean'}: {mark.truth} said {mark.said} heard {mark.heard}")
    if chosen.page:
        chosen.page.write_text(page(results, before), "utf-8")
        print(f"page: {chosen.page}")
    if chosen.save_baseline:
        save(results, chosen.baseline)
        print(f"baseline: {chosen.baseline}")
    return 0


def _rasa(settings: Settings) -> Path | None:
    python = settings.rasa_python or DEFAULT_PYTHON
    return python if python.exists() else None


async def _marks(ear: VoskEar, chosen: argparse.Namespace, rasa: Path | None) -> list[Mark]:
    # these read jieba's dictionary: not for every command
    from ivr.cli.speech_bench.callers import Callers
    from ivr.cli.speech_bench.measure import cases, measure
    from ivr.cli.speech_bench.understanding import dialogue

    marks: list[Mark] = []
    everyone = list(cases(chosen.per_category, chosen.seed, NLU_DATA, chosen.only))
    total = len(everyone) * len(CONDITIONS)
    async with AsyncExitStack() as stack:
        understand = None
        if any(category == SENTENCES for category, _, _ in everyone):
            if rasa is None:
                print(_NO_RASA, file=sys.stderr)
            else:
                understand = await stack.enter_async_context(dialogue(rasa))
        callers = stack.enter_context(Callers())
        async for mark in measure(ear, callers, everyone, understand):
            marks.append(mark)
            if len(marks) % 50 == 0 and sys.stderr.isatty():
                print(f"\r{len(marks)} of about {total}", end="", file=sys.stderr, flush=True)
    if sys.stderr.isatty():
        print(file=sys.stderr)
    return marks
