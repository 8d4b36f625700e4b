"""Plates, licences and their progress, on a storage and a backend that live in memory."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any, Self

import pytest

from backend_client import papers as door
from backend_client.errors import BackendDown, BackendRefused
from backend_client.papers import ApplicationState, Cause, Delivery, Paper, PaperRequest
from ivr.domain.applications import Application, Draft, Submission
from ivr.domain.orders import RecordConflict, SmsMessage
from ivr.domain.papers import PaperAsk, PaperRefused, ProgressView, Refusal
from ivr.domain.rules import Rules
from ivr.services.identity import Level, LevelMissing, Proof
from ivr.services.licences import Licences
from ivr.services.papers_progress import PaperProgress
from ivr.services.plates import Plates
from ivr.services.submissions import Submissions
from tests.fakes.site import NOW

RULES = Rules.load()
TODAY = date(2026, 11, 23)
PLATE = "苏B12345"
CAR = door.OwnedVehicle("vt_1", "02", "A", "320200", date(2026, 12, 20), False, 0, date(2027, 6, 1))
HELD = door.DriverLicence("C1", date(2026, 12, 20), "A", "320200", date(2027, 6, 1), True, "10")
PROVED = Proof(Level.SECOND_SECRET, "id_1", "pt_1", "ct_1", "1234", 36)
KNOWN = replace(PROVED, level=Level.IDENTITY)
LOST_PLATE = PaperAsk("plate", "lost", "registered", plate=PLATE, plate_type="02")
RENEWAL = PaperAsk("driving_licence", "expiring", "other", "长江路1号")


class Backend:
    """Knows one person's vehicle and licence."""

    def __init__(self) -> None:
        self.cars: dict[tuple[str, str], door.OwnedVehicle] = {(PLATE, "02"): CAR}
        self.licence: door.DriverLicence | None = HELD
        self.known: list[door.PaperApplication] = []
        self.asked: list[tuple[PaperRequest, str]] = []
        self.fault: Exception | None = None

    async def owned_vehicle(self, person_token: str, plate: str, plate_type: str) -> door.OwnedVehicle | None:
        assert person_token == "pt_1"
        return self.cars.get((plate, plate_type))

    async def driver_licence(self, person_token: str) -> door.DriverLicence | None:
        assert person_token == "pt_1"
        return self.licence

    async def apply_for_paper(self, request: PaperRequest, *, key: str) -> str:
        self.asked.append((request, key))
        if self.fault is not None:
            raise self.fault
        serial = f"Q{len(self.known):03d}"
        state = ApplicationState.REGISTERED
        self.known.insert(0, door.PaperApplication(serial, request.paper, request.cause, state, TODAY, None))
        return serial

    async def paper_applications(self, person_token: str) -> Sequence[door.PaperApplication]:
        assert person_token == "pt_1"
        return list(self.known)


class KeptApplications(dict[str, Application]):
    """By serial."""

    async def add(self, application: Application) -> None:
        if await self.by_key(application.idempotency_key):
            raise RecordConflict("taken")
        self[application.serial] = application

    async def save(self, application: Application) -> None:
        self[application.serial] = application

    async def by_key(self, idempotency_key: str) -> Application | None:
        return next((each for each in self.values() if each.idempotency_key == idempotency_key), None)

    async def of_person(self, id_token: str, limit: int) -> Sequence[Application]:
        return [each for each in reversed(self.values()) if each.id_token == id_token][:limit]

    async def due(self, now: datetime, limit: int) -> Sequence[Application]:
        return [each for each in self.values() if each.next_try_at and each.next_try_at <= now][:limit]


class KeptDrafts(dict[tuple[str, str], Draft]):
    async def keep(self, draft: Draft) -> None:
        self[draft.id_token, draft.service] = draft

    async def get(self, id_token: str, service: str, *, now: datetime) -> Draft | None:  # type: ignore[override]
        found = dict.get(self, (id_token, service))
        return found if found is not None and now < found.until else None

    async def drop(self, id_token: str, service: str) -> None:
        self.pop((id_token, service), None)


