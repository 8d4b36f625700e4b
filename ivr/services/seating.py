"""Callers handed to people: what the calls tell of them, and what the seats at their desks ask for.

An act of a seat is seen to be his, noted in the audit record and sent to the voice process as an order of
the box `seats`; what came of it is told back by `changed`. What is kept of a hand-over is for its seat alone.
"""

import logging
from collections.abc import AsyncIterator, Callable, Mapping
from datetime import datetime
from typing import Any, Protocol

from ivr.domain.handover_steps import (
    EMERGENCY_NUMBERS,
    WISHES,
    HandoverRefusal,
    HandoverRefused,
    SeatAct,
    forsaken,
    moved,
    see_may,
    third_number,
)
from ivr.domain.handovers import BOX, QUEUE_TOPIC, Handover, HandoverState, SeatHere, topic_of
from ivr.storage.unit_of_work import UnitOfWork

_log = logging.getLogger(__name__)

_AT_ONCE = 500
_GOOD_FOR_SECONDS = 10.0
"""What a seat asks for is done by then or not at all: later he has seen that nothing happened, and acted again."""

OpenUnit = Callable[[], UnitOfWork]


class _Live(Protocol):
    async def order(self, call_id: str, order: dict[str, Any], *, good_for_seconds: float) -> None: ...
    async def publish(self, topic: str, message: dict[str, Any]) -> None: ...
    def orders(self, call_id: str) -> AsyncIterator[Mapping[str, Any]]: ...


