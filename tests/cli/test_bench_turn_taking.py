"""The bench of turn-taking takes real turns: a few of each kind, on the shipped ear."""

from ivr.cli.bench_turn_taking import Interruption, Report, Taken, TurnTakingBench
from ivr.cli.turn_taking_page import page
from ivr.settings import Settings
from ivr.speech.vosk import VoskEar


async def test_every_kind_of_turn_is_taken_after_its_speech_and_told() -> None:
    ear = VoskEar(Settings().speech_model)
    seen: list[tuple[int, int]] = []
    try:
        bench = TurnTakingBench(ear, sentences=[("我", "要", "挪车")])
        report = await bench.run(1, lambda done, total: seen.append((done, total)))
    finally:
        ear.close()
    assert seen[-1] == (12, 12)
    kinds = {turn.kind: turn for turn in report.turns}
    assert set(kinds) == {
        "yes_no", "open, one breath", "open, with a pause", "code", "phone", "identity", "plate", "held out, one breath",
        "held out, pause within",
    }
    for kind in ("yes_no", "code", "phone", "identity", "plate"):
        wait = kinds[kind].wait_seconds
        assert wait is not None, f"{kind} was cut off or never taken"
        assert 0.1 < wait < 2.5
    assert [each.kind for each in report.interruptions] == ["words", "nod (嗯)", "noise"]


def test_the_report_counts_what_was_cut_off_apart_from_what_was_waited() -> None:
    turns = [Taken("code", False, 0.2), Taken("code", False, 0.4), Taken("code", True, None)]
    text = Report(turns, [Interruption("noise", False, 0.12, None)]).text()
    assert "code                      3    33.3%    0.40 s 0.40 s" in text
    assert "noise                     1     0.12 s 0.12 s      0.0%          -      -" in text


def test_the_page_shows_every_turn_and_stands_alone() -> None:
    turns = [Taken("code", False, 0.2), Taken("code", False, 0.4), Taken("code", True, None)]
    told = page(Report(turns, [Interruption("words", True, 0.12, 0.4), Interruption("noise", False, None, None)]))
    assert told.count("<circle") == 3
    assert "cut off 1 of 3" in told
    assert "stopped by 0 of 1" in told
    assert "http" not in told
