"""The folder in which Asterisk leaves the calls that it carried on without the service.

    <call>.call        what happened (ivr.domain.fallback_calls)
    <call>-in.alaw     the caller     <call>-out.alaw    what he heard     <call>-said.alaw    his message

They are plain, so they are taken away as soon as they are kept elsewhere. A call is over when its notes
say so and its files have stopped growing since the last look.
"""

import contextlib
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from ivr.domain.fallback_calls import FallbackCall, call_id_of, read_fallback_call

_log = logging.getLogger(__name__)
_PIECE_BYTES: Final = 8000
"""One second of A-law."""
_MOST_NOTES_BYTES: Final = 65_536
_DEAD_LOOKS: Final = 30
"""Notes without an end whose files did not grow for so many looks are of an Asterisk that died."""

Decode = Callable[[bytes], bytes]
"""A-law to 16-bit."""


@dataclass(frozen=True, slots=True)
class SpooledCall:
    """A call that is over, with its files."""

    call: FallbackCall
    files: tuple[Path, ...]


class FallbackSpool:
    """One such folder; blocking: used in a thread.

    Args:
        folder: made when it is missing, for its owner only.
        decode: A-law to 16-bit.
    """

    def __init__(self, folder: Path, decode: Decode) -> None:
        self._folder = folder
        self._decode = decode
        self._sizes: dict[str, tuple[int, ...]] = {}
        self._looks: dict[str, int] = {}

    def finished(self) -> list[SpooledCall]:
        """Calls that are over; a call is given again until it is dropped."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        names = sorted(path.stem for path in self._folder.glob("*.call"))
        self._sizes = {name: size for name, size in self._sizes.items() if name in names}
        return [spooled for name in names if (spooled := self._look(name)) is not None]

    def sound(self, spooled: SpooledCall) -> Iterator[bytes]:
        """Both sides in stereo, 16-bit, 8 kHz: the caller on the left."""
        with contextlib.ExitStack() as stack:
            sides = [
                stack.enter_context(path.open("rb")) if path.exists() else None
                for path in (self._side(spooled, "in"), self._side(spooled, "out"))
            ]
            while True:
                pieces = [side.read(_PIECE_BYTES) if side else b"" for side in sides]
                count = max(map(len, pieces))
                if not count:
                    return
                stereo = np.zeros((count, 2), dtype="<i2")
                for column, piece in enumerate(pieces):
                    stereo[: len(piece), column] = np.frombuffer(self._decode(piece), dtype="<i2")
                yield stereo.tobytes()

    def drop(self, spooled: SpooledCall) -> None:
        """Take its files away, the notes last: what fails between is done again."""
        for path in sorted(spooled.files, key=lambda path: path.suffix == ".call"):
            path.unlink(missing_ok=True)

    def _look(self, name: str) -> SpooledCall | None:
        call_id = call_id_of(name)
        if call_id is None:
            return None
        notes = self._folder / f"{name}.call"
        files = (notes, *sorted(self._folder.glob(f"{name}-*.alaw")))
        sizes = tuple(path.stat().st_size for path in files)
        same = self._sizes.get(name) == sizes
        self._sizes[name] = sizes
        self._looks[name] = self._looks.get(name, 0) + 1 if same else 0
        call = read_fallback_call(call_id, notes.read_bytes()[:_MOST_NOTES_BYTES].decode("utf-8", "replace"))
        if call is None:
            _log.warning("notes of a call without the service cannot be read", extra={"call_id": call_id})
            return None
        over = same and (call.ended_at is not None or self._looks[name] >= _DEAD_LOOKS)
        return SpooledCall(call, files) if over else None

    def _side(self, spooled: SpooledCall, side: str) -> Path:
        notes = next(path for path in spooled.files if path.suffix == ".call")
        return notes.with_name(f"{notes.stem}-{side}.alaw")
