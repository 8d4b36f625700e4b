"""`ivr bench calls`, small: real SIP calls through a real Asterisk into the whole house, all done, nothing lost."""

import pytest

from ivr.cli.bench_calls import measure
from ivr.cli.calls_bench.crowd import Plan
from ivr.cli.calls_bench.page import page
from ivr.settings import Settings
from tests.asterisk.pbx import NoAsterisk, required
from tests.running_house import need_rasa

pytestmark = [pytest.mark.rasa, pytest.mark.timeout(400)]


async def test_four_callers_at_once_have_their_cars_moved_and_no_frame_is_lost(tmp_path):
    need_rasa()
    try:
        run = await measure(tmp_path, Settings(data_dir=tmp_path, _env_file=None), Plan(4, ramp_seconds=12.0, hold_seconds=28.0))
    except NoAsterisk as why:
        if required():
            pytest.fail(f"REQUIRE_ASTERISK=1, but no real Asterisk: {why}")
        pytest.skip(f"NO REAL ASTERISK, concurrent calls are not tested: {why}")
    assert len(run.calls) >= 4
    assert [call for call in run.calls if not call.completed] == []
    assert run.owner_calls == len(run.calls)
    assert run.unanswered == 0
    assert run.sound.recordings == run.sound.calls == 2 * len(run.calls)
    assert run.sound.frames > 50 * 60 * len(run.calls)
    assert (run.sound.lost, run.sound.repeated, run.sound.down_lost) == (0, 0, 0)
    assert set(run.cpu) >= {"asterisk", "rasa", "backend", "callers", "machine", "house: MainThread", "house: ear"}
    assert all(run.stages.values())
    assert "4 calls at once" in page(run)
