"""Lets an owner talk with the requester who still holds the line (接通式).

Each is in a call of his own; both get an order to meet in a room, and the room lets only sound across.
What came of it becomes a line of the case's history.
"""

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Protocol
from uuid import uuid4

from ivr.domain.car_move_limits import DatedRules, MoveLimits
from ivr.domain.car_moves import CarMoveCase, CaseEvent, OwnerAnswer
from ivr.domain.orders import OwnerCallState
from ivr.services.car_moving_views import NO_TALK
from ivr.services.ports import OpenUnitOfWork
from ivr.storage.errors import LiveDown

_log = logging.getLogger(__name__)
TALK_LEASE = timedelta(minutes=5)
"""Beside the talk itself: the notice, and the answer after it."""


class _Live(Protocol):
    async def order(self, call_id: str, order: dict[str, Any]) -> None: ...
    async def publish(self, topic: str, message: dict[str, Any]) -> None: ...
    async def list(self) -> list[dict[str, Any]]: ...


class Connecting:
    """Talks of owners with requesters.

    Args:
        open_uow: opens a unit of work.
        live: the way to calls that are on the line.
        rules: whether and how long.
        clock: aware wall-clock time.
    """

    def __init__(self, open_uow: OpenUnitOfWork, live: _Live, rules: DatedRules, clock: Callable[[], datetime]) -> None:
        self._open_uow = open_uow
        self._live = live
        self._rules = rules
        self._clock = clock

    async def offered(self, order_id: str) -> bool:
        """May the owner talk with the requester: allowed there, the case open, the requester on the line?"""
        case = await self._case(order_id)
        if case is None or not case.is_open or not self._limits(case).connect:
            return False
        try:
            return any(call["call_id"] == case.call_id for call in await self._live.list())
        except LiveDown:
            return False

    async def connect(self, order_id: str, *, call_id: str) -> bool:
        """Send both to a room; False when that is not possible.

        Args:
            order_id: of the call to the owner.
            call_id: the owner's call.
        """
        case = await self._case(order_id)
        if case is None or not await self.offered(order_id):
            return False
        longest = self._limits(case).connect_longest
        await self._lease(order_id, longest)
        order = {"room": f"X{uuid4().hex}", "case_id": case.case_id, "longest": longest.total_seconds()}
        try:
            for side, each in (("requester", case.call_id), ("owner", call_id)):
                await self._live.order(each, {"order": "cross", "payload": {**order, "side": side}})
        except LiveDown:
            return False
        await self._note(case, "owner", "asked")
        return True

    async def owner_left(self, order_id: str) -> None:
        """The owner's call is over: a requester who waits for a talk need not wait longer."""
        case = await self._case(order_id, result=OwnerAnswer.COMING)
        if case is None or not case.is_open or not self._limits(case).connect:
            return
        payload = {"case_id": case.case_id, "state": case.state.value, "kind": NO_TALK}
        try:
            await self._live.order(case.call_id, {"order": "resume_hold", "event": "case_update", "payload": payload})
        except LiveDown:
            _log.warning("a call cannot be resumed", extra={"call_id": case.call_id})

    async def ended(self, case_id: str, result: str, *, seconds: float) -> None:
        """Write down what really happened."""
        async with self._open_uow(reads_only=True) as uow:
            case = await uow.cases.get(case_id)
        if case is not None:
            await self._note(case, "line", f"{result} {seconds:.0f}" if seconds else result)

    async def _lease(self, order_id: str, longest: timedelta) -> None:
        """An owner who has not answered yet is not taken for lost while he talks."""
        async with self._open_uow() as uow:
            order = await uow.orders.get(order_id)
            if order is not None and order.state is OwnerCallState.ANSWERED:
                await uow.orders.save(replace(order, claimed_until=self._clock() + longest + TALK_LEASE))
                await uow.commit()

    async def _note(self, case: CarMoveCase, actor: str, note: str) -> None:
        now = self._clock()
        async with self._open_uow() as uow:
            await uow.cases.note(CaseEvent(case.case_id, now, actor, "Join.talk", case.state, case.state, note))
            await uow.audit.append(at=now, actor=actor, action="connect", subject=case.case_id, facts={"result": note})
            await uow.commit()
        await self._live.publish("cases", {"case_id": case.case_id, "state": case.state.value})

    async def _case(self, order_id: str, result: str | None = None) -> CarMoveCase | None:
        """The case of a call; of one with another result none."""
        async with self._open_uow(reads_only=True) as uow:
            order = await uow.orders.get(order_id)
            if order is None or result not in (None, order.result):
                return None
            return await uow.cases.get(order.case_id)

    def _limits(self, case: CarMoveCase) -> MoveLimits:
        """The rules of the day on which the case was opened."""
        return MoveLimits.read(self._rules, region=case.region, now=case.opened_at)
