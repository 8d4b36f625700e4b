"""A console on a free port, with real storage, the real media door and the embedded exchange."""

import asyncio
import math
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import httpx
from argon2 import PasswordHasher
from fastapi import FastAPI
from pydantic import SecretStr

from backend_client.api import CoreBackend
from backend_client.http import HttpBackend, Patience
from ivr.consoles.app import ConsoleOptions, DeskServices, MediaAddress, create_app, serve
from ivr.consoles.console import Console
from ivr.domain.calls import (
    CallBegan,
    CallEnded,
    CallEvent,
    Direction,
    Given,
    Speaker,
    StageTimings,
    TurnRecord,
    Understanding,
)
from ivr.domain.car_moves import CarMoveCase, CaseEvent, CaseState
from ivr.domain.handovers import Handover, HandoverState
from ivr.domain.orders import CallbackOrder, OwnerCall, OwnerCallState, SmsMessage, SmsState
from ivr.domain.rules import Rules
from ivr.services.agreement import read_agreement
from ivr.services.car_moving_keeping import CaseKeeper
from ivr.services.car_moving_tasks import BackendTasks
from ivr.services.dispatching import Dispatching
from ivr.services.joining import Joins
from ivr.services.passwords import Passwords
from ivr.services.people import People
from ivr.services.reviewing import Reviewing, read_score_card
from ivr.services.seating import Seating
from ivr.services.signing_in import SigningIn
from ivr.services.work_orders import WorkOrders
from ivr.settings import Settings
from ivr.storage.room import StorageRoom, open_storage
from telephony.exchange import Exchange
from telephony.media.call import MediaCall
from telephony.media.server import MediaDoor

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
LOGIN = ("asterisk", "door-password")
ADMIN = "admin"
PASSWORD = "right-password"
CALL = "a" * 31 + "1"
OWNER_CALL = "b" * 31 + "2"
CASE = "M2611230001"
HANDOVER = "h" * 8
REQUESTER = "13800001111"
PLATE = "苏B12345"
RULES = Rules.load()


async def until(condition: Callable[[], Awaitable[bool]], *, seconds: float = 10) -> None:
    """Ask again and again: for what tells nobody when it changes."""
    async with asyncio.timeout(seconds):
        while not await condition():  # noqa: ASYNC110
            await asyncio.sleep(0.05)


