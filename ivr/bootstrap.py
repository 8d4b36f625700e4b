"""Builds the business services for whoever needs them; the only place that sees the backend's wires."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from backend_client.http import HttpBackend, Patience
from backend_client.sandbox.server import serve as serve_sandbox
from ivr.domain.fallback_calls import FallbackCall
from ivr.domain.rules import Rules
from ivr.services.agreement import AgreementBroken, read_agreement
from ivr.services.callbacks import Callbacks
from ivr.services.car_moving import CarMoving
from ivr.services.car_moving_keeping import CaseKeeper
from ivr.services.car_moving_tasks import BackendTasks
from ivr.services.case_places import CasePlaces
from ivr.services.connecting import Connecting
from ivr.services.dispatching import Dispatching
from ivr.services.exams import Exams
from ivr.services.fallback_calls import FallbackCalls, FallbackTools
from ivr.services.joining import Joins
from ivr.services.licences import Licences
from ivr.services.lost_calls import LostCalls
from ivr.services.offices import Offices
from ivr.services.owner_calls import OrderBook
from ivr.services.papers_progress import PaperProgress
from ivr.services.passwords import Passwords
from ivr.services.people import People
from ivr.services.plates import Plates
from ivr.services.ratings import Ratings
from ivr.services.reviewing import Reviewing, ScoreCardBroken, read_score_card
from ivr.services.seating import Seating
from ivr.services.signing_in import SigningIn
from ivr.services.sms_inbox import SmsInbox
from ivr.services.sms_sending import SmsSending
from ivr.services.submissions import Carrier, Submissions
from ivr.services.verification import Verification
from ivr.services.work_orders import WorkOrders
from ivr.settings import Settings, SettingsWrong
from ivr.sms.carriers import open_sender
from ivr.speech.audio import alaw_to_pcm
from ivr.storage.fallback_spool import FallbackSpool
from ivr.storage.room import StorageRoom

_CALLS_AT_ONCE = 50
"""Calls indexed in one transaction, so that no writer waits long."""
LOOPBACK = frozenset({"localhost", "127.0.0.1", "[::1]", "::1"})


@dataclass(frozen=True, slots=True)
class Services:
    """The business, wired."""

    car_moving: CarMoving
    callbacks: Callbacks
    work_orders: WorkOrders
    dispatching: Dispatching
    connecting: Connecting
    joins: Joins
    case_places: CasePlaces
    reviewing: Reviewing
    seating: Seating
    people: People
    signing_in: SigningIn
    offices: Offices
    verification: Verification
    exams: Exams
    plates: Plates
    licences: Licences
    paper_progress: PaperProgress
    submissions: Submissions
    ratings: Ratings
    order_book: OrderBook
    sms_sending: SmsSending
    sms_inbox: SmsInbox
    rules: Rules
    clock: Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class BackendAddress:
    """Where the core business backend answers."""

    url: str
    key: bytes


@asynccontextmanager
async def open_services(
    settings: Settings, storage: StorageRoom, backend_at: BackendAddress, *, wake: Callable[[], None] = lambda: None
) -> AsyncIterator[Services]:
    """Open the backend's wires and the carrier, and wire every service.

    Args:
        settings: of the site.
        storage: opened before.
        backend_at: the real backend, or the sandbox.
        wake: called when an SMS or a call to an owner was queued.
    """
    rules = Rules.load(settings.rules_dir)
    async with (
        HttpBackend(
            backend_at.url, backend_at.key, patience=Patience(timeout_seconds=settings.backend_timeout_seconds)
        ) as backend,
        open_sender(settings) as sender,
    ):
        passwords = Passwords()
        people = people_of(storage, passwords)
        keeper = CaseKeeper(storage.uow, storage.live_calls, rules, wake)
        car_moving = CarMoving(
            open_uow=storage.uow, vault=storage.vault, cipher=storage.cipher, backend=backend, keeper=keeper,
            clock=storage.clock,
        )
        carriers: dict[str, Carrier] = {}
        submissions = Submissions(storage.uow, carriers)
        exams = Exams(open_uow=storage.uow, backend=backend, submissions=submissions, rules=rules)
        plates = Plates(open_uow=storage.uow, backend=backend, submissions=submissions, rules=rules)
        licences = Licences(open_uow=storage.uow, backend=backend, submissions=submissions, rules=rules)
        carriers |= {"exam": exams.carrier(), "papers": plates.carrier(), "licence": licences.carrier()}
        yield Services(
            car_moving=car_moving,
            callbacks=Callbacks(
                open_uow=storage.uow, vault=storage.vault, cipher=storage.cipher, live=storage.live_calls,
                rules=rules, region=settings.region, wake=wake,
            ),
            work_orders=WorkOrders(
                storage.uow, storage.live_calls, rules, region=settings.region, token=storage.cipher.token
            ),
            dispatching=Dispatching(
                storage.uow, lambda open_uow: CaseKeeper(open_uow, storage.live_calls, rules, wake),
                partial(BackendTasks, backend), people,
            ),
            connecting=Connecting(storage.uow, storage.live_calls, rules, storage.clock),
            joins=Joins(storage.uow, storage.live_calls, backend, rules, storage.clock),
            case_places=CasePlaces(storage.uow, storage.reading, backend, storage.live_calls),
            reviewing=reviewing_of(settings, storage),
            seating=Seating(storage.uow, storage.live_calls, storage.clock),
            people=people,
            signing_in=signing_in_of(settings, storage, people, passwords),
            offices=Offices(backend, storage.uow, storage.vault),
            verification=Verification(
                open_uow=storage.uow, vault=storage.vault, cipher=storage.cipher, backend=backend, rules=rules,
                region=settings.region, wake=wake,
            ),
            exams=exams,
            plates=plates,
            licences=licences,
            paper_progress=PaperProgress(open_uow=storage.uow, backend=backend),
            submissions=submissions,
            ratings=Ratings(storage.uow),
            order_book=OrderBook(storage.uow, backend, car_moving.owner_call_ended, storage.clock),
            sms_inbox=SmsInbox(storage.uow, (partial(_about_a_case, car_moving),)),
            sms_sending=SmsSending(storage.uow, sender, backend),
            rules=rules,
            clock=storage.clock,
        )


def people_of(storage: StorageRoom, passwords: Passwords) -> People:
    """Wire the accounts of a site."""
    return People(storage.uow, storage.reading, storage.clock, passwords)


def signing_in_of(settings: Settings, storage: StorageRoom, people: People, passwords: Passwords) -> SigningIn:
    """Wire how its people come in.

    Raises:
        SettingsWrong: the site's own confidentiality agreement cannot be used.
    """
    try:
        agreement = read_agreement(settings.agreement)
    except AgreementBroken as error:
        raise SettingsWrong(f"IVR_AGREEMENT: {error}") from None
    needed = settings.console_host not in LOOPBACK if settings.second_factor is None else settings.second_factor == "required"
    return SigningIn(
        people, storage.uow, storage.reading, storage.clock, passwords=passwords, agreement=agreement, second_factor_required=needed
    )


def reviewing_of(settings: Settings, storage: StorageRoom) -> Reviewing:
    """Wire the reviews of a site.

    Raises:
        SettingsWrong: the site's own score card cannot be used.
    """
    try:
        card = read_score_card(settings.score_card)
    except ScoreCardBroken as error:
        raise SettingsWrong(f"IVR_SCORE_CARD: {error}") from None
    return Reviewing(storage.uow, Rules.load(settings.rules_dir), card)


async def _about_a_case(car_moving: CarMoving, sender: str, text: str, now: datetime) -> bool:
    return await car_moving.reply_by_sms(sender, text, now=now) is not None


@asynccontextmanager
async def open_backend(settings: Settings) -> AsyncIterator[BackendAddress]:
    """Give the real backend's address, or run the sandbox on a loopback socket.

    Raises:
        SettingsWrong: a real backend is named without the key that signs requests to it.
    """
    if settings.backend_url is not None:
        if settings.backend_key is None:
            raise SettingsWrong("IVR_BACKEND_URL needs IVR_BACKEND_KEY, the secret that signs requests")
        yield BackendAddress(settings.backend_url, settings.backend_key.get_secret_value().encode())
        return
    key = secrets.token_bytes(32)
    port: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    async with asyncio.TaskGroup() as group:
        sandbox = group.create_task(
            serve_sandbox("127.0.0.1", 0, settings.data_dir / "sandbox.db", key, started=port.set_result)
        )
        try:
            yield BackendAddress(f"http://127.0.0.1:{await port}", key)
        finally:
            sandbox.cancel()


def spool_job(storage: StorageRoom) -> Callable[[datetime], Awaitable[int]]:
    """Make the job that writes what the database did not take, once it is back, though nobody calls; says how much."""

    async def run(_now: datetime) -> int:
        return await storage.call_log.replay()

    return run


def index_job(storage: StorageRoom) -> Callable[[datetime], Awaitable[int]]:
    """Make the job that lets calls be found by words that were kept before there was an index; it ends with the last of them."""
    done = False

    async def run(_now: datetime) -> int:
        nonlocal done
        if done:
            return 0
        async with storage.uow() as uow:
            looked_at = await uow.call_search.index_older(_CALLS_AT_ONCE)
            await uow.commit()
        done = looked_at == 0
        return looked_at

    return run


def lost_calls_job(storage: StorageRoom) -> Callable[[datetime], Awaitable[int]]:
    """Make the job that ends the records of calls whose process died."""
    return LostCalls(storage.uow, storage.live_calls, storage.repair, since=storage.clock()).due


def fallback_job(settings: Settings, storage: StorageRoom, services: Services) -> Callable[[datetime], Awaitable[int]] | None:
    """Make the job that takes in what Asterisk carried on without us; None on a site without that folder."""
    if settings.fallback_spool is None:
        return None

    async def order(call: FallbackCall, said: str, now: datetime) -> None:
        ref = None
        if call.caller is not None:
            sealed = await storage.vault.seal(call_id=call.call_id, kind="caller", value=call.caller)
            ref = sealed.ref
        await services.callbacks.order(
            call_id=call.call_id, caller_ref=ref, queue=call.queue or "general", reason=f"{call.how}_message", said=said, now=now
        )

    tools = FallbackTools(
        storage.uow, storage.live_calls, storage.repair, FallbackSpool(settings.fallback_spool, alaw_to_pcm), order, settings.region
    )
    return FallbackCalls(tools).due


def retention_job(storage: StorageRoom) -> Callable[[datetime], Awaitable[int]]:
    """Make the hourly job that deletes what was kept long enough; it says how much went."""

    async def run(now: datetime) -> int:
        deleted = await storage.retention.delete_expired(now)
        return deleted.recordings + deleted.calls + deleted.cases + deleted.callbacks + deleted.texts

    return run
