"""Sentences as sounds: what a recogniser confuses is one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialogs.components.sounds import SOFT, counts, grams, soften, syllables


@pytest.mark.parametrize(
    ("heard", "meant"), [("我要约可二", "我要约科二"), ("航驶正", "行驶证"), ("那个挪车", "纳个挪车")]
)
def test_right_sounds_in_wrong_characters_share_most_grams(heard, meant):
    one, other = set(grams(syllables(heard), 2)), set(grams(syllables(meant), 2))
    assert len(one & other) >= 0.5 * len(one)


def test_letters_and_digits_stand_for_themselves_and_marks_are_left_out():
    assert syllables("换C1驾照，科2？") == ["huan", "c", "1", "jia", "zhao", "ke", "2"]
    assert syllables("……！") == []


@pytest.mark.parametrize(
    ("one", "other"), [("zhang", "zan"), ("shi", "si"), ("lan", "nan"), ("hui", "fui"), ("jing", "jin"), ("ren", "leng")]
)
def test_what_accents_do_not_keep_apart_softens_to_one(one, other):
    assert soften(one) == soften(other)


def test_different_sounds_stay_different():
    assert len({soften(each) for each in ("ke", "yi", "er", "san", "si", "bu", "huan", "nuo")}) == 8


def test_the_ends_of_a_sentence_are_marked_in_both_lines():
    assert set(grams(["ke", "shi"], 2)) == {
        "^", "ke", "shi", "$", "^ ke", "ke shi", "shi $", SOFT + "ke", SOFT + "si",
        f"^ {SOFT}ke", f"{SOFT}ke {SOFT}si", f"{SOFT}si $",
    }  # fmt: skip


@given(st.lists(st.text("我要约科一二三考试挪车", min_size=1, max_size=8), min_size=1, max_size=4))
def test_readings_are_averaged_by_their_share(texts):
    shares = [1 / len(texts)] * len(texts)
    total = counts(list(zip(texts, shares, strict=True)), 2)
    assert total["^"] == pytest.approx(2.0), "one in each of the two lines"
    for gram, count in counts([(texts[0], 1.0)], 2).items():
        assert total[gram] >= count / len(texts) - 1e-9


def test_a_syllable_that_only_one_guess_has_counts_as_much_as_that_guess():
    total = counts([("科二", 0.7), ("科三", 0.3)], 1)
    assert (total["ke"], total["er"], total["san"]) == (1.0, 0.7, 0.3)
