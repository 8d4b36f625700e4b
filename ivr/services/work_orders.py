"""Work orders at the desks: who has one, what was done with it, by when the next step is due.

Every action is decided by `ivr.domain.work_orders` on the version that the person saw, and kept together
with its line of history and its audit entry.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from ivr.domain.calls import CallView
from ivr.domain.car_move_limits import CHINA, DatedRules
from ivr.domain.handovers import Handover
from ivr.domain.orders import CallbackOrder, CallbackState, OrderLine, RecordConflict
from ivr.domain.spoken import mask_personal
from ivr.domain.work_orders import (
    LONGEST_NOTE,
    OrderAction,
    OrderActionRefused,
    OrderRules,
    OrderStep,
    Refusal,
    allowed,
    take_step,
)
from ivr.domain.workdays import callback_due, workdays
from ivr.services.ports import LiveCalls, MissedCalls, OpenUnitOfWork

_OF_CALLER = 20
_UNFINISHED_CALL = timedelta(hours=2)
"""A call that began so long ago and has no end died with its process."""


class OrderUnknown(Exception):
    """No order of that serial."""

    code = "order_unknown"


class OrderChanged(Exception):
    """Somebody else changed the order since the person saw it; nothing was done."""

    code = "order_changed"


@dataclass(frozen=True, slots=True)
class Wish:
    """What a person at a desk asks for."""

    serial: str
    version: int
    """Of the order as he saw it."""
    action: OrderAction
    note: str = ""
    unit: str = ""
    into: str = ""
    """Serial of the order to go on with."""


@dataclass(frozen=True, slots=True)
class OrderView:
    """An order with everything a desk needs to go on."""

    order: CallbackOrder
    history: Sequence[OrderLine]
    actions: tuple[OrderAction, ...]
    """What this person may do now."""
    units: tuple[str, ...]
    others: tuple[CallbackOrder, ...]
    """Further orders of the same caller."""


class Fate(StrEnum):
    """What is to become of what a talk was about."""

    MINE = "mine"
    """The seat sees to it himself."""
    OPEN = "open"
    """Somebody is to take it."""
    DONE = "done"
    """Done while they talked; only the note is kept."""


_FATES = {Fate.MINE: (CallbackState.IN_HAND, True), Fate.OPEN: (CallbackState.OPEN, False), Fate.DONE: (CallbackState.DONE, True)}


class WorkOrders:
    """What the desks may ask."""

    def __init__(
        self, open_uow: OpenUnitOfWork, live: LiveCalls, rules: DatedRules, *, region: str = "*",
        token: Callable[[str], str],
    ) -> None:
        self._open_uow = open_uow
        self._live = live
        self._rules = rules
        self._region = region
        self._token = token

    def through(self, open_uow: OpenUnitOfWork) -> "WorkOrders":
        """Give the same for somebody who sees less: every order is read and changed through his unit of work."""
        return WorkOrders(open_uow, self._live, self._rules, region=self._region, token=self._token)

    def _in_force(self, now: datetime) -> OrderRules:
        return OrderRules.read(self._rules, workdays(), region=self._region, now=now)

    async def view(self, serial: str, *, by: str, now: datetime) -> OrderView:
        """Show one.

        Raises:
            OrderUnknown: no order of that serial.
        """
        rules = self._in_force(now)
        async with self._open_uow(reads_only=True) as uow:
            order = await uow.callbacks.get(serial)
            if order is None:
                raise OrderUnknown
            history = await uow.callbacks.history(serial)
            his = await uow.callbacks.of_caller(order.caller_token, _OF_CALLER) if order.caller_token else ()
        others = tuple(other for other in his if other.serial != serial)
        return OrderView(order, history, allowed(order, by=by, now=now, rules=rules), rules.units, others)

    async def act(self, wish: Wish, *, by: str, now: datetime) -> CallbackOrder:
        """Do what a person asks for.

        Raises:
            OrderUnknown: no order of that serial.
            OrderChanged: it is not as he saw it any more.
            OrderActionRefused: it may not be done.
        """
        rules = self._in_force(now)
        note, _ = mask_personal(wish.note)
        async with self._open_uow() as uow:
            order = await uow.callbacks.get(wish.serial)
            if order is None:
                raise OrderUnknown
            if order.version != wish.version:
                raise OrderChanged
            into = await uow.callbacks.get(wish.into) if wish.into else None
            step = OrderStep(wish.action, by, note, wish.unit, into)
            after, line = take_step(order, step, now=now, rules=rules)
            try:
                after = await uow.callbacks.save(after)
            except RecordConflict:
                raise OrderChanged from None
            await uow.callbacks.note(line)
            if into is not None and wish.action is OrderAction.MERGE:
                await uow.callbacks.note(
                    OrderLine(into.serial, now, by, "took_over", into.state, into.state, order.serial)
                )
            await uow.audit.append(
                at=now, actor=by, action=f"order_{wish.action.value}", subject=order.serial,
                facts={"from": order.state.value, "to": after.state.value},
            )
            await uow.commit()
        await self._live.publish("callbacks", {"serial": after.serial, "state": after.state.value})
        return after

    async def number(self, serial: str, *, by: str, now: datetime) -> str | None:
        """Give the number to call, which is noted; None when it was withheld.

        Raises:
            OrderUnknown: no order of that serial.
            OrderActionRefused: he has not taken the order.
        """
        async with self._open_uow() as uow:
            order = await uow.callbacks.get(serial)
            if order is None:
                raise OrderUnknown
            if order.holder != by or not order.is_unfinished:
                raise OrderActionRefused(Refusal.NOT_YOURS)
            await uow.callbacks.note(OrderLine(serial, now, by, "number_shown", order.state, order.state))
            await uow.audit.append(at=now, actor=by, action="order_number_shown", subject=serial, facts={})
            await uow.commit()
        return order.caller

    async def missed(self, calls: MissedCalls, *, now: datetime, limit: int) -> Sequence[CallView]:
        """Calls of the last days in which nobody was served, newest first.

        A caller who came through later, or for whom an order is there, is not listed.
        """
        return await calls.missed(
            since=now - timedelta(days=self._number("missed_days", now)),
            least_seconds=self._number("missed_after_seconds", now),
            dead_before=now - _UNFINISHED_CALL, limit=limit,
        )

    async def of_missed(self, call_id: str, number: str | None, *, by: str, now: datetime) -> CallbackOrder:
        """Make a missed call an order, due as any other; the same call makes the same order."""
        key = f"{call_id}:missed"
        rules = self._in_force(now)
        async with self._open_uow() as uow:
            known = await uow.callbacks.by_key(key)
            if known is not None:
                return known
            order = CallbackOrder(
                serial=await uow.next_serial("H", now.astimezone(CHINA).date()), call_id=call_id, queue="general",
                reason="missed_call", said="", created_at=now, due_at=callback_due(now, rules.hours, rules.days),
                caller=number, caller_token=self._token(number) if number else None, idempotency_key=key,
            )
            await uow.callbacks.add(order)
            await uow.callbacks.note(OrderLine(order.serial, now, by, "ordered", None, CallbackState.OPEN))
            await uow.audit.append(at=now, actor=by, action="order_of_missed", subject=order.serial, facts={})
            await uow.commit()
        await self._live.publish("callbacks", {"serial": order.serial, "state": order.state.value})
        return order

    async def of_handover(
        self, handover: Handover, note: str, fate: Fate, *, number: str | None, by: str, now: datetime
    ) -> CallbackOrder:
        """Write down what a talk was about; the same talk makes the same order.

        Raises:
            OrderActionRefused: nothing was written, or too much.
        """
        said, _ = mask_personal(note.strip())
        if not said:
            raise OrderActionRefused(Refusal.NOTE_MISSING)
        if len(said) > LONGEST_NOTE:
            raise OrderActionRefused(Refusal.NOTE_TOO_LONG)
        key = f"{handover.handover_id}:talk"
        rules = self._in_force(now)
        state, holder = _FATES[fate]
        async with self._open_uow() as uow:
            known = await uow.callbacks.by_key(key)
            if known is not None:
                return known
            order = CallbackOrder(
                serial=await uow.next_serial("H", now.astimezone(CHINA).date()), call_id=handover.call_id, queue=handover.queue,
                reason="after_talk", said=said, created_at=now, due_at=callback_due(now, rules.hours, rules.days), caller=number,
                caller_token=self._token(number) if number else None, idempotency_key=key, state=state,
                holder=by if holder else None, answer=said if state is CallbackState.DONE else None,
            )
            await uow.callbacks.add(order)
            await uow.callbacks.note(OrderLine(order.serial, now, by, "ordered", None, state))
            await uow.audit.append(
                at=now, actor=by, action="order_of_talk", subject=order.serial, facts={"handover": handover.handover_id, "to": state.value}
            )
            await uow.commit()
        await self._live.publish("callbacks", {"serial": order.serial, "state": order.state.value})
        return order

    def _number(self, name: str, now: datetime) -> int:
        on = now.astimezone(CHINA).date()
        return self._rules.number(f"callbacks.{name}", region=self._region, on=on)

    async def due(self, now: datetime) -> int:
        """Remind the desks of orders whose time has passed, each once."""
        async with self._open_uow() as uow:
            late = await uow.callbacks.overdue(now, _AT_ONCE)
            for order in late:
                await uow.callbacks.save(replace(order, reminded_at=now))
                await uow.callbacks.note(OrderLine(order.serial, now, "clock", "overdue", order.state, order.state))
            await uow.commit()
        for order in late:
            overdue = {"serial": order.serial, "queue": order.queue, "state": "overdue"}
            await self._live.publish("callbacks", overdue)
        return len(late)


_AT_ONCE = 50
