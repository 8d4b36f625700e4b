import pytest

from ivr.speech.training.lexicon import LETTERS, frequent_words, lexicon, pronounce


@pytest.mark.parametrize(
    ("word", "way"), [("挪车", ["nuo2", "che1"]), ("重新", ["chong2", "xin1"]), ("B", ["bi4"]), ("W", ["da2", "bu4", "liu1"]), ("绿", ["lv4"])]
)
def test_a_word_is_said(word, way):
    assert pronounce(word)[0] == way


def test_a_word_with_two_ways_has_both():
    assert ["hang2"] in pronounce("行")
    assert ["xing2"] in pronounce("行")


def test_every_letter_can_be_said():
    assert all(pronounce(letter) for letter in LETTERS)


def test_what_cannot_be_said_is_left_out():
    assert lexicon(["挪车", "嗯", "x"]).keys() == {"挪车", "嗯"}


def test_frequent_words_are_characters_and_words():
    found = frequent_words(10, 20)
    assert len(found) == 30
    assert "的" in found
