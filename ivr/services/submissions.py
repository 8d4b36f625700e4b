"""Carries what a caller has confirmed to the backend, once, whatever breaks on the way.

It is written down first. An answer that does not come is asked for again by the clock, with the same
key, so that the backend does nothing twice; the caller is told by SMS what came of it.
"""

import logging
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Protocol

from backend_client.errors import BackendDown, BackendRefused, BackendWrong
from ivr.domain.applications import Application, Submission
from ivr.domain.car_move_limits import CHINA
from ivr.domain.orders import RecordConflict, SmsMessage
from ivr.services.ports import OpenUnitOfWork, UnitOfWork

_log = logging.getLogger(__name__)
_LETTERS = {"exam": "V", "papers": "B", "licence": "B"}
_LEASE = timedelta(seconds=30)
"""So long the first try has before the clock takes over."""
_AT_ONCE = 20
_SMS_LASTS = timedelta(days=2)


def retry_wait(tries: int) -> timedelta:
    """Wait before the backend is asked again: 20 s, doubling up to 10 minutes."""
    return timedelta(seconds=min(600, 20 * 2 ** max(0, min(tries - 1, 10))))


class Carrier(Protocol):
    """One service's way to the backend."""

    async def send(self, application: Application) -> str:
        """Ask the backend with the application's own key; gives the backend's serial.

        Raises:
            BackendDown, BackendWrong: not known whether it was done.
            BackendRefused: it was not done.
        """

    def text(self, application: Application) -> str:
        """SMS that tells the caller what came of it."""


class Submissions:
    """What has been confirmed, on its way to the backend."""

    def __init__(self, open_uow: OpenUnitOfWork, carriers: Mapping[str, Carrier]) -> None:
        self._open_uow = open_uow
        self._carriers = carriers
        """By service; the map may be filled after this was made."""

    async def submit(self, application: Application, *, now: datetime) -> Application:
        """Submit it, and give it back with a serial.

        Its state says what is known: `submitted`, `refused`, or `confirmed` where the backend gave no
        answer yet. The same idempotency key gives the same application and is not submitted again.
        """
        async with self._open_uow() as uow:
            known = await uow.applications.by_key(application.idempotency_key)
            if known is not None:
                return known
            serial = await uow.next_serial(_LETTERS[application.service], now.astimezone(CHINA).date())
            application = replace(application, serial=serial, next_try_at=now + _LEASE)
            try:
                await uow.applications.add(application)
            except RecordConflict:
                return await self._other(application.idempotency_key)
            await _audit(uow, application, "confirmed", now)
            await uow.commit()
        return await self._try(application, now)

    async def due(self, now: datetime) -> int:
        """Ask again for what was never answered; says how many were tried."""
        async with self._open_uow(reads_only=True) as uow:
            if not await uow.applications.due(now, 1):
                return 0
        async with self._open_uow() as uow:
            waiting = [replace(a, next_try_at=now + _LEASE) for a in await uow.applications.due(now, _AT_ONCE)]
            for application in waiting:
                await uow.applications.save(application)
            await uow.commit()
        for application in waiting:
            await self._try(application, now)
        return len(waiting)

    async def _other(self, key: str) -> Application:
        async with self._open_uow(reads_only=True) as uow:
            known = await uow.applications.by_key(key)
        if known is None:
            raise RecordConflict("two applications took one serial")
        return known

    async def _try(self, application: Application, now: datetime) -> Application:
        carrier = self._carriers[application.service]
        tried = replace(application, tries=application.tries + 1, updated_at=now)
        try:
            backend_serial = await carrier.send(application)
        except BackendRefused as refused:
            done = replace(tried, state=Submission.REFUSED, reason=refused.reason, next_try_at=None)
        except (BackendDown, BackendWrong) as down:
            _log.warning("an application has no answer yet", extra={"serial": application.serial, "error": down.code})
            done = replace(tried, next_try_at=now + retry_wait(tried.tries))
        else:
            done = replace(tried, state=Submission.SUBMITTED, backend_serial=backend_serial, next_try_at=None)
        async with self._open_uow() as uow:
            await uow.applications.save(done)
            if done.state is not Submission.CONFIRMED:
                await _audit(uow, done, done.state.value, now)
                await _tell(uow, done, carrier.text(done), now)
            await uow.commit()
        return done


async def _audit(uow: UnitOfWork, application: Application, action: str, now: datetime) -> None:
    facts = {
        "service": application.service, "business": application.business, "call_id": application.call_id,
        "rules": application.rule_version, "reason": application.reason or "",
    }
    await uow.audit.append(
        at=now, actor=f"caller:{application.id_token}", action=f"application_{action}", subject=application.serial, facts=facts
    )


async def _tell(uow: UnitOfWork, application: Application, text: str, now: datetime) -> None:
    if application.contact_token is None:
        return
    await uow.sms.add(
        SmsMessage(
            sms_id=f"{application.serial}:{application.state.value}", kind=f"application_{application.state.value}", text=text,
            subject=application.serial, created_at=now, contact_token=application.contact_token, expires_at=now + _SMS_LASTS,
        )
    )
