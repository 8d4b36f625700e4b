"""G.711 A-law in plain Python: enough for phones and tests; the service itself uses a numpy table."""

from array import array

from telephony.media.codecs import Codec


def _expand(code: int) -> int:
    code ^= 0x55
    segment, step = (code >> 4) & 0x07, code & 0x0F
    size = (step << 4) + 8 if segment == 0 else ((step << 4) + 0x108) << (segment - 1)
    return size if code & 0x80 else -size


LINEAR = tuple(_expand(code) for code in range(256))
"""Linear 16-bit value of each A-law byte."""


def _compress(value: int) -> int:
    sign, size = (0x80, value) if value >= 0 else (0x00, -value - 1)
    size = min(size, 32_767)
    segment = max(0, size.bit_length() - 8)
    step = (size >> 4) & 0x0F if segment == 0 else (size >> (segment + 3)) & 0x0F
    return (sign | segment << 4 | step) ^ 0x55


_CODES = bytes(_compress(value - 32_768) for value in range(65_536))


def decode(alaw: bytes) -> bytes:
    """A-law to 16-bit signed little-endian."""
    return array("h", (LINEAR[code] for code in alaw)).tobytes()


def encode(pcm: bytes) -> bytes:
    """16-bit signed little-endian to A-law."""
    return bytes(_CODES[value + 32_768] for value in array("h", pcm))


def samples(data: bytes, codec: Codec) -> "array[int]":
    """Linear samples of a piece in either codec."""
    return array("h", data if codec.name == "slin" else decode(data))
