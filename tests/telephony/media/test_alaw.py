"""A-law both ways."""

from array import array

from telephony.media.alaw import LINEAR, decode, encode, samples
from telephony.media.codecs import ALAW, SLIN


def test_every_code_decodes_to_a_value_that_encodes_back() -> None:
    codes = bytes(range(256))
    assert encode(decode(codes)) == codes


def test_known_values_of_the_standard() -> None:
    assert LINEAR[0xD5] == 8
    assert LINEAR[0x55] == -8
    assert LINEAR[0xAA] == 32256
    assert LINEAR[0x2A] == -32256


def test_the_error_stays_below_the_step_of_its_segment() -> None:
    values = array("h", range(-32768, 32768, 7))
    for before, after in zip(values, array("h", decode(encode(values.tobytes()))), strict=True):
        assert abs(before - after) <= max(16, abs(before) // 30 + 16)


def test_samples_are_linear_in_either_codec() -> None:
    assert list(samples(b"\xd5\x55", ALAW)) == [8, -8]
    assert list(samples(b"\x08\x00", SLIN)) == [8]
