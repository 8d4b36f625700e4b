"""Joins people by telephone for a dispatcher: who may be joined, whose number is dialled, how it went.

An order travels to the voice process through the live calls' orders; a number is asked for at the moment
of dialling and kept nowhere. What really happened on the phone becomes a line of the case's history.
"""

import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol
from uuid import uuid4

from backend_client.api import CoreBackend
from backend_client.errors import BackendDown, BackendRefused, BackendWrong
from ivr.domain.car_move_desk import PARTIES, ActRefusal, ActRefused, JoinKind, see_joinable
from ivr.domain.car_move_limits import DatedRules, MoveLimits
from ivr.domain.car_moves import CaseEvent
from ivr.domain.orders import OwnerCallState
from ivr.services.car_moving_views import CaseUnknown
from ivr.services.ports import OpenUnitOfWork
from ivr.storage.errors import StorageError

_log = logging.getLogger(__name__)
BOX = "switchboard"
_MOST_KEPT = 500
_GOOD_FOR_SECONDS = 20.0
"""People are rung by then or not at all: a dispatcher who waited longer has turned to something else."""
_TOO_LATE = "late"
_ON_THE_WAY = frozenset({OwnerCallState.CLAIMED, OwnerCallState.RINGING, OwnerCallState.ANSWERED})


class _Live(Protocol):
    async def order(self, call_id: str, order: dict[str, Any], *, good_for_seconds: float) -> None: ...
    async def publish(self, topic: str, message: dict[str, Any]) -> None: ...
    def orders(
        self, call_id: str, *, late: Callable[[dict[str, Any]], Awaitable[None]]
    ) -> AsyncIterator[Mapping[str, Any]]: ...


@dataclass(frozen=True, slots=True)
class JoinPlan:
    """Whom to join."""

    join_id: str
    case_id: str
    kind: JoinKind
    by: str
    desk_number: str = field(repr=False)


class Joins:
    """All joins.

    Args:
        open_uow: opens a unit of work; for one dispatcher, his own (`through`).
        live: the way to the voice process.
        backend: knows the owner's number.
        rules: quiet hours.
        clock: aware wall-clock time.
    """

    def __init__(
        self, open_uow: OpenUnitOfWork, live: _Live, backend: CoreBackend, rules: DatedRules, clock: Callable[[], datetime]
    ) -> None:
        self._open_uow = open_uow
        self._live = live
        self._backend = backend
        self._rules = rules
        self._clock = clock
        self._plans: dict[str, JoinPlan] = {}

    def through(self, open_uow: OpenUnitOfWork) -> "Joins":
        """Give the same for somebody who sees less."""
        return Joins(open_uow, self._live, self._backend, self._rules, self._clock)

    async def order(self, case_id: str, kind: JoinKind, *, by: str, desk_number: str, now: datetime) -> str:
        """Have people joined; gives the id of the join.

        Raises:
            CaseUnknown: no such case.
            ActRefused: they may not be joined now.
            LiveDown: the voice process cannot be told.
        """
        async with self._open_uow() as uow:
            case = await uow.cases.get(case_id)
            if case is None:
                raise CaseUnknown
            rings = any(order.state in _ON_THE_WAY for order in await uow.orders.of_case(case_id))
            limits = MoveLimits.read(self._rules, region=case.region, now=now)
            see_joinable(case, kind, by=by, now=now, limits=limits, owner_rings=rings)
            if "desk" in PARTIES[kind] and not desk_number:
                raise ActRefused(ActRefusal.NO_DESK_PHONE)
            join_id = f"J{uuid4().hex}"
            await uow.cases.note(CaseEvent(case_id, now, by, f"Join.{kind.value}", case.state, case.state, "ordered"))
            await uow.audit.append(at=now, actor=by, action=f"join_{kind.value}", subject=case_id, facts={"join": join_id})
            await uow.commit()
        order = {"order": "join", "join_id": join_id, "case_id": case_id, "kind": kind.value, "by": by, "desk": desk_number}
        await self._live.order(BOX, order, good_for_seconds=_GOOD_FOR_SECONDS)
        return join_id

    # the voice process ---------------------------------------------------------------------------

    async def plans(self) -> AsyncIterator[JoinPlan]:
        """What is ordered, as it comes; never ends by itself."""
        async for order in self._live.orders(BOX, late=self._too_late):
            if (plan := self._planned(order)) is not None:
                yield plan

    def _planned(self, order: Mapping[str, Any]) -> JoinPlan | None:
        if order.get("order") != "join":
            return None
        plan = JoinPlan(order["join_id"], order["case_id"], JoinKind(order["kind"]), order["by"], order["desk"])
        while len(self._plans) >= _MOST_KEPT:
            self._plans.pop(next(iter(self._plans)))
        self._plans[plan.join_id] = plan
        return plan

    async def _too_late(self, order: Mapping[str, Any]) -> None:
        """Nobody is rung for an order that lay too long; its dispatcher reads so in the case."""
        if (plan := self._planned(order)) is None:
            return
        try:
            await self.ended(plan.join_id, _TOO_LATE, seconds=0.0, call_id="")
        except StorageError as error:
            _log.warning("a join that came too late could not be written down (%s)", error.code, extra={"join": plan.join_id})

    async def number(self, join_id: str, side: str) -> str | None:
        """The number to ring now; None when it is not to be rung."""
        plan = self._plans.get(join_id)
        if plan is None:
            return None
        party = PARTIES[plan.kind][0 if side == "first" else 1]
        if party == "desk":
            return plan.desk_number
        async with self._open_uow(reads_only=True) as uow:
            case = await uow.cases.get(plan.case_id)
        if case is None or not case.is_open:
            return None
        if party == "requester":
            return case.requester
        try:
            return None if case.contact_token is None else await self._backend.move_dial(case.contact_token)
        except (BackendDown, BackendWrong, BackendRefused):
            return None

    async def ended(self, join_id: str, result: str, *, seconds: float, call_id: str) -> None:
        """Write down what really happened."""
        plan = self._plans.pop(join_id, None)
        if plan is None:
            return
        now = self._clock()
        async with self._open_uow() as uow:
            case = await uow.cases.get(plan.case_id)
            if case is None:
                return
            note = f"{result} {seconds:.0f}" if seconds else result
            await uow.cases.note(CaseEvent(plan.case_id, now, "line", f"Join.{plan.kind.value}", case.state, case.state, note))
            facts = {"join": join_id, "result": result, "call": call_id}
            await uow.audit.append(at=now, actor=plan.by, action="join_ended", subject=plan.case_id, facts=facts)
            await uow.commit()
        await self._live.publish("cases", {"case_id": plan.case_id, "state": case.state.value})
