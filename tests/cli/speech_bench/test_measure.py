"""The measurement itself, on a handful of utterances with the shipped model and the real voice."""

import ctypes.util
import warnings
from pathlib import Path

import pytest

from ivr.cli.commands import parser
from ivr.cli.speech_bench.callers import Callers, Line, say
from ivr.cli.speech_bench.ear import hear
from ivr.cli.speech_bench.marks import CONDITIONS, INTENT, SENTENCES
from ivr.cli.speech_bench.measure import cases, measure
from ivr.cli.speech_bench.scores import count
from ivr.cli.speech_bench.understanding import YES
from ivr.dialogue.replies import Expect
from ivr.settings import Settings
from ivr.speech.audio import seconds_of
from ivr.speech.silero import SileroVoices
from ivr.speech.vosk import VoskEar

NLU_DATA = Path(__file__).resolve().parents[3] / "nlu_data"
MODEL = Settings.model_fields["speech_model"].default


@pytest.fixture(scope="module")
def ear():
    if ctypes.util.find_library("espeak-ng") is None or not (MODEL / "am" / "final.mdl").exists():
        warnings.warn(pytest.PytestWarning("NO VOICE OR SPEECH MODEL: the measurement is not tested"), stacklevel=1)
        pytest.skip("NO VOICE OR SPEECH MODEL")
    ear = VoskEar(MODEL)
    yield ear
    ear.close()


async def test_every_case_is_spoken_heard_and_judged(ear):
    with Callers() as callers:
        everyone = cases(1, 902, NLU_DATA, only=("yes_no", "code", "plate", "id", SENTENCES))
        marks = [mark async for mark in measure(ear, callers, everyone)]
    scores = count(marks)
    assert set(scores) == {SENTENCES, "yes_no", "code", "plate", "plate, asked", "id", "id, offered"}
    assert all(len(row) == len(CONDITIONS) for row in scores.values())
    assert all(mark.audio_seconds > 0.5 for mark in marks)
    entries = [mark for mark in marks if mark.category != SENTENCES and mark.noise_db is None]
    assert sum(mark.right for mark in entries) >= len(entries) - 2
    assert not any(mark.wrong_unasked for mark in marks)


async def test_what_the_dialogue_understands_is_a_row_of_its_own(ear):
    said = list(cases(1, 902, NLU_DATA, only=(SENTENCES,)))
    taken = iter([said[0][1].truth, None, YES, *[said[1][1].truth] * 3])
    guesses = []

    async def understand(heard):
        guesses.append(heard.texts)
        return next(taken)

    with Callers() as callers:
        marks = [mark async for mark in measure(ear, callers, said, understand)]
    rows = count(marks)
    assert set(rows) == {SENTENCES, INTENT}
    assert {noise: score.right for noise, score in rows[INTENT].items()} == {"clean": 2, "20 dB": 1, "10 dB": 1}
    assert rows[INTENT]["20 dB"].wrong_taken == 0, "what was not understood is asked again"
    assert (rows[INTENT]["10 dB"].wrong_taken, rows[INTENT]["10 dB"].wrong_unasked) == (1, 1), "a yes nobody gave"
    assert all(guesses)


async def test_silence_is_heard_as_nothing(ear):
    recognizer = ear.open()
    taken = await hear(recognizer, bytes(32000), Expect(), SileroVoices().open())
    recognizer.close()
    assert (taken.heard.texts, taken.plain) == ((), "")


def test_noise_is_louder_than_on_a_good_line(ear):
    line = Line(("一", "二", "三"), 3)
    clean, noisy = say(line), say(Line(line.words, line.seed, 10.0))
    assert abs(seconds_of(clean) - seconds_of(noisy)) < 0.1
    quiet = max(abs(int.from_bytes(clean[at : at + 2], "little", signed=True)) for at in range(0, 4000, 2))
    loud = max(abs(int.from_bytes(noisy[at : at + 2], "little", signed=True)) for at in range(0, 4000, 2))
    assert loud > 5 * quiet


def test_a_word_that_cannot_be_said_gives_no_audio(ear):
    assert say(Line(("?",), 1)) == b""


def test_the_command_has_its_options():
    chosen = parser().parse_args(["bench", "speech", "--per-category", "3", "--only", "plate", "--page", "p.html", "--seed", "7"])
    assert (chosen.per_category, chosen.only, chosen.page, chosen.seed) == (3, ["plate"], Path("p.html"), 7)
    assert chosen.baseline.name == "baseline.json"
    assert not chosen.save_baseline
