"""The caller waits on the line, and hears that he has not been forgotten; orders wait for their moment."""

from collections import deque

from ivr.call import announcements as words
from ivr.call.commands import Command
from ivr.call.events import OrderArrived
from ivr.call.floor import Floor, State

MEETS = "cross"
"""An order to meet somebody."""
ONLY_HOLDING = "resume_hold"
"""An order to go on that means nothing to a caller who holds no longer."""
COMFORT_SECONDS = 8.0
"""A caller who waits hears something at least this often."""


class Waiting:
    """A hold, and the orders that may end it.

    Args:
        floor: of this call.
    """

    def __init__(self, floor: Floor) -> None:
        self._floor = floor
        self._until = 0.0
        self._orders: deque[OrderArrived] = deque()

    def hold_for(self, seconds: float, now: float) -> None:
        """A hold begins; its time runs from here, its words included."""
        self._until = now + seconds

    def hold(self, now: float) -> list[Command]:
        """Wait in silence."""
        self._floor.state = State.HOLDING
        self._floor.deadline = min(now + COMFORT_SECONDS, self._until)
        return []

    def is_over(self, now: float) -> bool:
        """Has the hold lasted as long as it may?"""
        return now >= self._until

    def comfort(self, now: float) -> list[Command]:
        """Tell him that somebody is at work."""
        self._floor.deadline = min(now + COMFORT_SECONDS, self._until)
        return [self._floor.aside(words.STILL_WORKING)]

    def keep(self, order: OrderArrived) -> None:
        """An order to go on, or to meet somebody: kept until nobody speaks."""
        self._orders.append(order)

    @property
    def cuts_short(self) -> bool:
        """Does somebody wait to talk with him, while he is only told that he is to wait?"""
        return any(order.order == MEETS for order in self._orders) and self._floor.goes_on_with(self.hold)

    def next_order(self) -> OrderArrived | None:
        """The oldest order, once nothing else goes on; one that was for a hold is dropped after it."""
        if not self._orders or not self._floor.quiet:
            return None
        order = self._orders.popleft()
        return order if order.order != ONLY_HOLDING or self._floor.state is State.HOLDING else None
