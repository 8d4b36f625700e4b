"""Keeps record and recording of a call without the call depending on either.

What cannot be kept is logged; the caller is served all the same.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from ivr.call.ports import CallFacts, RecordingWriter, Records, TranscriptLine

_log = logging.getLogger(__name__)


class Safekeeping:
    """`Records` that never raise, and the recording beside them.

    Args:
        records: where facts and lines go.
        recording: opens the recording of a call.
    """

    def __init__(self, records: Records, recording: Callable[[str], RecordingWriter]) -> None:
        self._records = records
        self._open = recording
        self._recording: RecordingWriter | None = None
        self._lines: asyncio.Queue[tuple[CallFacts, TranscriptLine] | None] = asyncio.Queue()
        self._writing = False

    async def write(self) -> None:
        """Write lines down beside the call, in their order, until `no_more`: no turn waits for a database."""
        self._writing = True
        try:
            while (waiting := await self._lines.get()) is not None:
                await self._write(*waiting)
        finally:
            self._writing = False

    def no_more(self) -> None:
        """Let `write` end when all is written."""
        self._lines.put_nowait(None)

    async def began(self, facts: CallFacts) -> None:
        """The call is on the line; its recording begins."""
        await self._try(facts, self._records.began(facts))
        try:
            self._recording = self._open(facts.call_id)
        except Exception:  # noqa: BLE001 - a call that cannot be recorded is still a call
            _log.exception("a recording could not be opened", extra={"call_id": facts.call_id})
            await self.event(facts, "recording_lost", "not_opened")

    async def line(self, facts: CallFacts, line: TranscriptLine) -> None:
        """Somebody said something."""
        if self._writing:
            self._lines.put_nowait((facts, line))
        else:
            await self._write(facts, line)

    async def event(self, facts: CallFacts, event: str, detail: str = "") -> None:
        """Something befell the call."""
        await self._try(facts, self._records.event(facts, event, detail))

    async def ended(self, facts: CallFacts, *, reason: str, seconds: float) -> None:
        """The line is free again."""
        while not self._lines.empty():
            if (waiting := self._lines.get_nowait()) is not None:
                await self._write(*waiting)
        recording = await self._close(facts)
        await self._try(
            facts, self._records.ended(facts, reason=reason, seconds=seconds, recording=recording)
        )

    def sound(self, stereo: bytes) -> None:
        """Audio of both sides, for the recording."""
        if stereo and self._recording is not None:
            self._recording.append(stereo)

    async def _write(self, facts: CallFacts, line: TranscriptLine) -> None:
        await self._try(facts, self._records.line(facts, line))

    async def _close(self, facts: CallFacts) -> Any | None:
        if self._recording is None:
            return None
        try:
            return await self._recording.close()
        except Exception:  # noqa: BLE001 - the record of the call is kept without its recording
            _log.exception("a recording is not complete", extra={"call_id": facts.call_id})
            await self.event(facts, "recording_lost", "not_closed")
            return None

    async def _try(self, facts: CallFacts, keeping: Awaitable[None]) -> None:
        try:
            await keeping
        except Exception:  # noqa: BLE001 - the caller is served even if nobody can write it down
            _log.exception("part of a call's record is lost", extra={"call_id": facts.call_id})
