import pytest

from ivr.domain.plate_words import ALIKE_LETTERS, LETTER_NAMES, readings
from ivr.domain.plates import SERIAL_LETTERS


def _meant(text):
    return {one.chars: one for one in readings(text, 0)}


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("一", "1"),
        ("幺", "1"),
        ("要", "1"),
        ("勾", "9"),
        ("洞", "0"),
        ("比", "B"),
        ("叉", "X"),
        ("大不溜", "W"),
        ("艾克斯", "X"),
        ("三个八", "888"),
        ("双六", "66"),
        ("书", "苏"),
        ("江苏", "苏"),
        ("广西的桂", "桂"),
        ("北京的B", "B"),
        ("哥哥的哥", "G"),
        ("拐弯的拐", "7"),
        ("扑克牌那个圈", "Q"),
        ("学习的学", "学"),
        ("应急", "应急"),
    ],
)
def test_a_word_may_stand_for_a_character_of_a_plate(text, meant):
    assert meant in _meant(text)
    assert any(one.end == len(text) for one in readings(text, 0) if one.chars == meant)


@pytest.mark.parametrize("text", ["的", "了", "车", "我", "路"])
def test_common_words_stand_for_nothing(text):
    assert not [one for one in readings(text, 0) if one.cost < 1]


def test_what_is_written_exactly_costs_nothing():
    assert _meant("B")["B"].cost == 0
    assert _meant("八")["8"].cost == 0
    assert _meant("苏")["苏"].cost == 0


def test_both_provinces_of_one_sound_are_readings():
    assert {"桂", "贵"} <= set(_meant("鬼"))


def test_every_letter_has_a_word_to_tell_it_by():
    assert set(SERIAL_LETTERS) <= set(LETTER_NAMES)
    assert all(len(group) > 1 for group in ALIKE_LETTERS)
