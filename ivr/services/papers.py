"""Plates, papers and licences: what may be replaced, applied for once, drafts, and how far it is.

An application is registered, to be checked: person and document are compared when it is handed over.
It cannot be taken back, so that it needs level 3 and the whole read-back.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from backend_client.api import CoreBackend
from backend_client.papers import Cause, Delivery, Paper
from ivr.domain.applications import Application, Draft, Submission
from ivr.domain.car_move_limits import CHINA
from ivr.domain.papers import (
    LicenceFacts,
    LicenceOffer,
    PaperAsk,
    PaperRefused,
    PaperRules,
    Refusal,
    VehicleFacts,
    VehicleOffer,
    licence_offer,
    refusal_of,
    vehicle_offer,
)
from ivr.domain.rules import Rules
from ivr.services.identity import Level, LevelMissing, Proof
from ivr.services.paper_carrier import PaperCarrier
from ivr.services.ports import OpenUnitOfWork
from ivr.services.submissions import Submissions

__all__ = [
    "Cause", "Delivery", "LicenceOffer", "LicenceView", "Paper", "PaperAsk", "PaperRefused", "Papers", "ProgressView",
    "Refusal", "VehicleOffer", "refusal_of",
]  # fmt: skip

_DRAFT = "licence"
_MOST_TOLD = 10


@dataclass(frozen=True, slots=True)
class ProgressView:
    """How far one application is."""

    serial: str
    paper: str
    cause: str
    state: str
    """`registered`, `reviewing`, `returned`, `made`, `posted`, `ready`, `done`."""
    updated: date
    parcel: str | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class LicenceView:
    """The caller's licence, as he may be told."""

    licence_class: str
    expires: date | None
    normal: bool
    next_validity: str


