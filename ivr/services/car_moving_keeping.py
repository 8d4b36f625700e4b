"""Car moving: writes one decision down, whole or not at all, and then tells who waits for it."""

import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from ivr.domain.car_move_desk import Done, decide_any
from ivr.domain.car_move_events import (
    AskDispatcher,
    Decision,
    Effect,
    Event,
    RingOwner,
    StopNotices,
    TellRequester,
    TextOwner,
    TextRequester,
    VehicleLookedUp,
)
from ivr.domain.car_move_limits import CHINA, DatedRules, MoveLimits, must_ring_by
from ivr.domain.car_move_steps import needed_at_night, owner_rung_at
from ivr.domain.car_moves import CarMoveCase, CaseEvent, CaseState
from ivr.domain.orders import CallbackOrder, OwnerCall, RecordConflict, SmsMessage
from ivr.services.car_moving_texts import owner_text, requester_text
from ivr.services.car_moving_views import MAY_TALK, CaseUnknown
from ivr.services.ports import LiveCalls, OpenUnitOfWork, UnitOfWork
from ivr.storage.errors import LiveDown

_log = logging.getLogger(__name__)

DISPATCHER_DUE = timedelta(minutes=15)
"""How soon a dispatcher should look at a case."""
_TRIES = 4
"""Two sides deciding at once: the second decides again on the newer version."""


Also = Callable[[UnitOfWork], Awaitable[None]]
"""Further writes of the same transaction."""


@dataclass(frozen=True, slots=True)
class Step:
    """One event of one case."""

    event: Event | Done
    actor: str
    note: str = ""
    said: str = ""
    """What a dispatcher wrote with it."""


class CaseKeeper:
    """Turns decisions into records."""

    def __init__(
        self,
        open_uow: OpenUnitOfWork,
        live: LiveCalls,
        rules: DatedRules,
        wake: Callable[[], None] = lambda: None,
    ) -> None:
        self._open_uow = open_uow
        self._live = live
        self._rules = rules
        self._wake = wake

    def limits(self, region: str, now: datetime) -> MoveLimits:
        """Give the rules in force."""
        return MoveLimits.read(self._rules, region=region, now=now)

    async def change(
        self,
        case_id: str,
        step: Step,
        *,
        now: datetime,
        also: Also | None = None,
    ) -> CarMoveCase:
        """Decide on the newest version and keep the outcome; `also` writes in the same transaction.

        Raises:
            CaseUnknown: no such case.
            RecordConflict: others kept changing it.
        """
        for _ in range(_TRIES - 1):
            try:
                return await self._change(case_id, step, now, also)
            except RecordConflict:
                continue
        return await self._change(case_id, step, now, also)

    async def _change(
        self,
        case_id: str,
        step: Step,
        now: datetime,
        also: Also | None,
    ) -> CarMoveCase:
        async with self._open_uow() as uow:
            if also is not None:
                await also(uow)
            case = await uow.cases.get(case_id)
            if case is None:
                raise CaseUnknown
            limits = self.limits(case.region, now)
            decision = decide_any(case, step.event, now=now, limits=limits)
            saved = case
            if decision.case != case:
                saved = await uow.cases.save(decision.case)
            await self.keep(uow, case, decision, step, now)
            await uow.commit()
        await self.tell(saved, decision.effects)
        return saved

    async def keep(
        self,
        uow: UnitOfWork,
        before: CarMoveCase | None,
        decision: Decision,
        step: Step,
        now: datetime,
    ) -> None:
        """Write history and effects of a decision whose case is written already."""
        case = decision.case
        for line in _history(before, case, step, now):
            await uow.cases.note(line)
        for effect in decision.effects:
            await self._keep_effect(uow, case, effect, now)

    async def _keep_effect(
        self, uow: UnitOfWork, case: CarMoveCase, effect: Effect, now: datetime
    ) -> None:
        limits = self.limits(case.region, now)
        match effect:
            case TextRequester(kind):
                await uow.sms.add(_to_requester(case, self._by_hour(kind, case, now), now, limits))
            case TextOwner(kind):
                if case.contact_token is not None:
                    text = _to_owner(case, self._by_hour(kind, case, now), now, limits)
                    await uow.sms.add(text)
            case RingOwner(attempt, not_before):
                if case.contact_token is not None:
                    await uow.orders.add(_owner_call(case, attempt, not_before, limits))
            case StopNotices():
                await uow.orders.withdraw(case.case_id)
                await uow.sms.withdraw(owner_subject(case.case_id))
            case AskDispatcher(reason):
                await _add_order(uow, case, reason, now)
            case TellRequester():
                pass  # after the commit

    def _by_hour(self, kind: str, case: CarMoveCase, now: datetime) -> str:
        """Give the text for the quiet hours where there is one."""
        if kind in {"filed", "notice"} and not self.rings_now(case, now):
            return f"{kind}_quiet"
        return kind

    def rings_now(self, case: CarMoveCase, now: datetime) -> bool:
        """Is the owner rung at once, or would be if there were one?"""
        if case.state is not CaseState.NOTIFYING:
            return False
        rung = owner_rung_at(case, now=now, limits=self.limits(case.region, now))
        return rung is not None and rung <= now

    async def tell(self, case: CarMoveCase, effects: Sequence[Effect]) -> None:
        """After the commit: wake the senders, resume the requester's call, refresh the boards."""
        if effects:
            self._wake()
        for effect in effects:
            if isinstance(effect, TellRequester):
                payload = {"case_id": case.case_id, "state": effect.state.value, **self._talk(case, effect.state)}
                resume = {"order": "resume", "event": "case_update", "payload": payload}
                try:
                    await self._live.order(case.call_id, resume)
                except LiveDown:
                    _log.warning("a call cannot be resumed", extra={"call_id": case.call_id})
        await self._live.publish("cases", {"case_id": case.case_id, "state": case.state.value})

    def _talk(self, case: CarMoveCase, state: CaseState) -> dict[str, str]:
        """Tells a requester who holds the line that the owner is asked whether he wants to talk."""
        offered = state is CaseState.ACK_COMING and self.limits(case.region, case.opened_at).connect
        return {"kind": MAY_TALK} if offered else {}


