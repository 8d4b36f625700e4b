import pytest

from ivr.speech.training.units import (
    PHONES,
    STATE_COUNT,
    STATES,
    TRANSITIONS,
    TRIPLES,
    phones_of,
    split_syllable,
)


@pytest.mark.parametrize(
    ("pinyin", "parts"),
    [
        ("zhuang4", ("zh", "uang")), ("si4", ("s", "ii")), ("shi4", ("sh", "iii")), ("yi1", ("", "i")), ("wu3", ("", "u")),
        ("yu2", ("", "v")), ("lv4", ("l", "v")), ("er4", ("", "er")), ("liu4", ("l", "iou")), ("hui4", ("h", "uei")),
    ],
)
def test_a_syllable_is_an_initial_and_a_final(pinyin, parts):
    assert split_syllable(pinyin) == parts


@pytest.mark.parametrize("sound", ["ng", "hm", "m"])
def test_a_sound_that_is_no_syllable_is_refused(sound):
    assert split_syllable(sound) is None
    assert phones_of(["ni3", sound]) is None


def test_phones_of_a_word_carry_their_place():
    assert phones_of(["nuo2", "che1"]) == ("n_B", "uo_I", "ch_I", "e_E")
    assert phones_of(["yi1"]) == ("yy_B", "i_E")


def test_every_phone_has_states_and_every_state_two_transitions():
    assert set(TRANSITIONS) == set(PHONES)
    ids = sorted(number for pairs in TRANSITIONS.values() for pair in pairs for number in pair)
    assert ids == list(range(1, 2 * len(TRIPLES) + 1))
    assert sorted(state for states in STATES.values() for state in states) == list(range(STATE_COUNT))


def test_a_forward_transition_is_even_and_its_loop_is_before_it():
    assert all(forward % 2 == 0 and loop == forward - 1 for pairs in TRANSITIONS.values() for forward, loop in pairs)
