"""Sizes and silence of the two codecs."""

from telephony.media.codecs import ALAW, CODECS, SLIN


def test_a_frame_is_20_ms() -> None:
    assert (ALAW.frame_bytes, ALAW.bytes_per_second) == (160, 8000)
    assert (SLIN.frame_bytes, SLIN.bytes_per_second) == (320, 16000)
    assert ALAW.silent_frame == b"\xd5" * 160
    assert set(CODECS) == {"alaw", "slin"}
