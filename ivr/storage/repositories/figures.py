"""Counts of a day, by region (`uow.figures`); `ivr.domain.figures` says what each one means."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Integer, RowMapping, and_, case, cast, exists, func, select

from ivr.domain.calls import Direction, Speaker
from ivr.domain.car_moves import CaseState
from ivr.domain.figures import ANSWERED_MS, LOW_CONFIDENCE, SATISFIED, Counts
from ivr.domain.handovers import HandoverState
from ivr.storage.models import calls, case_history, cases, handovers, ratings, turns
from ivr.storage.transaction import Transaction

_MACHINE = ("case_filed", "applied", "owner_answered")
_CALLED_BACK = ("callback_ordered", "callback_left")
MOST_TURNS = 5_000
"""Of a day's turns so many, the newest, make its percentiles."""
Span = tuple[datetime, datetime]


class Figures:
    """Counts."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    async def counts(self, span: Span) -> Mapping[str, Counts]:
        """Count a day's calls, cases and marks by region; regions without any are left out."""
        found: dict[str, Counts] = {}
        counted = (self._calls, self._heard, self._cases, self._handovers, self._marks)
        for rows in [await count(span) for count in counted]:
            for row in rows:
                values = {name: int(value or 0) for name, value in row.items() if name != "region"}
                found[row["region"]] = found.get(row["region"], Counts()) + Counts(**values)
        return found

    async def began(self, span: Span) -> Sequence[datetime]:
        """When the inbound calls of a day began."""
        statement = select(calls.c.began_at).where(_inbound(span))
        return [row["began_at"] for row in await self._transaction.rows(statement)]

    async def offered(self, span: Span) -> int:
        """How many inbound calls began."""
        statement = select(func.count()).select_from(calls).where(_inbound(span))
        return int((await self._transaction.execute(statement)).scalar_one())

    async def latencies(self, span: Span) -> Mapping[str, Sequence[float]]:
        """Milliseconds of turns that the service answered, by region."""
        statement = (
            select(calls.c.region, turns.c.timings)
            .select_from(turns.join(calls, turns.c.call_id == calls.c.call_id))
            .where(_within(turns.c.at, span), turns.c.who == Speaker.SERVICE.value, turns.c.timings.is_not(None))
            .order_by(turns.c.at.desc())
            .limit(MOST_TURNS)
        )
        found: dict[str, list[float]] = {}
        for row in await self._transaction.rows(statement):
            if row["timings"]:
                found.setdefault(row["region"], []).append(sum(stage for stage in row["timings"].values() if stage))
        return found

    async def waits(self, span: Span) -> Mapping[str, Sequence[float]]:
        """Milliseconds from asking for a person to talking with one, of hand-overs asked for in a span, by region."""
        joined = select(handovers.c.region, handovers.c.asked_at, handovers.c.joined_at).where(
            _within(handovers.c.asked_at, span), handovers.c.joined_at.is_not(None)
        )
        found: dict[str, list[float]] = {}
        for row in await self._transaction.rows(joined):
            found.setdefault(row["region"], []).append((row["joined_at"] - row["asked_at"]).total_seconds() * 1000)
        return found

    async def _calls(self, span: Span) -> list[RowMapping]:
        spoke = exists().where(turns.c.call_id == calls.c.call_id, turns.c.who == Speaker.SERVICE.value)
        in_time = exists().where(
            turns.c.call_id == calls.c.call_id, turns.c.who == Speaker.SERVICE.value, turns.c.at_ms <= ANSWERED_MS
        )
        said = exists().where(turns.c.call_id == calls.c.call_id, turns.c.who == Speaker.CALLER.value)
        statement = (
            select(
                calls.c.region,
                func.count().label("offered"),
                _sum(spoke).label("answered"),
                _sum(in_time).label("in_time"),
                _sum(and_(calls.c.outcome == "", ~said)).label("abandoned"),
                _sum(calls.c.outcome.in_(_MACHINE)).label("by_machine"),
                _sum(calls.c.outcome == "transferred").label("transferred"),
                _sum(calls.c.outcome.in_(_CALLED_BACK)).label("called_back"),
            )
            .where(_inbound(span))
            .group_by(calls.c.region)
        )
        return await self._transaction.rows(statement)

    async def _heard(self, span: Span) -> list[RowMapping]:
        caller = and_(turns.c.who == Speaker.CALLER.value, turns.c.confidence.is_not(None))
        statement = (
            select(
                calls.c.region,
                _sum(caller).label("heard"),
                _sum(and_(caller, turns.c.confidence < LOW_CONFIDENCE)).label("doubtful"),
                _total(turns.c.given).label("given"),
                _total(turns.c.corrected).label("corrected"),
            )
            .select_from(calls.join(turns, turns.c.call_id == calls.c.call_id))
            .where(_inbound(span))
            .group_by(calls.c.region)
        )
        return await self._transaction.rows(statement)

    async def _cases(self, span: Span) -> list[RowMapping]:
        answered = exists().where(case_history.c.case_id == cases.c.case_id, case_history.c.event == "OwnerAnswered")
        statement = (
            select(
                cases.c.region,
                func.count().label("cases"),
                _sum(answered).label("reached"),
                _sum(cases.c.state == CaseState.RESOLVED.value).label("moved"),
            )
            .where(_within(cases.c.opened_at, span))
            .group_by(cases.c.region)
        )
        return await self._transaction.rows(statement)

    async def _handovers(self, span: Span) -> list[RowMapping]:
        statement = (
            select(
                handovers.c.region,
                func.count().label("asked_person"),
                _sum(handovers.c.joined_at.is_not(None)).label("joined"),
                _sum(handovers.c.state == HandoverState.NO_SEAT.value).label("no_seat"),
                _sum(handovers.c.state == HandoverState.ABANDONED.value).label("left_waiting"),
            )
            .where(_within(handovers.c.asked_at, span))
            .group_by(handovers.c.region)
        )
        return await self._transaction.rows(statement)

    async def _marks(self, span: Span) -> list[RowMapping]:
        statement = (
            select(
                calls.c.region,
                func.count().label("rated"),
                func.sum(ratings.c.score).label("marks"),
                _sum(ratings.c.score.in_(SATISFIED)).label("satisfied"),
            )
            .select_from(ratings.join(calls, calls.c.call_id == ratings.c.call_id))
            .where(_within(ratings.c.at, span))
            .group_by(calls.c.region)
        )
        return await self._transaction.rows(statement)


def _within(column: Any, span: Span) -> ColumnElement[bool]:
    return and_(column >= span[0], column < span[1])


def _inbound(span: Span) -> ColumnElement[bool]:
    return and_(calls.c.direction == Direction.INBOUND.value, _within(calls.c.began_at, span))


def _total(column: Any) -> ColumnElement[int]:
    return cast(func.sum(column), Integer)


def _sum(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return cast(func.sum(case((condition, 1), else_=0)), Integer)
