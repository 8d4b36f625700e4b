"""What the mouth gets of `<slow>` and `<pause>`, and what everybody else reads."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.domain.pacing import LONGEST_PAUSE_SECONDS, Part, parts_of, slowly, unmarked

_PIECES = st.lists(st.sampled_from(("苏B，", "一二三", "。", "<slow>", "</slow>", "<pause 0.4>", "<pause 9>", "<b>", "3<5")), max_size=9)


def test_a_sentence_without_marks_is_one_part():
    assert parts_of("请说车牌。") == (Part("请说车牌。"),)
    assert parts_of("") == ()


def test_a_plate_is_slow_and_the_rest_is_not():
    parts = parts_of("<slow>苏B，一二三，四五</slow>，停在人民路，<pause 0.4>对吗？")
    assert parts == (Part("苏B，一二三，四五", slow=True), Part("，停在人民路，", pause_seconds=0.4), Part("对吗？"))


def test_pauses_add_up_to_what_a_caller_bears():
    assert parts_of("好。<pause 1.5><pause 1.5>请说") == (Part("好。", pause_seconds=LONGEST_PAUSE_SECONDS), Part("请说"))
    assert parts_of("<pause 1>请说") == (Part("请说"),), "nobody waits before the first word"


@pytest.mark.parametrize("text", ["<slo>苏B</slo>", "<pause>好", "<pause -1>好", "3<5"])
def test_what_is_no_mark_stays_text(text):
    assert unmarked(text) == text
    assert "".join(part.text for part in parts_of(text)) == text


def test_slowly_is_slow_from_end_to_end():
    assert parts_of(slowly("是<slow>苏B</slow>吗？<pause 0.3>请说")) == (Part("是苏B吗？", slow=True, pause_seconds=0.3), Part("请说", slow=True))


@given(_PIECES)
def test_no_word_is_lost_or_made_up(pieces):
    text = "".join(pieces)
    assert "".join(part.text for part in parts_of(text)) == unmarked(text)
    assert unmarked(slowly(text)) == unmarked(text)
