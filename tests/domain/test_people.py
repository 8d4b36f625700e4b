from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.domain.errors import IdNumberWrong, PhoneWrong
from ivr.domain.people import IdNumber, PhoneNumber, check_digit, id_offers, id_repairs

# City codes (3202 00) belong to nobody: a real number has a county there.
SYNTHETIC = ["32020019900307001X", "320200199003070028", "320200195401010014", "320200200506150017"]

days = st.dates(date(1900, 1, 1), date(2026, 1, 1))
numbers = st.builds(
    lambda day, order: "320200" + day.strftime("%Y%m%d") + f"{order:03d}", days, st.integers(0, 999)
).map(lambda first: first + check_digit(first))


@pytest.mark.parametrize("text", SYNTHETIC)
def test_a_number_with_the_right_check_digit_is_taken(text):
    assert IdNumber(text).text == text
    assert IdNumber.parse(text.lower()).tail == text[-4:]


def test_the_star_key_stands_for_x():
    assert IdNumber.parse("32020019900307001*").spoken_tail == "零零幺叉"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("3202001990030700", "length"),
        ("990200199003070028", "area"),
        ("320200199013070028", "birth"),
        ("320200199003070029", "check"),
    ],
)
def test_a_wrong_number_is_refused_with_its_reason_and_without_itself(text, reason):
    with pytest.raises(IdNumberWrong) as error:
        IdNumber(text)
    assert error.value.reason == reason
    assert text not in str(error.value)


@given(numbers, st.integers(0, 17), st.integers(1, 9))
def test_every_wrong_digit_is_caught(text, place, step):
    if text[place] == "X":
        return
    wrong = text[:place] + str((int(text[place]) + step) % 10) + text[place + 1 :]
    with pytest.raises(IdNumberWrong):
        IdNumber(wrong)


@given(numbers, st.integers(0, 16))
def test_the_true_number_is_among_the_repairs_of_a_misheard_digit(text, place):
    heard = {"2": "8", "8": "2", "1": "7", "7": "1", "6": "9", "9": "6"}.get(text[place])
    if heard is None:
        return
    repairs = id_repairs(text[:place] + heard + text[place + 1 :])
    assert IdNumber(text) in repairs


def test_an_identity_number_is_masked_everywhere():
    number = IdNumber(SYNTHETIC[1])
    assert number.mask == "3202**********0028"
    assert number.birth == date(1990, 3, 7)
    assert "19900307" not in repr(number) + str(number) + f"{number}"


@pytest.mark.parametrize(
    ("given_text", "text", "mobile"),
    [
        ("13800001111", "13800001111", True),
        ("+86 138-0000-1111", "13800001111", True),
        ("008613800001111", "13800001111", True),
        ("0510-82712345", "051082712345", False),
        ("+8651082712345", "051082712345", False),
        ("010 62712345", "01062712345", False),
    ],
)
def test_phone_numbers_are_read_as_trunks_deliver_them(given_text, text, mobile):
    number = PhoneNumber.parse(given_text)
    assert (number.text, number.is_mobile) == (text, mobile)


@pytest.mark.parametrize(
    "text", ["", "12123", "110", "12800001111", "1380000111", "anonymous", "+4915112345678"]
)
def test_what_is_no_phone_number_is_refused_without_being_shown(text):
    with pytest.raises(PhoneWrong) as error:
        PhoneNumber.parse(text)
    assert not text or text not in str(error.value)


def test_a_phone_number_is_masked_everywhere():
    number = PhoneNumber("13800001234")
    assert number.mask == "138****1234"
    assert number.spoken_tail == "幺二三四"
    assert "0000" not in repr(number) + str(number)


def test_only_the_likeliest_is_offered_where_many_are_possible():
    keyed_wrong = "320200199003070088"
    assert len(id_repairs(keyed_wrong)) > 8
    assert [number.text for number in id_offers(keyed_wrong)] == ["320200199003070028"]
