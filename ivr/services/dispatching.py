"""The dispatchers' desk: acts on cases, each kept with its line of history and its audit entry."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from ivr.domain.accounts import Account, Right
from ivr.domain.car_move_desk import (
    LONGEST_NOTE,
    NEEDS_REASON,
    ActRefusal,
    ActRefused,
    DeskAct,
    Done,
    allowed,
)
from ivr.domain.car_moves import CarMoveCase
from ivr.domain.orders import MisuseMark, OwnerCallState, RecordConflict
from ivr.domain.spoken import mask_personal
from ivr.services.car_moving_keeping import CaseKeeper, Step
from ivr.services.car_moving_tasks import BackendTasks
from ivr.services.car_moving_views import CaseUnknown
from ivr.services.ports import OpenUnitOfWork, UnitOfWork

_ON_THE_WAY = frozenset({OwnerCallState.QUEUED, OwnerCallState.CLAIMED, OwnerCallState.RINGING, OwnerCallState.ANSWERED})


class CaseChanged(Exception):
    """Somebody else, or time, changed the case since the dispatcher saw it; nothing was done."""

    code = "case_changed"


@dataclass(frozen=True, slots=True)
class CaseWish:
    """What a dispatcher asks for."""

    case_id: str
    version: int
    """Of the case as he saw it."""
    act: DeskAct
    note: str = ""
    to: str = ""
    """Account to hand on to."""
    into: str = ""
    """Serial of the case to merge into."""


class _Directory(Protocol):
    async def all(self) -> Sequence[Account]: ...


class Dispatching:
    """What the board may ask.

    Args:
        open_uow: opens a unit of work; for one dispatcher, his own (`through`).
        keeper: writes decisions down.
        tasks: does at once what the backend is to do.
        people: who may be handed a case.
    """

    def __init__(
        self, open_uow: OpenUnitOfWork, keeper: Callable[[OpenUnitOfWork], CaseKeeper],
        tasks: Callable[[CaseKeeper], BackendTasks], people: _Directory,
    ) -> None:
        self._open_uow = open_uow
        self._make_keeper = keeper
        self._make_tasks = tasks
        self._keeper = keeper(open_uow)
        self._tasks = tasks(self._keeper)
        self._people = people

    def through(self, open_uow: OpenUnitOfWork) -> "Dispatching":
        """Give the same for somebody who sees less: every case is read and changed through his unit of work."""
        return Dispatching(open_uow, self._make_keeper, self._make_tasks, self._people)

    async def acts(self, case: CarMoveCase, *, by: str, now: datetime) -> tuple[DeskAct, ...]:
        """What a dispatcher may do with a case now."""
        limits = self._keeper.limits(case.region, now)
        return allowed(case, by=by, now=now, limits=limits, owner_rings=await self._owner_rings(case.case_id))

    async def colleagues(self, case: CarMoveCase, *, by: str) -> list[Account]:
        """Who may be handed a case: dispatchers who see its region."""
        return [
            each for each in await self._people.all()
            if each.active and each.name != by and each.may(Right.MOVE_CARS) and each.scope.sees(case.region)
        ]

    async def act(self, wish: CaseWish, *, by: str, now: datetime) -> CarMoveCase:
        """Do what a dispatcher asks for.

        Raises:
            CaseUnknown: no such case.
            CaseChanged: it is not as he saw it any more.
            ActRefused: it may not be done.
        """
        said = _said(wish)
        async with self._open_uow(reads_only=True) as uow:
            case = await uow.cases.get(wish.case_id)
            into = await uow.cases.get(wish.into.strip().upper()) if wish.act is DeskAct.MERGE else None
        if case is None:
            raise CaseUnknown
        if wish.act is DeskAct.HAND_ON:
            await self._see_colleague(case, wish.to, by=by)
        done = Done(wish.act, by, wish.to, into, owner_rings=await self._owner_rings(case.case_id))
        note = wish.to if wish.act is DeskAct.HAND_ON else into.case_id if into is not None else ""

        async def also(uow: UnitOfWork) -> None:
            kept = await uow.cases.get(wish.case_id)
            if kept is None or kept.version != wish.version:
                raise CaseChanged
            if wish.act is DeskAct.MISUSE:
                await uow.misuse.add(MisuseMark(kept.requester_token, kept.case_id, by, now))
            await uow.audit.append(
                at=now, actor=by, action=f"case_{wish.act.value}", subject=wish.case_id, facts={"note": note} if note else {}
            )

        try:
            case = await self._keeper.change(wish.case_id, Step(done, by, note, said), now=now, also=also)
        except RecordConflict:
            raise CaseChanged from None
        return await self._tasks.run(case, now=now)

    async def _see_colleague(self, case: CarMoveCase, name: str, *, by: str) -> None:
        if name not in {each.name for each in await self.colleagues(case, by=by)}:
            raise ActRefused(ActRefusal.NO_SUCH_DISPATCHER)

    async def _owner_rings(self, case_id: str) -> bool:
        async with self._open_uow(reads_only=True) as uow:
            return any(order.state in _ON_THE_WAY for order in await uow.orders.of_case(case_id))


def _said(wish: CaseWish) -> str:
    """What he wrote, with what names a person taken out."""
    said, _ = mask_personal(wish.note.strip())
    if len(said) > LONGEST_NOTE:
        raise ActRefused(ActRefusal.NOTE_TOO_LONG)
    if wish.act in NEEDS_REASON and not said:
        raise ActRefused(ActRefusal.NOTE_MISSING)
    return said
