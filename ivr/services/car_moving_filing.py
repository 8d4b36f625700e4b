"""Car moving: who may file, and filing itself."""

from datetime import datetime, timedelta

from backend_client.api import CoreBackend
from backend_client.errors import BackendError
from ivr.domain.car_move_events import (
    BackendFailed,
    Decision,
    TaskRefused,
    TextRequester,
    VehicleLookedUp,
)
from ivr.domain.car_move_limits import (
    CHINA,
    Refusal,
    RequestHistory,
    colours_match,
    day_start,
    month_start,
    refusal,
)
from ivr.domain.car_move_steps import decide
from ivr.domain.car_moves import BackendTask, CarMoveCase, CaseState
from ivr.domain.orders import CallbackOrder, RecordConflict
from ivr.domain.plates import Plate
from ivr.services.caller_number import number_behind
from ivr.services.car_moving_keeping import CaseKeeper, Step
from ivr.services.car_moving_tasks import look_up
from ivr.services.car_moving_views import Admission, CaseView, MoveRefused, MoveRequest, view_of
from ivr.services.ports import FieldCipher, OpenUnitOfWork, UnitOfWork, Vault
from ivr.services.refusals import note_refusal

_ON_ROAD = {"road": True, "compound": False, "unit": False}


class Filing:
    """From a caller's wish to a case."""

    def __init__(
        self,
        open_uow: OpenUnitOfWork,
        vault: Vault,
        cipher: FieldCipher,
        backend: CoreBackend,
        keeper: CaseKeeper,
    ) -> None:
        self._open_uow = open_uow
        self._vault = vault
        self._cipher = cipher
        self._backend = backend
        self._keeper = keeper

    async def caller_number(self, caller_ref: str, call_id: str) -> str | None:
        """Open the caller's number; None when it was withheld."""
        if not caller_ref:
            return None
        return await number_behind(caller_ref, call_id=call_id, vault=self._vault, open_uow=self._open_uow)

    async def caller_token(self, caller_ref: str, call_id: str) -> str | None:
        """What stands for the caller's number in limits and search."""
        number = await self.caller_number(caller_ref, call_id)
        return self._cipher.token(number) if number else None

    async def colour_hint(self, plate: Plate, plate_type: str, colour: str) -> bool | None:
        """Compare the colour said with the one on file."""
        try:
            found = await self._backend.find_vehicle(plate.text, plate_type)
        except BackendError:
            return None
        return None if found is None else colours_match(colour, found.colour)

    async def admit(
        self,
        *,
        caller_ref: str,
        call_id: str,
        plate: Plate,
        plate_type: str,
        region: str,
        now: datetime,
    ) -> Admission:
        """Say whether a rule stands against it."""
        token = await self.caller_token(caller_ref, call_id)
        if token is None:
            return Admission(Refusal.NO_NUMBER)
        async with self._open_uow(reads_only=True) as uow:
            why = await self._refusal(uow, token, plate, plate_type, region, now)
            opened = await uow.cases.open_of(token) if why is Refusal.OPEN_CASE else None
        if why is not None:
            await self._note(token, why, region, now)
        return Admission(why, None if opened is None else view_of(opened))

    async def _refusal(
        self,
        uow: UnitOfWork,
        token: str,
        plate: Plate,
        plate_type: str,
        region: str,
        now: datetime,
    ) -> Refusal | None:
        limits = self._keeper.limits(region, now)
        cases = uow.cases
        plate_token = self._cipher.token(plate.text)
        today = day_start(now)
        stalking = now - timedelta(days=limits.stalking_days)
        history = RequestHistory(
            this_month=await cases.opened_since(month_start(now), requester_token=token),
            today=await cases.opened_since(today, requester_token=token),
            plate_today=await cases.opened_since(today, plate_token=plate_token),
            same_plate=await cases.opened_since(
                stalking, requester_token=token, plate_token=plate_token
            ),
            has_open_case=await cases.open_of(token) is not None,
            misuse=await uow.misuse.marks(token),
        )
        return refusal(plate_type, history, now=now, limits=limits)

    async def _note(self, token: str, why: Refusal, region: str, now: datetime) -> None:
        await note_refusal(
            self._open_uow, caller=token, service="car_moving", reason=why.value,
            rules=self._keeper.limits(region, now).version, now=now,
        )  # fmt: skip

    async def note_emergency(
        self, call_id: str, caller_ref: str, kind: str, *, now: datetime
    ) -> str:
        """Leave a note for the dispatchers; one per call and kind."""
        number = await self.caller_number(caller_ref, call_id)
        key = f"{call_id}:emergency:{kind}"
        async with self._open_uow() as uow:
            known = await uow.callbacks.by_key(key)
            if known is not None:
                return known.serial
            order = CallbackOrder(
                serial=await uow.next_serial("H", now.astimezone(CHINA).date()),
                call_id=call_id,
                queue="emergency",
                reason=kind,
                said="",
                created_at=now,
                due_at=now,
                caller=number,
                caller_token=self._cipher.token(number) if number else None,
                idempotency_key=key,
            )
            await uow.callbacks.add(order)
            await uow.commit()
        return order.serial

    async def file(self, request: MoveRequest, *, now: datetime) -> CaseView:
        """File once by key, with or without the backend."""
        known = await self._known(request)
        if known is not None:
            return self._shown(known, now)
        number = await self.caller_number(request.caller_ref, request.call_id)
        if number is None:
            raise MoveRefused(Refusal.NO_NUMBER)
        looked = await look_up(
            self._backend,
            plate=request.plate.text,
            plate_type=request.plate_type,
            colour=request.colour,
        )
        try:
            return await self._insert(request, number, looked, now)
        except MoveRefused as no:
            await self._note(self._cipher.token(number), no.refusal, request.region, now)
            raise
        except RecordConflict:
            known = await self._known(request)
            if known is None:
                raise MoveRefused(Refusal.OPEN_CASE) from None
            return self._shown(known, now)

    async def _known(self, request: MoveRequest) -> CarMoveCase | None:
        async with self._open_uow(reads_only=True) as uow:
            return await uow.cases.by_key(self._key(request))

    def _key(self, request: MoveRequest) -> str:
        """What is kept of the key: whoever made it may have put the plate into it."""
        return self._cipher.token(f"file:{request.idempotency_key}")

    def _shown(self, case: CarMoveCase, now: datetime) -> CaseView:
        return view_of(case, rings_now=self._keeper.rings_now(case, now))

    async def _insert(
        self,
        request: MoveRequest,
        number: str,
        looked: VehicleLookedUp | BackendFailed | TaskRefused,
        now: datetime,
    ) -> CaseView:
        limits = self._keeper.limits(request.region, now)
        async with self._open_uow() as uow:
            known = await uow.cases.by_key(self._key(request))
            if known is not None:
                return self._shown(known, now)
            token = self._cipher.token(number)
            why = await self._refusal(
                uow, token, request.plate, request.plate_type, request.region, now
            )
            if why is not None:
                raise MoveRefused(why)
            case_id = await uow.next_serial("M", now.astimezone(CHINA).date())
            decision = decide(
                self._new_case(request, case_id, number, now), looked, now=now, limits=limits
            )
            if decision.case.state is CaseState.NEW:
                decision = Decision(decision.case, (TextRequester("kept"),))
            await uow.cases.add(decision.case)
            await uow.cases.drop_draft(request.call_id)
            await self._keeper.keep(uow, None, decision, Step(looked, "requester"), now)
            await uow.commit()
        await self._keeper.tell(decision.case, decision.effects)
        return self._shown(decision.case, now)

    def _new_case(
        self, request: MoveRequest, case_id: str, number: str, now: datetime
    ) -> CarMoveCase:
        on_road = request.on_road
        if on_road is None:
            on_road = _ON_ROAD.get(request.place_kind or "")
        return CarMoveCase(
            case_id=case_id,
            call_id=request.call_id,
            idempotency_key=self._key(request),
            plate=request.plate.text,
            plate_token=self._cipher.token(request.plate.text),
            plate_mask=request.plate.mask,
            plate_type=request.plate_type,
            place=request.place,
            place_kind=request.place_kind,
            on_road=on_road,
            reason=request.reason,
            colour=request.colour,
            colour_matches=None,
            urgent=request.urgent,
            region=request.region,
            requester=number,
            requester_token=self._cipher.token(number),
            opened_at=now,
            pending=(BackendTask.LOOK_UP,),
        )