def owner_subject(case_id: str) -> str:
    """Subject of texts to the owner, which can be withdrawn apart from the requester's."""
    return f"{case_id}/owner"


def _history(
    before: CarMoveCase | None, after: CarMoveCase, step: Step, now: datetime
) -> list[CaseEvent]:
    event = f"Desk.{step.event.act.value}" if isinstance(step.event, Done) else type(step.event).__name__
    was = None if before is None else before.state
    if isinstance(step.event, VehicleLookedUp) and was in {None, CaseState.NEW}:
        filed = CaseEvent(after.case_id, now, step.actor, "Filed", None, CaseState.NEW)
        found = CaseEvent(
            after.case_id, now, "backend", event, CaseState.NEW, CaseState.VALIDATED, step.note
        )
        begun = CaseEvent(
            after.case_id, now, step.actor, "Notified", CaseState.VALIDATED, after.state
        )
        return [filed, found, begun] if was is None else [found, begun]
    if before is not None and was is after.state and event == "TimePassed":
        return []
    return [CaseEvent(after.case_id, now, step.actor, event, was, after.state, step.note, step.said)]


def _to_requester(case: CarMoveCase, kind: str, now: datetime, limits: MoveLimits) -> SmsMessage:
    return SmsMessage(
        sms_id=f"{case.case_id}:requester:{kind}",
        kind=f"requester_{kind}",
        text=requester_text(kind, case),
        subject=case.case_id,
        created_at=now,
        to=case.requester,
        expires_at=now + limits.expire,
    )


def _to_owner(case: CarMoveCase, kind: str, now: datetime, limits: MoveLimits) -> SmsMessage:
    return SmsMessage(
        sms_id=f"{case.case_id}:owner:{kind}",
        kind=f"owner_{kind}",
        text=owner_text(kind, case),
        subject=owner_subject(case.case_id),
        created_at=now,
        contact_token=case.contact_token,
        expires_at=case.opened_at + limits.expire,
    )


def _owner_call(
    case: CarMoveCase, attempt: int, not_before: datetime, limits: MoveLimits
) -> OwnerCall:
    expires = case.opened_at + limits.expire
    quiet = must_ring_by(not_before, needed_at_night=needed_at_night(case), limits=limits)
    return OwnerCall(
        order_id=f"{case.case_id}-{attempt}",
        case_id=case.case_id,
        call_id=case.call_id,
        contact_token=case.contact_token or "",
        attempt=attempt,
        not_before=not_before,
        not_after=expires if quiet is None else min(expires, quiet),
    )


async def _add_order(uow: UnitOfWork, case: CarMoveCase, reason: str, now: datetime) -> None:
    key = f"{case.case_id}:{reason}"
    if await uow.callbacks.by_key(key) is not None:
        return
    await uow.callbacks.add(
        CallbackOrder(
            serial=await uow.next_serial("H", now.astimezone(CHINA).date()),
            call_id=case.call_id,
            queue="dispatch",
            reason=reason,
            said="",
            created_at=now,
            due_at=now + DISPATCHER_DUE,
            caller=case.requester,
            caller_token=case.requester_token,
            subject=case.case_id,
            idempotency_key=key,
        )
    )
