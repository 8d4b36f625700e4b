"""What a site has agreed with its SMS carriers."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol


class Inbox(Protocol):
    """Takes what carriers report (`ivr.services.sms_inbox`)."""

    async def delivered(self, carrier_id: str, *, arrived: bool) -> bool: ...  # noqa: D102

    async def received(self, sender: str, text: str, *, now: datetime) -> bool: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class CarrierDoor:
    """What a site has agreed with its carriers."""

    inbox: Inbox
    public_url: str = ""
    """Address of this console as the carrier calls it, without a path."""
    twilio_token: str | None = field(default=None, repr=False)
    gateway_key: bytes | None = field(default=None, repr=False)
