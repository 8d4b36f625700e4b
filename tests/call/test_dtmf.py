"""When is an entry by keys complete?"""

import pytest

from ivr.call.dtmf import KeyEntry, asks_for_human, rule_for
from ivr.dialogue.replies import Expect, ExpectKind


def press_all(keys, expect):
    """The keys of an entry that is complete after the last of them, and after none before."""
    entry = KeyEntry()
    *early, last = keys
    assert [entry.press(key, expect, now=1.0) for key in early] == [None] * len(early)
    return entry.press(last, expect, now=2.0)


@pytest.mark.parametrize(
    ("kind", "keys", "taken"),
    [
        (ExpectKind.OPEN, "1", "1"),
        (ExpectKind.YES_NO, "2", "2"),
        (ExpectKind.RATING, "5", "5"),
        (ExpectKind.SMS_CODE, "123456", "123456"),
        (ExpectKind.PHONE, "13800001111", "13800001111"),
        (ExpectKind.ID_NUMBER, "32010119900101123*", "32010119900101123*"),
        (ExpectKind.PLATE, "*0212345#", "*0212345"),
        (ExpectKind.YES_NO, "#", ""),
    ],
)
def test_an_entry_is_complete_at_its_length_or_at_hash(kind, keys, taken):
    assert press_all(keys, Expect(kind=kind)) == taken


def test_a_choice_of_more_than_nine_takes_two_keys():
    assert press_all("12", Expect(kind=ExpectKind.CHOICE, count=12)) == "12"


def test_digits_of_unknown_number_wait_for_a_pause():
    expect = Expect(kind=ExpectKind.DIGITS)
    entry = KeyEntry()
    assert entry.press("4", expect, now=10.0) is None
    assert entry.deadline(expect) == 10.0 + rule_for(expect).pause_seconds
    assert entry.take() == "4"
    assert entry.deadline(expect) is None


def test_keys_are_given_once_and_never_shown():
    entry = KeyEntry()
    entry.press("7", Expect(kind=ExpectKind.SMS_CODE), now=0.0)
    assert "7" not in repr(entry)
    assert entry.take() == "7"
    assert entry.take() == ""
    assert not entry


@pytest.mark.parametrize(("keys", "kind", "human"), [
    ("0", ExpectKind.OPEN, True), ("0", ExpectKind.RATING, False), ("10", ExpectKind.DIGITS, False),
])
def test_zero_alone_means_a_human_but_not_where_it_is_a_grade(keys, kind, human):
    assert asks_for_human(keys, Expect(kind=kind)) is human


def test_a_hash_after_a_whole_entry_belongs_to_it_once_and_not_for_long():
    expect = Expect(kind=ExpectKind.SMS_CODE)
    entry = KeyEntry()
    for digit in "123456":
        assert not entry.belongs_to_last(digit, now=1.0)
        entry.press(digit, expect, now=1.0)
    assert entry.belongs_to_last("#", now=2.0)
    assert not entry.belongs_to_last("#", now=2.1)
    for digit in "123456":
        entry.press(digit, expect, now=3.0)
    assert not entry.belongs_to_last("#", now=7.0)
    for digit in "123456":
        entry.press(digit, expect, now=8.0)
    assert not entry.belongs_to_last("1", now=8.5)
    assert not entry.belongs_to_last("#", now=8.6)