class Seating:
    """All hand-overs.

    Args:
        open_uow: opens a unit of work; for one seat, his own (`through`).
        live: the way between desks and voice process.
        clock: aware wall-clock time.
    """

    def __init__(self, open_uow: OpenUnit, live: _Live, clock: Callable[[], datetime]) -> None:
        self._open_uow = open_uow
        self._live = live
        self._clock = clock

    def through(self, open_uow: OpenUnit) -> "Seating":
        """Give the same for somebody who sees less."""
        return Seating(open_uow, self._live, self._clock)

    # the voice process ---------------------------------------------------------------------------

    async def opened(
        self, handover_id: str, *, call_id: str, region: str, queue: str, reason: str, context: Mapping[str, Any]
    ) -> None:
        """Keep that a caller waits for a person.

        Raises:
            RecordMissing: his call is not kept.
            DatabaseDown: nothing can be kept now.
        """
        asked = Handover(
            handover_id, call_id, region, queue, reason, HandoverState.WAITING, None, self._clock(), context=dict(context)
        )
        async with self._open_uow() as uow:
            await uow.handovers.add(asked)
            await uow.commit()
        await self._live.publish(QUEUE_TOPIC, {"kind": "queue"})

    async def changed(self, handover_id: str, state: HandoverState, *, seat: str | None = None) -> None:
        """Keep where a hand-over stands, and tell its seat, and the one who had it before.

        One that has ended stays as it is; one that was never kept is only told of.

        Raises:
            DatabaseDown: nothing can be kept now.
        """
        now = self._clock()
        told = {seat}
        async with self._open_uow() as uow:
            known = await uow.handovers.get(handover_id)
            if known is None:
                _log.warning("a hand-over that is not kept has changed", extra={"handover_id": handover_id})
            else:
                told |= {known.seat}
                await self._keep(uow, known, moved(known, state, seat=seat, now=now), now)
                await uow.commit()
        for account in sorted(each for each in told if each is not None):
            message = {"kind": "handover", "handover_id": handover_id, "state": state.value}
            await self._live.publish(topic_of(account), message)
        await self._live.publish(QUEUE_TOPIC, {"kind": "queue"})

    async def _keep(self, uow: UnitOfWork, before: Handover, after: Handover, now: datetime) -> None:
        if after == before:
            return
        await uow.handovers.save(after)
        if after.state is HandoverState.TALKING and before.state is not HandoverState.TALKING and after.seat is not None:
            await uow.calls.handled(after.call_id, after.seat)
            await uow.audit.append(
                at=now, actor=after.seat, action="handover_talking", subject=after.call_id, facts={"handover": after.handover_id}
            )

    async def tell_seat(self, account: str, news: Mapping[str, Any]) -> None:
        """Let a seat's desk know what only concerns the moment: his presence, his third party."""
        await self._live.publish(topic_of(account), dict(news))

    def orders(self) -> AsyncIterator[Mapping[str, Any]]:
        """What the desks ask for, as it comes; never ends by itself."""
        return self._live.orders(BOX)

    async def clear(self) -> int:
        """End what a voice process that died left open; gives how many. Called before the first call is taken."""
        now = self._clock()
        async with self._open_uow() as uow:
            left = await uow.handovers.open_ones(_AT_ONCE)
            for each in left:
                await uow.handovers.save(moved(each, forsaken(each), seat=None, now=now))
            await uow.commit()
        return len(left)

    # the desk ------------------------------------------------------------------------------------

    async def present(self, here: SeatHere) -> None:
        """Say that somebody sits at his desk; said every `PRESENCE_SECONDS`, and noted nowhere.

        Raises:
            LiveDown: the voice process cannot be told, as of all that follow.
        """
        order = {
            "order": "present", "seat": here.account, "name": here.name, "phone": here.kind.value, "extension": here.extension,
            "ready": here.ready, "queues": list(here.queues), "regions": list(here.regions),
        }
        await self._order(order)

    async def left(self, account: str) -> None:
        """Say that his page is closed."""
        await self._order({"order": "left", "seat": account})

    async def ready(self, account: str) -> None:
        """Let the next caller come; ends a pause, and the time to write down what the last one wanted."""
        await self._note(account, "seat_ready")
        await self._order({"order": "ready", "seat": account})

    async def away(self, account: str) -> None:
        """Let nobody come for now."""
        await self._note(account, "seat_away")
        await self._order({"order": "away", "seat": account})

    async def decline(self, handover_id: str, account: str) -> None:
        """Leave a caller to somebody else; raises as `_act`."""
        await self._act(SeatAct.DECLINE, handover_id, account)

    async def give_back(self, handover_id: str, account: str, wish: str) -> None:
        """Let the service go on with a caller: `continue`, or `verify` and come back; raises as `_act`."""
        if wish not in WISHES:
            raise HandoverRefused(HandoverRefusal.WISH_UNKNOWN)
        await self._act(SeatAct.RETURN, handover_id, account, noted={"wish": wish}, wish=wish)

    async def finish(self, handover_id: str, account: str) -> None:
        """End the talk; raises as `_act`."""
        await self._act(SeatAct.FINISH, handover_id, account)

    async def third(self, handover_id: str, account: str, number: str) -> None:
        """Call somebody else into the talk; raises as `_act`."""
        digits = third_number(number)
        noted = {"number": digits if digits in EMERGENCY_NUMBERS else "other"}
        await self._act(SeatAct.THIRD, handover_id, account, noted=noted, number=digits)

    async def third_off(self, handover_id: str, account: str) -> None:
        """Let that somebody go; raises as `_act`."""
        await self._act(SeatAct.THIRD_OFF, handover_id, account)

    async def mine(self, handover_id: str, account: str) -> Handover:
        """Give a hand-over to its own seat.

        Raises:
            HandoverRefused: there is none, or it is another's.
        """
        async with self._open_uow() as uow:
            found = await uow.handovers.get(handover_id)
        if found is None:
            raise HandoverRefused(HandoverRefusal.UNKNOWN)
        if found.seat != account:
            raise HandoverRefused(HandoverRefusal.NOT_YOURS)
        return found

    async def _act(
        self, act: SeatAct, handover_id: str, account: str, *, noted: Mapping[str, str] | None = None, **more: str
    ) -> None:
        """Note an act and order it.

        Raises:
            HandoverRefused: it is not his, or not to be done now.
            LiveDown: the voice process cannot be told.
        """
        async with self._open_uow() as uow:
            see_may(await uow.handovers.get(handover_id), act, by=account)
            facts = dict(noted or {})
            await uow.audit.append(at=self._clock(), actor=account, action=f"handover_{act.value}", subject=handover_id, facts=facts)
            await uow.commit()
        await self._order({"order": act.value, "handover_id": handover_id, "seat": account, **more})

    async def _order(self, order: dict[str, Any]) -> None:
        await self._live.order(BOX, order, good_for_seconds=_GOOD_FOR_SECONDS)

    async def _note(self, account: str, action: str) -> None:
        async with self._open_uow() as uow:
            await uow.audit.append(at=self._clock(), actor=account, action=action, subject=account, facts={})
            await uow.commit()
