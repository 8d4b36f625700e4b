"""Takes calls that Asterisk carried on without the service into the service's own records.

Each becomes one call with one recording: what our side had, then what Asterisk recorded, with the real
gap between. A message that was left becomes a callback order.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial

from ivr.domain.calls import CallBegan, CallEnded, CallEvent, CallView, Direction
from ivr.domain.fallback_calls import FallbackCall
from ivr.services.call_outcomes import came_of, is_kept_long
from ivr.storage.errors import StorageError
from ivr.storage.fallback_spool import FallbackSpool, SpooledCall
from ivr.storage.live_calls import LiveCalls
from ivr.storage.recording_repair import Addition, RecordingRepair
from ivr.storage.recording_writer import RecordingInfo
from ivr.storage.unit_of_work import UnitOfWork

_log = logging.getLogger(__name__)
EVENT = "carried_by_pbx"
_REASONS = {"lost": "service_lost", "unreached": "service_unreachable"}

OrderCallback = Callable[[FallbackCall, str, datetime], Awaitable[None]]
"""Orders a callback: of whom, what he wants, now."""


@dataclass(frozen=True, slots=True)
class FallbackTools:
    """What is needed of the rest of the house."""

    open_uow: Callable[[], UnitOfWork]
    live: LiveCalls
    repair: RecordingRepair
    spool: FallbackSpool
    order: OrderCallback
    region: str


class FallbackCalls:
    """Empties the spool."""

    def __init__(self, tools: FallbackTools) -> None:
        self._tools = tools

    async def due(self, now: datetime) -> int:
        """Take what is over; how many calls.

        Raises:
            LiveDown: whether a session still ends its call is not known now.
        """
        finished = await asyncio.to_thread(self._tools.spool.finished)
        if not finished:
            return 0
        live = {facts["call_id"] for facts in await self._tools.live.list()}
        taken = [await self._try(spooled, now) for spooled in finished if spooled.call.call_id not in live]
        return sum(taken)

    async def _try(self, spooled: SpooledCall, now: datetime) -> bool:
        try:
            async with self._tools.repair.alone:
                await self._take(spooled, now)
        except (StorageError, OSError) as error:
            facts = {"call_id": spooled.call.call_id, "error": type(error).__name__}
            _log.warning("a call without the service could not be taken in yet", extra=facts)
            return False
        return True

    async def _take(self, spooled: SpooledCall, now: datetime) -> None:
        call = spooled.call
        view = await self._begun(call)
        digest = view.recording_sha256
        if not any(event.event == EVENT for event in view.events):
            if call.asked_at is not None:
                await self._tools.order(call, _said(call, view), now)
            digest = await self._keep(spooled, view, now)
        if digest:
            await self._tools.repair.settle(call.call_id, digest)
        await asyncio.to_thread(self._tools.spool.drop, spooled)

    async def _begun(self, call: FallbackCall) -> CallView:
        """The call's record; made where the service never had it, or died before it wrote."""
        async with self._tools.open_uow() as uow:
            view = await uow.calls.get(call.call_id)
            if view is None:
                await uow.calls.began(
                    CallBegan(
                        call_id=call.call_id, direction=Direction.INBOUND, dialled=call.dialled, caller=call.caller,
                        began_at=_moment(call.began_at), region=self._tools.region,
                    )
                )
                view = await uow.calls.get(call.call_id)
                await uow.commit()
        assert view is not None  # noqa: S101
        return view

    async def _keep(self, spooled: SpooledCall, view: CallView, now: datetime) -> str:
        call = spooled.call
        begins_at = max(0.0, call.began_at - view.began_at.timestamp())
        addition = Addition(begins_at, partial(self._tools.spool.sound, spooled))
        recording = await self._tools.repair.make(call.call_id, addition)
        async with self._tools.open_uow() as uow:
            end = _end(call, view, recording)
            if not end.outcome:
                outcome, service = await came_of(uow, call.call_id)
                end = replace(end, outcome=outcome, service=service, keep_long=end.keep_long or is_kept_long(service))
            await uow.calls.ended(end)
            await uow.calls.event(CallEvent(call.call_id, now, EVENT, call.how))
            await uow.commit()
        return end.recording_sha256 or ""


def _end(call: FallbackCall, view: CallView, recording: RecordingInfo | None) -> CallEnded:
    recorded = view.began_at.timestamp() + (recording.seconds if recording else 0.0)
    ended_at = call.ended_at if call.ended_at is not None else recorded
    outcome = "callback_ordered" if call.asked_at is not None else "transferred" if call.by_seat else view.outcome
    return CallEnded(
        call_id=call.call_id, ended_at=_moment(ended_at), reason=_REASONS.get(call.how, view.end_reason),
        seconds=round(max(0.0, ended_at - view.began_at.timestamp()), 2), outcome=outcome, service=view.service,
        recording_path=recording.path if recording else None, recording_sha256=recording.sha256 if recording else None,
        keep_long=view.keep_long,
    )


def _said(call: FallbackCall, view: CallView) -> str:
    at = max(0, int((call.asked_at or 0.0) - view.began_at.timestamp()))
    return f"来电人留了言，请听本次通话录音，从第{at // 60}分{at % 60}秒起"


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
