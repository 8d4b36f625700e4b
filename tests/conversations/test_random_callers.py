"""Random callers over the real model: nothing is submitted that was not read back and confirmed."""

import logging
import os

import pytest

from tests.conversations.random_callers import Found, call
from tests.conversations.scripts import read_scripts
from tests.running_rasa import RunningRasa

pytestmark = [pytest.mark.rasa, pytest.mark.timeout(1800)]
CALLERS = int(os.environ.get("RANDOM_CALLERS", "40"))


def test_no_random_caller_gets_something_he_did_not_confirm(rasa: RunningRasa, caplog: pytest.LogCaptureFixture) -> None:
    found, scripts = Found(), read_scripts()
    with caplog.at_level(logging.ERROR):
        for seed in range(CALLERS):
            if seed % 4 == 0:
                rasa.run(rasa.site.reset())
            call(rasa, seed, scripts, found)
    print(f"\n{found.calls} callers, {found.turns} turns, {found.submitted} submissions")
    print(*found.wrong, *found.broken, sep="\n")
    assert found.wrong == []
    assert found.broken == []
    assert [record.getMessage() for record in caplog.records if "failed" in record.getMessage()] == []
    assert found.submitted > 0
