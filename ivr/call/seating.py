"""Who takes which caller: the queue and the seats, decided without a line, a clock or a log.

    a caller waits -> offered to a seat that is free -> taken, or offered to the next; too long -> given up

Rules:
 1. Callers are taken in the order in which they came, but where life may be at stake; one who comes back
    from a check goes to his own seat first.
 2. A seat takes what his businesses and regions cover; of several free ones the longest idle.
 3. Who lets his telephone ring is away until he says that he is ready; who declines keeps his place.
 4. Where nobody on duty could take a caller he is given up at once: hope is not held out for nothing.
 5. Every caller hears his place when he comes, when it changes, and from time to time.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from ivr.domain.accounts import Scope
from ivr.domain.handovers import ABSENT_SECONDS, Presence, SeatHere

WAIT_SECONDS = 60.0
"""Longest time without a seat, but not while one's telephone is ringing."""
WRAP_UP_SECONDS = 60.0
KEPT_SECONDS = 300.0
"""A seat is kept so long for a caller who is away for a check."""
TOLD_SECONDS = 20.0
_FIRST_TALK_SECONDS = 150.0
"""How long a talk takes before any was measured (domain.md 1.5: two to four minutes of a person)."""
_LEARNED = 0.2


# what happens -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SeatSeen:
    """A desk says that somebody sits there."""

    seat: SeatHere


@dataclass(frozen=True, slots=True)
class SeatGone:
    """He has left his desk."""

    account: str


@dataclass(frozen=True, slots=True)
class SeatReady:
    """He has finished writing, or is back."""

    account: str


@dataclass(frozen=True, slots=True)
class SeatAway:
    """He takes a pause."""

    account: str


@dataclass(frozen=True, slots=True)
class CallerWaits:
    """A caller wants a person."""

    handover_id: str
    queue: str
    region: str
    kept_by: str | None = None
    """The seat who had sent him to a check."""
    urgent: bool = False
    """Life may be at stake: he goes first."""


@dataclass(frozen=True, slots=True)
class CallerGone:
    """He hung up while he waited."""

    handover_id: str


@dataclass(frozen=True, slots=True)
class OfferTaken:
    """The seat has picked up."""

    handover_id: str


@dataclass(frozen=True, slots=True)
class OfferLost:
    """The seat has not: `declined`, or nobody answered."""

    handover_id: str
    declined: bool


@dataclass(frozen=True, slots=True)
class TalkEnded:
    """Seat and caller have parted."""

    account: str
    seconds: float
    keeps_seat: bool = False
    """The caller is away for a check and comes back."""


@dataclass(frozen=True, slots=True)
class TimePassed:
    """Look at the clock."""


SeatingEvent = (
    SeatSeen | SeatGone | SeatReady | SeatAway | CallerWaits | CallerGone | OfferTaken | OfferLost | TalkEnded | TimePassed
)

# what is to be done -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Offer:
    """Ring this seat for this caller."""

    handover_id: str
    seat: SeatHere


@dataclass(frozen=True, slots=True)
class TellPlace:
    """Tell a caller where he stands."""

    handover_id: str
    position: int
    wait_seconds: float | None


@dataclass(frozen=True, slots=True)
class GiveUp:
    """Nobody will take this caller in time."""

    handover_id: str


@dataclass(frozen=True, slots=True)
class Show:
    """A seat's presence has changed."""

    account: str
    presence: Presence


SeatingCommand = Offer | TellPlace | GiveUp | Show


@dataclass(frozen=True, slots=True)
class _Seat:
    here: SeatHere
    presence: Presence
    since: float
    seen: float

    def takes(self, queue: str, region: str) -> bool:
        """Would he take such a caller, when he is free?"""
        return (not self.here.queues or queue in self.here.queues) and Scope(self.here.regions).sees(region)


