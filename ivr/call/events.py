"""What can happen to a call. Facts, in the past tense; the only way into `turns.py`.

`now` travels beside an event, never inside it. Silence and voice are counted in audio.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ivr.dialogue.replies import Expect, HangUp, Hold, Say, Transfer


@dataclass(frozen=True, slots=True)
class CallBegan:
    """The media connection stands and the dialogue may greet."""

    opening: str
    """First message to the dialogue: `/call_started` or `/owner_called`."""


@dataclass(frozen=True, slots=True)
class FrameHeard:
    """One frame of the caller's audio was classified."""

    seconds: float
    voiced: bool


@dataclass(frozen=True, slots=True)
class BeepHeard:
    """One pure tone has lasted as long as a mailbox's beep (only where we rang the other side)."""


@dataclass(frozen=True, slots=True)
class PartlyHeard:
    """The recognizer's guess so far for the open utterance; no spaces."""

    text: str


@dataclass(frozen=True, slots=True)
class Heard:
    """The utterance is complete and recognized; `texts` best first, empty = nothing understood."""

    texts: tuple[str, ...]
    confidence: float
    voiced_seconds: float
    shares: tuple[float, ...] = ()
    """How likely each text is, 0 to 1; empty where the ear does not say."""


@dataclass(frozen=True, slots=True)
class TypedIn:
    """The caller typed a sentence on the browser phone."""

    text: str


@dataclass(frozen=True, slots=True)
class KeyPressed:
    """One key of the telephone."""

    digit: str


@dataclass(frozen=True, slots=True)
class PlayedOut:
    """All audio up to the command with this mark has been heard by the caller."""

    mark: str


@dataclass(frozen=True, slots=True)
class SpeechLost:
    """A sentence could not be spoken (the synthesizer failed)."""

    mark: str


@dataclass(frozen=True, slots=True)
class RecognizerLost:
    """The ear failed; the call goes on by keys."""


@dataclass(frozen=True, slots=True)
class Answered:
    """The dialogue answered question `turn`."""

    turn: int
    replies: tuple[Say | Expect | Transfer | Hold | HangUp, ...]


@dataclass(frozen=True, slots=True)
class DialogueFailed:
    """The dialogue could not answer question `turn`."""

    turn: int


@dataclass(frozen=True, slots=True)
class ValueSealed:
    """A sensitive value lies in the vault."""

    kind: str
    ref: str
    tail: str
    """The last characters, which may be said."""


@dataclass(frozen=True, slots=True)
class SealFailed:
    """The vault took nothing: a sensitive value cannot be given to the machine."""


@dataclass(frozen=True, slots=True)
class OrderArrived:
    """Somebody outside the call (a service, a desk) has an order for it."""

    order: str
    event: str = ""
    payload: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class TransferEnded:
    """A transfer was tried: `joined`, or no seat was free."""

    joined: bool
    queue: str


@dataclass(frozen=True, slots=True)
class PlaceTold:
    """The caller's place among those who wait for a person has changed, or it is time to tell it."""

    position: int
    """1: he is next."""
    wait_seconds: float | None
    """How long it will take; None where nobody can say."""


@dataclass(frozen=True, slots=True)
class Joined:
    """The caller talks with a person now; the machine only listens for the end."""


@dataclass(frozen=True, slots=True)
class Parted:
    """The talk with a person is over, and the caller is still there."""

    event: str
    """The message to the dialogue, e.g. `seat_left`."""
    payload: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class CallbackLeft:
    """A callback order was made (serial, as it is to be read out), or could not be made (None)."""

    serial: str | None


@dataclass(frozen=True, slots=True)
class TimePassed:
    """The machine's deadline is reached."""


@dataclass(frozen=True, slots=True)
class HungUp:
    """The caller or the line ended the call."""

    reason: str


Event = (
    CallBegan | FrameHeard | BeepHeard | PartlyHeard | Heard | TypedIn | KeyPressed | PlayedOut | SpeechLost
    | RecognizerLost | Answered | DialogueFailed | ValueSealed | SealFailed | OrderArrived | TransferEnded
    | PlaceTold | Joined | Parted | CallbackLeft | TimePassed | HungUp
)
