"""How often a caller who says nothing is helped, and what comes then."""

import pytest

from ivr.call import announcements as words
from ivr.call.commands import Utter
from ivr.call.ladder import Ladder
from ivr.dialogue.replies import Expect, ExpectKind

PROMPT = (Utter("车停在什么地方？"),)


@pytest.mark.parametrize("retries", [0, 1, 2, 4])
def test_who_stays_silent_is_asked_again_as_often_as_the_dialogue_says(retries: int) -> None:
    ladder, expect = Ladder(), Expect(retries_left=retries)
    helped = [ladder.silent(PROMPT, expect).gives_up for _ in range(retries + 1)]
    assert helped == [None] * retries + ["no_input"]


def test_silence_where_keys_are_wanted_is_not_called_speechless() -> None:
    sealed = Expect(kind=ExpectKind.SMS_CODE, sensitive=True)
    assert Ladder().silent(PROMPT, sealed).sentences == (words.DID_NOT_GET, *PROMPT)
    assert Ladder().silent(PROMPT, Expect()).sentences == (words.DID_NOT_HEAR, *PROMPT)


def test_the_second_time_an_example_is_given() -> None:
    ladder, expect = Ladder(), Expect(kind=ExpectKind.PLACE, example="比如说：人民路口。")
    ladder.silent(PROMPT, expect)
    assert Utter("比如说：人民路口。") in ladder.silent(PROMPT, expect).sentences
    ladder.understood()
    assert ladder.silent(PROMPT, expect).sentences == (words.DID_NOT_HEAR, *PROMPT)
