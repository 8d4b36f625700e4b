"""Driving licences: what may be replaced or renewed, applying for it, once, and what is kept for later.

An application cannot be taken back; photo and medical proof are on file or it is refused, and then
what the caller gave is kept some days.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from backend_client.papers import (
    ApplicationState,
    Cause,
    Delivery,
    DriverLicence,
    Paper,
    PaperBackend,
    PaperRequest,
)
from ivr.domain.applications import Application, Draft, Submission
from ivr.domain.car_move_limits import CHINA
from ivr.domain.paper_texts import result_text
from ivr.domain.papers import (
    LicenceFacts,
    LicenceOffer,
    PaperAsk,
    PaperRefused,
    PaperRules,
    licence_offer,
)
from ivr.domain.rules import Rules
from ivr.services.identity import Level, LevelMissing, Proof
from ivr.services.ports import OpenUnitOfWork
from ivr.services.refusals import note_refusal
from ivr.services.submissions import Submissions

_SERVICE = "licence"
_OVER = frozenset({ApplicationState.DONE, ApplicationState.RETURNED})
_LOOK_BACK = 20


class Licences:
    """The service behind 补换领驾驶证.

    Args:
        open_uow: makes units of work.
        backend: knows licences and takes applications.
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
        self, proof: Proof, *, cause: str, target_class: str | None = None, region: str, now: datetime
    ) -> LicenceOffer:
        """Say what the licence would cost and take, and whether he may drive meanwhile; needs level 2.

        Raises:
            LevelMissing: it is not proved who he is.
            PaperRefused: a rule says no.
            BackendError: no answer.
        """
        _need(proof, Level.IDENTITY)
        ask = PaperAsk("driving_licence", cause, "pick_up", target_class=target_class)
        return await self._offer(proof, ask, region, now)

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
        offer = await self._offer(proof, ask, region, now)
        return await self._submissions.submit(
            Application(
                serial="", service=_SERVICE, business=f"{ask.paper}_{ask.cause}", call_id=call_id,
                id_token=proof.id_token, person_token=proof.person_token, contact_token=proof.contact_token,
                details={**ask.details(), "fee_yuan": str(offer.fee_yuan)}, rule_version=offer.rule_version,
                idempotency_key=idempotency_key, created_at=now, updated_at=now,
            ),
            now=now,
        )  # fmt: skip

    async def keep_draft(self, proof: Proof, slots: Mapping[str, str], *, now: datetime) -> None:
        """Keep what he gave, in place of what was kept before; needs level 2."""
        _need(proof, Level.IDENTITY)
        days = self._rules.number("papers.draft_days", on=_day(now))
        draft = Draft(proof.id_token, _SERVICE, dict(slots), now, now + timedelta(days=days))
        async with self._open_uow() as uow:
            await uow.drafts.keep(draft)
            await uow.commit()

    async def draft(self, proof: Proof, *, now: datetime) -> Mapping[str, str] | None:
        """Give what he gave last time, while it may be kept; needs level 2."""
        _need(proof, Level.IDENTITY)
        async with self._open_uow(reads_only=True) as uow:
            draft = await uow.drafts.get(proof.id_token, _SERVICE, now=now)
        return None if draft is None else draft.slots

    async def drop_draft(self, proof: Proof) -> None:
        """Forget what was kept; needs level 2."""
        _need(proof, Level.IDENTITY)
        async with self._open_uow() as uow:
            await uow.drafts.drop(proof.id_token, _SERVICE)
            await uow.commit()

    def carrier(self) -> "LicenceCarrier":
        """Give the way to the backend for `Submissions`."""
        return LicenceCarrier(self._backend)

    async def _offer(self, proof: Proof, ask: PaperAsk, region: str, now: datetime) -> LicenceOffer:
        licence = await self._backend.driver_licence(proof.person_token)
        facts = None
        if licence is not None:
            facts = _facts(licence, age=proof.age, applied=await self._applied(proof))
        rules = PaperRules(self._rules, region=region, on=_day(now))
        try:
            return licence_offer(ask, facts, rules)
        except PaperRefused as no:
            await note_refusal(
                self._open_uow, caller=proof.id_token, service=_SERVICE, reason=no.refusal.value, rules=rules.version, now=now
            )
            raise

    async def _applied(self, proof: Proof) -> bool:
        """Is a licence under way already?"""
        async with self._open_uow(reads_only=True) as uow:
            ours = await uow.applications.of_person(proof.id_token, _LOOK_BACK)
        if any(each.service == _SERVICE and each.state is Submission.CONFIRMED for each in ours):
            return True
        known = await self._backend.paper_applications(proof.person_token)
        return any(each.paper is Paper.DRIVING_LICENCE and each.state not in _OVER for each in known)


class LicenceCarrier:
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
            address=details.get("address"), target_class=details.get("target_class"),
        )  # fmt: skip
        return await self._backend.apply_for_paper(request, key=application.idempotency_key)

    def text(self, application: Application) -> str:
        """SMS that tells the caller what came of it."""
        return result_text(application)


def _need(proof: Proof, level: Level) -> None:
    if proof.level < level:
        raise LevelMissing(proof.level, level)


def _day(now: datetime) -> date:
    return now.astimezone(CHINA).date()


def _facts(licence: DriverLicence, *, age: int, applied: bool) -> LicenceFacts:
    return LicenceFacts(
        licence_class=licence.licence_class, expires=licence.expires, status=frozenset(licence.status),
        medical_until=licence.medical_until, photo_valid=licence.photo_valid,
        next_validity=licence.next_validity, age=age, applied=applied,
    )  # fmt: skip
