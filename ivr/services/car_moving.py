"""Car moving: the service behind 电话挪车.

The requester never learns whether a plate exists, and neither side learns the other's number. One
call of a method is one transaction: case, history, queued SMS and queued owner call together.
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from backend_client.api import CoreBackend
from ivr.domain.car_move_events import (
    MisuseConfirmed,
    OwnerAnswered,
    OwnerCallEnded,
    ReminderAsked,
    RequesterCancelled,
    RequesterSaid,
    TimePassed,
)
from ivr.domain.car_moves import CarMoveCase, CaseState, OwnerAnswer, OwnerCallResult
from ivr.domain.errors import DomainError
from ivr.domain.orders import MisuseMark, OwnerCall, OwnerCallState, RecordConflict
from ivr.domain.plates import Plate, plate_type_name
from ivr.services.car_moving_filing import Filing
from ivr.services.car_moving_keeping import Also, CaseKeeper, Step
from ivr.services.car_moving_tasks import BackendTasks
from ivr.services.car_moving_views import (
    Admission,
    CaseUnknown,
    CaseView,
    MoveRequest,
    OrderUnknown,
    OwnerNotice,
    RemindOutcome,
    view_of,
)
from ivr.services.ports import FieldCipher, OpenUnitOfWork, UnitOfWork, Vault

_log = logging.getLogger(__name__)

_AT_ONCE = 50
"""Cases looked at in one round of the clock."""
_OVER = frozenset({OwnerCallState.DONE, OwnerCallState.FAILED, OwnerCallState.WITHDRAWN})
_LEFT_ALONE = frozenset({CaseState.NOT_HERE, CaseState.SOLD, CaseState.OBJECTED})


class CarMoving:
    """What the dialogue, the dialler and the clock may ask about cars that stand in the way."""

    def __init__(
        self,
        *,
        open_uow: OpenUnitOfWork,
        vault: Vault,
        cipher: FieldCipher,
        backend: CoreBackend,
        keeper: CaseKeeper,
        clock: Callable[[], datetime],
    ) -> None:
        self._open_uow = open_uow
        self._vault = vault
        self._cipher = cipher
        self._keeper = keeper
        self._clock = clock
        self._tasks = BackendTasks(backend, keeper)
        self._filing = Filing(open_uow, vault, cipher, backend, keeper)

    # the requester ---------------------------------------------------------------------------

    async def admit(
        self,
        *,
        caller_ref: str,
        call_id: str,
        plate: Plate,
        now: datetime,
        plate_type: str | None = None,
        region: str = "*",
    ) -> Admission:
        """Say whether this caller may file for this plate; never whether the plate exists."""
        return await self._filing.admit(
            caller_ref=caller_ref,
            call_id=call_id,
            plate=plate,
            plate_type=plate_type or plate.plate_type or "",
            region=region,
            now=now,
        )

    async def colour_hint(
        self, *, plate: Plate, plate_type: str | None = None, colour: str
    ) -> bool | None:
        """Does the colour said fit the one on file? None when one is unknown or nobody answers."""
        return await self._filing.colour_hint(plate, plate_type or plate.plate_type or "", colour)

    async def file(self, request: MoveRequest, *, now: datetime) -> CaseView:
        """File a request; the same key again gives the case already filed.

        While the backend does not answer the case is kept and `CaseView.kept_only` is true: the
        caller is to be told that nobody was notified yet.

        Raises:
            MoveRefused: a rule says no.
        """
        return await self._filing.file(request, now=now)

    async def save_draft(self, call_id: str, slots: Mapping[str, str]) -> None:
        """Keep what was understood so far, encrypted, for a seat that takes over."""
        async with self._open_uow() as uow:
            await uow.cases.keep_draft(call_id, slots)
            await uow.commit()

    async def drop_draft(self, call_id: str) -> None:
        """Forget the draft: filed, or no longer wanted."""
        async with self._open_uow() as uow:
            await uow.cases.drop_draft(call_id)
            await uow.commit()

    async def open_case(self, *, caller_ref: str, call_id: str) -> CaseView | None:
        """The caller's open case, if any."""
        token = await self._filing.caller_token(caller_ref, call_id)
        if token is None:
            return None
        async with self._open_uow(reads_only=True) as uow:
            case = await uow.cases.open_of(token)
        return None if case is None else view_of(case)

    async def remind(self, case_id: str, *, now: datetime) -> RemindOutcome:
        """Urge the owner again: once, and not before its time.

        Raises:
            CaseUnknown: no such case.
        """
        before = await self._case(case_id)
        if not before.is_open or before.state in _LEFT_ALONE:
            return RemindOutcome("closed", view_of(before))
        if before.reminders:
            return RemindOutcome("already", view_of(before))
        after = await self._keeper.change(case_id, Step(ReminderAsked(), "requester"), now=now)
        if after.reminders:
            return RemindOutcome("sent", view_of(after))
        wait = self._keeper.limits(after.region, now).remind_after
        left = (after.notified_at or now) + wait - now
        return RemindOutcome("too_early", view_of(after), max(1, -(-left // _MINUTE)))

    async def requester_says(self, case_id: str, *, moved: bool, now: datetime) -> CaseView:
        """Moved: resolved. Not moved: who takes over depends on where the car stands.

        Before the follow-up time a case that is not urgent stays as it is.

        Raises:
            CaseUnknown: no such case.
        """
        case = await self._keeper.change(case_id, Step(RequesterSaid(moved), "requester"), now=now)
        return view_of(await self._tasks.run(case, now=now))

    async def reply_by_sms(self, sender: str, text: str, *, now: datetime) -> CaseView | None:
        """Take the answer 1 (moved) or 2 (not moved) to the follow-up SMS; None for anything else."""
        answer = {"1": True, "2": False}.get(text.strip())
        async with self._open_uow(reads_only=True) as uow:
            case = await uow.cases.open_of(self._cipher.token(sender))
        if answer is None or case is None or case.asked_at is None:
            return None
        return await self.requester_says(case.case_id, moved=answer, now=now)

    async def cancel(self, case_id: str, *, now: datetime) -> CaseView:
        """Close a case that is no longer needed.

        Raises:
            CaseUnknown: no such case.
        """
        step = Step(RequesterCancelled(), "requester")
        return view_of(await self._keeper.change(case_id, step, now=now))

    async def report_emergency(
        self, call_id: str, caller_ref: str, kind: str, *, now: datetime | None = None
    ) -> str:
        """Note that a life may be at stake, and give the note's serial; the call is transferred."""
        return await self._filing.note_emergency(
            call_id, caller_ref, kind, now=now or self._clock()
        )

    # the owner -------------------------------------------------------------------------------

    async def owner_notice(self, order_id: str) -> OwnerNotice:
        """What the owner is told.

        Raises:
            OrderUnknown: no such call.
        """
        order = await self._order(order_id)
        case = await self._case(order.case_id)
        return OwnerNotice(
            plate_tail=Plate(case.plate).tail,
            plate_type_name=plate_type_name(case.plate_type),
            place=case.place,
            reason=case.reason,
            answered=not case.is_open or order.state is OwnerCallState.DONE,
        )

    async def owner_says(self, order_id: str, answer: OwnerAnswer, *, now: datetime) -> CaseView:
        """Take the owner's answer; the first one counts.

        Raises:
            OrderUnknown: no such call.
        """
        order = await self._order(order_id)
        if order.state is OwnerCallState.DONE:
            return view_of(await self._case(order.case_id))
        done = replace(order, state=OwnerCallState.DONE, result=answer.value, claimed_until=None)
        step = Step(OwnerAnswered(answer), "owner", answer.value)
        case = await self._keeper.change(order.case_id, step, now=now, also=_saving(done))
        return view_of(await self._tasks.run(case, now=now))

    async def owner_call_ended(
        self, order_id: str, result: OwnerCallResult | str, *, now: datetime
    ) -> None:
        """Note that a call to the owner is over; nothing happens where he has answered.

        Raises:
            OrderUnknown: no such call.
        """
        order = await self._order(order_id)
        if order.state in _OVER:
            return
        ended = OwnerCallResult(result)
        failed = replace(order, state=OwnerCallState.FAILED, result=ended.value, claimed_until=None)
        step = Step(OwnerCallEnded(ended), "owner", ended.value)
        await self._keeper.change(order.case_id, step, now=now, also=_saving(failed))

    # the administrator and the clock ---------------------------------------------------------

    async def confirm_misuse(self, case_id: str, *, by: str, now: datetime) -> CaseView:
        """Note that a request was malicious; enough of them bar the caller.

        Raises:
            CaseUnknown: no such case.
        """
        case = await self._case(case_id)
        mark = MisuseMark(case.requester_token, case_id, by, now)

        async def also(uow: UnitOfWork) -> None:
            await uow.misuse.add(mark)

        step = Step(MisuseConfirmed(), by)
        return view_of(await self._keeper.change(case_id, step, now=now, also=also))

    async def due(self, now: datetime) -> int:
        """Do what time asks for: pending tasks, reminders, follow-ups, expiry, lost calls."""
        async with self._open_uow(reads_only=True) as uow:
            cases = await uow.cases.due(now, _AT_ONCE)
            lost = await uow.orders.lapsed(now)
        for order in lost:
            await self.owner_call_ended(order.order_id, OwnerCallResult.FAILED, now=now)
        for case in cases:
            try:
                await self._tasks.run(case, now=now)
                await self._keeper.change(case.case_id, Step(TimePassed(), "clock"), now=now)
            except (RecordConflict, DomainError) as error:
                # looked at again next time; the other cases must not wait for it
                extra = {"case_id": case.case_id, "error": error.code}
                _log.warning("a case could not be looked after", extra=extra)
        return len(cases) + len(lost)

    async def _case(self, case_id: str) -> CarMoveCase:
        async with self._open_uow(reads_only=True) as uow:
            case = await uow.cases.get(case_id)
        if case is None:
            raise CaseUnknown
        return case

    async def _order(self, order_id: str) -> OwnerCall:
        async with self._open_uow(reads_only=True) as uow:
            order = await uow.orders.get(order_id)
        if order is None:
            raise OrderUnknown
        return order


_MINUTE = timedelta(minutes=1)


def _saving(order: OwnerCall) -> Also:
    async def also(uow: UnitOfWork) -> None:
        await uow.orders.save(order)

    return also
