"""How a recording lies on disk: numbered, encrypted chunks, each openable by itself. Pure.

    magic 8 | salt 16 | chunk | chunk | ...     chunk = at most `CHUNK_BYTES` of sound + tag 16

Each file has its own key (HKDF of the site's secret, salt and call), so a chunk's nonce is its
number and whether it is the last. A chunk that was moved, changed or swapped does not open. A file
whose writer died has no last chunk and reads up to where it was written.
"""

import struct
from dataclasses import dataclass
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from ivr.storage.errors import RecordingBroken
from ivr.storage.keys import derive

MAGIC: Final = b"IVRREC01"
SALT_BYTES: Final = 16
HEADER_BYTES: Final = len(MAGIC) + SALT_BYTES
CHUNK_BYTES: Final = 32_000
"""One second of sound: what a power cut may cost."""
TAG_BYTES: Final = 16
BYTES_PER_SECOND: Final = 32_000
"""Two channels, 16 bits, 8 kHz."""
WAV_HEADER_BYTES: Final = 44


class ChunkBox:
    """Closes and opens the chunks of one file."""

    def __init__(self, secret: bytes, *, salt: bytes, call_id: str) -> None:
        self._box = AESGCM(derive(secret, f"ivr/recording/{call_id}", salt=salt))

    def close(self, number: int, sound: bytes, *, last: bool) -> bytes:
        """Encrypt chunk `number`; a number is used once per file."""
        return self._box.encrypt(_nonce(number, last=last), sound, MAGIC)

    def open(self, number: int, closed: bytes) -> tuple[bytes, bool]:
        """Give the sound of chunk `number`, and whether it is the last of a finished file.

        Raises:
            RecordingBroken: it does not open.
        """
        for last in (False, True):
            try:
                return self._box.decrypt(_nonce(number, last=last), closed, MAGIC), last
            except InvalidTag:
                continue
        raise RecordingBroken(f"chunk {number} of a recording does not open")


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the chunks of a file lie."""

    file_bytes: int

    @property
    def chunks(self) -> int:
        """How many, a part of one counted; a tail shorter than a tag is none."""
        body = max(0, self.file_bytes - HEADER_BYTES)
        whole, rest = divmod(body, CHUNK_BYTES + TAG_BYTES)
        return whole + (1 if rest >= TAG_BYTES else 0)

    @property
    def sound_bytes(self) -> int:
        """Length of the sound."""
        body = max(0, self.file_bytes - HEADER_BYTES)
        whole, rest = divmod(body, CHUNK_BYTES + TAG_BYTES)
        return whole * CHUNK_BYTES + max(0, rest - TAG_BYTES)

    @staticmethod
    def offset(number: int) -> int:
        """Place of chunk `number` in the file."""
        return HEADER_BYTES + number * (CHUNK_BYTES + TAG_BYTES)


def wav_header(sound_bytes: int) -> bytes:
    """Give the 44 bytes before 16-bit stereo sound at 8 kHz."""
    fmt = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 2, 8000, BYTES_PER_SECOND, 4, 16)
    riff = struct.pack("<4sI4s", b"RIFF", 36 + sound_bytes, b"WAVE")
    return riff + fmt + struct.pack("<4sI", b"data", sound_bytes)


def _nonce(number: int, *, last: bool) -> bytes:
    return struct.pack(">3xQB", number, last)
