"""One utterance of the caller: when it opens, when it interrupts, when it is over.

    closed --voice--> open --silence long enough for what is expected--> finishing --Heard--> closed

Three separate questions, asked of audio time only: has somebody begun to speak, does it stop our own
speech (barge-in), and has he finished.
"""

from dataclasses import dataclass, field
from enum import Enum

from ivr.call.expect import end_of_turn_seconds, substance
from ivr.dialogue.replies import Expect

BARGE_IN_SECONDS = 0.25
"""Voice shorter than this never stops our speech."""
LOUD_BARGE_IN_SECONDS = 1.5
"""Voice longer than this does, even before a word is recognized."""
LONGEST_UTTERANCE_SECONDS = 25.0
SHORTEST_END_SECONDS = 0.3
"""No pause shorter than this ends a turn."""
NOISE_SECONDS = 0.1
"""An utterance with less voice and no words was noise."""


class Ear(Enum):
    """Is an utterance open?"""

    CLOSED = "closed"
    OPEN = "open"
    FINISHING = "finishing"


class Verdict(Enum):
    """What a frame changed."""

    NOTHING = "nothing"
    BEGAN = "began"
    FINISHED = "finished"
    NOISE = "noise"


@dataclass(slots=True)
class Listening:
    """The open utterance, if any."""

    ear: Ear = Ear.CLOSED
    partial: str = field(default="", repr=False)
    voiced_seconds: float = 0.0
    silence_seconds: float = 0.0
    length_seconds: float = 0.0
    patience: float = 1.0
    _limit: tuple[str, Expect, float] | None = field(default=None, repr=False)

    def frame(self, seconds: float, *, voiced: bool, expect: Expect) -> Verdict:
        """Take one classified frame."""
        if self.ear is Ear.FINISHING:
            return Verdict.NOTHING
        if self.ear is Ear.CLOSED:
            if not voiced:
                return Verdict.NOTHING
            self.reset()
            self.ear = Ear.OPEN
            self.voiced_seconds = seconds
            return Verdict.BEGAN
        self.length_seconds += seconds
        if voiced:
            self.voiced_seconds += seconds
            self.silence_seconds = 0.0
        else:
            self.silence_seconds += seconds
        return self._verdict(expect)

    def _verdict(self, expect: Expect) -> Verdict:
        over = (
            self.silence_seconds >= SHORTEST_END_SECONDS
            and self.silence_seconds >= self._end_of_turn(expect)
        ) or self.length_seconds >= LONGEST_UTTERANCE_SECONDS
        if not over:
            return Verdict.NOTHING
        if self.voiced_seconds < NOISE_SECONDS and not self.partial:
            self.reset()
            return Verdict.NOISE
        self.ear = Ear.FINISHING
        return Verdict.FINISHED

    def _end_of_turn(self, expect: Expect) -> float:
        """Weigh the partial text once, not at every frame."""
        if self._limit is None or self._limit[:2] != (self.partial, expect):
            seconds = end_of_turn_seconds(expect, self.partial, patience=self.patience)
            self._limit = (self.partial, expect, seconds)
        return self._limit[2]

    def interrupts(self) -> bool:
        """Is it speech that must stop ours, rather than noise or a nod (嗯)?"""
        if self.ear is not Ear.OPEN or self.voiced_seconds < BARGE_IN_SECONDS:
            return False
        return bool(substance(self.partial)) or self.voiced_seconds >= LOUD_BARGE_IN_SECONDS

    def reset(self) -> None:
        """Forget the utterance; patience with this caller stays."""
        self.ear = Ear.CLOSED
        self.partial = ""
        self.voiced_seconds = self.silence_seconds = self.length_seconds = 0.0
