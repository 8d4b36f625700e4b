"""What the house and the backend have kept of the calls, read after the blows."""

import asyncio
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from datetime import UTC, datetime

from ivr.cli.faults_bench.scores import Kept
from ivr.cli.faults_bench.stand import Stand
from ivr.domain.calls import CallView, Direction
from ivr.storage.errors import StorageError
from ivr.storage.room import StorageRoom, open_storage

_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
_MOST_CALLS = 9000
_SAME = (
    "SELECT count(*) - 1 FROM journal GROUP BY kind, body HAVING count(*) > 1",
    "SELECT count(*) - 1 FROM bookings GROUP BY person_token HAVING count(*) > 1",
    "SELECT count(*) - 1 FROM paper_applications GROUP BY person_token, paper HAVING count(*) > 1",
)
_LOOK_SECONDS = 1.0


async def kept_of(stand: Stand, numbers: Mapping[str, bool], *, within: float) -> Mapping[str, Kept]:
    """Read it, as soon as every call has its record and recording, or time is up.

    Args:
        stand: with all of it still running.
        numbers: of callers who were answered, each of whom called once; False: nobody said a word to him, so that no
            sound need be kept.
        within: seconds that the house has for its own work of recovery.
    """
    end = asyncio.get_running_loop().time() + within
    async with open_storage(stand.settings) as storage:
        while True:
            calls = await _calls(storage)
            kept = {
                number: await _kept(storage, calls.get(number[-4:]), number, served=served) for number, served in numbers.items()
            }
            if asyncio.get_running_loop().time() > end or all(each.record and each.recording for each in kept.values()):
                return kept
            await asyncio.sleep(_LOOK_SECONDS)


async def _calls(storage: StorageRoom) -> dict[str, CallView]:
    async with storage.reading() as uow:
        return {call.caller_tail: call for call in await uow.calls.recent(_MOST_CALLS) if call.direction is Direction.INBOUND}


async def _kept(storage: StorageRoom, call: CallView | None, number: str, *, served: bool) -> Kept:
    async with storage.reading() as uow:
        moves = await uow.cases.opened_since(_LONG_AGO, requester_token=storage.cipher.token(number))
        others = [] if call is None else await uow.applications.of_call(call.call_id)
    filed = ["car_moving"] * moves + [each.service for each in others]
    if call is None or call.ended_at is None:
        return Kept(record=False, recording=False, filed=filed)
    return Kept(record=True, recording=not served or await _opens(storage, call), filed=filed)


async def _opens(storage: StorageRoom, call: CallView) -> bool:
    try:
        return call.recording_path is not None and await storage.recordings.is_finished(call.call_id)
    except StorageError:
        return False


def sent_twice(stand: Stand) -> int:
    """What the backend has taken twice, whatever key it came with."""
    with closing(sqlite3.connect(f"file:{stand.backend_file}?mode=ro", uri=True)) as backend:
        rows = [row for same in _SAME for row in backend.execute(same).fetchall()]
    return sum(int(count) for (count,) in rows)
