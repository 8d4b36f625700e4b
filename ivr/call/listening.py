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
LONE_SOUND_SECONDS = 0.45
"""Nor does a single syllable shorter than this: a nod (嗯, 啊) is heard as 不, 没 or 他."""
LOUD_BARGE_IN_SECONDS = 1.2
"""Voice longer than this does, even before a word is recognized."""
LONGEST_UTTERANCE_SECONDS = 25.0
SHORTEST_END_SECONDS = 0.06
"""No pause shorter than this ends a turn."""
STABLE_SECONDS = 0.1
"""What was heard must not have changed for so long."""
CUT_OFF_SECONDS = 0.7
"""Who speaks again so soon after his turn was ended had not finished."""
SHORTEST_PAUSE_SECONDS = 0.16
"""Silence inside speech that is a pause and not a consonant."""
WORDLESS_SECONDS = 1.5
"""Voice without a new word for so long, and as long again as silence must be, is not his."""
_FORGETS = 0.85
"""Share of what is known of his pauses that is kept from one utterance to the next."""
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
    pause_seconds: float = 0.0
    """The longest pause inside this caller's utterances, the older ones fading."""
    _stable_seconds: float = 0.0
    _since_end_seconds: float | None = None
    """Since an utterance was found finished; None: long ago."""
    _ended_with_seconds: float = 0.0
    """Silence that finished it."""
    _passed_over: bool = False
    """The beginning of what he is saying was lost: its rest may mean something else (不，对)."""
    _limit: tuple[str, Expect, float, float] | None = field(default=None, repr=False)

    def frame(self, seconds: float, *, voiced: bool, expect: Expect) -> Verdict:
        """Take one classified frame."""
        if self._since_end_seconds is not None:
            self._after_end(seconds, voiced=voiced)
        if self.ear is Ear.FINISHING or self._passes_over(seconds, voiced=voiced):
            return Verdict.NOTHING
        if self.ear is Ear.CLOSED:
            if not voiced:
                return Verdict.NOTHING
            self.reset()
            self.ear = Ear.OPEN
            self.voiced_seconds = seconds
            return Verdict.BEGAN
        self.length_seconds += seconds
        self._stable_seconds += seconds
        if voiced:
            if self.silence_seconds >= SHORTEST_PAUSE_SECONDS:
                self._learn(self.silence_seconds)
            self.voiced_seconds += seconds
            self.silence_seconds = 0.0
        else:
            self.silence_seconds += seconds
        return self._verdict(expect)

    def guess(self, partial: str) -> None:
        """Take the recognizer's guess so far."""
        if partial != self.partial:
            self.partial = partial
            self._stable_seconds = 0.0

    def lose(self) -> None:
        """What he is saying cannot be heard; what he says after a silence can."""
        self.reset()
        self._passed_over = True

    def _passes_over(self, seconds: float, *, voiced: bool) -> bool:
        if self._passed_over:
            self.silence_seconds = 0.0 if voiced else self.silence_seconds + seconds
            self._passed_over = self.silence_seconds < CUT_OFF_SECONDS
        return self._passed_over

    def _after_end(self, seconds: float, *, voiced: bool) -> None:
        """Watch whether a turn that was ended goes on: then the caller was cut off in a pause."""
        since = (self._since_end_seconds or 0.0) + seconds
        self._since_end_seconds = since if since < CUT_OFF_SECONDS else None
        if voiced:
            self._learn(self._ended_with_seconds + since)
            self._since_end_seconds = None

    def _learn(self, pause_seconds: float) -> None:
        self.pause_seconds = max(self.pause_seconds, pause_seconds)

    def _verdict(self, expect: Expect) -> Verdict:
        over = (
            self.silence_seconds >= SHORTEST_END_SECONDS
            and self._stable_seconds >= STABLE_SECONDS
            and self.silence_seconds >= self._end_of_turn(expect)
        )
        over = over or self._only_sounds(expect) or self.length_seconds >= LONGEST_UTTERANCE_SECONDS
        if not over:
            return Verdict.NOTHING
        if self.voiced_seconds < NOISE_SECONDS and not self.partial:
            self.reset()
            return Verdict.NOISE
        self.ear = Ear.FINISHING
        self._since_end_seconds, self._ended_with_seconds = 0.0, self.silence_seconds
        self.pause_seconds *= _FORGETS
        return Verdict.FINISHED

    def _only_sounds(self, expect: Expect) -> bool:
        """Are there no new words any more, though somebody is heard (others in the room)?"""
        return bool(self.partial) and self._stable_seconds >= WORDLESS_SECONDS + self._end_of_turn(expect)

    def _end_of_turn(self, expect: Expect) -> float:
        """Weigh the partial text once, not at every frame."""
        asked = (self.partial, expect, self.pause_seconds)
        if self._limit is None or self._limit[:3] != asked:
            self._limit = (*asked, end_of_turn_seconds(expect, self.partial, pause_seconds=self.pause_seconds))
        return self._limit[3]

    def interrupts(self) -> bool:
        """Is it speech that must stop ours, rather than noise or a nod (嗯)?"""
        if self.ear is not Ear.OPEN or self.voiced_seconds < BARGE_IN_SECONDS:
            return False
        words = len(substance(self.partial))
        least = BARGE_IN_SECONDS if words > 1 else LONE_SOUND_SECONDS if words else LOUD_BARGE_IN_SECONDS
        return self.voiced_seconds >= least

    def reset(self) -> None:
        """Forget the utterance; what is known of this caller's pauses stays."""
        self.ear = Ear.CLOSED
        self.partial = ""
        self._stable_seconds = 0.0
        self.voiced_seconds = self.silence_seconds = self.length_seconds = 0.0
