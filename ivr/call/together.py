"""A caller and other people: orders of desks and services, hand-overs, meetings, and the way back from them."""

from ivr.call import announcements as words
from ivr.call import waiting
from ivr.call.asking import Asking
from ivr.call.commands import Command, DropUtterance, FallSilent, Meet
from ivr.call.events import OrderArrived, Parted, TransferEnded
from ivr.call.floor import Floor, State
from ivr.call.helping import Helping
from ivr.call.leaving import Leaving
from ivr.call.questions import from_order
from ivr.call.waiting import Waiting


class Together:
    """What follows when others come into a call.

    Args:
        floor: of this call.
        waiting: keeps orders until their moment.
        asking: goes on with the dialogue.
        leaving: the ways out.
        helping: knows whether a seat was to be had.
    """

    def __init__(self, floor: Floor, waiting: Waiting, asking: Asking, leaving: Leaving, helping: Helping) -> None:
        self._floor = floor
        self._waiting = waiting
        self._asking = asking
        self._leaving = leaving
        self._helping = helping

    def joined(self) -> list[Command]:
        """He talks with a person; the machine is deaf and dumb."""
        floor = self._floor
        floor.hush()
        floor.listening.reset()
        floor.keys.take()
        floor.state, floor.deadline = State.TALKING, None
        return [FallSilent(), DropUtterance()]

    def parted(self, event: Parted, now: float) -> list[Command]:
        """He is back."""
        back = OrderArrived(waiting.ONLY_HOLDING, event.event, event.payload)
        if self._floor.state is State.TALKING:
            return self._asking.ask(from_order(back), now)
        self._waiting.keep(back)  # they were never joined
        return []

    def ordered(self, order: OrderArrived, now: float) -> list[Command]:
        """Somebody outside the call has an order for it."""
        match order.order:
            case "hang_up":
                return [FallSilent(), *self._floor.end("ordered")]
            case "transfer" if self._floor.state is not State.TALKING:
                return self._leaving.to_human("ordered", words.TO_HUMAN, now)
            case "resume" | waiting.MEETS | waiting.ONLY_HOLDING:
                self._waiting.keep(order)
                return []
            case _:
                return []

    def due(self, order: OrderArrived, now: float) -> list[Command]:
        """An order whose moment has come."""
        if order.order == waiting.MEETS:
            return [Meet(order.payload or {}, willing=self._floor.state is State.HOLDING)]
        return self._asking.ask(from_order(order), now)

    def transfer_ended(self, event: TransferEnded, now: float) -> list[Command]:
        """The PBX has him, or nobody took him."""
        if event.joined:
            return self._floor.end("transferred")
        if self._asking.gave_up:
            return self._leaving.leave_message("", now)
        self._helping.no_seat = True
        return self._asking.ask(from_order(OrderArrived("resume", "no_seat", {"queue": event.queue})), now)
