"""The table of blows: what counts as lost, and what does not."""

from dataclasses import replace

import pytest

from ivr.cli.faults_bench.page import page
from ivr.cli.faults_bench.scores import Kept, Round, Run, Struck, Way

GOOD = Struck("13700000001", "greeting", 1.2, 0.0, Way.WENT_ON)
RUN = Run(
    7, {"voice": "killed", "asterisk": "killed too"}, [Round("voice", 1.0, 20.5, [GOOD])], {GOOD.number: Kept(True, True, ["exam"])}, 0,
    frozenset({"asterisk"}),
)  # fmt: skip


def of(struck, process="voice"):
    return replace(RUN, rounds=[Round(process, 1.0, None, [struck])])


def test_a_good_run_loses_nothing():
    assert RUN.lost == 0
    assert RUN.silences("voice") == [1.2]
    assert "20.5/20.5 s" in RUN.text()
    assert "filed 1 (exam 1)" in RUN.text()


@pytest.mark.parametrize(
    "run",
    [
        of(replace(GOOD, silence=3.1)),
        of(replace(GOOD, held=8.6)),
        of(replace(GOOD, way=Way.NONE)),
        replace(RUN, kept={GOOD.number: Kept(False, False, ["exam"])}),
        replace(RUN, kept={GOOD.number: Kept(True, True, ["exam", "exam"])}),
        replace(RUN, sent_twice=1),
    ],
)
def test_silence_no_way_out_no_record_and_a_second_filing_are_losses(run):
    assert run.lost == 1


def test_a_caller_who_was_struck_by_none_counts_for_his_record_all_the_same():
    assert replace(RUN, kept={**RUN.kept, "13700000002": Kept(False, False, [])}).lost == 1


def test_where_the_line_itself_dies_only_record_and_filing_count():
    run = of(Struck(GOOD.number, "", 8.0, 0.0, Way.LINE_DIED), "asterisk")
    assert run.lost == 0
    assert replace(run, kept={GOOD.number: Kept(False, False, [])}).lost == 1


def test_whoever_waited_too_long_is_named_with_what_he_had_heard_last():
    assert "0001 after greeting: silence 3.10 s" in of(replace(GOOD, silence=3.1)).text()


def test_the_page_has_every_caller_and_what_was_done():
    told = page(RUN)
    assert "<li>voice: killed</li>" in told
    assert told.count('class="dot"') == 2
