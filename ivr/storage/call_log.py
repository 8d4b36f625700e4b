"""Keeps what happens in calls, and does not lose it while the database is away.

A record that cannot be written goes, encrypted, to a spool file; at the next start, or when a call
ends after the database came back, it is written from there. Records may be written twice without
harm, so a doubtful write is spooled too.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError
from sqlalchemy.exc import SQLAlchemyError

from ivr.domain.calls import CallBegan, CallEnded, CallEvent, CallView, TurnRecord
from ivr.domain.orders import RecordMissing
from ivr.storage.errors import DatabaseDown
from ivr.storage.sealed import FieldCipher
from ivr.storage.spool import Spool, SpooledLine
from ivr.storage.unit_of_work import UnitOfWork

_log = logging.getLogger(__name__)

Record = CallBegan | TurnRecord | CallEvent | CallEnded

_KINDS: Final[Mapping[str, TypeAdapter[Any]]] = {
    kind.__name__: TypeAdapter(kind) for kind in (CallBegan, TurnRecord, CallEvent, CallEnded)
}
_AWAY: Final = (DatabaseDown, TimeoutError)
_FAILURES: Final = (*_AWAY, RecordMissing, SQLAlchemyError)
_IN_MEMORY: Final = 10_000
_REPLAY_AT_END_OF_CALL: Final = 200
_MOST_TOGETHER: Final = 50


class CallLog:
    """The log of calls.

    Args:
        open_uow: makes a unit of work.
        reading: makes one for reading only.
        spool: file for what the database does not take.
        cipher: closes the lines of that file.
        patience_seconds: a write that takes longer is spooled, so that no call waits for it.
        rest_seconds: after a failure the database is left alone for so long.
    """

    def __init__(
        self,
        open_uow: Callable[[], UnitOfWork],
        *,
        reading: Callable[[], UnitOfWork],
        spool: Path,
        cipher: FieldCipher,
        patience_seconds: float = 2.0,
        rest_seconds: float = 5.0,
    ) -> None:
        self._open_uow = open_uow
        self._reading = reading
        self._spool = Spool(spool, cipher)
        self._patience_seconds = patience_seconds
        self._rest_seconds = rest_seconds
        self._away_until = 0.0
        self._spooled = False
        """Something was spooled by this process and not tried again yet."""
        self._together = _Together(open_uow)
        self._in_memory: deque[str] = deque(maxlen=_IN_MEMORY)
        """What neither database nor disk took."""

    async def began(self, call: CallBegan) -> None:
        """Keep that a call is on the line; never raises."""
        await self._keep(call)

    async def turn(self, turn: TurnRecord) -> None:
        """Keep one line of the transcript; never raises."""
        await self._keep(turn)

    async def event(self, event: CallEvent) -> None:
        """Keep what befell a call; never raises."""
        await self._keep(event)

    async def ended(self, end: CallEnded) -> None:
        """Keep how a call ended; never raises."""
        if await self._keep(end) and self._spooled:
            await self.replay(limit=_REPLAY_AT_END_OF_CALL)

    async def call(self, call_id: str) -> CallView | None:
        """Give a call with its transcript.

        Raises:
            DatabaseDown: the database does not answer.
        """
        async with self._reading() as uow:
            return await uow.calls.get(call_id)

    async def recent(self, limit: int) -> Sequence[CallView]:
        """Give the newest calls, without their transcripts.

        Raises:
            DatabaseDown: the database does not answer.
        """
        async with self._reading() as uow:
            return await uow.calls.recent(limit)

    async def replay(self, *, limit: int | None = None) -> int:
        """Write what was spooled, the oldest first; how many records got through."""
        self._spooled = False
        while self._in_memory:
            if not await asyncio.to_thread(self._add, self._in_memory[0]):
                break
            self._in_memory.popleft()
        lines = (await asyncio.to_thread(self._spool.lines))[:limit]
        done = [line for line in lines if await self._written(line)]
        if done:
            await asyncio.to_thread(self._spool.drop, done)
        if len(done) < len(lines):
            facts = {"left": len(lines) - len(done)}
            _log.warning("spooled call records could not be written", extra=facts)
        return len(done)

    async def _written(self, line: SpooledLine) -> bool:
        record = _record(line.text)
        return record is not None and not self._is_away() and await self._write(record)

    async def _keep(self, record: Record) -> bool:
        """Write, or spool; True when it is in the database."""
        try:
            if not self._is_away() and await self._write(record):
                return True
        except asyncio.CancelledError:
            self._add(_line(record))
            raise
        await asyncio.to_thread(self._take, _line(record))
        return False

    async def _write(self, record: Record) -> bool:
        try:
            async with asyncio.timeout(self._patience_seconds):
                await self._together.keep(record)
        except _FAILURES as error:
            facts = {"call_id": record.call_id, "error": type(error).__name__}
            _log.warning("a call record is not in the database yet", extra=facts)
            if isinstance(error, _AWAY):
                now = asyncio.get_running_loop().time()
                self._away_until = now + self._rest_seconds
            return False
        return True

    def _is_away(self) -> bool:
        return asyncio.get_running_loop().time() < self._away_until

    def _take(self, line: str) -> None:
        if not self._add(line):
            self._in_memory.append(line)

    def _add(self, line: str) -> bool:
        self._spooled = True
        try:
            self._spool.add(line)
        except OSError as error:
            _log.error("a call record cannot be spooled", extra={"error": type(error).__name__})
            return False
        return True


class _Together:
    """Writes in one transaction what came while the one before was written: a commit waits for the disk.

    Who comes first writes for all; when that fails or is cancelled, each of the others writes by itself.
    """

    def __init__(self, open_uow: Callable[[], UnitOfWork]) -> None:
        self._open_uow = open_uow
        self._waiting: list[tuple[Record, asyncio.Future[bool]]] = []
        self._turn = asyncio.Lock()

    async def keep(self, record: Record) -> None:
        """Write a record; returns when it is kept."""
        done: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        mine = (record, done)
        self._waiting.append(mine)
        try:
            async with self._turn:
                if not done.done():
                    await self._write_all(mine)
        finally:
            if mine in self._waiting:
                self._waiting.remove(mine)
        if not done.result():
            await self._write([record])

    async def _write_all(self, mine: tuple[Record, asyncio.Future[bool]]) -> None:
        together = self._waiting[:_MOST_TOGETHER]
        together = together if mine in together else [mine, *together[1:]]
        self._waiting = [each for each in self._waiting if each not in together]
        kept = False
        try:
            await self._write([record for record, _ in together])
            kept = True
        except _FAILURES:
            if len(together) == 1:
                raise
        finally:
            for _, done in together:
                if not done.done():
                    done.set_result(kept)

    async def _write(self, records: Sequence[Record]) -> None:
        async with self._open_uow() as uow:
            for record in records:
                await _keep_in(uow, record)
            await uow.commit()


async def _keep_in(uow: UnitOfWork, record: Record) -> None:
    match record:
        case CallBegan():
            await uow.calls.began(record)
        case TurnRecord():
            await uow.calls.turn(record)
            await uow.call_search.index(record)
        case CallEvent():
            await uow.calls.event(record)
        case CallEnded():
            await uow.calls.ended(record)


def _line(record: Record) -> str:
    kind = type(record).__name__
    return f"{kind} {_KINDS[kind].dump_json(record).decode()}"


def _record(line: str | None) -> Record | None:
    kind, _, text = (line or "").partition(" ")
    if kind not in _KINDS:
        return None
    try:
        record: Record = _KINDS[kind].validate_json(text)
    except ValidationError:
        return None
    return record
