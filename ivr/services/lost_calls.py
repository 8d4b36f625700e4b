"""Calls whose process died get an end in their record; recordings that nobody could close are made whole and linked."""

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
_MOST_WITHOUT_SOUND = 1000
_LOOKED_FOR = timedelta(days=3)
"""So long after a call its sound may still be found: a disk that is full is full over a weekend."""


class LostCalls:
    """Ends what nobody else will end, and finds what nobody else will find.

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

    async def due(self, now: datetime) -> int:
        """Look for calls without an end, and for sound without a call; how many there were.

        Raises:
            LiveDown: who lives is not known now.
            DatabaseDown: the database does not answer.
        """
        await self._settle()
        live = {facts["call_id"] for facts in await self._live.list()}
        async with self._open_uow() as uow:
            lost = await uow.calls.unfinished(before=self._since, limit=_AT_ONCE + len(live))
        ended = [await self._end(call) for call in lost if call.call_id not in live]
        return sum(ended) + await self._link(now)

    async def _link(self, now: datetime) -> int:
        """Link what a call's end could not close, as on a disk that was full."""
        async with self._open_uow() as uow:
            mute = await uow.calls.without_sound(since=now - _LOOKED_FOR, limit=_MOST_WITHOUT_SOUND)
        found = set(await self._repair.lying({call.call_id for call in mute}))
        linked = [await self._linked(call) for call in mute if call.call_id in found]
        return sum(linked)

    async def _linked(self, call: CallView) -> bool:
        try:
            async with self._repair.alone:
                recording = await self._repair.make(call.call_id)
                if recording is None:
                    return False
                async with self._open_uow() as uow:
                    await uow.calls.found_recording(call.call_id, recording.path, recording.sha256)
                    await uow.commit()
                await self._repair.settle(call.call_id, recording.sha256)
        except (StorageError, OSError) as error:
            facts = {"call_id": call.call_id, "error": type(error).__name__}
            _log.warning("a recording could not be linked to its call yet", extra=facts)
            return False
        return True

    async def _end(self, call: CallView) -> bool:
        try:
            async with self._repair.alone:
                if await self._is_over(call):
                    return False
                await self._close(call)
        except (StorageError, OSError) as error:
            facts = {"call_id": call.call_id, "error": type(error).__name__}
            _log.warning("a lost call could not be ended yet", extra=facts)
            return False
        await asyncio.shield(self._live.publish(f"call:{call.call_id}", {"who": "end", "text": "", "state": REASON}))
        return True

    async def _is_over(self, call: CallView) -> bool:
        """Has another ended it since it was looked for?"""
        async with self._open_uow() as uow:
            now = await uow.calls.get(call.call_id)
        return now is None or now.ended_at is not None

    async def _close(self, call: CallView) -> None:
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

    async def _settle(self) -> None:
        """Put in place what was committed when its process was killed."""
        for call_id in await self._repair.unsettled():
            async with self._open_uow() as uow:
                call = await uow.calls.get(call_id)
            if call is not None and call.recording_sha256:
                await self._repair.settle(call_id, call.recording_sha256)
