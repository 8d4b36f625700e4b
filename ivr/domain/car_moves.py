"""Car moving: the values. `car_move_steps` decides what happens, `car_move_limits` who may ask.

NEW -> VALIDATED -> NOTIFYING -> ACK_COMING | ACK_CANNOT | NOT_HERE | SOLD | OBJECTED | NO_ANSWER
                    any of these -> REMINDED (10 min) -> FOLLOW_UP (20 min)
every open state -> RESOLVED | ESCALATED | EXPIRED (2 h) | CANCELLED | MISUSE
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class CaseState(StrEnum):
    """Where a request stands."""

    NEW = "new"
    """Kept, the vehicle is not looked up yet (the backend does not answer)."""
    VALIDATED = "validated"
    NOTIFYING = "notifying"
    ACK_COMING = "ack_coming"
    ACK_CANNOT = "ack_cannot"
    NOT_HERE = "not_here"
    """The owner says that the car stands elsewhere: a cloned plate may be in use."""
    SOLD = "sold"
    OBJECTED = "objected"
    """The owner says that he is in nobody's way: an administrator looks into it."""
    NO_ANSWER = "no_answer"
    REMINDED = "reminded"
    FOLLOW_UP = "follow_up"
    """The requester was asked whether the car is gone."""
    RESOLVED = "resolved"
    ESCALATED = "escalated"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    MISUSE = "misuse"


CLOSED_STATES = frozenset(
    {
        CaseState.RESOLVED,
        CaseState.ESCALATED,
        CaseState.EXPIRED,
        CaseState.CANCELLED,
        CaseState.MISUSE,
    }
)


class OwnerAnswer(StrEnum):
    """What the owner can answer, by key or voice."""

    COMING = "coming"
    CANNOT = "cannot"
    NOT_HERE = "not_here"
    SOLD = "sold"
    OBJECTS = "objects"


class OwnerCallResult(StrEnum):
    """How a call to the owner ended without an answer."""

    ANSWERED_NO_KEY = "answered_no_key"
    NO_ANSWER = "no_answer"
    BUSY = "busy"
    REJECTED = "rejected"
    UNREACHABLE = "unreachable"
    """No such number, switched off, out of range."""
    VOICEMAIL = "voicemail"
    """A machine picked up: the owner was told nothing."""
    FAILED = "failed"


class Escalation(StrEnum):
    """Who takes over a car that was not moved."""

    POLICE = "police"
    """The duty brigade: the car stands on a road."""
    PROPERTY = "property"
    """The property management: a closed compound, where the road law does not reach."""
    DISPATCHER = "dispatcher"
    """A person decides: the place does not tell."""
    EMERGENCY = "emergency"
    """110: danger to somebody."""


class BackendTask(StrEnum):
    """What only the backend can do; each is done once, by the key `<case_id>:<task>`."""

    LOOK_UP = "look_up"
    REPORT_CLUE = "report_clue"
    MARK_STALE = "mark_stale"
    POLICE_ORDER = "police_order"


@dataclass(frozen=True, slots=True)
class CarMoveCase:
    """One request to have a car moved."""

    case_id: str
    """Serial that may be spoken, e.g. `M2611230001`."""
    call_id: str
    idempotency_key: str
    plate: str
    plate_token: str
    """HMAC of the plate, for limits and search."""
    plate_mask: str
    plate_type: str
    place: str
    place_kind: str | None
    on_road: bool | None
    """None: the place does not tell."""
    reason: str | None
    colour: str | None
    colour_matches: bool | None
    urgent: bool
    region: str
    requester: str
    """Number for the requester's SMS; stored encrypted."""
    requester_token: str
    opened_at: datetime
    state: CaseState = CaseState.NEW
    contact_token: str | None = None
    """Handle of the owner at the backend; None: unknown, or no longer to be used."""
    notified_at: datetime | None = None
    """First notice; reminder and follow-up are counted from here."""
    asked_at: datetime | None = None
    """When the requester was asked whether the car is gone."""
    next_due_at: datetime | None = None
    attempts: int = 0
    """Calls to the owner ordered so far."""
    reminders: int = 0
    pending: tuple[BackendTask, ...] = ()
    retries: int = 0
    """Failed tries of the pending tasks in a row."""
    escalated_to: Escalation | None = None
    review: str | None = None
    """Why an administrator must look at it, e.g. `owner_objects`."""
    police_serial: str | None = None
    holder: str | None = None
    """Account of the dispatcher who looks after it."""
    merged_into: str | None = None
    """Serial of the case that goes on for it."""
    version: int = 1
    """Counted up by storage at each save; a save with an older one is refused."""

    def __repr__(self) -> str:
        """Give what may be logged."""
        return (
            f"CarMoveCase(case_id={self.case_id!r}, state={self.state.value!r}, "
            f"plate={self.plate_mask!r}, version={self.version})"
        )

    @property
    def is_open(self) -> bool:
        """Does it still stand in the way of the requester's next request?"""
        return self.state not in CLOSED_STATES


@dataclass(frozen=True, slots=True)
class CaseEvent:
    """One line of a case's history."""

    case_id: str
    at: datetime
    actor: str
    """`requester`, `owner`, `clock`, `backend`, or the name of an administrator's account."""
    event: str
    from_state: CaseState | None
    to_state: CaseState
    note: str = ""
    """Machine words only; nothing a person said."""
    said: str = field(default="", repr=False)
    """What a dispatcher wrote; stored encrypted."""
