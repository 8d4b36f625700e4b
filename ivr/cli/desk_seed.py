"""Fills a database for `ivr bench desks`: calls with transcripts, cases, orders, texts, marks; all from one seed."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from ivr.domain.calls import (
    CallBegan,
    CallEnded,
    Direction,
    Given,
    Speaker,
    StageTimings,
    TurnRecord,
    Understanding,
)
from ivr.domain.car_move_limits import CHINA
from ivr.domain.car_moves import CarMoveCase, CaseEvent, CaseState
from ivr.domain.case_map import Spot
from ivr.domain.handovers import Handover, HandoverState
from ivr.domain.orders import CallbackOrder, Rating, SmsMessage
from ivr.storage.room import StorageRoom
from ivr.storage.unit_of_work import UnitOfWork

_REGIONS = ("320202", "320205", "320213", "320106", "330106")
_ROADS = ("清扬路", "人民路", "太湖大道", "中山路", "解放路", "学前街", "梁溪路")
_OUTCOMES = ("case_filed", "case_filed", "applied", "", "transferred", "callback_ordered")
_OPEN = (
    CaseState.NOTIFYING, CaseState.ACK_COMING, CaseState.ACK_CANNOT, CaseState.NO_ANSWER, CaseState.FOLLOW_UP, CaseState.OBJECTED,
)
_SAID = ("我要挪车，车牌苏B一二三四五", "停在清扬路六十八号门口", "白色的", "对", "没有了，谢谢")
_DAYS = 10
_BATCH = 250


@dataclass(frozen=True, slots=True)
class Seeded:
    """What pages may ask for."""

    call_id: str
    case_id: str
    serial: str
    day: str


async def seed_desks(
    storage: StorageRoom, *, calls: int, open_cases: int, now: datetime, progress: Callable[[int, int], None]
) -> Seeded:
    """Fill the database; gives an id of each kind."""
    draw = random.Random(12123)  # noqa: S311 - made-up calls
    for first in range(0, calls, _BATCH):
        async with storage.uow() as uow:
            for number in range(first, min(calls, first + _BATCH)):
                at = now - timedelta(days=draw.uniform(0, _DAYS))
                await _call(uow, draw, number, at)
                if number < open_cases:
                    await _case(uow, draw, number, now - timedelta(minutes=draw.uniform(0, 90)))
            await uow.audit.append(at=now, actor="bench", action="seeded", subject="calls", facts={"first": str(first)})
            await uow.commit()
        progress(min(calls, first + _BATCH), calls)
    return Seeded(f"{7:032x}", "M7", "H0", (now.astimezone(CHINA) - timedelta(days=1)).date().isoformat())


async def _call(uow: UnitOfWork, draw: random.Random, number: int, at: datetime) -> None:
    call_id, region = f"{number:032x}", draw.choice(_REGIONS)
    await uow.calls.began(
        CallBegan(call_id, Direction.INBOUND, "12123", at, caller=f"138{draw.randrange(10**8):08d}", region=region)
    )
    understood = Understanding("move_car", 0.9, (Given("move.place", "清扬路", 0.8),))
    for turn, said in enumerate(_SAID[: draw.randrange(1, len(_SAID) + 1)]):
        moment = at + timedelta(seconds=8 * turn)
        timings = StageTimings(end_of_turn_ms=draw.randrange(200, 500), recognize_ms=12, dialogue_ms=40, speak_ms=10)
        await uow.calls.turn(TurnRecord(call_id, turn, Speaker.SERVICE, "请说您要办什么。", moment, 8.0 * turn, timings=timings, understood=understood))
        sure = draw.uniform(0.4, 1)
        heard = TurnRecord(call_id, turn, Speaker.CALLER, said, moment, 8.0 * turn + 4, confidence=sure)
        await uow.calls.turn(heard)
        await uow.call_search.index(heard)
    outcome = draw.choice(_OUTCOMES)
    service = {"case_filed": "car_moving", "applied": "exams"}.get(outcome, "")
    end = CallEnded(call_id, at + timedelta(minutes=1), "said_goodbye", 60.0, outcome=outcome, service=service)
    await uow.calls.ended(end)
    if number % 5 == 0:
        await uow.ratings.add(Rating(call_id=call_id, score=draw.randrange(1, 6), at=at, service="car_moving"))
    if number % 5 == 1:
        await uow.handovers.add(_handover(draw, number, call_id, region, at))
    if number % 20 == 0:
        order = CallbackOrder(
            serial=f"H{number}", call_id=call_id, queue="general", reason="no_seat", said="想问年检的事", created_at=at,
            due_at=at + timedelta(days=1), caller="13800001111", idempotency_key=f"H{number}",
        )
        await uow.callbacks.add(order)


def _handover(draw: random.Random, number: int, call_id: str, region: str, at: datetime) -> Handover:
    state = draw.choice((HandoverState.DONE, HandoverState.DONE, HandoverState.NO_SEAT, HandoverState.ABANDONED))
    joined = at + timedelta(seconds=draw.randrange(5, 90)) if state is HandoverState.DONE else None
    context = {"service": "move", "summary": "电话挪车。", "given": [{"name": "move.place", "value": "清扬路六十八号", "sure": 0.5}]}
    return Handover(
        f"h{number}", call_id, region, "car_move", "wanted", state, "admin" if joined else None, at, joined_at=joined,
        ended_at=at + timedelta(minutes=4), context=context,
    )  # fmt: skip


async def _case(uow: UnitOfWork, draw: random.Random, number: int, at: datetime) -> None:
    case_id = f"M{number}"
    case = CarMoveCase(
        case_id=case_id, call_id=f"{number:032x}", idempotency_key=case_id, plate="苏B12345", plate_token=f"p{number}",
        plate_mask="苏B1****", plate_type="02", place=f"{draw.choice(_ROADS)}{draw.randrange(1, 300)}号门口", place_kind="road",
        on_road=True, reason="blocked_car", colour="白", colour_matches=None, urgent=number % 40 == 0, region=draw.choice(_REGIONS),
        requester="13800001111", requester_token=f"r{number}", opened_at=at, state=draw.choice(_OPEN), contact_token="ct",  # noqa: S106 - a handle
        notified_at=at, next_due_at=at + timedelta(minutes=20), attempts=1,
    )  # fmt: skip
    await uow.cases.add(case)
    if number % 10:
        await uow.spots.keep(case_id, Spot(120.3 + draw.uniform(-0.1, 0.1), 31.57 + draw.uniform(-0.1, 0.1)))
    await uow.cases.note(CaseEvent(case_id, at, "requester", "Filed", None, CaseState.NEW))
    if number % 4 == 0:
        text = SmsMessage(f"{case_id}:requester:filed", "requester_filed", "您的挪车请求已受理。", case_id, at, to="13800001111")
        await uow.sms.add(text)
