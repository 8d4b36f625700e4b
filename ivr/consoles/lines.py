"""Tickets with which a browser gets through to the media door.

A browser cannot log in at the door itself and must not say who calls: it gets a ticket that stands for
a call which this process has set up, valid once and for seconds.
"""

import re
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from ivr.consoles.errors import NumberUnusable, TicketSpent
from telephony.media.call_start import CallStart, new_call_id

TICKET_LIFE = timedelta(seconds=30)
MOST_TICKETS = 1_000
_NUMBER = re.compile(r"\+?[0-9]{3,15}")


@dataclass(frozen=True, slots=True)
class Ticket:
    """One call that may be connected."""

    start: CallStart
    owner: str = field(repr=False)
    """Session it was given to."""
    until: datetime


class TicketOffice:
    """Gives tickets and takes them back."""

    def __init__(self) -> None:
        self._open: dict[str, Ticket] = {}

    def issue(self, start: CallStart, *, owner: str, now: datetime) -> str:
        """Give a ticket for one call."""
        self._open = {word: kept for word, kept in self._open.items() if kept.until > now}
        if len(self._open) >= MOST_TICKETS:
            self._open.pop(next(iter(self._open)))
        word = secrets.token_urlsafe(24)
        self._open[word] = Ticket(start, owner, now + TICKET_LIFE)
        return word

    def take(self, word: str, *, owner: str, now: datetime) -> CallStart:
        """Use a ticket up.

        Raises:
            TicketSpent: used before, too old, somebody else's, or no ticket.
        """
        ticket = self._open.get(word)
        if ticket is None or ticket.owner != owner:
            raise TicketSpent("no such ticket")
        del self._open[word]
        if ticket.until <= now:
            raise TicketSpent("the ticket ran out of time")
        return ticket.start


def usable_number(text: str) -> str:
    """Read a telephone number; spaces and dashes in it do not count.

    Raises:
        NumberUnusable: it is none.
    """
    number = re.sub(r"[\s-]", "", text)
    if not _NUMBER.fullmatch(number):
        raise NumberUnusable("not a telephone number")
    return number


def call_in(*, caller: str | None, dialled: str) -> CallStart:
    """A call that a browser phone makes."""
    return CallStart(
        call_id=new_call_id(),
        direction="in",
        caller=caller,
        dialled=dialled,
        order_id=None,
        codec="slin",
        channel=None,
        source="phone",
    )
