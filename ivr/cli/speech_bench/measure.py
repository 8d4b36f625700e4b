"""Runs the measurement: every case in every noise, spoken, heard, read, counted."""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator
from concurrent.futures import Future
from pathlib import Path

from ivr.cli.speech_bench.callers import Callers, Line
from ivr.cli.speech_bench.cases import MAKERS, Case
from ivr.cli.speech_bench.ear import Taken, hear
from ivr.cli.speech_bench.marks import AFTER, CONDITIONS, INTENT, SENTENCES, Mark
from ivr.cli.speech_bench.readers import Outcome, guessed, offered, plate_turn, read
from ivr.cli.speech_bench.recorded import Recorded
from ivr.cli.speech_bench.understanding import YES, Understand
from ivr.dialogue.replies import Expect
from ivr.speech.audio import read_wav
from ivr.speech.edit_distance import distance
from ivr.speech.errors import AudioFormatUnsupported
from ivr.speech.recognizer import Ear
from ivr.speech.silero import SileroVoices
from ivr.speech.training.sentences import segment, written_examples

_SAME = str.maketrans({"幺": "一", "洞": "零", "叉": "X", "拐": "七", "勾": "九", "两": "二"})
_AHEAD = 12
_Heard = Callable[[bytes, Expect], Awaitable[Taken]]


CATEGORIES = (SENTENCES, *MAKERS)
"""What can be measured by itself."""


def cases(per_category: int, seed: int, nlu_data: Path, only: Iterable[str] = ()) -> Iterator[tuple[str, Case, int]]:
    """Give every case with its category and the seed of its voice."""
    wanted = frozenset(only)
    if SENTENCES in wanted or not wanted:
        held_out = written_examples(nlu_data, "heldout/*.yml")
        r = random.Random(seed)  # noqa: S311
        for intent, text in r.sample(held_out, min(2 * per_category, len(held_out))):
            yield SENTENCES, Case(tuple(segment(text)), intent, Expect()), r.randrange(2**31)
    for category, make in MAKERS.items():
        if wanted and category not in wanted:
            continue
        r = random.Random(f"{seed}{category}")  # noqa: S311
        for _ in range(per_category):
            case = make(r)
            yield category, case, r.randrange(2**31)


async def measure(
    ear: Ear, callers: Callers, all_cases: Iterable[tuple[str, Case, int]], understand: Understand | None = None
) -> AsyncIterator[Mark]:
    """Judge every case in every noise.

    What comes after the one question is a mark of its own, and so is what the dialogue understands, where there
    is one.
    """
    recognizer, voices = ear.open(), SileroVoices()  # one for all, as a call has one for all its turns

    async def heard(pcm: bytes, expect: Expect) -> Taken:
        return await hear(recognizer, pcm, expect, voices.open())

    try:
        for category, case, line, begun in _spoken(callers, all_cases):
            pcm = callers.result(line, begun)
            if not pcm:
                continue
            taken = await heard(pcm, case.expect)
            for mark in await _judged(category, case, line, taken, understand):
                yield mark
            if category == "plate":
                yield await _asked(heard, callers, case, line, taken)
    finally:
        recognizer.close()


async def measure_recorded(ear: Ear, recordings: Iterable[Recorded], understand: Understand | None = None) -> AsyncIterator[Mark]:
    """Judge recordings as they are; what would come after a question about a plate is in none.

    Raises:
        ivr.speech.errors.AudioFormatUnsupported: one is no WAV file of 16 bits; the text says which.
    """
    recognizer, voices = ear.open(), SileroVoices()
    try:
        for each in recordings:
            try:
                pcm = await asyncio.to_thread(read_wav, each.wav)
            except AudioFormatUnsupported as error:
                raise AudioFormatUnsupported(f"{error.actual} (line {each.line} of the list)") from None
            taken = await hear(recognizer, pcm, each.case.expect, voices.open())
            known = understand if each.case.truth else None
            for mark in await _judged(each.category, each.case, Line(each.case.words, 0), taken, known):
                yield mark
    finally:
        recognizer.close()


async def _judged(category: str, case: Case, line: Line, taken: Taken, understand: Understand | None) -> list[Mark]:
    """What one utterance was taken for, and what the dialogue makes of it or is offered without another word."""
    outcome = Outcome(None) if category == SENTENCES else read(category, case, taken.heard)
    marks = [_mark(category, line, case, taken, outcome)]
    if category == SENTENCES and understand is not None:
        intent = await understand(taken.heard)
        marks.append(_mark(INTENT, line, case, taken, Outcome(intent, unasked=intent == YES)))
    if category == "id":
        marks.append(_mark(AFTER[category], line, case, taken, offered(case, taken.heard)))
    return marks


def _spoken(callers: Callers, all_cases: Iterable[tuple[str, Case, int]]) -> Iterator[tuple[str, Case, Line, "Future[bytes]"]]:
    """Have the lines spoken a little ahead of the ear."""
    waiting: list[tuple[str, Case, Line, Future[bytes]]] = []
    for category, case, seed in all_cases:
        for noise_db in CONDITIONS:
            line = Line(case.words, seed, noise_db)
            waiting.append((category, case, line, callers.begin(line)))
            if len(waiting) > _AHEAD:
                yield waiting.pop(0)
    yield from waiting


async def _asked(heard: _Heard, callers: Callers, case: Case, line: Line, taken: Taken) -> Mark:
    turn = plate_turn(case, taken.heard, random.Random(line.seed))  # noqa: S311
    if turn is None:
        return _mark(AFTER["plate"], line, case, taken, read("plate", case, taken.heard))
    reply = Line(turn.words, line.seed + 2, line.noise_db)
    pcm = callers.result(reply, callers.begin(reply))
    again = await heard(pcm, turn.expect)
    settled = turn.settle(*guessed(again.heard, turn.expect))
    return _mark(AFTER["plate"], reply, case, again, Outcome(settled))


def _mark(category: str, line: Line, case: Case, taken: Taken, outcome: Outcome) -> Mark:
    said, plain = "".join(line.words).translate(_SAME), taken.plain.translate(_SAME)
    wrong = outcome.value is not None and outcome.value != case.truth
    return Mark(
        category=category, noise_db=line.noise_db, said=said, heard=plain, truth=case.truth,
        plain_right=plain == said, right=outcome.value == case.truth, wrong_unasked=wrong and outcome.unasked,
        wrong_taken=wrong, errors=int(distance(said, plain)), audio_seconds=taken.audio_seconds,
        cpu_seconds=taken.cpu_seconds,
    )
