"""Where the time of a turn goes. Moments are handed in; monotonic seconds."""

from dataclasses import dataclass

from ivr.domain.calls import StageTimings


@dataclass(slots=True)
class Stopwatch:
    """Moments of the turn that is under way; None = has not happened."""

    voice_ended: float | None = None
    finished: float | None = None
    heard: float | None = None
    asked: float | None = None
    answered: float | None = None
    sounded: float | None = None

    def begin(self, *, voice_ended: float, now: float) -> None:
        """A turn of the caller is over."""
        self.voice_ended, self.finished = voice_ended, now
        self.heard = self.asked = self.answered = self.sounded = None

    def timings(self) -> StageTimings:
        """What is known so far."""
        return StageTimings(
            end_of_turn_ms=_between(self.voice_ended, self.finished),
            recognize_ms=_between(self.finished, self.heard),
            dialogue_ms=_between(self.asked, self.answered),
            speak_ms=_between(self.answered, self.sounded),
        )

    def clear(self) -> None:
        """The turn is told."""
        self.voice_ended = self.finished = self.heard = self.asked = self.answered = self.sounded = None


def _between(first: float | None, last: float | None) -> float | None:
    return None if first is None or last is None else round((last - first) * 1000, 1)
