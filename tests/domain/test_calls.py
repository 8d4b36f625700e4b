from datetime import UTC, datetime

from ivr.domain.calls import CallBegan, Direction, Speaker, StageTimings, TurnRecord

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


def test_the_time_of_a_turn_is_that_of_the_stages_it_went_through() -> None:
    assert StageTimings().total_ms == 0
    assert StageTimings(end_of_turn_ms=300.0, dialogue_ms=20.5).total_ms == 320.5


def test_no_number_key_or_word_is_shown_by_accident() -> None:
    call = CallBegan("c1", Direction.INBOUND, "12123", NOW, caller="13800001111")
    turn = TurnRecord("c1", 1, Speaker.CALLER, "清扬路", NOW, 1.0, keys="482913")
    assert "13800001111" not in repr(call)
    assert "清扬路" not in repr(turn)
    assert "482913" not in repr(turn)
