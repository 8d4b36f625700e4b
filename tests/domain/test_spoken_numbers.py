import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.domain.spoken_numbers import read_number, say_number


@given(st.integers(0, 10**12 - 1))
def test_a_number_said_is_read_as_the_same_number(number):
    assert read_number(say_number(number)) == number


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (0, "零"),
        (10, "十"),
        (12, "十二"),
        (20, "二十"),
        (105, "一百零五"),
        (110, "一百一十"),
        (1005, "一千零五"),
        (10010, "一万零一十"),
        (120000, "十二万"),
        (100010000, "一亿零一万"),
    ],
)
def test_numbers_are_said_as_people_do(number, said):
    assert say_number(number) == said


@pytest.mark.parametrize(
    ("said", "number"), [("二零二六", 2026), ("15", 15), ("两百", 200), ("十", 10)]
)
def test_years_and_digits_are_read_too(said, number):
    assert read_number(said) == number


@pytest.mark.parametrize("said", ["", "号", "十几", "abc"])
def test_what_is_no_number_is_none(said):
    assert read_number(said) is None


@pytest.mark.parametrize("number", [-1, 10**16])
def test_what_cannot_be_said_is_refused(number):
    with pytest.raises(ValueError, match="sixteen"):
        say_number(number)