class Clock:
    """The time of a site; a test may move it."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


async def hang_up_at_once(call: MediaCall) -> None:
    """A service that answers and ends the call."""


@dataclass
class Site:
    """What runs."""

    url: str
    console: Console
    storage: StorageRoom
    exchange: Exchange
    door: MediaDoor
    clock: Clock
    console_app: FastAPI = field(default_factory=FastAPI)
    calls: list[MediaCall] = field(default_factory=list)
    """What came in at the media door."""

    @property
    def socket(self) -> str:
        return self.url.replace("http", "ws", 1) + "/phone/media"


def desk_orders(storage: StorageRoom) -> WorkOrders:
    return WorkOrders(storage.uow, storage.live_calls, RULES, token=storage.cipher.token)


PASSWORDS = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
"""Quick and weak, so that tests do not wait."""


def people_of(storage: StorageRoom) -> People:
    return People(storage.uow, storage.reading, storage.clock, PASSWORDS)


def signing_in_of(storage: StorageRoom, people: People, *, second_factor_required: bool = False) -> SigningIn:
    return SigningIn(
        people, storage.uow, storage.reading, storage.clock, passwords=PASSWORDS, agreement=read_agreement(),
        second_factor_required=second_factor_required,
    )


NOBODY = HttpBackend("http://127.0.0.1:9", b"k" * 32, patience=Patience(timeout_seconds=0.2))
"""A backend that does not answer: what it is to do waits."""


def dispatching_of(storage: StorageRoom, people: People, backend: CoreBackend = NOBODY) -> Dispatching:
    return Dispatching(
        storage.uow, lambda open_uow: CaseKeeper(open_uow, storage.live_calls, RULES),
        partial(BackendTasks, backend), people,
    )


def joins_of(storage: StorageRoom, backend: CoreBackend = NOBODY) -> Joins:
    return Joins(storage.uow, storage.live_calls, backend, RULES, storage.clock)


def reviewing_of(storage: StorageRoom) -> Reviewing:
    return Reviewing(storage.uow, RULES, read_score_card())


def seating_of(storage: StorageRoom) -> Seating:
    return Seating(storage.uow, storage.live_calls, storage.clock)


def desk_services(
    storage: StorageRoom, backend: CoreBackend = NOBODY, *, second_factor_required: bool = False
) -> DeskServices:
    people = people_of(storage)
    signing_in = signing_in_of(storage, people, second_factor_required=second_factor_required)
    return DeskServices(desk_orders(storage), people, signing_in, dispatching_of(storage, people, backend), joins_of(storage, backend), reviewing_of(storage), seating_of(storage))


@asynccontextmanager
async def open_site(
    settings: Settings,
    *,
    on_call: Callable[[MediaCall], Awaitable[None]] = hang_up_at_once,
    max_calls: int = 5,
    options: ConsoleOptions | None = None,
    signed: bool = True,
    second_factor_required: bool = False,
) -> AsyncIterator[Site]:
    clock = Clock()
    taken: list[MediaCall] = []

    async def answer(call: MediaCall) -> None:
        taken.append(call)
        await on_call(call)

    door = MediaDoor(host="127.0.0.1", port=0, login=LOGIN, max_calls=max_calls, on_call=answer)
    async with open_storage(settings, clock=clock) as storage, door, Exchange() as exchange:
        services = desk_services(storage, second_factor_required=second_factor_required)
        await services.people.open_first(ADMIN, PASSWORD)
        if signed:
            await services.signing_in.sign_agreement(ADMIN, services.signing_in.agreement.version)
        app = create_app(
            storage=storage,
            media=MediaAddress("127.0.0.1", door.port, LOGIN[0], SecretStr(LOGIN[1])),
            phones=exchange,
            services=services,
            options=options or ConsoleOptions(),
        )
        port: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        async with asyncio.TaskGroup() as group:
            serving = group.create_task(serve(app, "127.0.0.1", 0, listening=port.set_result))
            url = f"http://127.0.0.1:{await port}"
            try:
                yield Site(url, app.state.console, storage, exchange, door, clock, app, taken)
            finally:
                serving.cancel()


class Visitor(httpx.AsyncClient):
    """A browser without scripts."""

    def __init__(self, site: Site) -> None:
        super().__init__(base_url=site.url, headers={"Accept": "text/html"}, trust_env=False)

    async def csrf(self, path: str = "/phone") -> str:
        page = await self.get(path)
        return page.text.partition('name="csrf" content="')[2].partition('"')[0]

    async def sign_in(
        self, password: str = PASSWORD, next_page: str = "/", *, name: str = ADMIN, one_time: str = ""
    ) -> httpx.Response:
        token = await self.csrf("/sign-in")
        form = {"csrf": token, "name": name, "password": password, "one_time": one_time, "next": next_page}
        return await self.post("/sign-in", data=form)

    async def ask(self, path: str, body: dict[str, str]) -> httpx.Response:
        """Ask for a change, as the phone page's script does."""
        headers = {"X-CSRF": await self.csrf(), "Accept": "*/*"}
        return await self.post(path, json=body, headers=headers)


def tone(seconds: float, *, hertz: float = 440, loudness: int = 9000) -> bytes:
    """Mono, 16-bit, 8 kHz."""
    samples = range(int(seconds * 8000))
    return b"".join(
        struct.pack("<h", int(loudness * math.sin(2 * math.pi * hertz * n / 8000))) for n in samples
    )


def stereo(left: bytes, right: bytes) -> bytes:
    pairs = zip(struct.iter_unpack("<h", left), struct.iter_unpack("<h", right), strict=True)
    return b"".join(struct.pack("<hh", one, other) for (one,), (other,) in pairs)


async def fill(storage: StorageRoom) -> None:
    """One car-move call with everything that can be shown of it."""
    await keep_call(storage)
    await keep_recording(storage)
    async with storage.uow() as uow:
        await uow.cases.add(_case())
        for line in _history():
            await uow.cases.note(line)
        await uow.orders.add(_owner_call())
        for text in _texts():
            await uow.sms.add(text)
        await uow.callbacks.add(
            CallbackOrder(
                serial="H2611230001", call_id=CALL, queue="general", reason="no_seat",
                said="想问车检的事", created_at=NOW, due_at=NOW - timedelta(minutes=1),
                caller=REQUESTER,
            )
        )  # fmt: skip
        await uow.commit()


async def hand_over(storage: StorageRoom, *, seat: str, region: str = "320200") -> None:
    """The car-move call waits at a seat's telephone."""
    offered = Handover(
        HANDOVER, CALL, region, "car_move", "wanted", HandoverState.OFFERED, seat, NOW, offered_at=NOW,
        context={"service": "move", "stage": "place", "level": 1, "summary": "电话挪车。", "given": []},
    )  # fmt: skip
    async with storage.uow() as uow:
        await uow.handovers.add(offered)
        await uow.commit()


