from ivr.domain.plate_prefixes import issued, letters_of
from ivr.domain.plates import SERIAL_LETTERS
from ivr.domain.provinces import PROVINCE_CHARS


def test_every_province_has_letters_that_are_printed():
    for province in PROVINCE_CHARS:
        assert letters_of(province).startswith("A")
        assert set(letters_of(province)) <= set(SERIAL_LETTERS)
        assert len(set(letters_of(province))) == len(letters_of(province))


def test_a_letter_is_in_use_or_not():
    assert issued("苏B")
    assert issued("渝A")
    assert not issued("渝K")
    assert issued("苏")
    assert not issued("BB")
    assert letters_of("某") == ""
