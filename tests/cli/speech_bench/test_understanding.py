"""What the dialogue makes of what was heard: the real Rasa, asked as a call asks it."""

import pytest

from ivr.call.events import Heard
from ivr.cli.speech_bench.understanding import answer, dialogue
from ivr.dialogue.process import DEFAULT_PYTHON
from ivr.dialogue.replies import from_wire


def test_the_action_server_tells_the_intent_and_nothing_else():
    told = answer({"tracker": {"latest_message": {"text": "我要挪车", "intent": {"name": "move_car", "confidence": 0.8}}}})
    (reply,) = from_wire([{"custom": each["custom"]} for each in told["responses"]])
    assert told["events"] == []
    assert (reply.understood.intent, reply.understood.confidence) == ("move_car", 0.8)
    assert "挪车" not in str(told)


def test_a_message_without_an_intent_was_not_understood():
    (reply,) = from_wire(answer({"tracker": {"latest_message": {"intent": None}}})["responses"])
    assert reply.understood.intent == "nlu_fallback"


@pytest.mark.rasa
@pytest.mark.timeout(300)
async def test_guesses_reach_the_shipped_model_as_in_a_call():
    if not DEFAULT_PYTHON.exists():
        pytest.skip("NOT TESTED: no Rasa environment (.venv-rasa), run `make setup`")
    async with dialogue(DEFAULT_PYTHON) as understand:
        assert await understand(Heard(("我要挪车", "我要挪着"), 0.9, 1.0)) == "move_car"
        assert await understand(Heard(("今天吃了什么呀", "今天吃什么呀"), 0.9, 1.0)) is None
        assert await understand(Heard((), 0.0, 0.0)) is None
