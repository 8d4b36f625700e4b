"""What comes back from a carrier: delivery receipts, and answers that people text."""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime

from ivr.domain.orders import SmsState
from ivr.services.ports import OpenUnitOfWork

_log = logging.getLogger(__name__)

Answered = Callable[[str, str, datetime], Awaitable[bool]]
"""Takes sender, text and moment; True where somebody had been waiting for it."""


class SmsInbox:
    """Takes what carriers report.

    Args:
        open_uow: makes units of work.
        answered: asked in turn what an incoming text answers.
    """

    def __init__(self, open_uow: OpenUnitOfWork, answered: tuple[Answered, ...]) -> None:
        self._open_uow = open_uow
        self._answered = answered

    async def delivered(self, carrier_id: str, *, arrived: bool) -> bool:
        """Note whether a text reached its phone; False where none of that number was sent."""
        async with self._open_uow() as uow:
            message = await uow.sms.by_carrier_id(carrier_id)
            if message is None:
                return False
            if message.state in (SmsState.SENT, SmsState.UNDELIVERED):
                state = SmsState.DELIVERED if arrived else SmsState.UNDELIVERED
                await uow.sms.save(replace(message, state=state))
                await uow.commit()
        if not arrived:
            _log.warning("an SMS did not arrive", extra={"sms_id": message.sms_id, "sms_kind": message.kind})
        return True

    async def received(self, sender: str, text: str, *, now: datetime) -> bool:
        """Take a text that somebody sent; True where it answered something."""
        for answered in self._answered:
            if await answered(sender, text, now):
                return True
        return False