async def keep_call(storage: StorageRoom) -> None:
    log = storage.call_log
    await log.began(CallBegan(CALL, Direction.INBOUND, "12123", NOW, caller=REQUESTER, region="320200"))
    understood = Understanding("move_car", 0.97, (Given("move.plate", "苏B1****", 0.91), Given("move.place", "清扬路六十八号门口", 0.52)))
    timings = StageTimings(end_of_turn_ms=620, recognize_ms=85, dialogue_ms=140, speak_ms=60)
    lines = [
        (
            0,
            Speaker.SERVICE,
            0.5,
            "您好，公安交管12123，通话会录音，信息只用于办业务。请直接说要办什么，说人工可转座席。",
            None,
        ),
        (1, Speaker.CALLER, 9.0, "有辆车挡住我了，苏B一二三四五，在清扬路六十八号门口", None),
        (1, Speaker.SERVICE, 13.2, "要通知苏B，一二三，四五的车主挪车，对吗？", timings),
        (2, Speaker.CALLER, 17.4, "对", None),
        (
            2,
            Speaker.SERVICE,
            18.3,
            "好，马上通知车主，双方号码都不会显示。请别挂，大约一分钟。",
            timings,
        ),
    ]
    for number, who, at, text, took in lines:
        caller = who is Speaker.CALLER
        await log.turn(
            TurnRecord(
                CALL, number, who, text, NOW + timedelta(seconds=at), at, timings=took,
                confidence=0.91 if caller else None, keys="1" if text == "对" else None,
                understood=understood if number == 1 and not caller else None,
                state="listening" if caller else "speaking",
            )
        )  # fmt: skip
    await log.event(CallEvent(CALL, NOW + timedelta(seconds=30), "no_seat", "asked"))
    await log.ended(
        CallEnded(
            CALL, NOW + timedelta(seconds=75), "caller_hung_up", 75.0,
            outcome="case_filed", service="car_moving",
        )
    )  # fmt: skip
    await log.began(
        CallBegan(
            OWNER_CALL, Direction.OUTBOUND, "", NOW + timedelta(seconds=20), order_id="order-1", region="320200"
        )
    )
    await log.ended(
        CallEnded(
            OWNER_CALL, NOW + timedelta(seconds=50), "owner_coming", 30.0, service="owner_call"
        )
    )


async def keep_recording(storage: StorageRoom) -> None:
    quiet = bytes(len(tone(1)))
    writer = storage.recordings.writer(CALL)
    for left, right in ((quiet, tone(1)), (tone(1, hertz=300), quiet), (quiet, tone(1, hertz=500))):
        writer.append(stereo(left, right))
    await writer.close()


def _case() -> CarMoveCase:
    return CarMoveCase(
        case_id=CASE, call_id=CALL, idempotency_key=f"{CALL}:0", plate=PLATE, plate_token="p1",
        plate_mask="苏B1****", plate_type="02", place="清扬路68号门口", place_kind="road",
        on_road=True, reason="blocked_exit", colour="白", colour_matches=True, urgent=False,
        region="320200", requester=REQUESTER, requester_token="r1", opened_at=NOW,
        state=CaseState.ACK_COMING, contact_token="ct-1", notified_at=NOW, attempts=1,
        next_due_at=NOW + timedelta(minutes=20),
    )  # fmt: skip


def _history() -> list[CaseEvent]:
    new, validated, notifying = CaseState.NEW, CaseState.VALIDATED, CaseState.NOTIFYING
    answered = NOW + timedelta(seconds=40)
    return [
        CaseEvent(CASE, NOW, "requester", "Filed", None, new),
        CaseEvent(CASE, NOW, "backend", "VehicleLookedUp", new, validated, "look_up"),
        CaseEvent(CASE, NOW, "requester", "Notified", validated, notifying),
        CaseEvent(
            CASE, answered, "owner", "OwnerAnswered", notifying, CaseState.ACK_COMING, "coming"
        ),
    ]


def _owner_call() -> OwnerCall:
    return OwnerCall(
        "order-1", CASE, CALL, "ct-1", 1, NOW, NOW + timedelta(hours=2),
        state=OwnerCallState.DONE, result="coming",
    )  # fmt: skip


def _texts() -> list[SmsMessage]:
    return [
        SmsMessage(
            f"{CASE}:requester:filed", "requester_filed",
            f"【公安交管12123】您的挪车请求已受理，编号{CASE}。已尝试通知车主，双方号码均不显示。稍后会短信询问车辆是否挪开。",
            CASE, NOW, to=REQUESTER, state=SmsState.SENT, sent_at=NOW + timedelta(seconds=1),
        ),
        SmsMessage(
            f"{CASE}:owner:notice", "owner_notice",
            "【公安交管12123】您尾号345的小型汽车停在清扬路68号门口，影响他人通行，请尽快挪车。",
            f"{CASE}/owner", NOW, contact_token="ct-1", state=SmsState.QUEUED,
        ),
    ]  # fmt: skip


def settings_of(folder: Path, database: Path) -> Settings:
    return Settings(data_dir=folder / "var", database_url=f"sqlite+aiosqlite:///{database}")
