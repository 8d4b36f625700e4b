"""Every scripted caller, over the real Rasa model, the real action server and the sandbox backend."""

import pytest

from tests.conversations.scripts import Script, play, read_scripts
from tests.running_rasa import RunningRasa

pytestmark = pytest.mark.rasa


@pytest.mark.parametrize("script", read_scripts(), ids=repr)
def test_a_caller_is_served(rasa: RunningRasa, script: Script) -> None:
    play(rasa, script)
