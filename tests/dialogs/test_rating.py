import pytest

from dialogs.actions.rating import hear_score
from dialogs.actions.said import Said


@pytest.mark.parametrize(
    ("text", "score"),
    [("非常满意", 1), ("满意", 2), ("一", 1), ("五", 5), ("不满意", 4), ("非常不满意", 5), ("还可以", 3), ("基本满意吧", 3), ("太差了", 5), ("嗯", None)],
)
def test_a_mark_is_heard(text: str, score: int | None) -> None:
    assert hear_score(Said("nlu_fallback", 0.4, (text,))) == score


@pytest.mark.parametrize(("keys", "score"), [("1", 1), ("5", 5), ("6", None), ("12", None), ("*", None)])
def test_a_mark_is_keyed(keys: str, score: int | None) -> None:
    assert hear_score(Said("dtmf", 1.0, keys=keys)) == score
