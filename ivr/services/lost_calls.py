"""Calls whose process died: their record gets an end, their recording is made whole."""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from ivr.domain.calls import CallEnded, CallView
from ivr.services.call_outcomes import came_of, is_kept_long
from ivr.storage.errors import StorageError
from ivr.storage.live_calls import LiveCalls
from ivr.storage.recording_repair import RecordingRepair
from ivr.storage.unit_of_work import UnitOfWork

_log = logging.getLogger(__name__)
REASON = "service_lost"
_AT_ONCE = 50


class LostCalls:
    """Ends what nobody else will end.

    Args:
        open_uow: makes a unit of work.
        live: the board; a call on it has a process that lives.
        repair: of recordings.
        since: when this process began; calls after that are its own.
    """

    def __init__(
        self, open_uow: Callable[[], UnitOfWork], live: LiveCalls, repair: RecordingRepair, *, since: datetime
    ) -> None:
        self._open_uow = open_uow
        self._live = live
        self._repair = repair
        self._since = since

    async def due(self, _now: datetime) -> int:
        """Look for them; how many there were.

        Raises:
            LiveDown: who lives is not known now.
            DatabaseDown: the database does not answer.
        """
        await self._settle()
        live = {facts["call_id"] for facts in await self._live.list()}
        async with self._open_uow() as uow:
            lost = await uow.calls.unfinished(before=self._since, limit=_AT_ONCE + len(live))
        ended = [await self._end(call) for call in lost if call.call_id not in live]
        return sum(ended)

    async def _end(self, call: CallView) -> bool:
        try:
            recording = await self._repair.make(call.call_id)
            async with self._open_uow() as uow:
                seconds = recording.seconds if recording else await uow.calls.last_said(call.call_id)
                outcome, service = await came_of(uow, call.call_id)
                await uow.calls.ended(
                    CallEnded(
                        call_id=call.call_id, ended_at=call.began_at + timedelta(seconds=seconds), reason=REASON,
                        seconds=round(seconds, 2), outcome=outcome, service=service, keep_long=is_kept_long(service),
                        recording_path=recording.path if recording else None,
                        recording_sha256=recording.sha256 if recording else None,
                    )
                )
                await uow.commit()
            if recording is not None:
                await self._repair.settle(call.call_id, recording.sha256)
        except (StorageError, OSError) as error:
            facts = {"call_id": call.call_id, "error": type(error).__name__}
            _log.warning("a lost call could not be ended yet", extra=facts)
            return False
        await asyncio.shield(self._live.publish(f"call:{call.call_id}", {"who": "end", "text": "", "state": REASON}))
        return True

    async def _settle(self) -> None:
        """Put in place what was committed when its process was killed."""
        for call_id in await self._repair.unsettled():
            async with self._open_uow() as uow:
                call = await uow.calls.get(call_id)
            if call is not None and call.recording_sha256:
                await self._repair.settle(call_id, call.recording_sha256)