class Log:
    """Takes SMS and lines of audit."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.actions: list[str] = []
        self.facts: Mapping[str, str] = {}

    async def add(self, message: SmsMessage) -> None:
        self.texts.append(message.text)

    async def append(self, *, action: str, facts: Mapping[str, str], **_: object) -> None:
        self.actions.append(action)
        self.facts = facts


class Memory:
    """Everything kept; also the one unit of work on it."""

    def __init__(self) -> None:
        self.applications, self.drafts = KeptApplications(), KeptDrafts()
        self.sms = self.audit = Log()
        self.serials = 0
        self.commits = 0

    def __call__(self, *, reads_only: bool = False) -> Any:
        return self

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        return None

    async def next_serial(self, letter: str, day: date) -> str:
        self.serials += 1
        return f"{letter}{day:%y%m%d}{self.serials:04d}"

    async def commit(self) -> None:
        self.commits += 1


class Desk:
    """The services on one memory and one backend."""

    def __init__(self) -> None:
        self.memory = Memory()
        self.backend = Backend()
        self.carriers: dict[str, Any] = {}
        self.submissions = Submissions(self.memory, self.carriers)
        parts = {"open_uow": self.memory, "backend": self.backend, "submissions": self.submissions, "rules": RULES}
        self.plates, self.licences = Plates(**parts), Licences(**parts)
        self.progress = PaperProgress(open_uow=self.memory, backend=self.backend)
        self.carriers |= {"papers": self.plates.carrier(), "licence": self.licences.carrier()}

    async def plate(self, ask: PaperAsk = LOST_PLATE, key: str = "c1-key-0", proof: Proof = PROVED) -> Application:
        return await self.plates.submit(proof, ask=ask, call_id="c1", idempotency_key=key, region="320200", now=NOW)

    async def renew(self, ask: PaperAsk = RENEWAL, key: str = "c1-key-0", proof: Proof = PROVED) -> Application:
        return await self.licences.submit(proof, ask=ask, call_id="c1", idempotency_key=key, region="340100", now=NOW)


@pytest.fixture
def desk() -> Desk:
    return Desk()


async def refused(asking: Any) -> Refusal:
    with pytest.raises(PaperRefused) as refusal:
        await asking
    return refusal.value.refusal


async def test_a_plate_is_offered(desk: Desk) -> None:
    wish = {"paper": "plate", "cause": "damaged", "plate": PLATE, "plate_type": "02", "region": "320200", "now": NOW}
    offer = await desk.plates.check(KNOWN, pieces="one", **wish)
    assert (offer.plate_type, offer.fee_yuan, offer.days, offer.temporary_days) == ("02", 50, 15, 15)
    assert (await desk.plates.check(KNOWN, **wish)).fee_yuan == 100
    assert desk.memory.applications == {}
    assert await refused(desk.plates.check(KNOWN, **{**wish, "region": "110000"})) is Refusal.WRONG_REGION
    assert desk.memory.audit.actions == ["refused"]
    assert desk.memory.audit.facts["reason"] == "wrong_region"
    assert "papers." in desk.memory.audit.facts["rules"]
    for other in ({"plate": "苏B22222"}, {"plate": ""}, {"plate_type": ""}):
        assert await refused(desk.plates.check(KNOWN, **{**wish, **other})) is Refusal.NOT_OWNER
    assert await refused(desk.plates.check(KNOWN, **{**wish, "cause": "age", "plate": ""})) is Refusal.SEAT_ONLY


async def test_a_plate_is_applied_for_once(desk: Desk) -> None:
    done = await desk.plate(replace(LOST_PLATE, temporary_plate=True))
    assert (done.serial, done.service, done.business) == ("B2611230001", "papers", "plate_lost")
    assert (done.state, done.backend_serial) == (Submission.SUBMITTED, "Q000")
    assert done.details["fee_yuan"] == "105"
    assert all(isinstance(value, str) for value in done.details.values())
    assert "papers.fee.plate_both=2022-05-01/*" in done.rule_version
    request, key = desk.backend.asked[0]
    assert request == PaperRequest(
        "pt_1", Paper.PLATE, Cause.LOST, Delivery.REGISTERED, vehicle_token="vt_1", pieces="both", temporary_plate=True
    )
    assert key == "c1-key-0"
    desk.backend.cars.clear()  # the second time nothing is checked
    assert await desk.plate() == done
    assert (len(desk.memory.applications), len(desk.backend.asked)) == (1, 1)
    assert desk.memory.sms.texts == [
        "【公安交管12123】您的补领号牌申请已登记，流水号B2611230001，请本人完成核验：签收或领取时出示身份证。"
    ]
    assert desk.memory.audit.actions == ["application_confirmed", "application_submitted"]


async def test_the_same_plate_is_not_applied_for_again_until_it_is_there(desk: Desk) -> None:
    await desk.plate()
    assert await refused(desk.plate(key="c2-key-0")) is Refusal.ALREADY_APPLIED
    paper = replace(LOST_PLATE, paper="vehicle_licence", pieces=None)
    assert (await desk.plate(paper, key="c2-key-1")).details["fee_yuan"] == "10"
    assert "pieces" not in desk.memory.applications["B2611230002"].details
    desk.backend.known = [replace(each, state=ApplicationState.DONE) for each in desk.backend.known]
    assert (await desk.plate(key="c2-key-2")).state is Submission.SUBMITTED


async def test_what_was_never_answered_counts_as_under_way(desk: Desk) -> None:
    desk.backend.fault = BackendDown()
    assert (await desk.plate()).state is Submission.CONFIRMED
    assert await refused(desk.plate(key="c2-key-0")) is Refusal.ALREADY_APPLIED
    desk.backend.fault = None
    assert await desk.submissions.due(NOW + timedelta(minutes=1)) == 1
    assert desk.memory.applications["B2611230001"].state is Submission.SUBMITTED
    assert {key for _, key in desk.backend.asked} == {"c1-key-0"}


async def test_what_the_backend_refuses_is_told(desk: Desk) -> None:
    desk.backend.fault = BackendRefused("status_blocks")
    done = await desk.plate()
    assert (done.state, done.reason) == (Submission.REFUSED, "status_blocks")
    assert desk.memory.sms.texts[0].startswith("【公安交管12123】您的补领号牌申请没有办成：当前状态不符合办理条件。")
    desk.backend.fault = None
    assert (await desk.plate(key="c2-key-0")).state is Submission.SUBMITTED


@pytest.mark.parametrize(
    ("paper", "change", "refusal"),
    [
        ("plate", {"status": "GK"}, Refusal.STATUS_BLOCKS), ("plate", {"status": "O"}, Refusal.STATUS_NEEDS_SEAT),
        ("vehicle_licence", {"region": "320100"}, Refusal.WRONG_REGION),
        ("inspection_mark", {"open_violations": 1}, Refusal.VIOLATIONS_OPEN),
        ("inspection_mark", {"insured_until": None}, Refusal.INSURANCE_MISSING),
        ("inspection_mark", {"needs_line_test": True}, Refusal.LINE_TEST_NEEDED),
        ("inspection_mark", {"inspection_due": date(2027, 6, 1)}, Refusal.TOO_EARLY),
        ("driving_licence", {}, Refusal.SEAT_ONLY),
    ],
)  # fmt: skip
async def test_nothing_refused_is_written_down(desk: Desk, paper: str, change: dict[str, Any], refusal: Refusal) -> None:
    desk.backend.cars[PLATE, "02"] = replace(CAR, **change)
    cause = "due" if paper == "inspection_mark" else "lost"
    assert await refused(desk.plate(replace(LOST_PLATE, paper=paper, cause=cause))) is refusal
    assert (desk.memory.applications, desk.backend.asked) == ({}, [])


async def test_a_licence_is_offered(desk: Desk) -> None:
    offer = await desk.licences.check(KNOWN, cause="expiring", target_class=None, region="340100", now=NOW)
    assert (offer.licence_class, offer.fee_yuan, offer.may_drive, offer.next_validity) == ("C1", 10, True, "10")
    lower = await desk.licences.check(KNOWN, cause="downgrade", target_class="C2", region="*", now=NOW)
    assert lower.licence_class == "C1"


async def test_the_chinese_day_counts(desk: Desk) -> None:
    desk.backend.licence = replace(HELD, expires=TODAY)
    late = datetime.fromisoformat("2026-11-23T15:59:00+00:00")
    for moment, drives in ((late, True), (late + timedelta(minutes=1), False)):
        offer = await desk.licences.check(KNOWN, cause="expiring", target_class=None, region="*", now=moment)
        assert offer.may_drive is drives


async def test_a_licence_is_applied_for_once(desk: Desk) -> None:
    done = await desk.renew()
    assert (done.serial, done.service, done.business) == ("B2611230001", "licence", "driving_licence_expiring")
    assert "长江路" not in repr(done)
    assert desk.backend.asked[0][0] == PaperRequest(
        "pt_1", Paper.DRIVING_LICENCE, Cause.EXPIRING, Delivery.OTHER, address="长江路1号"
    )
    desk.backend.licence = None
    assert await desk.renew() == done
    assert (len(desk.memory.applications), len(desk.backend.asked), len(desk.memory.sms.texts)) == (1, 1, 1)
    desk.backend.licence = HELD
    assert await refused(desk.renew(key="c2-key-0")) is Refusal.ALREADY_APPLIED


@pytest.mark.parametrize(
    ("cause", "change", "refusal"),
    [
        ("lost", {"status": "K"}, Refusal.STATUS_BLOCKS), ("lost", {"status": "J"}, Refusal.STATUS_NEEDS_SEAT),
        ("expiring", {"expires": date(2025, 11, 23)}, Refusal.CANCELLED), ("expiring", {"expires": None}, Refusal.NOT_EXPIRING),
        ("expiring", {"expires": date(2027, 6, 1)}, Refusal.TOO_EARLY), ("expiring", {"status": "H"}, Refusal.VIOLATIONS_OPEN),
        ("expiring", {"medical_until": None}, Refusal.MEDICAL_MISSING), ("lost", {"photo_valid": False}, Refusal.PHOTO_MISSING),
        ("age", {"licence_class": "A1"}, Refusal.AGE_NOT_REACHED), ("downgrade", {}, Refusal.CLASS_NOT_LOWER),
        ("due", {}, Refusal.SEAT_ONLY),
    ],
)  # fmt: skip
async def test_a_licence_is_refused(desk: Desk, cause: str, change: dict[str, Any], refusal: Refusal) -> None:
    desk.backend.licence = replace(HELD, **change)
    assert await refused(desk.renew(replace(RENEWAL, cause=cause))) is refusal
    assert (desk.memory.applications, desk.backend.asked) == ({}, [])


async def test_somebody_without_a_licence(desk: Desk) -> None:
    desk.backend.licence = None
    assert await refused(desk.renew()) is Refusal.NO_LICENCE
    desk.backend.licence = HELD
    desk.backend.fault = BackendDown()
    assert (await desk.renew()).state is Submission.CONFIRMED
    assert await refused(desk.renew(key="c2-key-0")) is Refusal.ALREADY_APPLIED


async def test_a_downgrade_names_its_class(desk: Desk) -> None:
    await desk.renew(replace(RENEWAL, cause="downgrade", delivery="pick_up", target_class="C2"))
    request = desk.backend.asked[0][0]
    assert (request.target_class, request.delivery, request.address) == ("C2", Delivery.PICK_UP, None)


async def test_proof_is_needed(desk: Desk) -> None:
    caller = replace(PROVED, level=Level.NUMBER)
    wish = {"paper": "plate", "cause": "lost", "plate": PLATE, "plate_type": "02"}
    for asking, need in (
        (desk.plates.check(caller, region="*", now=NOW, **wish), 2),
        (desk.licences.check(caller, cause="lost", target_class=None, region="*", now=NOW), 2),
        (desk.licences.keep_draft(caller, {}, now=NOW), 2), (desk.licences.draft(caller, now=NOW), 2),
        (desk.licences.drop_draft(caller), 2), (desk.progress.of(caller, now=NOW), 2),
        (desk.plate(proof=KNOWN), 3), (desk.renew(proof=KNOWN), 3),
    ):  # fmt: skip
        with pytest.raises(LevelMissing) as missing:
            await asking
        assert missing.value.need == need
    assert (desk.memory.applications, desk.memory.drafts) == ({}, {})


async def test_a_draft_is_kept_a_week(desk: Desk) -> None:
    await desk.licences.keep_draft(KNOWN, {"cause": "expiring"}, now=NOW)
    await desk.licences.keep_draft(KNOWN, {"cause": "lost"}, now=NOW)
    week = timedelta(days=7)
    assert await desk.licences.draft(KNOWN, now=NOW + week - timedelta(seconds=1)) == {"cause": "lost"}
    assert await desk.licences.draft(KNOWN, now=NOW + week) is None
    assert list(desk.memory.drafts) == [("id_1", "licence")]
    await desk.licences.drop_draft(KNOWN)
    assert await desk.licences.draft(KNOWN, now=NOW) is None
    assert desk.memory.commits == 3


async def test_progress_is_told_newest_first(desk: Desk) -> None:
    assert await desk.progress.of(KNOWN, now=NOW) == ()
    old = door.PaperApplication("Q999", Paper.DRIVING_LICENCE, Cause.LOST, ApplicationState.POSTED, date(2026, 11, 1), "EMS1")
    desk.backend.known = [old]
    done = await desk.plate()
    desk.backend.fault = BackendDown()
    waiting = await desk.plate(replace(LOST_PLATE, paper="vehicle_licence"), key="c1-key-1")
    assert await desk.progress.of(KNOWN, now=NOW) == (
        ProgressView(waiting.serial, "vehicle_licence", "lost", "registered", TODAY, None),
        ProgressView(done.serial, "plate", "lost", "registered", TODAY, None),
        ProgressView("Q999", "driving_licence", "lost", "posted", date(2026, 11, 1), "EMS1"),
    )
