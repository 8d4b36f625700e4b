"""Calls the service makes itself: the promise that the embedded exchange and Asterisk both keep."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol


class PlaceResult(StrEnum):
    """What became of a call out."""

    ANSWERED = "answered"
    """The person picked up; the call arrives at the media door with the order's id."""
    NO_ANSWER = "no_answer"
    BUSY = "busy"
    REJECTED = "rejected"
    UNREACHABLE = "unreachable"
    """No such number, switched off, out of range."""
    FAILED = "failed"
    """No trunk, a network without a free line; or nobody knows how it ended."""
    NOT_PLACED = "not_placed"
    """There was nobody to make the call: nothing rang, and it may be tried again at once."""


@dataclass(frozen=True, slots=True)
class OutboundCall:
    """One person to ring."""

    order_id: str
    number: str = field(repr=False)
    call_id: str
    """Id of the call that is about to be made, 32 hex digits; not of the call that asked for it."""
    caller_id_shown: str = "12123"
    ring_seconds: float = 25
    inside: bool = False
    """`number` is an extension of the PBX itself, a seat's telephone, and not to be reached by a trunk."""


class CallMaker(Protocol):
    """Rings people."""

    async def place(self, call: OutboundCall) -> PlaceResult:
        """Ring, and return when it is known whether someone picked up.

        Never raises for a call that cannot be made: that is `FAILED` or `NOT_PLACED`.
        """