class Papers:
    """The service behind 补换领.

    Args:
        open_uow: makes units of work.
        backend: knows vehicles and licences.
        submissions: carries what was confirmed.
        rules: of papers.
    """

    def __init__(
        self, *, open_uow: OpenUnitOfWork, backend: CoreBackend, submissions: Submissions, rules: Rules
    ) -> None:
        self._open_uow = open_uow
        self._backend = backend
        self._submissions = submissions
        self._rules = rules

    async def check_vehicle(self, proof: Proof, ask: PaperAsk, *, region: str, now: datetime) -> VehicleOffer:
        """Say whether a plate or a vehicle's paper may be replaced; needs level 2.

        Raises:
            LevelMissing, PaperRefused, BackendError: it may not, or nobody knows.
        """
        return (await self._vehicle(proof, ask, region, now))[0]

    async def check_licence(self, proof: Proof, ask: PaperAsk, *, now: datetime) -> LicenceOffer:
        """Say whether a licence may be replaced; needs level 2.

        Raises:
            LevelMissing, PaperRefused, BackendError: it may not, or nobody knows.
        """
        facts = await self._licence_facts(proof)
        return licence_offer(ask.cause, facts, self._rules_for("*", now), target_class=ask.target_class)

    async def licence(self, proof: Proof) -> LicenceView | None:
        """Give his licence; needs level 2."""
        facts = await self._licence_facts(proof)
        if facts is None:
            return None
        return LicenceView(facts.licence_class, facts.expires, set(facts.status) == {"A"}, facts.next_validity)

    async def submit(
        self, proof: Proof, ask: PaperAsk, *, call_id: str, idempotency_key: str, region: str, now: datetime
    ) -> Application:
        """Apply, once for one key; needs level 3.

        Raises:
            LevelMissing, PaperRefused, BackendError: nothing was submitted.
        """
        _need(proof, Level.SECOND_SECRET)
        async with self._open_uow() as uow:
            known = await uow.applications.by_key(idempotency_key)
        if known is not None:
            return known
        if ask.paper == Paper.DRIVING_LICENCE.value:
            version, vehicle_token = (await self.check_licence(proof, ask, now=now)).rule_version, ""
        else:
            offer, vehicle_token = await self._vehicle(proof, ask, region, now)
            version = offer.rule_version
        service = "licence" if ask.paper == Paper.DRIVING_LICENCE.value else "papers"
        details = _details(ask, vehicle_token)
        return await self._submissions.submit(
            Application(
                serial="", service=service, business=f"{ask.paper}_{ask.cause}", call_id=call_id, id_token=proof.id_token,
                person_token=proof.person_token, contact_token=proof.contact_token, details=details, rule_version=version,
                idempotency_key=idempotency_key, created_at=now, updated_at=now,
            ),
            now=now,
        )  # fmt: skip

    async def progress(self, proof: Proof) -> tuple[ProgressView, ...]:
        """Say how far his applications are, newest first; ours that have no answer yet come first."""
        _need(proof, Level.IDENTITY)
        theirs = await self._backend.paper_applications(proof.person_token)
        async with self._open_uow() as uow:
            ours = await uow.applications.of_person(proof.id_token, _MOST_TOLD)
        waiting = [
            ProgressView(each.serial, each.details["paper"], each.details["cause"], "registered", _day(each.updated_at), None)
            for each in ours
            if each.state is Submission.CONFIRMED and "paper" in each.details
        ]
        told = [
            ProgressView(each.serial, each.paper.value, each.cause.value, each.state.value, each.updated, each.parcel)
            for each in theirs
        ]
        return tuple(waiting + told)

    async def keep_draft(self, proof: Proof, slots: Mapping[str, str], *, now: datetime) -> None:
        """Keep what was given, for the days of `papers.draft_days`."""
        _need(proof, Level.IDENTITY)
        days = timedelta(days=self._rules_for("*", now).number("draft_days") or 0)
        async with self._open_uow() as uow:
            await uow.drafts.keep(Draft(proof.id_token, _DRAFT, dict(slots), now, now + days))
            await uow.commit()

    async def draft(self, proof: Proof, *, now: datetime) -> Mapping[str, str] | None:
        """Give what was kept."""
        _need(proof, Level.IDENTITY)
        async with self._open_uow() as uow:
            found = await uow.drafts.get(proof.id_token, _DRAFT, now=now)
        return None if found is None else found.slots

    async def drop_draft(self, proof: Proof) -> None:
        """Forget it: submitted, or no longer wanted."""
        async with self._open_uow() as uow:
            await uow.drafts.drop(proof.id_token, _DRAFT)
            await uow.commit()

    def carrier(self) -> PaperCarrier:
        """Give the way to the backend for `Submissions`."""
        return PaperCarrier(self._backend)

    async def _vehicle(self, proof: Proof, ask: PaperAsk, region: str, now: datetime) -> tuple[VehicleOffer, str]:
        _need(proof, Level.IDENTITY)
        car = await self._backend.owned_vehicle(proof.person_token, ask.plate or "", ask.plate_type or "")
        facts = None if car is None else VehicleFacts(
            car.plate_type, car.status, car.region, car.inspection_due, car.needs_line_test, car.open_violations,
            car.insured_until,
        )  # fmt: skip
        rules = self._rules_for("*" if car is None else car.region, now)
        offer = vehicle_offer(ask.paper, ask.cause, facts, rules, region=region, pieces=ask.pieces)
        return offer, "" if car is None else car.vehicle_token

    async def _licence_facts(self, proof: Proof) -> LicenceFacts | None:
        _need(proof, Level.IDENTITY)
        held = await self._backend.driver_licence(proof.person_token)
        if held is None:
            return None
        return LicenceFacts(
            held.licence_class, held.expires, held.status, held.medical_until, held.photo_valid, held.next_validity, proof.age
        )

    def _rules_for(self, region: str, now: datetime) -> PaperRules:
        return PaperRules(self._rules, region=region, on=_day(now))


def _need(proof: Proof, need: Level) -> None:
    if proof.level < need:
        raise LevelMissing(proof.level, need)


def _details(ask: PaperAsk, vehicle_token: str) -> dict[str, str]:
    given = {
        "paper": ask.paper, "cause": ask.cause, "delivery": ask.delivery, "address": ask.address, "plate": ask.plate,
        "vehicle_token": vehicle_token, "pieces": ask.pieces, "target_class": ask.target_class,
        "temporary_plate": "yes" if ask.temporary_plate else None,
    }  # fmt: skip
    return {name: value for name, value in given.items() if value}


def _day(moment: datetime) -> date:
    return moment.astimezone(CHINA).date()
