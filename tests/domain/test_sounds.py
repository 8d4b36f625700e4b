import pytest

from ivr.domain.sounds import apart, blurred, guesses, plain, sound, sounds, sounds_like


@pytest.mark.parametrize(
    ("heard", "wanted"),
    [("苏 B 一 二", "苏B一二"), ("苏b·１２", "苏B，12"), ("对，吗？", "对，吗，"), ("", "")],
)
def test_what_is_heard_is_brought_into_one_form(heard, wanted):
    assert plain(heard) == wanted


def test_a_character_has_its_toneless_sound():
    assert sounds("苏书嗯") == ("su", "shu", "en")
    assert sound("B") == "B"


@pytest.mark.parametrize(
    ("one", "other", "far"),
    [
        ("su", "su", 0.0),
        ("su", "shu", 0.5),
        ("jin", "jing", 0.5),
        ("ning", "ling", 0.5),
        ("hu", "fu", 0.5),
        ("su", "ba", 1.0),
    ],
)
def test_the_telephone_blurs_some_sounds(one, other, far):
    assert apart(one, other) == far
    assert (blurred(one) == blurred(other)) is (far < 1)


def test_words_of_like_sound_are_found():
    assert sounds_like("讲苏", "江苏")
    assert not sounds_like("江", "江苏")
    assert not sounds_like("白菜", "江苏")


def test_one_text_counts_as_one_guess():
    assert list(guesses("对")) == ["对"]
    assert list(guesses(["对", "不对"])) == ["对", "不对"]
