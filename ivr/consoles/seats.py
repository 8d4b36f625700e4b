"""Who sits at which desk, as this process knows it: the phone he has, whether he is ready, how his calls stand.

Nothing of it outlives the process: a seat whose page comes back says anew that he is here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ivr.domain.accounts import Account, Scope
from ivr.domain.handovers import ABSENT_SECONDS, PhoneKind, Presence, SeatHere, browser_phone

_ASKED_FOR = frozenset({Presence.FREE, Presence.WRAP_UP, Presence.AWAY})
"""What a seat may change himself; the others come and go with a call."""


@dataclass(slots=True)
class SeatPlace:
    """One desk."""

    account: str
    name: str
    regions: tuple[str, ...]
    presence_since: datetime
    kind: PhoneKind = PhoneKind.BROWSER
    extension: str = ""
    """Of the PBX; kept when he changes to the browser and back."""
    queues: tuple[str, ...] = ()
    ready: bool = False
    presence: Presence = Presence.AWAY
    third: str = ""
    """How it stands with a third party; empty: there is none."""
    pages: int = 0
    """Open pages of this desk."""
    left_at: datetime | None = None

    @property
    def here(self) -> SeatHere:
        """The same for the voice process."""
        phone = browser_phone(self.account) if self.kind is PhoneKind.BROWSER else self.extension
        return SeatHere(self.account, self.name, self.kind, phone, self.ready, self.queues, self.regions)


class SeatBoard:
    """All desks of this process."""

    def __init__(self) -> None:
        self._places: dict[str, SeatPlace] = {}

    def place(self, account: Account, *, now: datetime) -> SeatPlace:
        """Give somebody's desk."""
        place = self._places.get(account.name)
        if place is None:
            place = SeatPlace(account.name, account.display_name, account.regions, now)
            self._places[account.name] = place
        place.name, place.regions = account.display_name, account.regions
        return place

    def sit(self, account: Account, *, now: datetime) -> SeatPlace:
        """Note that a page of his is open; who was gone for long is not ready when he comes back."""
        place = self.place(account, now=now)
        if place.pages == 0 and (place.left_at is None or (now - place.left_at).total_seconds() > ABSENT_SECONDS):
            place.ready = False
            _set(place, Presence.AWAY, now)
        place.pages += 1
        return place

    def rise(self, place: SeatPlace, *, now: datetime) -> bool:
        """Note that a page was closed; was it his last?"""
        place.pages -= 1
        place.left_at = now
        return place.pages == 0

    def turn(self, place: SeatPlace, *, ready: bool, now: datetime) -> None:
        """He is ready for the next caller, or wants none for now."""
        place.ready = ready
        if place.presence in _ASKED_FOR:
            _set(place, Presence.FREE if ready else Presence.AWAY, now)

    def heard(self, place: SeatPlace, message: Mapping[str, Any], *, now: datetime) -> None:
        """Take what the voice process tells of him."""
        match message.get("kind"), str(message.get("state", "")):
            case "presence", state if state in set(Presence):
                _set(place, Presence(state), now)
            case "third", state:
                place.third = state
            case "handover", _:
                place.third = ""
            case _:
                pass

    def colleagues(self, of: Account) -> list[SeatPlace]:
        """Desks that are open and take calls of regions that he takes too, by name."""
        return sorted(
            (each for each in self._places.values() if each.pages and each.account != of.name and _meet(each.regions, of.regions)),
            key=lambda each: each.account,
        )


def _set(place: SeatPlace, presence: Presence, now: datetime) -> None:
    if place.presence is not presence:
        place.presence, place.presence_since = presence, now


def _meet(some: tuple[str, ...], others: tuple[str, ...]) -> bool:
    """Is there a region that both see?"""
    return any(_sees(some, region) for region in others) or any(_sees(others, region) for region in some)


def _sees(regions: tuple[str, ...], region: str) -> bool:
    return Scope(regions).is_everywhere or region == "*" or Scope(regions).sees(region)
