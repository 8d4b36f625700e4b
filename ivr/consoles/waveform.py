"""Draws a recording: the caller above, the service below."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FRAME_BYTES = 4
"""Two 16-bit samples, left the caller, right the service."""
BARS = 600
WIDTH = 1200
HEIGHT = 160
_LANE = HEIGHT // 2
_CALLER, _SERVICE, _AXIS = "#1a5fb4", "#26734d", "#8a919c"


@dataclass(frozen=True, slots=True)
class Peaks:
    """Loudest value of each bar, 0 to 1."""

    caller: tuple[float, ...]
    service: tuple[float, ...]


class Envelope:
    """Takes stereo sound in pieces of any size and keeps the loudest value of each bar.

    Args:
        sound_bytes: length of the whole.
        bars: how many bars it is shown in.
    """

    def __init__(self, sound_bytes: int, *, bars: int = BARS) -> None:
        frames = sound_bytes // FRAME_BYTES
        self._per_bar = max(1, -(-frames // bars))
        self._loudest: NDArray[np.int32] = np.zeros((bars, 2), dtype=np.int32)
        self._seen = 0
        self._rest = b""

    def add(self, sound: bytes) -> None:
        """Take the next piece."""
        sound = self._rest + sound
        whole = len(sound) - len(sound) % FRAME_BYTES
        self._rest = sound[whole:]
        frames = np.abs(np.frombuffer(sound[:whole], dtype="<i2").astype(np.int32)).reshape(-1, 2)
        if not len(frames):
            return
        bars = (self._seen + np.arange(len(frames))) // self._per_bar
        np.maximum.at(self._loudest, np.minimum(bars, len(self._loudest) - 1), frames)
        self._seen += len(frames)

    def peaks(self) -> Peaks:
        """What was loud where."""
        shares = np.minimum(self._loudest / 32_768, 1.0)
        return Peaks(tuple(map(float, shares[:, 0])), tuple(map(float, shares[:, 1])))


def draw(peaks: Peaks) -> str:
    """Draw it as SVG."""
    lanes = (
        (peaks.caller, _LANE // 2, _CALLER),
        (peaks.service, _LANE + _LANE // 2, _SERVICE),
    )
    paths = "".join(
        f'<path d="{_bars(shares, middle)}" stroke="{colour}" stroke-width="1.4" fill="none"/>'
        f'<path d="M0 {middle}H{WIDTH}" stroke="{_AXIS}" stroke-width="0.5"/>'
        for shares, middle, colour in lanes
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
        f'preserveAspectRatio="none" width="{WIDTH}" height="{HEIGHT}">{paths}</svg>'
    )


def _bars(shares: tuple[float, ...], middle: int) -> str:
    step = WIDTH / max(1, len(shares))
    parts = []
    for number, share in enumerate(shares):
        if share > 0:
            half = max(0.5, share**0.5 * (_LANE / 2 - 3))  # the root shows quiet voices too
            parts.append(f"M{(number + 0.5) * step:.1f} {middle - half:.1f}v{2 * half:.1f}")
    return "".join(parts) or f"M0 {middle}"
