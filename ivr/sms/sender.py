"""The promise of a carrier."""

from dataclasses import dataclass
from typing import Protocol

from ivr.domain.orders import SmsMessage


@dataclass(frozen=True, slots=True)
class Receipt:
    """The carrier took a text."""

    carrier_id: str
    """Its own number for the text."""
    stays_here: bool = False
    """It was sent nowhere: whoever wants to read it reads the outbox."""


class Sender(Protocol):
    """Hands texts over to a carrier."""

    async def send(self, message: SmsMessage) -> Receipt:
        """Hand one text over; `message.to` is set.

        Raises:
            CarrierDown: try later.
            SmsRefused: never this one.
        """
