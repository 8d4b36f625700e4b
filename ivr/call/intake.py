"""The caller's sound on its way in: to the recording, to people he is joined with, to the ear."""

from functools import partial

from ivr.call.beat import Beat
from ivr.call.company import Company
from ivr.call.hearing import Hearing
from ivr.call.recorder import StereoTimeline
from ivr.call.safekeeping import Safekeeping
from ivr.call.vad import FRAME_SECONDS

FRAME_BYTES = 320
"""20 ms of 16-bit, 8 kHz, mono."""
_SILENT_FRAME = bytes(FRAME_BYTES)
_PAUSE_SECONDS = 0.5
"""A phone that sends nothing for so long is silent: many send no sound in a pause."""


class Intake:
    """Takes one caller's sound.

    Args:
        timeline: of the recording.
        kept: where the recording goes.
        company: people he may be joined with.
        hearing: listens while he is with nobody.
        beat: decides about the frames of all calls at once; None: each frame by itself.
        now: monotonic seconds.
    """

    def __init__(
        self, timeline: StereoTimeline, kept: Safekeeping, company: Company, hearing: Hearing, *, beat: Beat | None, now: float
    ) -> None:
        self._timeline = timeline
        self._kept = kept
        self._company = company
        self._hearing = hearing
        self._beat = beat
        self._pcm = b""
        self._heard_until = now
        self.voiced_at = now
        """When his voice was last heard."""

    def take(self, pcm: bytes, now: float) -> None:
        """Take a piece of his sound: 16-bit, 8 kHz."""
        self._heard_until = now
        self._kept.sound(self._timeline.caller_sends(pcm, now=now))
        if self._company.says(pcm):
            return
        pcm = self._pcm + pcm if self._pcm else pcm
        whole = len(pcm) - len(pcm) % FRAME_BYTES
        self._pcm = pcm[whole:]
        ours_dbfs = self._timeline.service_dbfs
        for at in range(0, whole, FRAME_BYTES):
            self._frame(pcm[at : at + FRAME_BYTES], ours_dbfs, now)

    def tick(self, now: float) -> None:
        """Fill with silence what his phone did not send."""
        self._kept.sound(self._timeline.tick(now=now))
        while not self._company.joined and now - self._heard_until > _PAUSE_SECONDS:
            self._frame(_SILENT_FRAME, -100.0, now)
            self._heard_until += FRAME_SECONDS

    def _frame(self, frame: bytes, ours_dbfs: float, now: float) -> None:
        detector, told = self._hearing.detector, partial(self._told, frame, now)
        if self._hearing.deaf:
            told(False)
        elif self._beat is not None:
            self._beat.put(detector, frame, ours_dbfs=ours_dbfs, told=told, lost=self._hearing.detector_lost)
        else:
            told(detector.process(frame, ours_dbfs=ours_dbfs))

    def _told(self, frame: bytes, at: float, voiced: bool) -> None:
        if self._hearing.classified(frame, voiced=voiced):
            self.voiced_at = max(self.voiced_at, at)
