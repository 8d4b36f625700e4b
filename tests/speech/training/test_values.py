import random
import re

import pytest

from ivr.speech.training import values


@pytest.mark.parametrize(
    ("value", "said"), [(0, "零"), (10, "十"), (12, "十二"), (20, "二十"), (68, "六十八"), (100, "一百"), (217, "二百一十七"), (305, "三百零五")]
)
def test_a_count_is_said(value, said):
    assert values.number(value) == said


def test_values_have_the_lengths_of_their_kinds():
    r = random.Random(2)
    for _ in range(200):
        assert len(values.phone(r)) == 11
        assert len(values.code(r)) == 6
        assert len(values.identity(r)) == 18


def test_one_is_mostly_said_as_phones_are_read():
    said = "".join(values.digits(4000, random.Random(2)))
    assert said.count("幺") > said.count("一") > 0


def test_every_province_and_letter_occurs_in_plates():
    r = random.Random(4)
    said = {word for _ in range(4000) for word in values.plate(r)}
    assert set(values.PROVINCES) <= said
    assert set(values.PLATE_LETTERS) <= said
    assert "I" not in said


def test_places_and_dates_hold_only_characters():
    r = random.Random(6)
    for make in (values.place, values.road, values.date, values.time, values.person):
        for _ in range(100):
            assert re.fullmatch("[一-龥A-Z]+", "".join(make(r)))
