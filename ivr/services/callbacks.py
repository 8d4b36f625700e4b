"""Promises that a person calls back: a serial to speak and a time to keep; `work_orders` sees to the rest."""

from collections.abc import Callable
from datetime import datetime

from ivr.domain.car_move_limits import CHINA, DatedRules
from ivr.domain.orders import CallbackOrder, RecordConflict
from ivr.domain.workdays import SeatHours, callback_due, workdays
from ivr.services.caller_number import number_behind
from ivr.services.ports import FieldCipher, LiveCalls, OpenUnitOfWork, Vault


class Callbacks:
    """What a call may ask about call-backs."""

    def __init__(
        self,
        *,
        open_uow: OpenUnitOfWork,
        vault: Vault,
        cipher: FieldCipher,
        live: LiveCalls,
        rules: DatedRules,
        region: str = "*",
        wake: Callable[[], None] = lambda: None,
    ) -> None:
        self._open_uow = open_uow
        self._vault = vault
        self._cipher = cipher
        self._live = live
        self._rules = rules
        self._region = region
        self._wake = wake

    async def order(
        self,
        *,
        call_id: str,
        caller_ref: str | None,
        queue: str,
        reason: str,
        said: str,
        now: datetime,
    ) -> CallbackOrder:
        """Promise a call-back; one call, queue and reason make one order.

        `said` is what the caller wants, with what names a person masked. Without a `caller_ref`
        (withheld number) the order is kept all the same, for a seat to look at.
        """
        key = f"{call_id}:{queue}:{reason}"
        try:
            return await self._order(key, call_id, caller_ref, (queue, reason, said), now)
        except RecordConflict:
            async with self._open_uow(reads_only=True) as uow:
                known = await uow.callbacks.by_key(key)
            if known is None:
                raise
            return known

    async def _order(
        self,
        key: str,
        call_id: str,
        caller_ref: str | None,
        what: tuple[str, str, str],
        now: datetime,
    ) -> CallbackOrder:
        number = await self._number(caller_ref, call_id)
        hours = SeatHours.read(self._rules, region=self._region, now=now)
        queue, reason, said = what
        async with self._open_uow() as uow:
            known = await uow.callbacks.by_key(key)
            if known is not None:
                return known
            order = CallbackOrder(
                serial=await uow.next_serial("H", now.astimezone(CHINA).date()),
                call_id=call_id,
                queue=queue,
                reason=reason,
                said=said,
                created_at=now,
                due_at=callback_due(now, hours, workdays()),
                caller=number,
                caller_token=self._cipher.token(number) if number else None,
                idempotency_key=key,
            )
            await uow.callbacks.add(order)
            await uow.commit()
        self._wake()
        await self._live.publish("callbacks", {"serial": order.serial, "queue": queue})
        return order

    async def _number(self, caller_ref: str | None, call_id: str) -> str | None:
        return await number_behind(caller_ref or "", call_id=call_id, vault=self._vault, open_uow=self._open_uow)
