"""The browser phones that ring now."""

import secrets
from dataclasses import dataclass, field

from ivr.consoles.errors import RingOver
from telephony.exchange import Ring


@dataclass(frozen=True, slots=True)
class RingingPhone:
    """One browser phone ringing."""

    ring_id: str
    owner: str = field(repr=False)
    """Session whose phone rings."""
    ring: Ring


class RingBoard:
    """All of them; what stopped ringing is forgotten."""

    def __init__(self) -> None:
        self._phones: dict[str, RingingPhone] = {}

    def add(self, ring: Ring, *, owner: str) -> RingingPhone:
        """Note that a phone rings."""
        self._phones = {key: kept for key, kept in self._phones.items() if kept.ring.ringing}
        phone = RingingPhone(secrets.token_urlsafe(12), owner, ring)
        self._phones[phone.ring_id] = phone
        return phone

    def of(self, owner: str) -> list[RingingPhone]:
        """What rings at one session."""
        return [kept for kept in self._phones.values() if kept.owner == owner and kept.ring.ringing]

    def find(self, ring_id: str, *, owner: str) -> Ring:
        """Find a ring that was offered to this session.

        Raises:
            RingOver: it does not ring any more, or never did here.
        """
        phone = self._phones.get(ring_id)
        if phone is None or phone.owner != owner or not phone.ring.ringing:
            raise RingOver("the phone does not ring any more")
        return phone.ring
