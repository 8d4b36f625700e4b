"""The two codecs of a call; both mono at 8 kHz."""

from dataclasses import dataclass
from typing import Literal

CodecName = Literal["alaw", "slin"]
FRAME_SECONDS = 0.02
SAMPLES_PER_SECOND = 8000


@dataclass(frozen=True, slots=True)
class Codec:
    """How a call's audio is written down."""

    name: CodecName
    bytes_per_sample: int
    silent_byte: bytes

    @property
    def bytes_per_second(self) -> int:
        """Bytes of one second of audio."""
        return SAMPLES_PER_SECOND * self.bytes_per_sample

    @property
    def frame_bytes(self) -> int:
        """Bytes of 20 ms."""
        return self.bytes_per_second // 50

    @property
    def silent_frame(self) -> bytes:
        """20 ms in which nothing is heard."""
        return self.silent_byte * self.frame_bytes


ALAW = Codec("alaw", 1, b"\xd5")
"""G.711 A-law, 8 bits a sample."""
SLIN = Codec("slin", 2, b"\x00")
"""Linear, 16-bit signed little-endian."""
CODECS: dict[str, Codec] = {ALAW.name: ALAW, SLIN.name: SLIN}
