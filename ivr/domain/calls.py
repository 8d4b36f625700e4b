"""What is kept of a call: that it began, each line of its transcript, what befell it, how it ended.

    CallBegan -> TurnRecord | CallEvent ... -> CallEnded        read back as one CallView

Texts arrive masked (`spoken.mask_personal`) and are encrypted at rest all the same. No `repr` shows
a number or a text. Each record may be written twice without harm: the second time changes nothing.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

NUMBER_OF_RECORD = "call_record"
"""Stands for the caller's number as the call's own record has it, where none could be sealed."""


class Direction(StrEnum):
    """Who dialled."""

    INBOUND = "in"
    """A citizen dialled us."""
    OUTBOUND = "out"
    """We rang an owner."""


class Speaker(StrEnum):
    """Whose line of the transcript."""

    CALLER = "caller"
    SERVICE = "service"


@dataclass(frozen=True, slots=True)
class CallBegan:
    """A call is on the line."""

    call_id: str
    direction: Direction
    dialled: str = field(repr=False)
    """Our number when inbound; empty when we rang an owner, whose number is not kept."""
    began_at: datetime
    caller: str | None = field(default=None, repr=False)
    """The other party's number; None when withheld, and always for a call to an owner."""
    region: str = ""
    order_id: str | None = None
    """Owner call or call-back that made us dial."""


@dataclass(frozen=True, slots=True)
class StageTimings:
    """Where the time of one turn went, in milliseconds; None: did not happen."""

    end_of_turn_ms: float | None = None
    """From the last voiced frame to the decision that the turn is over."""
    recognize_ms: float | None = None
    dialogue_ms: float | None = None
    speak_ms: float | None = None
    """From the answer to the first audio handed to the media door."""

    @property
    def total_ms(self) -> float:
        """All of them."""
        parts = (self.end_of_turn_ms, self.recognize_ms, self.dialogue_ms, self.speak_ms)
        return sum(part for part in parts if part is not None)


@dataclass(frozen=True, slots=True)
class Given:
    """Something that the caller gave in a turn, as the dialogue took it."""

    name: str
    """E.g. `move.plate`."""
    value: str = field(repr=False)
    sure: float
    """How surely it was heard, 0 to 1."""
    corrects: bool = False
    """Something else had been understood before."""


@dataclass(frozen=True, slots=True)
class Understanding:
    """What the dialogue made of a turn of the caller."""

    intent: str
    confidence: float
    """How sure of the intent, 0 to 1."""
    given: tuple[Given, ...] = ()
    """What was not known before."""


@dataclass(frozen=True, slots=True)
class TurnRecord:
    """One line of the transcript."""

    call_id: str
    number: int
    """Turn the line belongs to; a turn may have a line of each speaker, and several."""
    who: Speaker
    text: str = field(repr=False)
    """Masked; empty when only keys were pressed."""
    at: datetime
    at_seconds: float
    """Since the call began; the recording's clock."""
    confidence: float | None = None
    understood: Understanding | None = None
    """Of what the caller said before; stands at the service's line, which answers it."""
    keys: str | None = field(default=None, repr=False)
    """Keys pressed, masked: `1`, or `******` where the value was sealed."""
    timings: StageTimings | None = None
    state: str = ""
    """State of the turn-taking, e.g. `listening`."""


@dataclass(frozen=True, slots=True)
class CallEvent:
    """Something that befell the call outside its lines: a transfer, an order, a failure."""

    call_id: str
    at: datetime
    event: str
    """Machine word, e.g. `transfer_refused`."""
    detail: str = ""
    """Machine words only; nothing a person said."""


@dataclass(frozen=True, slots=True)
class CallEnded:
    """The line is free again."""

    call_id: str
    ended_at: datetime
    reason: str
    """Machine word: `caller_hung_up`, `said_goodbye`, `transferred`, `failed`, ..."""
    seconds: float
    outcome: str = ""
    """What came of it, e.g. `case_filed`, `callback_ordered`, `none`."""
    service: str = ""
    """Service the caller used, e.g. `car_moving`."""
    recording_path: str | None = None
    """Relative to the folder of recordings."""
    recording_sha256: str | None = None
    keep_long: bool = False
    """Complaint, dispute or replacement of a document: the longer retention period applies."""


@dataclass(frozen=True, slots=True)
class CallView:
    """A call as it is read back; without a number that could be dialled."""

    call_id: str
    direction: Direction
    began_at: datetime
    region: str = ""
    caller_tail: str = ""
    """Last four digits at most; empty when withheld."""
    caller_token: str | None = field(default=None, repr=False)
    order_id: str | None = None
    ended_at: datetime | None = None
    """None: still on the line, or the process died with it."""
    end_reason: str = ""
    seconds: float | None = None
    outcome: str = ""
    service: str = ""
    recording_path: str | None = None
    recording_sha256: str | None = None
    keep_long: bool = False
    turns: tuple[TurnRecord, ...] = ()
    """In the order of the clock; `recent` leaves them out."""
    events: tuple[CallEvent, ...] = ()
