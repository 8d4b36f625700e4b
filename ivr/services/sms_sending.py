"""Sends what stands in the outbox, with patience; one process of a site does it.

A text is leased before it is handed over, so that a crash sends it again rather than never. Whom a
contact token leads to is asked at this moment and kept nowhere.
"""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from backend_client.api import CoreBackend
from backend_client.errors import BackendDown, BackendRefused, BackendWrong
from ivr.domain.orders import SmsMessage, SmsState
from ivr.services.ports import OpenUnitOfWork
from ivr.sms.errors import CarrierDown, SmsRefused
from ivr.sms.sender import Sender

MAX_TRIES = 8
LEASE = timedelta(minutes=1)
_BATCH = 10
"""Texts handed over side by side."""

_CODE = "sms_code"
_NOT_KEPT = "（验证码已发出，内容不保留）"

_log = logging.getLogger(__name__)


def retry_wait(tries: int) -> timedelta:
    """Wait before the next try: 5 s, doubling up to 10 minutes."""
    return timedelta(seconds=min(600, 5 * 2 ** max(0, min(tries - 1, 10))))


class SmsSending:
    """The way from the outbox to the carrier."""

    def __init__(self, open_uow: OpenUnitOfWork, sender: Sender, backend: CoreBackend) -> None:
        self._open_uow = open_uow
        self._sender = sender
        self._backend = backend

    async def due(self, now: datetime) -> int:
        """Send what is due and say how many were tried."""
        count = 0
        while batch := await self._lease(now):
            async with asyncio.TaskGroup() as group:
                for message in batch:
                    group.create_task(self._send(message, now))
            count += len(batch)
        return count

    async def _lease(self, now: datetime) -> Sequence[SmsMessage]:
        async with self._open_uow(reads_only=True) as uow:
            if not await uow.sms.due(now, 1):  # mostly nothing is: nobody who writes waits for that
                return ()
        async with self._open_uow() as uow:
            batch = [replace(m, next_try_at=now + LEASE) for m in await uow.sms.due(now, _BATCH)]
            for message in batch:
                await uow.sms.save(message)
            await uow.commit()
        return batch

    async def _send(self, message: SmsMessage, now: datetime) -> None:
        done = await self._outcome(message, now)
        if done.state is SmsState.FAILED:
            _log.warning(
                "an SMS was given up",
                extra={"sms_id": done.sms_id, "sms_kind": done.kind, "error_code": done.error},
            )
        async with self._open_uow() as uow:
            await uow.sms.save(done)
            await uow.commit()

    async def _outcome(self, message: SmsMessage, now: datetime) -> SmsMessage:
        if message.expires_at is not None and now >= message.expires_at:
            return replace(message, state=SmsState.FAILED, error="expired")
        if message.tries >= MAX_TRIES:
            return replace(message, state=SmsState.FAILED, error="too_many_tries")
        tried = replace(message, tries=message.tries + 1)
        try:
            number = message.to or await self._backend.move_dial(message.contact_token or "")
            receipt = await self._sender.send(replace(message, to=number))
        except (BackendDown, BackendWrong, CarrierDown) as down:
            later = now + retry_wait(tried.tries)
            return replace(tried, next_try_at=later, error=down.code)
        except BackendRefused as refused:
            return replace(tried, state=SmsState.FAILED, error=refused.code)
        except SmsRefused as refused:
            return replace(tried, state=SmsState.FAILED, error=refused.reason)
        kept = message.text if receipt.stays_here or message.kind != _CODE else _NOT_KEPT
        return replace(
            tried,
            text=kept,
            state=SmsState.SENT,
            sent_at=now,
            carrier_id=receipt.carrier_id,
            next_try_at=None,
            error=None,
        )
