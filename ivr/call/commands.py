"""What a call may ask of the world. Imperatives; `session.py` performs them and nothing else does."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Utter:
    """One sentence to be spoken."""

    text: str
    phrase_id: str | None = None
    marked: str | None = None
    """The text with its marks of pace (`ivr.domain.pacing`), where it has any."""


@dataclass(frozen=True, slots=True)
class Speak:
    """Play these sentences one after another; `PlayedOut(mark)` follows when they were heard."""

    sentences: tuple[Utter, ...]
    mark: str


@dataclass(frozen=True, slots=True)
class FallSilent:
    """Stop at once and drop what is queued."""


@dataclass(frozen=True, slots=True)
class HoldBreath:
    """Stop at once and keep what is queued; `GoOn` or `FallSilent` follows."""


@dataclass(frozen=True, slots=True)
class GoOn:
    """Go on with what `HoldBreath` stopped."""


@dataclass(frozen=True, slots=True)
class OpenUtterance:
    """The caller has begun to speak: recognize from a moment before now."""


@dataclass(frozen=True, slots=True)
class FinishUtterance:
    """The caller has finished: `Heard` follows."""

    phrases: tuple[str, ...] = ()
    """Short answers to try beside the full model (yes/no, choices)."""
    binding: bool = False
    """It may be a yes to what cannot be taken back (`expect.counts_alone`)."""


@dataclass(frozen=True, slots=True)
class DropUtterance:
    """What was being recognized is not wanted."""


@dataclass(frozen=True, slots=True)
class OpenEar:
    """The ear was lost: listen with another one."""


@dataclass(frozen=True, slots=True)
class Ask:
    """Ask the dialogue; `Answered` or `DialogueFailed` with the same turn follows."""

    turn: int
    message: str
    metadata: Mapping[str, Any] = field(default_factory=dict)
    shown: str = ""
    """What the log and the captions may show of the message (masked)."""
    retry: bool = False


@dataclass(frozen=True, slots=True)
class WriteDown:
    """The caller said or pressed this, and the dialogue is not asked about it."""

    text: str = field(repr=False)
    confidence: float | None = None


@dataclass(frozen=True, slots=True)
class Seal:
    """Put a sensitive value into the vault; `ValueSealed` follows."""

    kind: str
    value: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Listen:
    """The caller is expected to give this now; `sealed` mutes the recording."""

    kind: str
    sealed: bool


@dataclass(frozen=True, slots=True)
class TransferTo:
    """Hand the caller to a human queue; `TransferEnded` follows."""

    queue: str
    reason: str
    context: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Meet:
    """Go to a meeting with the other party of a case; `Parted` follows."""

    invitation: Mapping[str, Any]
    willing: bool
    """False: he is in the middle of something; the other is told so."""


@dataclass(frozen=True, slots=True)
class LeaveCallback:
    """Make a callback order without the dialogue; `CallbackLeft` follows."""

    reason: str
    said: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class EndCall:
    """Hang up and end the session."""

    reason: str


Command = (
    Speak | FallSilent | HoldBreath | GoOn | OpenUtterance | FinishUtterance | DropUtterance | OpenEar | Ask | WriteDown | Seal
    | Listen | TransferTo | Meet | LeaveCallback | EndCall
)
