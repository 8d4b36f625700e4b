"""Plates and vehicles' papers: what may be replaced, and applying for it, once.

An application cannot be taken back; the owner is checked again when it is handed over.
"""

from dataclasses import replace
from datetime import datetime
from typing import NoReturn, NotRequired, TypedDict, Unpack

from backend_client.papers import (
    ApplicationState,
    Cause,
    Delivery,
    OwnedVehicle,
    Paper,
    PaperBackend,
    PaperRequest,
)
from ivr.domain.applications import Application, Submission
from ivr.domain.car_move_limits import CHINA
from ivr.domain.paper_texts import result_text
from ivr.domain.papers import (
    PaperAsk,
    PaperRefused,
    PaperRules,
    Refusal,
    VehicleFacts,
    VehicleOffer,
    vehicle_offer,
)
from ivr.domain.rules import Rules
from ivr.services.identity import Level, LevelMissing, Proof
from ivr.services.ports import OpenUnitOfWork
from ivr.services.refusals import note_refusal
from ivr.services.submissions import Submissions

_OVER = frozenset({ApplicationState.DONE, ApplicationState.RETURNED})
_LOOK_BACK = 20


class VehicleWish(TypedDict):
    """Which paper of which vehicle, and why."""

    paper: str
    cause: str
    plate: str
    plate_type: str
    pieces: NotRequired[str | None]


class Plates:
    """The service behind 补换领号牌、行驶证、检验合格标志.

    Args:
        open_uow: makes units of work.
        backend: knows vehicles and takes applications.
        submissions: carries what was confirmed.
        rules: of papers.
    """

    def __init__(
        self, *, open_uow: OpenUnitOfWork, backend: PaperBackend, submissions: Submissions, rules: Rules
    ) -> None:
        self._open_uow = open_uow
        self._backend = backend
        self._submissions = submissions
        self._rules = rules

    async def check(
        self, proof: Proof, *, region: str, now: datetime, **wish: Unpack[VehicleWish]
    ) -> VehicleOffer:
        """Say what the paper would cost and take; needs level 2.

        Args:
            proof: who.
            region: of the call.
            now: this moment.
            **wish: `paper`, `cause`, `plate`, `plate_type`, and `pieces` of a plate.

        Raises:
            LevelMissing: it is not proved who he is.
            PaperRefused: a rule says no.
            BackendError: no answer.
        """
        _need(proof, Level.IDENTITY)
        return (await self._offer(proof, PaperAsk(delivery="pick_up", **wish), region, now))[0]

    async def submit(
        self, proof: Proof, *, ask: PaperAsk, call_id: str, idempotency_key: str, region: str, now: datetime
    ) -> Application:
        """Apply, once for one key; needs level 3.

        Args:
            proof: who.
            ask: what he confirmed.
            call_id: of this call.
            idempotency_key: of this confirmation.
            region: of the call.
            now: this moment.

        Raises:
            LevelMissing, PaperRefused, BackendError: nothing was submitted.
        """
        _need(proof, Level.SECOND_SECRET)
        async with self._open_uow(reads_only=True) as uow:
            known = await uow.applications.by_key(idempotency_key)
        if known is not None:
            return known
        offer, vehicle_token = await self._offer(proof, ask, region, now)
        if ask.paper == "plate":
            ask = replace(ask, pieces=ask.pieces or "both")
        fee = offer.fee_yuan + (offer.temporary_fee_yuan if ask.temporary_plate else 0)
        details = {**ask.details(), "vehicle_token": vehicle_token, "fee_yuan": str(fee)}
        return await self._submissions.submit(
            Application(
                serial="", service="papers", business=f"{ask.paper}_{ask.cause}", call_id=call_id,
                id_token=proof.id_token, person_token=proof.person_token, contact_token=proof.contact_token,
                details=details, rule_version=offer.rule_version, idempotency_key=idempotency_key,
                created_at=now, updated_at=now,
            ),
            now=now,
        )  # fmt: skip

    def carrier(self) -> "PlateCarrier":
        """Give the way to the backend for `Submissions`."""
        return PlateCarrier(self._backend)

    async def _offer(
        self, proof: Proof, ask: PaperAsk, region: str, now: datetime
    ) -> tuple[VehicleOffer, str]:
        vehicle = None
        if ask.plate and ask.plate_type:
            vehicle = await self._backend.owned_vehicle(proof.person_token, ask.plate, ask.plate_type)
        rules = PaperRules(self._rules, region=region, on=now.astimezone(CHINA).date())
        applied = vehicle is not None and await self._applied(proof, ask)
        try:
            if vehicle is None:
                _refuse_unknown(ask, rules)
            return vehicle_offer(ask, _facts(vehicle, applied=applied), rules), vehicle.vehicle_token
        except PaperRefused as no:
            await note_refusal(
                self._open_uow, caller=proof.id_token, service="papers", reason=no.refusal.value, rules=rules.version, now=now
            )
            raise

    async def _applied(self, proof: Proof, ask: PaperAsk) -> bool:
        """Is this paper of this vehicle under way by telephone? The backend's list names no vehicle."""
        async with self._open_uow(reads_only=True) as uow:
            ours = await uow.applications.of_person(proof.id_token, _LOOK_BACK)
        wanted = (ask.paper, ask.plate, ask.plate_type)
        same = [
            each
            for each in ours
            if each.service == "papers"
            and tuple(map(each.details.get, ("paper", "plate", "plate_type"))) == wanted
        ]
        if any(each.state is Submission.CONFIRMED for each in same):
            return True
        serials = {each.backend_serial for each in same if each.state is Submission.SUBMITTED}
        if not serials:
            return False
        known = await self._backend.paper_applications(proof.person_token)
        return any(each.serial in serials and each.state not in _OVER for each in known)


def _refuse_unknown(ask: PaperAsk, rules: PaperRules) -> NoReturn:
    """He owns no such vehicle; what is wrong about the wish itself is told first."""
    vehicle_offer(ask, None, rules)
    raise PaperRefused(Refusal.NOT_OWNER)


class PlateCarrier:
    """The way to the backend for `Submissions`."""

    def __init__(self, backend: PaperBackend) -> None:
        self._backend = backend

    async def send(self, application: Application) -> str:
        """Ask the backend with the application's own key.

        Raises:
            BackendDown, BackendWrong: not known whether it was done.
            BackendRefused: it was not done.
        """
        details = application.details
        request = PaperRequest(
            application.person_token, Paper(details["paper"]), Cause(details["cause"]), Delivery(details["delivery"]),
            address=details.get("address"), vehicle_token=details["vehicle_token"], pieces=details.get("pieces"),
            temporary_plate=details["temporary_plate"] == "yes",
        )  # fmt: skip
        return await self._backend.apply_for_paper(request, key=application.idempotency_key)

    def text(self, application: Application) -> str:
        """SMS that tells the caller what came of it."""
        return result_text(application)


def _need(proof: Proof, level: Level) -> None:
    if proof.level < level:
        raise LevelMissing(proof.level, level)


def _facts(vehicle: OwnedVehicle, *, applied: bool) -> VehicleFacts:
    return VehicleFacts(
        plate_type=vehicle.plate_type, status=frozenset(vehicle.status), region=vehicle.region,
        inspection_due=vehicle.inspection_due, needs_line_test=vehicle.needs_line_test,
        open_violations=vehicle.open_violations, insured_until=vehicle.insured_until, applied=applied,
    )  # fmt: skip
