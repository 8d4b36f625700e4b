"""A whole back office: SQLite storage in a folder, the sandbox backend, and the services on them."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import text

from backend_client.people import SecretKind
from ivr.domain.orders import SmsMessage
from ivr.domain.plates import Plate
from ivr.domain.rules import Rules
from ivr.services.callbacks import Callbacks
from ivr.services.car_moving import CarMoving
from ivr.services.car_moving_keeping import CaseKeeper
from ivr.services.car_moving_views import MoveRequest
from ivr.services.connecting import Connecting
from ivr.services.exams import Exams
from ivr.services.identity import Level, Proof
from ivr.services.licences import Licences
from ivr.services.offices import Offices
from ivr.services.owner_calls import OrderBook
from ivr.services.papers_progress import PaperProgress
from ivr.services.plates import Plates
from ivr.services.ratings import Ratings
from ivr.services.sms_sending import SmsSending
from ivr.services.submissions import Carrier, Submissions
from ivr.services.verification import Verification
from ivr.services.work_orders import WorkOrders
from ivr.settings import Settings
from ivr.sms.errors import CarrierDown, SmsRefused
from ivr.sms.sender import Receipt
from ivr.storage.room import StorageRoom, open_storage
from tests.fakes.sandbox import RunningSandbox, running_sandbox

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
"""Monday 10:00 in China."""
REQUESTER = "13800001111"
OWNER = "13900002222"
RULES = Rules.load()
_CODE = re.compile("验证码([0-9]{6})，")


@dataclass
class MemorySender:
    """A carrier that remembers, and fails on command."""

    sent: list[SmsMessage] = field(default_factory=list)
    down: bool = False
    refuses: bool = False

    async def send(self, message: SmsMessage) -> Receipt:
        if self.down:
            raise CarrierDown("down")
        if self.refuses:
            raise SmsRefused("twilio_21211")
        self.sent.append(message)
        return Receipt(f"carrier-{len(self.sent)}")


@dataclass
class Site:
    room: StorageRoom
    sandbox: RunningSandbox
    car_moving: CarMoving
    book: OrderBook
    connecting: Connecting
    callbacks: Callbacks
    work_orders: WorkOrders
    sender: MemorySender
    sending: SmsSending
    verification: Verification
    exams: Exams
    offices: Offices
    plates: Plates
    licences: Licences
    paper_progress: PaperProgress
    submissions: Submissions
    ratings: Ratings
    clock: list[datetime]
    """The one moment that services without a `now` see."""

    async def reset(self) -> None:
        """Forget what callers had done; limits and applications begin anew."""
        answer = await self.sandbox.control.post("/_sandbox/reset")
        assert answer.status_code == 200
        async with self.room.uow() as uow:
            for table in (
                "case_history", "call_orders", "car_move_cases", "applications", "codes_sent", "failed_checks", "person_drafts",
                "sms_outbox", "ratings",
            ):  # fmt: skip
                await uow._transaction.execute(text(f"DELETE FROM {table}"))
            await uow.commit()

    async def seal(self, call_id: str, number: str = REQUESTER) -> str:
        sealed = await self.room.vault.seal(
            call_id=call_id, kind="caller", value=number, ttl_seconds=7200, uses=1000
        )
        return sealed.ref

    async def seal_text(self, call_id: str, text: str, uses: int = 1) -> str:
        return (await self.room.vault.seal(call_id=call_id, kind="value", value=text, uses=uses)).ref

    async def code(self) -> str:
        """The newest SMS code in the outbox that was not used yet."""
        async with self.room.reading() as uow:
            texts = [each.text for each in await uow.sms.recent(50) if each.kind == "sms_code"]
        return next(found.group(1) for found in map(_CODE.search, texts) if found)

    async def proved(self, id_number: str, call_id: str = "c1", *, secret: tuple[SecretKind, str] | None = None, vehicle: tuple[str, str] | None = None) -> Proof:
        """Prove somebody, the whole way."""
        now = self.clock[0]
        found = await self.verification.identify(id_ref=await self.seal_text(call_id, id_number), call_id=call_id, now=now)
        code = await self.seal_text(call_id, await self.code())
        checked = await self.verification.confirm(attempt_id=found.attempt_id, code_ref=code, call_id=call_id, now=now)
        ref = checked.proof_ref
        if secret is not None:
            sealed = await self.seal_text(call_id, secret[1])
            ref = (await self.verification.second_secret(
                proof_ref=ref, secret_ref=sealed, kind=secret[0], call_id=call_id, now=now, vehicle=vehicle
            )).proof_ref
        return await self.verification.proof(ref, call_id=call_id, need=Level.IDENTITY)

    async def request(self, plate: str = "苏B12345", **more: Any) -> MoveRequest:
        call_id = more.pop("call_id", "c1")
        number = more.pop("number", REQUESTER)
        found = Plate(plate)
        values: dict[str, Any] = {
            "call_id": call_id,
            "caller_ref": await self.seal(call_id, number),
            "plate": found,
            "plate_type": found.plate_type,
            "place": "清扬路68号门口",
            "place_kind": "road",
            "reason": "blocked_exit",
            "colour": "白",
            "region": "320200",
            "idempotency_key": f"{call_id}:{plate}",
        }
        return MoveRequest(**{**values, **more})


@asynccontextmanager
async def running_site(folder: Path) -> AsyncIterator[Site]:
    moment = [NOW]
    async with (
        running_sandbox(now=lambda: moment[0]) as sandbox,
        open_storage(Settings(data_dir=folder), clock=lambda: moment[0]) as room,
    ):
        keeper = CaseKeeper(room.uow, room.live_calls, RULES)
        car_moving = CarMoving(
            open_uow=room.uow,
            vault=room.vault,
            cipher=room.cipher,
            backend=sandbox.backend,
            keeper=keeper,
            clock=lambda: moment[0],
        )
        sender = MemorySender()
        carriers: dict[str, Carrier] = {}
        submissions = Submissions(room.uow, carriers)
        exams = Exams(open_uow=room.uow, backend=sandbox.backend, submissions=submissions, rules=RULES)
        plates = Plates(open_uow=room.uow, backend=sandbox.backend, submissions=submissions, rules=RULES)
        licences = Licences(open_uow=room.uow, backend=sandbox.backend, submissions=submissions, rules=RULES)
        carriers |= {"exam": exams.carrier(), "papers": plates.carrier(), "licence": licences.carrier()}
        yield Site(
            room=room,
            sandbox=sandbox,
            car_moving=car_moving,
            book=OrderBook(
                room.uow, sandbox.backend, car_moving.owner_call_ended, lambda: moment[0]
            ),
            connecting=Connecting(room.uow, room.live_calls, RULES, lambda: moment[0]),
            callbacks=Callbacks(
                open_uow=room.uow,
                vault=room.vault,
                cipher=room.cipher,
                live=room.live_calls,
                rules=RULES,
                region="320200",
            ),
            work_orders=WorkOrders(
                room.uow, room.live_calls, RULES, region="320200", token=room.cipher.token
            ),
            sender=sender,
            sending=SmsSending(room.uow, sender, sandbox.backend),
            verification=Verification(
                open_uow=room.uow, vault=room.vault, cipher=room.cipher, backend=sandbox.backend, rules=RULES
            ),
            exams=exams,
            plates=plates,
            licences=licences,
            paper_progress=PaperProgress(open_uow=room.uow, backend=sandbox.backend),
            offices=Offices(sandbox.backend, room.uow, room.vault),
            submissions=submissions,
            ratings=Ratings(room.uow),
            clock=moment,
        )
