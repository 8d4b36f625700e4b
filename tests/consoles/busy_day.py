"""A busy day in the database, and its figures counted by hand in plain SQL."""

import json
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import text, update

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
from ivr.domain.car_moves import CarMoveCase, CaseEvent, CaseState
from ivr.domain.figures import day_span
from ivr.domain.handovers import Handover, HandoverState
from ivr.domain.orders import Rating
from ivr.storage.models import calls
from ivr.storage.room import StorageRoom
from tests.consoles.site import NOW, Site
from tests.domain.test_car_moves import CASE

DAY = NOW.date()
BY_HAND = """
SELECT
 (SELECT count(*) FROM calls WHERE direction = 'in' AND {day} AND region LIKE '{region}') AS offered,
 (SELECT count(DISTINCT c.call_id) FROM calls c JOIN turns t ON t.call_id = c.call_id
   WHERE direction = 'in' AND {day} AND region LIKE '{region}' AND who = 'service') AS answered,
 (SELECT count(*) FROM calls WHERE direction = 'in' AND {day} AND region LIKE '{region}'
   AND outcome IN ('callback_ordered', 'callback_left')) AS called_back,
 (SELECT count(*) FROM calls c JOIN turns t ON t.call_id = c.call_id WHERE direction = 'in' AND {day} AND region LIKE '{region}'
   AND who = 'caller' AND confidence IS NOT NULL) AS heard,
 (SELECT coalesce(sum(given), 0) FROM calls c JOIN turns t ON t.call_id = c.call_id
   WHERE direction = 'in' AND {day} AND region LIKE '{region}') AS given,
 (SELECT coalesce(sum(corrected), 0) FROM calls c JOIN turns t ON t.call_id = c.call_id
   WHERE direction = 'in' AND {day} AND region LIKE '{region}') AS corrected,
 (SELECT count(*) FROM handovers WHERE asked_at >= '{begins}' AND asked_at < '{ends}' AND region LIKE '{region}') AS asked_person,
 (SELECT count(joined_at) FROM handovers WHERE asked_at >= '{begins}' AND asked_at < '{ends}' AND region LIKE '{region}') AS joined,
 (SELECT count(*) FROM handovers WHERE asked_at >= '{begins}' AND asked_at < '{ends}' AND region LIKE '{region}'
   AND state = 'no_seat') AS no_seat,
 (SELECT count(*) FROM handovers WHERE asked_at >= '{begins}' AND asked_at < '{ends}' AND region LIKE '{region}'
   AND state = 'abandoned') AS left_waiting,
 (SELECT count(*) FROM ratings r JOIN calls c ON c.call_id = r.call_id
   WHERE at >= '{begins}' AND at < '{ends}' AND region LIKE '{region}' AND score <= 3) AS satisfied,
 (SELECT count(*) FROM calls c WHERE direction = 'in' AND {day} AND region LIKE '{region}' AND outcome = ''
   AND NOT EXISTS (SELECT 1 FROM turns t WHERE t.call_id = c.call_id AND who = 'caller')) AS abandoned,
 (SELECT count(DISTINCT c.call_id) FROM calls c JOIN turns t ON t.call_id = c.call_id
   WHERE direction = 'in' AND {day} AND region LIKE '{region}' AND who = 'service' AND at_ms <= 15000) AS in_time,
 (SELECT count(*) FROM calls WHERE direction = 'in' AND {day} AND region LIKE '{region}'
   AND outcome IN ('case_filed', 'applied', 'owner_answered')) AS by_machine,
 (SELECT count(*) FROM calls WHERE direction = 'in' AND {day} AND region LIKE '{region}' AND outcome = 'transferred') AS transferred,
 (SELECT count(*) FROM calls c JOIN turns t ON t.call_id = c.call_id WHERE direction = 'in' AND {day} AND region LIKE '{region}'
   AND who = 'caller' AND confidence < 0.6) AS doubtful,
 (SELECT count(*) FROM car_move_cases WHERE opened_at >= '{begins}' AND opened_at < '{ends}' AND region LIKE '{region}') AS cases,
 (SELECT count(*) FROM car_move_cases WHERE opened_at >= '{begins}' AND opened_at < '{ends}' AND region LIKE '{region}'
   AND state = 'resolved') AS moved,
 (SELECT count(DISTINCT m.case_id) FROM car_move_cases m JOIN case_history h ON h.case_id = m.case_id
   WHERE opened_at >= '{begins}' AND opened_at < '{ends}' AND region LIKE '{region}' AND event = 'OwnerAnswered') AS reached,
 (SELECT count(*) FROM ratings r JOIN calls c ON c.call_id = r.call_id WHERE at >= '{begins}' AND at < '{ends}' AND region LIKE '{region}') AS rated,
 (SELECT coalesce(sum(score), 0) FROM ratings r JOIN calls c ON c.call_id = r.call_id
   WHERE at >= '{begins}' AND at < '{ends}' AND region LIKE '{region}') AS marks
"""
OUTCOMES = ("case_filed", "", "transferred", "applied", "callback_ordered", "", "case_filed")


