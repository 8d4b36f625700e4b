"""Rings owners: takes orders that are due, has the call made, and says how it ended.

The owner who picks up arrives at the media door like any other call, with the order's id; his talk is
an ordinary session. What is told here is only whether he could be reached at all.
"""

# ruff: noqa: D102  -- where the name and the types say it all

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from typing import Protocol
from uuid import uuid4

from telephony.outbound import CallMaker, OutboundCall, PlaceResult

_log = logging.getLogger(__name__)
_LOOK_SECONDS = 0.5
_MOST_AT_ONCE = 20


class Order(Protocol):
    """One call to be placed."""

    @property
    def order_id(self) -> str: ...


class OrderBook(Protocol):
    """Where orders wait (ivr.services.owner_calls)."""

    async def claim(self) -> Order | None:
        """Take the next order that is due; None when there is none."""
        ...

    async def number_for(self, order_id: str) -> str | None:
        """The number to ring, asked for at this moment; None when nobody knows it."""
        ...

    async def ringing(self, order_id: str) -> None: ...
    async def answered(self, order_id: str) -> None: ...
    async def not_placed(self, order_id: str) -> None:
        """Nobody was rung: the order waits for another try."""
        ...

    async def not_reached(self, order_id: str, result: str) -> None:
        """Nobody picked up: `no_answer`, `busy`, `rejected`, `unreachable`, `failed`."""
        ...

    async def ended(self, order_id: str, result: str) -> None:
        """Somebody had picked up: `answered_no_key` when the talk ended without an answer, `voicemail`."""
        ...


class Dialler:
    """Places calls until cancelled.

    Args:
        book: orders and their ends.
        maker: the embedded exchange, or Asterisk.
        shown: the number the owner sees.
        stopped: True while no new call may be placed.
    """

    def __init__(self, book: OrderBook, maker: CallMaker, *, shown: str, stopped: Callable[[], bool] = lambda: False) -> None:
        self._book = book
        self._maker = maker
        self._shown = shown
        self._stopped = stopped
        self._places = asyncio.Semaphore(_MOST_AT_ONCE)
        self._wake = asyncio.Event()

    def wake(self) -> None:
        """An order was queued: look now."""
        self._wake.set()

    async def run(self) -> None:
        """Look for orders and place them."""
        async with asyncio.TaskGroup() as group:
            while True:
                async with self._places:
                    order = None if self._stopped() else await self._claim()
                if order is not None:
                    group.create_task(self._place(order.order_id), name="owner-call")
                    continue
                with suppress(TimeoutError):
                    async with asyncio.timeout(_LOOK_SECONDS):
                        await self._wake.wait()
                self._wake.clear()

    async def _claim(self) -> Order | None:
        try:
            return await self._book.claim()
        except Exception:  # noqa: BLE001 - the dialler outlives a database that is away
            _log.exception("orders of owner calls could not be read")
            await asyncio.sleep(_LOOK_SECONDS)
            return None

    async def _place(self, order_id: str) -> None:
        async with self._places:
            try:
                result = await self._ring(order_id)
            except Exception:  # noqa: BLE001 - one order's failure must not stop the others
                _log.exception("owner call failed", extra={"order_id": order_id})
                result = PlaceResult.FAILED
            if result not in (PlaceResult.ANSWERED, None):
                await self._tell(order_id, result)

    async def _ring(self, order_id: str) -> PlaceResult | None:
        """Ring; None where the book has seen to the order itself."""
        number = await self._book.number_for(order_id)
        if number is None:
            return None
        await self._book.ringing(order_id)
        return await self._maker.place(OutboundCall(order_id, number, uuid4().hex, caller_id_shown=self._shown))

    async def _tell(self, order_id: str, result: PlaceResult) -> None:
        try:
            if result is PlaceResult.NOT_PLACED:
                await self._book.not_placed(order_id)
            else:
                await self._book.not_reached(order_id, result.value)
        except Exception:  # noqa: BLE001 - the clock takes back an order whose lease ran out
            _log.exception("the end of an owner call could not be kept", extra={"order_id": order_id})
