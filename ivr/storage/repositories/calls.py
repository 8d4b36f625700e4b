"""Calls and their transcripts (`uow.calls`); every record may be written twice without harm."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import RowMapping, and_, exists, func, or_, select, update

from ivr.domain.calls import (
    CallBegan,
    CallEnded,
    CallEvent,
    CallView,
    Direction,
    Speaker,
    StageTimings,
    TurnRecord,
    Understanding,
)
from ivr.storage.models import call_events, callback_orders, calls, turns
from ivr.storage.repositories.columns import RowCipher
from ivr.storage.sealed import FieldCipher
from ivr.storage.transaction import Transaction

_UNDERSTANDING: TypeAdapter[Understanding] = TypeAdapter(Understanding)
_BROKE = ("failed", "line_lost", "line_misbehaved", "service_lost", "service_unreachable")


class Calls:
    """All calls."""

    def __init__(self, transaction: Transaction, cipher: FieldCipher) -> None:
        self._transaction = transaction
        self._cipher = cipher

    async def began(self, call: CallBegan) -> None:
        """Keep that a call is on the line; of a call to an owner no number is kept."""
        number = call.caller if call.direction is Direction.INBOUND else None
        row = {
            "call_id": call.call_id,
            "direction": call.direction.value,
            "region": call.region,
            "dialled": call.dialled,
            "caller_enc": self._row(call.call_id).close_any("caller", number),
            "caller_token": self._cipher.token(number) if number else None,
            "caller_tail": (number or "")[-4:],
            "order_id": call.order_id,
            "began_at": call.began_at,
            "end_reason": "",
            "outcome": "",
            "service": "",
            "keep_long": False,
        }
        await self._transaction.insert_new(calls, row)

    async def turn(self, turn: TurnRecord) -> None:
        """Keep one line of the transcript."""
        cipher = self._row(turn.call_id)
        line = _line(turn.number, turn.who, turn.at_seconds)
        row = {
            "call_id": turn.call_id,
            "number": turn.number,
            "who": turn.who.value,
            "text_enc": cipher.close(f"text:{line}", turn.text),
            "keys_enc": cipher.close_any(f"keys:{line}", turn.keys),
            "at": turn.at,
            "at_ms": round(turn.at_seconds * 1000),
            "confidence": turn.confidence,
            "intent": turn.understood.intent if turn.understood else None,
            "given": len(turn.understood.given) if turn.understood else None,
            "corrected": sum(each.corrects for each in turn.understood.given) if turn.understood else None,
            "understood_enc": cipher.close_any(f"understood:{line}", _written(turn.understood)),
            "state": turn.state,
            "timings": asdict(turn.timings) if turn.timings else None,
        }
        await self._transaction.insert_new(turns, row)

    async def event(self, event: CallEvent) -> None:
        """Keep what befell the call."""
        await self._transaction.insert_new(call_events, asdict(event))

    async def ended(self, end: CallEnded) -> None:
        """Keep how it ended.

        Raises:
            RecordMissing: no such call began.
        """
        values = {
            "ended_at": end.ended_at,
            "end_reason": end.reason,
            "seconds": end.seconds,
            "outcome": end.outcome,
            "service": end.service,
            "recording_path": end.recording_path,
            "recording_sha256": end.recording_sha256,
            "keep_long": end.keep_long,
        }
        statement = update(calls).where(calls.c.call_id == end.call_id).values(**values)
        await self._transaction.change_one(statement)

    async def keep_long(self, call_id: str) -> None:
        """Let the longer retention period apply: a complaint or dispute came up later.

        Raises:
            RecordMissing: no such call.
        """
        statement = update(calls).where(calls.c.call_id == call_id).values(keep_long=True)
        await self._transaction.change_one(statement)

    async def handled(self, call_id: str, seat: str) -> None:
        """Note which account talked with the caller.

        Raises:
            RecordMissing: no such call.
        """
        await self._transaction.change_one(update(calls).where(calls.c.call_id == call_id).values(seat=seat))

    async def get(self, call_id: str) -> CallView | None:
        """Give a call with its transcript and events."""
        row = await self._transaction.row(select(calls).where(calls.c.call_id == call_id))
        if row is None:
            return None
        lines = await self._transaction.rows(
            select(turns).where(turns.c.call_id == call_id).order_by(turns.c.at_ms, turns.c.id)
        )
        events = await self._transaction.rows(
            select(call_events)
            .where(call_events.c.call_id == call_id)
            .order_by(call_events.c.at, call_events.c.id)
        )
        return call_view(
            row,
            turns=tuple(self._turn(line) for line in lines),
            events=tuple(_event(event) for event in events),
        )

    async def said(self, call_ids: Sequence[str]) -> Mapping[str, Sequence[str]]:
        """What the callers of these calls said, line by line."""
        lines: dict[str, list[str]] = {call_id: [] for call_id in call_ids}
        spoken = select(turns).where(turns.c.call_id.in_(call_ids), turns.c.who == Speaker.CALLER.value)
        for row in await self._transaction.rows(spoken.order_by(turns.c.id)):
            lines[row["call_id"]].append(self._turn(row).text)
        return lines

    async def unfinished(self, *, before: datetime, limit: int) -> Sequence[CallView]:
        """Calls without an end that began before a moment, the oldest first."""
        statement = select(calls).where(calls.c.ended_at.is_(None), calls.c.began_at < before)
        rows = await self._transaction.rows(statement.order_by(calls.c.began_at, calls.c.call_id).limit(limit))
        return [call_view(row) for row in rows]

    async def without_sound(self, *, since: datetime, limit: int) -> Sequence[CallView]:
        """Calls that are over, began after a moment and have no recording, the oldest first."""
        statement = select(calls).where(
            calls.c.ended_at.is_not(None), calls.c.began_at >= since, calls.c.recording_path.is_(None)
        )
        rows = await self._transaction.rows(statement.order_by(calls.c.began_at, calls.c.call_id).limit(limit))
        return [call_view(row) for row in rows]

    async def found_recording(self, call_id: str, path: str, sha256: str) -> None:
        """Link a recording that was made whole after the call's end.

        Raises:
            RecordMissing: no such call.
        """
        values = {"recording_path": path, "recording_sha256": sha256}
        await self._transaction.change_one(update(calls).where(calls.c.call_id == call_id).values(**values))

    async def last_said(self, call_id: str) -> float:
        """Seconds from its beginning to the last line of its transcript."""
        statement = select(func.max(turns.c.at_ms).label("at_ms")).where(turns.c.call_id == call_id)
        row = await self._transaction.row(statement)
        return 0.0 if row is None else float(row["at_ms"] or 0) / 1000

    async def is_seen(self, call_id: str) -> bool:
        """Is there such a call, for who asks?"""
        return await self._transaction.row(select(calls.c.call_id).where(calls.c.call_id == call_id)) is not None

    async def number_of(self, call_id: str) -> str | None:
        """Give the caller's number, for a person who must call back; None when it was withheld."""
        statement = select(calls.c.caller_enc).where(calls.c.call_id == call_id)
        row = await self._transaction.row(statement)
        return None if row is None else self._row(call_id).open_any("caller", row["caller_enc"])

    async def recent(self, limit: int, *, caller_token: str | None = None) -> Sequence[CallView]:
        """Calls without their transcripts, newest first."""
        statement = select(calls).order_by(calls.c.began_at.desc(), calls.c.call_id).limit(limit)
        if caller_token is not None:
            statement = statement.where(calls.c.caller_token == caller_token)
        return [call_view(row) for row in await self._transaction.rows(statement)]

    async def missed(
        self, *, since: datetime, least_seconds: float, dead_before: datetime, limit: int
    ) -> Sequence[CallView]:
        """Inbound calls since `since` in which nobody was served, newest first.

        That is: nothing came of it, no work order was made of it, and he said and keyed nothing, or the
        line or the service failed. Left out are those shorter than `least_seconds`, and callers who came
        through later. A call that began before `dead_before` and has no end died with its process.
        """
        later = calls.alias("later")
        spoke = exists().where(turns.c.call_id == calls.c.call_id, turns.c.who == Speaker.CALLER.value)
        broke = calls.c.end_reason.in_(_BROKE)
        ended = and_(
            calls.c.ended_at.is_not(None), calls.c.outcome == "", or_(~spoke, broke),
            or_(calls.c.seconds >= least_seconds, broke),
        )
        died = and_(calls.c.ended_at.is_(None), calls.c.began_at < dead_before)
        ordered = exists().where(callback_orders.c.call_id == calls.c.call_id)
        spoke_later = exists().where(turns.c.call_id == later.c.call_id, turns.c.who == Speaker.CALLER.value)
        came_through = exists().where(
            later.c.caller_token == calls.c.caller_token, later.c.began_at > calls.c.began_at,
            or_(later.c.outcome != "", and_(spoke_later, later.c.end_reason.not_in(_BROKE))),
        )
        statement = (
            select(calls)
            .where(
                calls.c.direction == Direction.INBOUND.value, calls.c.began_at >= since, or_(ended, died),
                ~ordered, ~came_through,
            )
            .order_by(calls.c.began_at.desc(), calls.c.call_id)
            .limit(limit)
        )
        return [call_view(row) for row in await self._transaction.rows(statement)]

    def _row(self, call_id: str) -> RowCipher:
        return RowCipher(self._cipher, "call", call_id)

    def _turn(self, row: RowMapping) -> TurnRecord:
        cipher = self._row(row["call_id"])
        line = _line(row["number"], row["who"], row["at_ms"] / 1000)
        timings: dict[str, Any] | None = row["timings"]
        return TurnRecord(
            call_id=row["call_id"],
            number=row["number"],
            who=Speaker(row["who"]),
            text=cipher.open(f"text:{line}", row["text_enc"]),
            at=row["at"],
            at_seconds=row["at_ms"] / 1000,
            confidence=row["confidence"],
            understood=_read(cipher.open_any(f"understood:{line}", row["understood_enc"])),
            keys=cipher.open_any(f"keys:{line}", row["keys_enc"]),
            timings=StageTimings(**timings) if timings else None,
            state=row["state"],
        )


def _line(number: int, who: str, at_seconds: float) -> str:
    return f"{number}:{who}:{round(at_seconds * 1000)}"


def _written(understood: Understanding | None) -> str | None:
    return None if understood is None else _UNDERSTANDING.dump_json(understood).decode()


def _read(text: str | None) -> Understanding | None:
    return None if text is None else _UNDERSTANDING.validate_json(text)


def _event(row: RowMapping) -> CallEvent:
    return CallEvent(call_id=row["call_id"], at=row["at"], event=row["event"], detail=row["detail"])


def call_view(
    row: RowMapping,
    *,
    turns: tuple[TurnRecord, ...] = (),
    events: tuple[CallEvent, ...] = (),
) -> CallView:
    """Read a row of the table of calls."""
    return CallView(
        **{name: row[name] for name in _AS_THEY_ARE},
        direction=Direction(row["direction"]),
        turns=turns,
        events=events,
    )


_AS_THEY_ARE = (
    "call_id",
    "began_at",
    "region",
    "caller_tail",
    "caller_token",
    "order_id",
    "ended_at",
    "end_reason",
    "seconds",
    "outcome",
    "service",
    "recording_path",
    "recording_sha256",
    "keep_long",
)
