"""Car moving: what is left for the backend, done once each, and tried again until it is."""

from datetime import datetime

from backend_client.api import CloneClue, CoreBackend, PoliceOrder
from backend_client.errors import BackendDown, BackendRefused, BackendWrong, ContactGone
from ivr.domain.car_move_events import BackendFailed, Event, TaskDone, TaskRefused, VehicleLookedUp
from ivr.domain.car_move_limits import colours_match
from ivr.domain.car_moves import BackendTask, CarMoveCase
from ivr.services.car_moving_keeping import CaseKeeper, Step


async def look_up(
    backend: CoreBackend, *, plate: str, plate_type: str, colour: str | None
) -> VehicleLookedUp | BackendFailed | TaskRefused:
    """Ask for the vehicle; an answer that breaks the contract counts as none."""
    try:
        found = await backend.find_vehicle(plate, plate_type)
    except (BackendDown, BackendWrong):
        return BackendFailed()
    except BackendRefused:
        return TaskRefused(BackendTask.LOOK_UP)
    if found is None:
        return VehicleLookedUp(None)
    return VehicleLookedUp(
        found.contact_token, colours_match(colour, found.colour), found.plate_type
    )


class BackendTasks:
    """Does the pending tasks of cases."""

    def __init__(self, backend: CoreBackend, keeper: CaseKeeper) -> None:
        self._backend = backend
        self._keeper = keeper

    async def run(self, case: CarMoveCase, *, now: datetime) -> CarMoveCase:
        """Do what is pending, in order; stops at the first that cannot be done now."""
        for task in case.pending:
            event = await self._do(task, case)
            step = Step(event, "backend", task.value)
            case = await self._keeper.change(case.case_id, step, now=now)
            if isinstance(event, BackendFailed):
                break
        return case

    async def _do(self, task: BackendTask, case: CarMoveCase) -> Event:
        if task is BackendTask.LOOK_UP:
            return await look_up(
                self._backend, plate=case.plate, plate_type=case.plate_type, colour=case.colour
            )
        try:
            return TaskDone(task, await self._write(task, case))
        except (BackendDown, BackendWrong):
            return BackendFailed()
        except ContactGone:
            return TaskDone(task)
        except BackendRefused:
            return TaskRefused(task)

    async def _write(self, task: BackendTask, case: CarMoveCase) -> str | None:
        key = f"{case.case_id}:{task.value}"
        if task is BackendTask.REPORT_CLUE:
            clue = CloneClue(
                plate=case.plate,
                plate_type=case.plate_type,
                place=case.place,
                region=case.region,
                case_id=case.case_id,
                seen_at=case.opened_at,
            )
            return await self._backend.report_clue(clue, key=key)
        if task is BackendTask.POLICE_ORDER:
            order = PoliceOrder(
                plate=case.plate,
                plate_type=case.plate_type,
                place=case.place,
                region=case.region,
                case_id=case.case_id,
                requester=case.requester,
                opened_at=case.opened_at,
                urgent=case.urgent,
            )
            return await self._backend.create_police_order(order, key=key)
        token = case.contact_token or ""
        await self._backend.mark_contact_stale(token, case_id=case.case_id, key=key)
        return None
