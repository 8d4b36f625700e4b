"""What the services leave for others to do: SMS, calls to owners, call-backs by people.

Plain values. A telephone number in them is there to be used at the far end only: `repr` never shows
it, storage encrypts it.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class RecordConflict(Exception):
    """Somebody else wrote first: a unique key is taken, or the record has a newer version."""

    code = "record_conflict"


class RecordMissing(Exception):
    """No record of that name."""

    code = "record_missing"


class SmsState(StrEnum):
    """Life of one message in the outbox."""

    QUEUED = "queued"
    SENT = "sent"
    DELIVERED = "delivered"
    """The carrier says that it reached the phone."""
    UNDELIVERED = "undelivered"
    """The carrier took it and could not bring it."""
    FAILED = "failed"
    """Given up: refused by the carrier or too old."""


@dataclass(frozen=True, slots=True)
class SmsMessage:
    """One text in the outbox; goes to a number we hold, or to a contact only the backend knows."""

    sms_id: str
    """Also the idempotency key: one event of one case makes the same id again."""
    kind: str
    """Which text, e.g. `owner_notice`; safe to log."""
    text: str
    """Chinese; stored encrypted."""
    subject: str
    """Case or order the message belongs to."""
    created_at: datetime
    to: str | None = None
    """Number to send to; None when `contact_token` says whom."""
    contact_token: str | None = None
    """Handle of a vehicle's contact at the backend, resolved at the moment of sending."""
    state: SmsState = SmsState.QUEUED
    tries: int = 0
    next_try_at: datetime | None = None
    """Not sent before this moment; None: at once."""
    expires_at: datetime | None = None
    """After this moment the text is no longer true and is not sent."""
    sent_at: datetime | None = None
    carrier_id: str | None = None
    error: str | None = None
    """Code of the last failure, never a text of the carrier."""

    def __repr__(self) -> str:
        """Give what may be logged."""
        return f"SmsMessage(sms_id={self.sms_id!r}, kind={self.kind!r}, state={self.state.value!r})"

    @property
    def to_tail(self) -> str:
        """Last four digits, all that may be shown."""
        return (self.to or "")[-4:]


class OwnerCallState(StrEnum):
    """Life of one call that is to be placed to an owner."""

    QUEUED = "queued"
    CLAIMED = "claimed"
    RINGING = "ringing"
    ANSWERED = "answered"
    DONE = "done"
    """The owner gave an answer."""
    FAILED = "failed"
    """The call ended without one."""
    WITHDRAWN = "withdrawn"
    """No longer wanted: the case was answered or closed before it rang."""


@dataclass(frozen=True, slots=True)
class OwnerCall:
    """One call to place; the number is known to the backend alone."""

    order_id: str
    case_id: str
    call_id: str
    """The requester's call, which waits for the answer."""
    contact_token: str
    attempt: int
    not_before: datetime
    not_after: datetime
    """Too late to ring: the case will have expired."""
    state: OwnerCallState = OwnerCallState.QUEUED
    result: str | None = None
    """The answer, or how the call ended without one."""
    claimed_by: str | None = None
    claimed_until: datetime | None = None
    """Lease of the dialler; a call whose lease ran out is taken back."""

    def __repr__(self) -> str:
        """Give what may be logged."""
        return (
            f"OwnerCall(order_id={self.order_id!r}, case_id={self.case_id!r}, "
            f"attempt={self.attempt}, state={self.state.value!r})"
        )


class CallbackState(StrEnum):
    """Life of a work order (工单), see `work_orders`."""

    OPEN = "open"
    """受理: nobody has it yet."""
    ASSIGNED = "assigned"
    """转办: sent to a unit, not taken there yet."""
    IN_HAND = "in_hand"
    """办理: somebody has taken it (签收)."""
    ANSWERED = "answered"
    """答复: the caller was told; he is still to be asked whether he is content (回访)."""
    DONE = "done"
    """办结."""
    CANCELLED = "cancelled"
    """作废, with a reason."""
    MERGED = "merged"
    """合并: another order of the same caller goes on with it."""


UNFINISHED = frozenset(
    {CallbackState.OPEN, CallbackState.ASSIGNED, CallbackState.IN_HAND, CallbackState.ANSWERED}
)


@dataclass(frozen=True, slots=True)
class CallbackOrder:
    """A promise that a person calls back by `due_at`, and how far it has been kept."""

    serial: str
    """Spoken to the caller, e.g. `H2611230001`."""
    call_id: str
    queue: str
    reason: str
    """Machine word, e.g. `no_seat`; safe to log."""
    said: str
    """What the caller wanted, masked by the caller of the service; stored encrypted."""
    created_at: datetime
    due_at: datetime
    """By when the next step is due: the answer, or once answered the follow-up call."""
    caller: str | None = None
    """Number to call; None when it was withheld or none is needed."""
    caller_token: str | None = None
    subject: str | None = None
    """Case it belongs to."""
    state: CallbackState = CallbackState.OPEN
    idempotency_key: str = ""
    """One order for one key; by default call, queue and reason."""
    unit: str | None = None
    """Machine word of the unit it was sent to."""
    holder: str | None = None
    """Account that has taken it."""
    answer: str | None = None
    """What the caller was told, masked; stored encrypted."""
    reminded_at: datetime | None = None
    """When the desks were told that it is overdue."""
    tried: int = 0
    """Calls to him that reached nobody."""
    urged: int = 0
    """How often it was pressed for (催办)."""
    extended: int = 0
    redone: int = 0
    """How often he was not content with the answer (重办)."""
    merged_into: str | None = None
    version: int = 1
    """Counts the changes; a save of an older one is refused."""

    def __repr__(self) -> str:
        """Give what may be logged."""
        return (
            f"CallbackOrder(serial={self.serial!r}, queue={self.queue!r}, "
            f"reason={self.reason!r}, state={self.state.value!r})"
        )

    @property
    def caller_tail(self) -> str:
        """Last four digits, all that may be said."""
        return (self.caller or "")[-4:]

    @property
    def is_unfinished(self) -> bool:
        """Has somebody still something to do?"""
        return self.state in UNFINISHED


@dataclass(frozen=True, slots=True)
class OrderLine:
    """One line of a work order's history."""

    serial: str
    at: datetime
    actor: str
    """`clock`, or the name of an account."""
    event: str
    """Value of `work_orders.OrderAction`, or `ordered`, `overdue`, `number_shown`, `took_over`."""
    from_state: CallbackState | None
    to_state: CallbackState
    note: str = field(default="", repr=False)
    """What was written with it, masked; stored encrypted."""


@dataclass(frozen=True, slots=True)
class MisuseMark:
    """An administrator found that a request was malicious."""

    caller_token: str
    case_id: str
    confirmed_by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Rating:
    """A caller's mark at the end of his call (好差评)."""

    call_id: str
    score: int
    """1 非常满意 to 5 非常不满意, as it is keyed."""
    at: datetime
    service: str = ""
    """What was done for him; a machine word."""
