"""The words of the line show nothing of a caller."""

from telephony.media.messages import DtmfEnd, MediaStart


def test_neither_a_key_nor_who_calls_is_shown() -> None:
    assert "7" not in repr(DtmfEnd("7", 100))
    assert "138" not in repr(MediaStart("alaw", 160, variables={"IVR_CALLER": "13800001111"}))
