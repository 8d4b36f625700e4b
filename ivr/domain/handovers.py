"""A caller is handed to a person: what is kept of it, and the words that desks and calls agree on."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

BOX = "seats"
"""Orders of the desks to the room of seats (`live_calls.order(BOX, ...)`)."""

PRESENCE_SECONDS = 10.0
"""A desk says so often that somebody sits there."""
ABSENT_SECONDS = 30.0
"""Who was not heard of for so long has gone."""


class HandoverState(StrEnum):
    """Where a hand-over stands. The last five are its ends."""

    WAITING = "waiting"
    OFFERED = "offered"
    """A seat's telephone rings; its screen shows the context."""
    BRIEFING = "briefing"
    """The seat hears the summary; the caller does not hear him yet."""
    TALKING = "talking"
    AWAY = "away"
    """Back with the service for a check; this seat is kept for him."""
    RETURNED = "returned"
    """Given back to the service."""
    DONE = "done"
    """The seat has finished and hung up."""
    LOST = "lost"
    """The seat's line broke."""
    NO_SEAT = "no_seat"
    """Nobody was free in time: a callback order was made."""
    ABANDONED = "abandoned"
    """The caller hung up while he waited."""
    CALLER_LEFT = "caller_left"
    """The caller hung up after he had talked with the seat: as good an end as `DONE`."""


ENDS = frozenset(
    {
        HandoverState.RETURNED, HandoverState.DONE, HandoverState.LOST, HandoverState.NO_SEAT, HandoverState.ABANDONED,
        HandoverState.CALLER_LEFT,
    }
)


class Presence(StrEnum):
    """What a seat is ready for."""

    FREE = "free"
    RINGING = "ringing"
    TALKING = "talking"
    WRAP_UP = "wrap_up"
    """Writes down what the talk was about; free again when he says so, or after a while."""
    AWAY = "away"


class PhoneKind(StrEnum):
    """Which telephone a seat has."""

    SIP = "sip"
    """An extension of the PBX."""
    BROWSER = "browser"
    """The desk's page itself."""


@dataclass(frozen=True, slots=True)
class SeatHere:
    """Somebody sits at a desk."""

    account: str
    name: str
    """As colleagues and callers may hear it."""
    kind: PhoneKind
    extension: str
    """The PBX's extension, or the name under which the exchange knows the browser (`browser_phone`)."""
    ready: bool
    queues: tuple[str, ...] = ()
    """The businesses he takes; none: all."""
    regions: tuple[str, ...] = ()
    """As in his account (`accounts.Scope`)."""


def browser_phone(account: str) -> str:
    """Name of a desk's own telephone in the exchange."""
    return f"seat:{account}"


def topic_of(account: str) -> str:
    """Where a seat's desk hears of what concerns it (`live_calls.publish`)."""
    return f"seat:{account}"


QUEUE_TOPIC = "seats"
"""Where all desks hear that the queue or somebody's presence has changed."""


@dataclass(frozen=True, slots=True)
class Handover:
    """One caller handed to a person."""

    handover_id: str
    call_id: str
    region: str
    queue: str
    reason: str
    state: HandoverState
    seat: str | None
    asked_at: datetime
    offered_at: datetime | None = None
    joined_at: datetime | None = None
    ended_at: datetime | None = None
    context: Mapping[str, Any] = field(default_factory=dict, repr=False)
    """Service, stage, level, `given` (name, value, sure), summary, transcript."""

    @property
    def is_over(self) -> bool:
        """Nothing follows."""
        return self.state in ENDS
