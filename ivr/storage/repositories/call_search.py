"""Calls found by their facts and by what the caller said (`uow.call_search`).

What was said is encrypted. Beside it stands a blind index: HMACs of every two neighbouring characters
of the caller's lines. It tells which calls may have the words; these few are opened and read.
"""

from collections.abc import Callable, Sequence
from operator import eq, ge, le, lt
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select

from ivr.domain.call_search import CallQuery, pieces, was_said
from ivr.domain.calls import CallView, Speaker, TurnRecord
from ivr.storage.errors import KeyWrong
from ivr.storage.models import call_words, calls, handovers, ratings, turns
from ivr.storage.repositories.calls import Calls, call_view
from ivr.storage.scoping import within
from ivr.storage.sealed import FieldCipher
from ivr.storage.transaction import Transaction

_NOBODY_SAID = "（"
_LOOKED_AT = "-"
"""No HMAC: stands for a call that may have nothing to be found by."""


class CallSearch:
    """Finds calls.

    Args:
        transaction: it runs in.
        cipher: makes the HMACs.
        calls: opens a call that may have the words.
    """

    def __init__(self, transaction: Transaction, cipher: FieldCipher, calls: Calls) -> None:
        self._transaction = transaction
        self._cipher = cipher
        self._calls = calls

    async def index(self, turn: TurnRecord) -> None:
        """Let a line of the caller be found; what nobody said is left out."""
        if turn.who is not Speaker.CALLER or turn.text.startswith(_NOBODY_SAID):
            return
        rows = [{"call_id": turn.call_id, "token": token} for token in self._tokens(turn.text)]
        if rows:
            await self._transaction.execute(self._transaction.insert(call_words).values(rows).on_conflict_do_nothing())

    async def index_older(self, limit: int) -> int:
        """Let calls be found that were kept before there was an index, the newest first; how many were looked at."""
        spoke = exists().where(turns.c.call_id == calls.c.call_id, turns.c.who == Speaker.CALLER.value)
        known = exists().where(call_words.c.call_id == calls.c.call_id)
        older = select(calls.c.call_id).where(calls.c.ended_at.is_not(None), spoke, ~known)
        found = [row["call_id"] for row in await self._transaction.rows(older.order_by(calls.c.began_at.desc(), calls.c.call_id).limit(limit))]
        for call_id in found:
            rows = [{"call_id": call_id, "token": _LOOKED_AT}, *await self._words_of(call_id)]
            await self._transaction.execute(self._transaction.insert(call_words).values(rows).on_conflict_do_nothing())
        return len(found)

    async def _words_of(self, call_id: str) -> list[dict[str, str]]:
        try:
            said = await self._calls.said([call_id])
        except KeyWrong:  # closed with a key that is gone: nobody can find it by words
            return []
        tokens = {token for text in said[call_id] if not text.startswith(_NOBODY_SAID) for token in self._tokens(text)}
        return [{"call_id": call_id, "token": token} for token in sorted(tokens)]

    async def find(self, query: CallQuery, *, limit: int, past: str = "") -> Sequence[CallView]:
        """Calls without their transcripts, newest first; those that stand behind the call `past`, if it is named."""
        found: list[CallView] = []
        statement = self._narrowed(select(calls), query).order_by(calls.c.began_at.desc(), calls.c.call_id).limit(limit)
        while True:
            page = statement.where(_behind(past)) if past else statement
            views = [call_view(row) for row in await self._transaction.rows(page)]
            found += await self._with_words(views, query.words) if query.words else views
            if len(views) < limit or len(found) >= limit:
                return found[:limit]
            past = views[-1].call_id

    def _narrowed(self, statement: Select[Any], query: CallQuery) -> Select[Any]:
        facts: tuple[tuple[Any, Callable[[Any, Any], Any], Any], ...] = (
            (calls.c.began_at, ge, query.since),
            (calls.c.began_at, lt, query.until),
            (calls.c.direction, eq, query.direction),
            (calls.c.service, eq, query.service or None),
            (calls.c.outcome, eq, query.outcome or None),
            (calls.c.end_reason, eq, query.end_reason or None),
            (calls.c.seconds, ge, query.least_seconds),
            (calls.c.seconds, le, query.most_seconds),
            (calls.c.caller_tail, eq, query.tail or None),
        )
        statement = statement.where(*(compare(column, value) for column, compare, value in facts if value is not None))
        if query.worst_mark is not None:
            statement = statement.where(_marked(query.worst_mark))
        if query.seat:
            statement = statement.where(_talked_with(query.seat))
        if query.scope is not None:
            statement = statement.where(within(query.scope, calls.c.region))
        if query.words:
            statement = statement.where(calls.c.call_id.in_(self._with_all(query.words)))
        return statement

    def _with_all(self, words: str) -> Select[Any]:
        tokens = self._tokens(words)
        every = func.count() == len(tokens)
        return select(call_words.c.call_id).where(call_words.c.token.in_(tokens)).group_by(call_words.c.call_id).having(every)

    async def _with_words(self, views: Sequence[CallView], words: str) -> list[CallView]:
        said = await self._calls.said([view.call_id for view in views])
        return [view for view in views if was_said(words, said[view.call_id])]

    def _tokens(self, text: str) -> list[str]:
        return sorted(self._cipher.token(f"said:{piece}") for piece in pieces(text))


def _behind(call_id: str) -> ColumnElement[bool]:
    """Calls may begin at the same moment: their ids tell them apart."""
    began_at = select(calls.c.began_at).where(calls.c.call_id == call_id).scalar_subquery()
    return or_(calls.c.began_at < began_at, and_(calls.c.began_at == began_at, calls.c.call_id > call_id))


def _talked_with(seat: str) -> ColumnElement[bool]:
    talked = select(handovers.c.call_id).where(handovers.c.seat == seat, handovers.c.joined_at.is_not(None))
    return or_(calls.c.seat == seat, calls.c.call_id.in_(talked))


def _marked(worst: int) -> ColumnElement[bool]:
    return exists().where(ratings.c.call_id == calls.c.call_id, ratings.c.score >= worst)