@dataclass(frozen=True, slots=True)
class _Caller:
    event: CallerWaits
    since: float
    told_at: float = float("-inf")
    told_position: int = 0
    declined_by: frozenset[str] = field(default_factory=frozenset)
    offered_to: str | None = None

    def may_go_to(self, seat: _Seat) -> bool:
        """Is this seat for him?"""
        if seat.here.account == self.event.kept_by:
            return True
        return seat.here.account not in self.declined_by and seat.takes(self.event.queue, self.event.region)


class Seating:
    """The seats and the queue of one room. `handle` decides.

    Args:
        wait_seconds: longest time that a caller waits for a seat.
    """

    def __init__(self, *, wait_seconds: float = WAIT_SECONDS) -> None:
        self._wait_seconds = wait_seconds
        self._seats: dict[str, _Seat] = {}
        self._callers: dict[str, _Caller] = {}
        self._kept: dict[str, float] = {}
        self._talk_seconds = _FIRST_TALK_SECONDS
        self._handlers: Mapping[type[SeatingEvent], Callable[[Any, float], list[SeatingCommand]]] = {
            SeatSeen: lambda event, now: self._seen(event.seat, now),
            SeatGone: lambda event, _: self._gone(event.account),
            SeatReady: lambda event, now: self._become(event.account, Presence.FREE, now),
            SeatAway: lambda event, now: self._become(event.account, Presence.AWAY, now),
            CallerWaits: self._caller_waits,
            CallerGone: lambda event, now: self._caller_gone(event.handover_id, now),
            OfferTaken: self._offer_taken,
            OfferLost: self._offer_lost,
            TalkEnded: self._talk_ended,
            TimePassed: lambda _, now: self._time_passed(now),
        }

    @property
    def presences(self) -> dict[str, Presence]:
        """Who is there, and what he does."""
        return {account: seat.presence for account, seat in self._seats.items()}

    @property
    def waiting(self) -> int:
        """How many callers wait."""
        return len(self._callers)

    def handle(self, event: SeatingEvent, *, now: float) -> list[SeatingCommand]:
        """Say what follows from an event; `now` in monotonic seconds."""
        return [*self._handlers[type(event)](event, now), *self._match(now), *self._tell(now)]

    # the seats -----------------------------------------------------------------------------------

    def _seen(self, here: SeatHere, now: float) -> list[SeatingCommand]:
        known = self._seats.get(here.account)
        if known is None:
            presence = Presence.FREE if here.ready else Presence.AWAY
            self._seats[here.account] = _Seat(here, presence, now, now)
            return [Show(here.account, presence)]
        self._seats[here.account] = replace(known, here=here, seen=now)
        return []

    def _gone(self, account: str) -> list[SeatingCommand]:
        """A seat whose line is up goes on talking; the line says when it ends."""
        seat = self._seats.get(account)
        if seat is None or seat.presence in (Presence.TALKING, Presence.RINGING):
            return []
        del self._seats[account]
        return [Show(account, Presence.AWAY)]

    def _become(self, account: str, presence: Presence, now: float) -> list[SeatingCommand]:
        """By his own word; not while he rings or talks."""
        seat = self._seats.get(account)
        if seat is None or seat.presence in (Presence.TALKING, Presence.RINGING, presence):
            return []
        return self._set(account, presence, now)

    def _set(self, account: str, presence: Presence, now: float) -> list[SeatingCommand]:
        seat = self._seats.get(account)
        if seat is None:
            return []
        self._seats[account] = replace(seat, presence=presence, since=now)
        return [Show(account, presence)]

    def _talk_ended(self, event: TalkEnded, now: float) -> list[SeatingCommand]:
        if event.seconds > 0:
            self._talk_seconds += _LEARNED * (event.seconds - self._talk_seconds)
        if event.keeps_seat:
            self._kept[event.account] = now + KEPT_SECONDS
        return self._set(event.account, Presence.WRAP_UP, now)

    # the callers ---------------------------------------------------------------------------------

    def _caller_waits(self, event: CallerWaits, now: float) -> list[SeatingCommand]:
        mine = {event.handover_id: _Caller(event, now)}
        self._callers = {**mine, **self._callers} if event.urgent else {**self._callers, **mine}
        self._kept.pop(event.kept_by or "", None)
        return []

    def _offer_taken(self, event: OfferTaken, now: float) -> list[SeatingCommand]:
        caller = self._callers.pop(event.handover_id, None)
        return [] if caller is None else self._set(caller.offered_to or "", Presence.TALKING, now)

    def _caller_gone(self, handover_id: str, now: float) -> list[SeatingCommand]:
        caller = self._callers.pop(handover_id, None)
        if caller is None or caller.offered_to is None:
            return []
        return self._set(caller.offered_to, Presence.FREE, now)

    def _offer_lost(self, event: OfferLost, now: float) -> list[SeatingCommand]:
        handover_id = event.handover_id
        caller = self._callers.get(handover_id)
        if caller is None or caller.offered_to is None:
            return []
        account = caller.offered_to
        self._callers[handover_id] = replace(caller, offered_to=None, declined_by=caller.declined_by | {account})
        return self._set(account, Presence.FREE if event.declined else Presence.AWAY, now)

    def _time_passed(self, now: float) -> list[SeatingCommand]:
        commands: list[SeatingCommand] = []
        for account, seat in list(self._seats.items()):
            if now - seat.seen > ABSENT_SECONDS:
                commands += self._gone(account)
            elif seat.presence is Presence.WRAP_UP and now - seat.since >= WRAP_UP_SECONDS and account not in self._kept:
                commands += self._set(account, Presence.FREE, now)
        self._kept = {account: until for account, until in self._kept.items() if until > now}
        return commands

    def _match(self, now: float) -> list[SeatingCommand]:
        commands: list[SeatingCommand] = []
        for handover_id, caller in list(self._callers.items()):
            if caller.offered_to is not None:
                continue
            seat = self._free_for(caller)
            if seat is not None:
                self._callers[handover_id] = replace(caller, offered_to=seat.here.account)
                commands += [*self._set(seat.here.account, Presence.RINGING, now), Offer(handover_id, seat.here)]
            elif now - caller.since >= self._wait_seconds or not self._hope_for(caller):
                del self._callers[handover_id]
                commands.append(GiveUp(handover_id))
        return commands

    def _free_for(self, caller: _Caller) -> _Seat | None:
        keeper = self._seats.get(caller.event.kept_by or "")
        if keeper is not None and keeper.presence in (Presence.FREE, Presence.WRAP_UP):
            return keeper
        able = [
            seat for account, seat in self._seats.items()
            if seat.presence is Presence.FREE and account not in self._kept and caller.may_go_to(seat)
        ]
        return min(able, key=lambda seat: seat.since, default=None)

    def _hope_for(self, caller: _Caller) -> bool:
        """Is there somebody who will be free some time?"""
        return any(seat.presence is not Presence.AWAY and caller.may_go_to(seat) for seat in self._seats.values())

    def _tell(self, now: float) -> list[SeatingCommand]:
        commands: list[SeatingCommand] = []
        for place, (handover_id, caller) in enumerate(list(self._callers.items()), 1):
            ahead = [each for each in list(self._callers.values())[: place - 1] if each.event.queue == caller.event.queue]
            position = len(ahead) + 1
            if position == caller.told_position and now - caller.told_at < TOLD_SECONDS:
                continue
            self._callers[handover_id] = replace(caller, told_at=now, told_position=position)
            commands.append(TellPlace(handover_id, position, self._wait_of(caller, position)))
        return commands

    def _wait_of(self, caller: _Caller, position: int) -> float | None:
        at_work = sum(seat.presence is not Presence.AWAY and caller.may_go_to(seat) for seat in self._seats.values())
        return self._talk_seconds * position / at_work if at_work else None
