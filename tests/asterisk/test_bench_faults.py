"""`ivr bench faults`, small: parts killed in mid-call; nobody in silence, no call without a record, nothing filed twice."""

from pathlib import Path

import pytest

from ivr.cli.bench_faults import measure
from ivr.cli.calls_bench.crowd import Plan
from ivr.cli.faults_bench.page import page
from ivr.settings import Settings
from tests.asterisk.pbx import NoAsterisk, required
from tests.running_house import need_rasa

pytestmark = [pytest.mark.rasa, pytest.mark.timeout(400)]
PROCESSES = ("mouth", "ear", "watchdog", "redis")


async def test_one_blow_to_each_part_leaves_nobody_in_silence_and_loses_nothing(
    tmp_path: Path,
) -> None:
    need_rasa()
    plan = Plan(3, ramp_seconds=6.0, hold_seconds=900.0)
    try:
        run = await measure(tmp_path, Settings(data_dir=tmp_path, _env_file=None), PROCESSES, plan, (1, 12123))
    except NoAsterisk as why:
        if required():
            pytest.fail(f"REQUIRE_ASTERISK=1, but no real Asterisk: {why}")
        pytest.skip(f"NO REAL ASTERISK, kills are not tested: {why}")
    print(run.text())
    assert run.processes == list(PROCESSES)
    assert all(len(each.struck) >= 2 and each.served_after is not None for each in run.rounds)
    assert run.lost == 0, run.text()
    assert "seed 12123" in page(run)
