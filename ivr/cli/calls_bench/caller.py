"""One person on the phone, frame by frame: listens, knows the service's fixed sentences, answers. Pure.

    listening --the service has spoken and is quiet--> thinking --a moment--> speaking --> listening

A fixed sentence is known by its sound: the A-law of a phrase reaches the phone unchanged, so a piece of
it is looked for. What is not known is a read-back, which is agreed to.
"""

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ivr.cli.calls_bench.marks import FRAME_SAMPLES, numbered
from ivr.speech.audio import alaw_to_pcm

FRAME_SECONDS = 0.02
TURN_PAUSE_SECONDS = 0.7
"""Silence after which the service has finished."""
PATIENCE_SECONDS = 40.0
_LOUD = 1000
"""Of 32768; a sample above it is sound."""
_LOUD_SAMPLES = 4
_BRIEF_BYTES = 40_000
"""5 s of A-law."""
_ONE_LOUD = bytes(
    1 if abs(int.from_bytes(alaw_to_pcm(bytes([code])), "little", signed=True)) > _LOUD else 0 for code in range(256)
)
_SILENCE = bytes([0xD5]) * FRAME_SAMPLES


def loud_samples(alaw: bytes) -> int:
    """How many of its samples can be heard."""
    return alaw.translate(_ONE_LOUD).count(1)


@dataclass(frozen=True, slots=True)
class Speech:
    """A sentence of the caller."""

    name: str
    alaw: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Manner:
    """What somebody says to which of the service's sentences."""

    answers: Mapping[str, Speech | str | None]
    """By phrase id: a sentence, keys, or None to wait."""
    otherwise: Speech | str | None
    known: Mapping[str, bytes] = field(repr=False)
    """By phrase id, a piece of its sound."""
    brief: frozenset[str] = frozenset()
    """Sentences of less than `_BRIEF_BYTES` that ask nothing; a question that he does not know may follow at once."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One of his turns."""

    said: str
    at: float
    """When he had finished."""
    waited: float | None
    """Until the first sound of the answer; None: it never came."""


@dataclass
class Person:
    """One person on the phone.

    Args:
        manner: what he answers.
        think: seconds he thinks, one after another.
        patience: seconds without a sound after which he gives up.
    """

    manner: Manner
    think: Sequence[float] = (0.3,)
    patience: float = PATIENCE_SECONDS
    frames: int = 0
    """Sent so far."""
    turns: list[Turn] = field(default_factory=list)
    understood: list[str] = field(default_factory=list)
    """Phrases that were heard."""
    pressed: deque[str] = field(default_factory=deque)
    """Keys to be sent."""
    gave_up: bool = False
    _heard: bytearray = field(default_factory=bytearray, repr=False)
    """What the service said since his last turn."""
    _loud_at: float | None = None
    """When the service was last heard since his last turn."""
    _speak_at: float | None = None
    _next: Speech | str | None = None
    _last: Speech | str | None = None
    _saying: bytes = field(default=b"", repr=False)
    _said: int = 0
    _asked: tuple[str, float] | None = None
    """What he said last and when it ended, while no answer has come."""
    _quiet_since: float | None = None

    def hear(self, alaw: bytes, now: float) -> None:
        """A frame of the service."""
        self._heard += alaw
        if loud_samples(alaw) < _LOUD_SAMPLES:
            return
        self._loud_at = self._quiet_since = now
        self._speak_at = None if not self._saying else self._speak_at
        if self._asked is not None:
            said, ended = self._asked
            self.turns.append(Turn(said, ended, max(0.0, now - ended)))
            self._asked = None

    def frame(self, now: float) -> bytes:
        """The next frame he sends: his speech, or a numbered silence."""
        self.frames += 1
        if self._saying:
            return self._speech(now)
        self._wait(now)
        return numbered(self.frames)

    def presses(self, now: float) -> None:
        """He holds a key for 20 ms more, and sends no sound: his turn ends with the last key."""
        if self._asked is not None:
            self._asked = (self._asked[0], now + FRAME_SECONDS)

    def _speech(self, now: float) -> bytes:
        piece = self._saying[self._said : self._said + FRAME_SAMPLES]
        self._said += FRAME_SAMPLES
        if self._said >= len(self._saying):
            self._saying = b""
            self._finished(now + FRAME_SECONDS)
        return piece + _SILENCE[len(piece) :]

    def _finished(self, now: float) -> None:
        self._asked = (self._last if isinstance(self._last, str) else self._last.name if self._last else "", now)
        self._heard.clear()
        self._loud_at = None

    def _wait(self, now: float) -> None:
        if self._quiet_since is None:
            self._quiet_since = now
        if now - self._quiet_since > self.patience:
            self.gave_up = True
        if self._speak_at is not None:
            if now >= self._speak_at:
                self._speak_at = None
                self._begin(now)
        elif self._loud_at is not None and now - self._loud_at >= TURN_PAUSE_SECONDS:
            self._loud_at = None
            self._next = self._answer()
            if self._next is not None:
                self._speak_at = now + self.think[len(self.turns) % len(self.think)]

    def _answer(self) -> Speech | str | None:
        """The last sentence that is known decides."""
        places = {name: self._heard.rfind(piece) for name, piece in self.manner.known.items()}
        heard = sorted((at, name) for name, at in places.items() if at >= 0)
        behind = bytes(self._heard[heard[-1][0] + _BRIEF_BYTES :]) if heard else b""
        self._heard.clear()
        self.understood += [name for _, name in heard]
        if not heard or (heard[-1][1] in self.manner.brief and loud_samples(behind) >= _LOUD_SAMPLES):
            return self.manner.otherwise
        answer = self.manner.answers.get(heard[-1][1], self.manner.otherwise)
        return self._last if answer == AGAIN else answer

    def _begin(self, now: float) -> None:
        self._last, self._next = self._next, None
        match self._last:
            case Speech():
                self._saying, self._said = self._last.alaw, 0
            case str():
                self.pressed.extend(self._last)
                self._finished(now)
            case None:
                pass

    def close(self) -> None:
        """The call is over: a turn that nobody answered stays without one."""
        if self._asked is not None:
            self.turns.append(Turn(*self._asked, None))
            self._asked = None


AGAIN = "again"
"""An answer: what was said last, once more."""
