"""How far applications for plates, papers and licences are: the backend's, and ours not answered yet."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from backend_client.papers import PaperApplication, PaperBackend
from ivr.domain.applications import Application, Submission
from ivr.domain.car_move_limits import CHINA
from ivr.domain.papers import ProgressView
from ivr.services.identity import Level, LevelMissing, Proof
from ivr.services.ports import OpenUnitOfWork

_SERVICES = frozenset({"papers", "licence"})
_LOOK_BACK = 10
_NORMAL = {"A"}
_YEAR = timedelta(days=366)
"""The backend gives a year; so do we."""


@dataclass(frozen=True, slots=True)
class LicenceView:
    """A licence as its holder may be told; never why a status is not normal."""

    licence_class: str
    expires: date | None
    """None: for good."""
    normal: bool
    next_validity: str
    """`6`, `10` (years) or `long`."""


class PaperProgress:
    """The service behind 补换领进度查询.

    Args:
        open_uow: makes units of work.
        backend: knows applications.
    """

    def __init__(self, *, open_uow: OpenUnitOfWork, backend: PaperBackend) -> None:
        self._open_uow = open_uow
        self._backend = backend

    async def licence(self, proof: Proof) -> LicenceView | None:
        """Give the licence he holds, as he may be told; needs level 2.

        Raises:
            LevelMissing: it is not proved who he is.
            BackendError: no answer.
        """
        if proof.level < Level.IDENTITY:
            raise LevelMissing(proof.level, Level.IDENTITY)
        held = await self._backend.driver_licence(proof.person_token)
        if held is None:
            return None
        return LicenceView(held.licence_class, held.expires, set(held.status) == _NORMAL, held.next_validity)

    async def of(self, proof: Proof, *, now: datetime) -> tuple[ProgressView, ...]:
        """Give a person's applications of the last year, newest first; needs level 2.

        Raises:
            LevelMissing: it is not proved who he is.
            BackendError: no answer.
        """
        if proof.level < Level.IDENTITY:
            raise LevelMissing(proof.level, Level.IDENTITY)
        async with self._open_uow(reads_only=True) as uow:
            found = await uow.applications.of_person(proof.id_token, _LOOK_BACK)
        ours = [each for each in found if each.service in _SERVICES and each.created_at > now - _YEAR]
        serials = {each.backend_serial: each.serial for each in ours if each.backend_serial}
        views = [_waiting(each) for each in ours if each.state is Submission.CONFIRMED]
        known = await self._backend.paper_applications(proof.person_token)
        views += [_known(each, serials.get(each.serial, each.serial)) for each in known]
        return tuple(sorted(views, key=lambda view: view.updated, reverse=True))


def _waiting(application: Application) -> ProgressView:
    details = application.details
    updated = application.created_at.astimezone(CHINA).date()
    return ProgressView(
        application.serial, details["paper"], details["cause"], "registered", updated, None
    )


def _known(application: PaperApplication, serial: str) -> ProgressView:
    return ProgressView(
        serial, application.paper.value, application.cause.value, application.state.value, application.updated,
        application.parcel,
    )  # fmt: skip
