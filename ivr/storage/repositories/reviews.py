"""Samples and reviews (`uow.reviews`); what people wrote is encrypted."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    RowMapping,
    Select,
    and_,
    exists,
    func,
    null,
    or_,
    select,
    update,
)

from ivr.domain.calls import Direction, Speaker
from ivr.domain.figures import LOW_CONFIDENCE
from ivr.domain.orders import RecordConflict
from ivr.domain.reviews import Review, ReviewState, Score, Verdict
from ivr.domain.sampling import Candidate
from ivr.storage.models import (
    callback_orders,
    calls,
    case_history,
    cases,
    handovers,
    reviews,
    samples,
    turns,
)
from ivr.storage.repositories.columns import RowCipher
from ivr.storage.sealed import FieldCipher
from ivr.storage.transaction import Transaction

_c = reviews.c
_AS_THEY_ARE = (
    "review_id", "call_id", "region", "service", "day", "why", "handler", "second", "reviewer", "appealed_at", "decided_by",
    "closes_at", "version",
)


class Reviews:
    """All of them."""

    def __init__(self, transaction: Transaction, cipher: FieldCipher) -> None:
        self._transaction = transaction
        self._cipher = cipher

    # samples -------------------------------------------------------------------------------------

    async def sample(self, day: str) -> Mapping[str, Any] | None:
        """Give the draw of a day: `seed`, `drawn_at`, `candidates`, `picks`."""
        row = await self._transaction.row(select(samples).where(samples.c.day == day))
        return None if row is None else dict(row)

    async def keep_sample(self, day: str, *, seed: str, drawn_at: datetime, candidates: int, picks: int) -> bool:
        """Keep a draw; False when the day has one."""
        row = {"day": day, "seed": seed, "drawn_at": drawn_at, "candidates": candidates, "picks": picks}
        return await self._transaction.insert_new(samples, row)

    async def candidates(self, span: tuple[datetime, datetime]) -> list[Candidate]:
        """Calls that began in a span and have ended, with who handled them and why they are always reviewed.

        `owner_objects`: the owner objected. `by_hand`: a dispatcher changed the case's course.
        `proxy`: something was applied for by who had spoken of doing it for another person.
        `doubtful_yes`: something was filed or applied for, and a turn of the caller was heard with low confidence.
        """
        of_call = cases.c.call_id == calls.c.call_id
        line = and_(of_call, case_history.c.case_id == cases.c.case_id)
        objected = exists().where(line, case_history.c.event == "OwnerAnswered", case_history.c.note == "objects")
        by_hand = exists().where(line, case_history.c.event.like("Desk.%"))
        proxy = and_(
            calls.c.outcome == "applied", exists().where(turns.c.call_id == calls.c.call_id, turns.c.intent == "proxy")
        )
        doubtful = and_(
            calls.c.outcome.in_(("case_filed", "applied")),
            exists().where(
                turns.c.call_id == calls.c.call_id, turns.c.who == Speaker.CALLER.value, turns.c.confidence < LOW_CONFIDENCE
            ),
        )
        holder = select(cases.c.holder).where(of_call, cases.c.holder.is_not(None)).limit(1).scalar_subquery()
        order = callback_orders.c.call_id == calls.c.call_id
        keeper = select(callback_orders.c.holder).where(order, callback_orders.c.holder.is_not(None)).limit(1).scalar_subquery()
        statement = select(
            calls.c.call_id, calls.c.region, calls.c.service, func.coalesce(calls.c.seat, holder, keeper).label("handler"),
            objected.label("objected"), by_hand.label("by_hand"), proxy.label("proxy"), doubtful.label("doubtful"),
        ).where(
            calls.c.began_at >= span[0], calls.c.began_at < span[1], calls.c.ended_at.is_not(None),
            calls.c.direction == Direction.INBOUND.value,
        )
        kinds = (("objected", "owner_objects"), ("by_hand", "by_hand"), ("proxy", "proxy"), ("doubtful", "doubtful_yes"))
        return [
            Candidate(
                row["call_id"], row["region"], row["service"], row["handler"],
                next((kind for name, kind in kinds if row[name]), ""),
            )
            for row in await self._transaction.rows(statement)
        ]

    # reviews -------------------------------------------------------------------------------------

    async def add(self, review: Review) -> bool:
        """Insert; False when the call is under review already."""
        return await self._transaction.insert_new(reviews, self._row(review))

    async def save(self, review: Review) -> None:
        """Write it over the version it was read as.

        Raises:
            RecordConflict: somebody else changed it since.
        """
        mine = (_c.review_id == review.review_id, _c.version == review.version)
        row = {**self._row(review), "version": review.version + 1}
        if (await self._transaction.execute(update(reviews).where(*mine).values(**row))).rowcount == 0:
            raise RecordConflict("the review was changed by somebody else")

    async def get(self, review_id: str) -> Review | None:
        """Find one."""
        found = await self._many(select(reviews).where(_c.review_id == review_id))
        return found[0] if found else None

    async def of_day(self, day: str, *, state: str = "", limit: int, offset: int = 0) -> Sequence[Review]:
        """Reviews of a day's calls."""
        statement = select(reviews).where(_c.day == day)
        if state:
            statement = statement.where(_c.state == state)
        return await self._many(statement.order_by(_c.review_id).limit(limit).offset(offset))

    async def between(self, first: str, last: str, *, limit: int) -> Sequence[Review]:
        """Reviews of several days' calls."""
        return await self._many(select(reviews).where(_c.day >= first, _c.day <= last).order_by(_c.day, _c.review_id).limit(limit))

    async def progress(self, day: str) -> Mapping[str, int]:
        """How many reviews of a day stand where."""
        statement = select(_c.state, func.count().label("number")).where(_c.day == day).group_by(_c.state)
        return {row["state"]: row["number"] for row in await self._transaction.rows(statement)}

    async def next_for(self, reviewer: str, day: str) -> Review | None:
        """One that this reviewer may go on with: his own, a fresh one, or one that waits for a second score."""
        first_by = _c.first_score["by"].as_string()
        fresh = and_(_c.state.in_((ReviewState.DRAWN.value, ReviewState.TAKEN.value)), or_(_c.reviewer.is_(None), _c.reviewer == reviewer))
        waits = and_(_c.second, _c.state == ReviewState.SCORED.value, _c.second_score.is_(None), first_by != reviewer)
        statement = select(reviews).where(_c.day == day, or_(fresh, waits), or_(_c.handler.is_(None), _c.handler != reviewer), ~_talked(reviewer))
        found = await self._many(statement.order_by(_c.reviewer.is_(None), _c.review_id).limit(1))
        return found[0] if found else None

    async def of_handler(self, handler: str, *, limit: int) -> Sequence[Review]:
        """Reviews of calls that somebody handled, once they are scored, newest first."""
        statement = select(reviews).where(or_(_c.handler == handler, _talked(handler)), _c.first_score.is_not(None))
        return await self._many(statement.order_by(_c.day.desc(), _c.review_id).limit(limit))

    async def due(self, now: datetime, limit: int) -> Sequence[Review]:
        """Scored ones whose time for an appeal is over."""
        statement = select(reviews).where(_c.state == ReviewState.SCORED.value, _c.closes_at <= now).limit(limit)
        return await self._many(statement)

    async def _many(self, statement: Select[Any]) -> list[Review]:
        rows = await self._transaction.rows(statement)
        talked = await self._talked_in([row["call_id"] for row in rows])
        return [self._review(row, talked.get(row["call_id"], frozenset())) for row in rows]

    async def _talked_in(self, call_ids: Sequence[str]) -> Mapping[str, frozenset[str]]:
        """Seats that talked with the callers of these calls."""
        if not call_ids:
            return {}
        joined = select(handovers.c.call_id, handovers.c.seat).where(
            handovers.c.call_id.in_(call_ids), handovers.c.joined_at.is_not(None), handovers.c.seat.is_not(None)
        )
        found: dict[str, frozenset[str]] = {}
        for row in await self._transaction.rows(joined):
            found[row["call_id"]] = found.get(row["call_id"], frozenset()) | {row["seat"]}
        return found

    def _of(self, review_id: str) -> RowCipher:
        return RowCipher(self._cipher, "review", review_id)

    def _row(self, review: Review) -> dict[str, Any]:
        cipher = self._of(review.review_id)
        row = {name: getattr(review, name) for name in _AS_THEY_ARE}
        return row | {
            "state": review.state.value,
            "verdict": review.verdict.value if review.verdict else None,
            "first_score": _kept(review.first_score),
            "first_comment_enc": cipher.close_any("first", review.first_score.comment or None if review.first_score else None),
            "second_score": _kept(review.second_score),
            "second_comment_enc": cipher.close_any("second", review.second_score.comment or None if review.second_score else None),
            "appeal_enc": cipher.close_any("appeal", review.appeal or None),
            "decision_enc": cipher.close_any("decision", review.decision or None),
        }

    def _review(self, row: RowMapping, talked: frozenset[str]) -> Review:
        cipher = self._of(row["review_id"])
        return Review(
            **{name: row[name] for name in _AS_THEY_ARE},
            others=talked - {row["handler"]},
            state=ReviewState(row["state"]),
            verdict=Verdict(row["verdict"]) if row["verdict"] else None,
            first_score=_score(row["first_score"], cipher.open_any("first", row["first_comment_enc"])),
            second_score=_score(row["second_score"], cipher.open_any("second", row["second_comment_enc"])),
            appeal=cipher.open_any("appeal", row["appeal_enc"]) or "",
            decision=cipher.open_any("decision", row["decision_enc"]) or "",
        )


def _talked(account: str) -> ColumnElement[bool]:
    """Reviews of calls in which a seat talked with the caller, though another may have had him last."""
    mine = select(handovers.c.call_id).where(handovers.c.seat == account, handovers.c.joined_at.is_not(None))
    return _c.call_id.in_(mine)


def _kept(score: Score | None) -> Any:
    if score is None:
        return null()  # not JSON's null, which is a value
    return {
        "by": score.by, "at": score.at.isoformat(), "points": score.points, "verdict": score.verdict.value, "fits": dict(score.fits),
        "card": score.card,
    }


def _score(kept: Mapping[str, Any] | None, comment: str | None) -> Score | None:
    if kept is None:
        return None
    return Score(
        kept["by"], datetime.fromisoformat(kept["at"]), kept["points"], Verdict(kept["verdict"]), kept["fits"], kept["card"], comment or ""
    )


