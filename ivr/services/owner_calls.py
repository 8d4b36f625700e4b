"""The book of calls that are to be placed to owners; the dialler works from it.

    claim -> number_for -> ringing -> answered -> ended
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
RING_LEASE = timedelta(seconds=90)
TALK_LEASE = timedelta(minutes=5)
RETRY_NUMBER = timedelta(seconds=15)


class OwnerCallError(Exception):
    """A call to an owner cannot be placed.

    OwnerCallError
    ├── NumberNotNow  the backend does not answer; the call is back in the book
    └── OwnerGone     nobody to call, or the call is no longer wanted
    """

    code = "owner_call"


class NumberNotNow(OwnerCallError):
    """The backend does not answer; the call is back in the book."""

    code = "number_not_now"


class OwnerGone(OwnerCallError):
    """Nobody to call, or the call is no longer wanted."""

    code = "owner_gone"


class CallEnded(Protocol):
    """What hears that a call ended without an answer: `CarMoving.owner_call_ended`."""

    def __call__(
        self, order_id: str, result: OwnerCallResult | str, *, now: datetime
    ) -> Awaitable[None]:
        """Take note."""


class OrderBook:
    """Calls to place, one worker each."""

    def __init__(
        self,
        open_uow: OpenUnitOfWork,
        backend: CoreBackend,
        on_ended: CallEnded,
        clock: Callable[[], datetime],
    ) -> None:
        self._open_uow = open_uow
        self._backend = backend
        self._on_ended = on_ended
        self._clock = clock

    async def claim(self, worker: str, now: datetime) -> OwnerCall | None:
        """Take the next call whose time has come; no other worker gets it."""
        async with self._open_uow() as uow:
            order = await uow.orders.claim(worker, now=now, until=now + CLAIM_LEASE)
            await uow.commit()
        return order

    async def number_for(self, order_id: str) -> str:
        """Give the number to dial now; the caller keeps it no longer than the dialling takes.

        Raises:
            NumberNotNow: the backend does not answer; the call is back in the book.
            OwnerGone: nobody to call, or the call is no longer wanted.
        """
        now = self._clock()
        async with self._open_uow() as uow:
            order = await uow.orders.get(order_id)
            case = None if order is None else await uow.cases.get(order.case_id)
        if order is None or order.state is not OwnerCallState.CLAIMED:
            raise OwnerGone
        if case is None or not case.is_open:
            await self._set(order_id, OwnerCallState.WITHDRAWN, None)
            raise OwnerGone
        try:
            return await self._backend.move_dial(order.contact_token)
        except (BackendDown, BackendWrong):
            await self._put_back(order_id, now + RETRY_NUMBER)
            raise NumberNotNow from None
        except BackendRefused:
            await self._on_ended(order_id, OwnerCallResult.FAILED, now=now)
            raise OwnerGone from None

    async def ringing(self, order_id: str, now: datetime) -> None:
        """The owner's phone rings."""
        await self._set(order_id, OwnerCallState.RINGING, now + RING_LEASE)

    async def answered(self, order_id: str, now: datetime) -> None:
        """Somebody has picked up."""
        await self._set(order_id, OwnerCallState.ANSWERED, now + TALK_LEASE)

    async def ended(self, order_id: str, result: OwnerCallResult | str, now: datetime) -> None:
        """The call is over; of no effect where the owner has given his answer."""
        await self._on_ended(order_id, result, now=now)

    async def _set(self, order_id: str, state: OwnerCallState, until: datetime | None) -> None:
        on_the_way = {OwnerCallState.CLAIMED, OwnerCallState.RINGING, OwnerCallState.ANSWERED}
        async with self._open_uow() as uow:
            order = await uow.orders.get(order_id)
            if order is None or order.state not in on_the_way:
                return
            await uow.orders.save(replace(order, state=state, claimed_until=until))
            await uow.commit()

    async def _put_back(self, order_id: str, not_before: datetime) -> None:
        async with self._open_uow() as uow:
            order = await uow.orders.get(order_id)
            if order is None or order.state is not OwnerCallState.CLAIMED:
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