async def a_busy_day(storage: StorageRoom) -> None:
    """Calls of two regions over three days, some of them on the edge of the Chinese day."""
    begins, ends = day_span(DAY)
    moments = [begins, begins - timedelta(seconds=1), ends - timedelta(seconds=1), ends, *(NOW + timedelta(minutes=n) for n in range(40))]
    async with storage.uow() as uow:
        for number, moment in enumerate(moments):
            call_id, region = f"{number:032x}", ("320213", "330106")[number % 3 == 0]
            direction = Direction.OUTBOUND if number % 11 == 10 else Direction.INBOUND
            await uow.calls.began(CallBegan(call_id, direction, "12123", moment, caller="13800001111", region=region))
            late = 16.0 if number % 9 == 8 else 0.4
            timings = StageTimings(end_of_turn_ms=200 + number, recognize_ms=10, dialogue_ms=40, speak_ms=20)
            await uow.calls.turn(TurnRecord(call_id, 0, Speaker.SERVICE, "您好", moment, late, timings=timings))
            if number % 4:
                sure = 0.4 if number % 5 == 0 else 0.9
                await uow.calls.turn(TurnRecord(call_id, 1, Speaker.CALLER, "挪车", moment, late + 5, confidence=sure))
                given = tuple(Given(name, "x", sure, corrects=number % 5 == 2) for name in ("move.plate", "move.place")[: number % 4])
                understood = Understanding("proxy" if number % 5 == 3 else "move_car", sure, given)
                await uow.calls.turn(TurnRecord(call_id, 1, Speaker.SERVICE, "好的", moment, late + 6, understood=understood))
            outcome = OUTCOMES[number % len(OUTCOMES)]
            await uow.calls.ended(CallEnded(call_id, moment + timedelta(minutes=1), "caller_hung_up", 60.0, outcome=outcome))
            if number % 6 == 0:
                await uow.ratings.add(Rating(call_id=call_id, score=1 + number % 5, at=moment, service="car_moving"))
            if number % 3:
                await uow.handovers.add(_handed(number, call_id, region, moment))
            if number % 2:
                state = (CaseState.RESOLVED, CaseState.NOTIFYING, CaseState.EXPIRED)[number % 7 % 3]
                await uow.cases.add(_case(number, region, moment, state, call_id))
                if number % 5:
                    await uow.cases.note(CaseEvent(f"M{number}", moment, "owner", "OwnerAnswered", None, CaseState.ACK_COMING))
        await uow.commit()


def _handed(number: int, call_id: str, region: str, asked_at: datetime) -> Handover:
    state = (HandoverState.DONE, HandoverState.NO_SEAT, HandoverState.ABANDONED)[number % 5 % 3]
    seat, joined = ("wang", asked_at + timedelta(seconds=number)) if state is HandoverState.DONE else (None, None)
    return Handover(
        f"h{number}", call_id, region, "car_move", "wanted", state, seat, asked_at, joined_at=joined, ended_at=asked_at + timedelta(minutes=2)
    )


async def a_drawn_day(site: Site, *, handler: str) -> None:
    """The same, handed to a seat where it was in 320213, and the sample drawn the day after."""
    await a_busy_day(site.storage)
    handed = update(calls).where(calls.c.region == "320213").values(seat=handler)
    async with site.storage.uow() as uow:
        await uow._transaction.execute(handed)
        await uow.commit()
    site.clock.now += timedelta(days=1)
    await site.console.reviewing.draw_day(DAY, now=site.clock.now, seed="a seed")


def _case(number: int, region: str, moment: datetime, state: CaseState, call_id: str) -> CarMoveCase:
    return replace(
        CASE, case_id=f"M{number}", idempotency_key=f"M{number}", call_id=call_id, region=region, opened_at=moment, state=state,
        requester_token=f"r{number}",
    )


async def latencies_by_hand(storage: StorageRoom, region: str) -> list[float]:
    begins, ends = _span(storage)
    query = f"""SELECT t.timings FROM turns t JOIN calls c ON c.call_id = t.call_id
      WHERE t.at >= '{begins}' AND t.at < '{ends}' AND region LIKE '{region}' AND t.timings IS NOT NULL AND who = 'service'"""
    async with storage.engine.connect() as connection:
        kept = [row[0] for row in await connection.execute(text(query))]
    read = [json.loads(each) if isinstance(each, str) else each for each in kept]
    return sorted(sum(value or 0 for value in each.values()) for each in read if each)


def _span(storage: StorageRoom) -> tuple[str, str]:
    begins, ends = (f"{moment.astimezone(tz=NOW.tzinfo):%Y-%m-%d %H:%M:%S.%f}" for moment in day_span(DAY))
    return (begins + "+00", ends + "+00") if storage.database.is_postgresql else (begins, ends)


async def by_hand(storage: StorageRoom, region: str) -> dict[str, int]:
    begins, ends = _span(storage)
    query = BY_HAND.format(region=region, begins=begins, ends=ends, day=f"began_at >= '{begins}' AND began_at < '{ends}'")
    async with storage.engine.connect() as connection:
        return dict((await connection.execute(text(query))).mappings().one())
