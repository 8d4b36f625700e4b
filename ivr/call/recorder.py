"""One stereo timeline per call, clocked by the caller's audio and, where that stops, by the clock.

The caller's frames are the ruler: each brings as much of the service's queued speech with it. When
the caller's phone sends nothing, `tick` fills silence up to the clock, so that both sides stay
together. What is stopped fades within a frame, as it does on the line (`telephony.media.play_out`).
"""

from collections import deque
from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from ivr.call.vad import loudness
from telephony.media.codecs import SLIN, Codec
from telephony.media.fading import fade_in, fade_out

SAMPLES_PER_SECOND = 8000
_FRAME_SAMPLES = 160
_ECHO_FRAMES = 20
_NOTHING_DBFS = -100.0
_SLACK_SECONDS = 0.16
"""A frame may be so late before silence takes its place; the media door alone may keep it for 0.04 s."""


class StereoTimeline:
    """Interleaves caller (left) and service (right); 16-bit, 8 kHz.

    Args:
        began_at: monotonic seconds of sample 0.
    """

    def __init__(self, *, began_at: float) -> None:
        self._began_at = began_at
        self._samples = 0
        self._service = np.zeros(0, dtype="<i2")
        self._fading = np.zeros(0, dtype="<i2")
        """The end of what was stopped."""
        self._held = False
        self._service_levels: deque[float] = deque()
        self.sealed = False
        """While True the caller's side is written as silence; what we ask him is kept."""

    @property
    def seconds(self) -> float:
        """Length so far."""
        return self._samples / SAMPLES_PER_SECOND

    @property
    def service_dbfs(self) -> float:
        """The loudest of what we said during the last piece and until 0.4 s before its end: so long an echo may be under way.

        A burst is one piece: each of its frames is weighed with all that we said meanwhile.
        """
        return max(self._service_levels, default=_NOTHING_DBFS)

    def service_plays(self, pcm: bytes) -> None:
        """Queue speech that has been handed to the media door."""
        self._service = np.concatenate([self._service, np.frombuffer(pcm, dtype="<i2")])

    def service_holds(self) -> None:
        """Keep what was queued and not yet heard until `service_goes_on`."""
        if self._held:
            return
        self._held = True
        if self._service.size:
            self._fading = self._shaped(fade_out)
            self._service = np.concatenate([self._shaped(fade_in), self._service[_FRAME_SAMPLES:]])

    def service_goes_on(self) -> None:
        """Go on with what is held."""
        self._held = False

    def service_falls_silent(self) -> None:
        """Drop what was queued and not yet heard."""
        if not self._held and self._service.size:
            self._fading = self._shaped(fade_out)
        self._service = self._service[:0]
        self._held = False

    def caller_sends(self, pcm: bytes, *, now: float) -> bytes:
        """Take a piece of the caller's sound; the stereo audio to be written."""
        return self.tick(now=now - len(pcm) / 2 / SAMPLES_PER_SECOND) + self._write(np.frombuffer(pcm, dtype="<i2"))

    def tick(self, *, now: float) -> bytes:
        """Fill with silence what the clock has and the caller's phone did not send."""
        missing = int((now - self._began_at - _SLACK_SECONDS - self.seconds) * SAMPLES_PER_SECOND)
        return self._write(np.zeros(missing, dtype="<i2")) if missing > 0 else b""

    def _write(self, caller: npt.NDArray[np.int16]) -> bytes:
        count = len(caller)
        stereo = np.zeros((count, 2), dtype="<i2")
        self._samples += count
        while len(self._service_levels) >= _ECHO_FRAMES:
            self._service_levels.popleft()
        end, self._fading = self._fading[:count], self._fading[count:]
        said = self._service[: 0 if self._held else count - len(end)]
        self._service = self._service[len(said) :]
        spoken = np.concatenate([end, said])
        for at in range(0, count, _FRAME_SAMPLES):
            ours = spoken[at : at + _FRAME_SAMPLES]
            self._service_levels.append(loudness(ours).dbfs if ours.size else _NOTHING_DBFS)
        stereo[: len(spoken), 1] = spoken
        if not self.sealed:
            stereo[:, 0] = caller
        return stereo.tobytes()

    def _shaped(self, fade: Callable[[bytes, Codec], bytes]) -> npt.NDArray[np.int16]:
        return np.frombuffer(fade(self._service[:_FRAME_SAMPLES].tobytes(), SLIN), "<i2")
