import pytest

from ivr.storage.errors import KeyWrong
from ivr.storage.repositories.columns import RowCipher
from ivr.storage.sealed import FieldCipher

CIPHER = FieldCipher(b"k" * 32)


def test_a_value_opens_in_its_own_column_of_its_own_row_only() -> None:
    row = RowCipher(CIPHER, "case", "M1")
    closed = row.close("plate", "苏B12345")
    assert row.open("plate", closed) == "苏B12345"
    for other, column in (
        (row, "place"),
        (RowCipher(CIPHER, "case", "M2"), "plate"),
        (RowCipher(CIPHER, "sms", "M1"), "plate"),
    ):
        with pytest.raises(KeyWrong):
            other.open(column, closed)


def test_what_is_not_there_stays_so() -> None:
    row = RowCipher(CIPHER, "case", "M1")
    assert row.close_any("contact", None) is None
    assert row.open_any("contact", None) is None
    assert row.open_any("contact", row.close_any("contact", "")) == ""
