"""The book of calls that are to be placed to owners; the dialler works from it.

    claim -> number_for -> ringing -> answered -> ended
                 |            | nobody picked up: not_reached
                 |            | nobody could ring him (not_placed): back into the book for a while
                 | the backend does not answer: back into the book for a while
                 | nobody behind the contact: ended at once

The number is asked for at the moment of dialling and kept nowhere. A dialler that dies loses its
lease: a claim goes back into the book, a call on the line counts as failed.
"""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Protocol

from backend_client.api import CoreBackend
from backend_client.errors import BackendDown, BackendRefused, BackendWrong
from ivr.domain.car_moves import OwnerCallResult
from ivr.domain.orders import OwnerCall, OwnerCallState
from ivr.services.ports import OpenUnitOfWork

CLAIM_LEASE = timedelta(seconds=30)
RING_LEASE = timedelta(seconds=150)
TALK_LEASE = timedelta(minutes=5)
RETRY_NUMBER = timedelta(seconds=15)
_NOT_ANSWERED = frozenset({OwnerCallState.CLAIMED, OwnerCallState.RINGING})
_ON_THE_WAY = frozenset({OwnerCallState.CLAIMED, OwnerCallState.RINGING, OwnerCallState.ANSWERED})


class CallEnded(Protocol):
    """What hears that a call ended without an answer: `CarMoving.owner_call_ended`."""

    def __call__(
        self, order_id: str, result: OwnerCallResult | str, *, now: datetime
    ) -> Awaitable[None]:
        """Take note."""


class OrderBook:
    """Calls to place, one worker each; `now` may be left out by those who have no clock."""

    def __init__(
        self,
        open_uow: OpenUnitOfWork,
        backend: CoreBackend,
        on_ended: CallEnded,
        clock: Callable[[], datetime],
        worker: str = "dialler",
    ) -> None:
        self._open_uow = open_uow
        self._backend = backend
        self._on_ended = on_ended
        self._clock = clock
        self._worker = worker

    async def claim(
        self, worker: str | None = None, now: datetime | None = None
    ) -> OwnerCall | None:
        """Take the next call whose time has come; no other worker gets it."""
        now = now or self._clock()
        async with self._open_uow(reads_only=True) as uow:
            if not await uow.orders.is_wanted(now):  # asked several times a second: nobody who writes waits for it
                return None
        async with self._open_uow() as uow:
            order = await uow.orders.claim(worker or self._worker, now=now, until=now + CLAIM_LEASE)
            await uow.commit()
        return order

    async def number_for(self, order_id: str) -> str | None:
        """Give the number to dial now; the caller keeps it no longer than the dialling takes.

        None: this call is not to be placed now. The book has seen to it: the call waits for a while
        (the backend does not answer), or has ended (nobody there, or no longer wanted).
        """
        now = self._clock()
        async with self._open_uow(reads_only=True) as uow:
            order = await uow.orders.get(order_id)
            case = None if order is None else await uow.cases.get(order.case_id)
        if order is None or order.state is not OwnerCallState.CLAIMED:
            return None
        if case is None or not case.is_open:
            await self._set(order_id, OwnerCallState.WITHDRAWN, None)
            return None
        try:
            return await self._backend.move_dial(order.contact_token)
        except (BackendDown, BackendWrong):
            await self._put_back(order_id, now + RETRY_NUMBER)
        except BackendRefused:
            await self._on_ended(order_id, OwnerCallResult.FAILED, now=now)
        return None

    async def ringing(self, order_id: str, now: datetime | None = None) -> None:
        """The owner's phone rings."""
        await self._set(order_id, OwnerCallState.RINGING, (now or self._clock()) + RING_LEASE)

    async def answered(self, order_id: str, now: datetime | None = None) -> None:
        """Somebody has picked up."""
        await self._set(order_id, OwnerCallState.ANSWERED, (now or self._clock()) + TALK_LEASE)

    async def not_placed(self, order_id: str, now: datetime | None = None) -> None:
        """Nobody was rung and no try is used up: it waits in the book for a while."""
        await self._put_back(order_id, (now or self._clock()) + RETRY_NUMBER)

    async def not_reached(
        self, order_id: str, result: OwnerCallResult | str, now: datetime | None = None
    ) -> None:
        """Nobody picked up; of no effect while somebody is on the line after all."""
        await self._end(order_id, result, now, _NOT_ANSWERED)

    async def ended(
        self, order_id: str, result: OwnerCallResult | str, now: datetime | None = None
    ) -> None:
        """The call is over; of no effect where the owner has answered or it waits in the book."""
        await self._end(order_id, result, now, _ON_THE_WAY)

    async def _end(
        self,
        order_id: str,
        result: OwnerCallResult | str,
        now: datetime | None,
        states: frozenset[OwnerCallState],
    ) -> None:
        async with self._open_uow(reads_only=True) as uow:
            order = await uow.orders.get(order_id)
        if order is not None and order.state in states:
            await self._on_ended(order_id, result, now=now or self._clock())

    async def _set(self, order_id: str, state: OwnerCallState, until: datetime | None) -> None:
        async with self._open_uow() as uow:
            order = await uow.orders.get(order_id)
            if order is None or order.state not in _ON_THE_WAY:
                return
            await uow.orders.save(replace(order, state=state, claimed_until=until))
            await uow.commit()

    async def _put_back(self, order_id: str, not_before: datetime) -> None:
        async with self._open_uow() as uow:
            order = await uow.orders.get(order_id)
            if order is None or order.state not in _NOT_ANSWERED:
                return
            back = replace(
                order,
                state=OwnerCallState.QUEUED,
                claimed_by=None,
                claimed_until=None,
                not_before=not_before,
            )
            await uow.orders.save(back)
            await uow.commit()
