"""Where requesters and owners of this process meet; `meeting` decides, this does it.

The sound crosses here and each call records it on its own stereo timeline: its caller on the left, what he
hears on the right.
"""

import asyncio
import logging
from typing import Protocol, Self

from ivr.call import meeting
from ivr.call.commands import Utter
from ivr.call.crossing import Crossing
from ivr.call.meeting import How, Invitation, Meeting, MeetingCommand, MeetingEvent, Side
from ivr.call.ports import CallerSide
from ivr.call.speaking import Mouth
from ivr.ending import end_all
from ivr.speech.errors import SpeechError

_log = logging.getLogger(__name__)
_TICK_SECONDS = 0.25


class MeetingBook(Protocol):
    """Takes down how meetings went (ivr.services.connecting)."""

    async def ended(self, case_id: str, result: str, *, seconds: float) -> None:
        """It is over."""
        ...


class MeetingRoom:
    """All meetings of this process; use it as an async context manager."""

    def __init__(self, mouth: Mouth, book: MeetingBook) -> None:
        self._mouth = mouth
        self._book = book
        self._meetings: dict[str, _Meeting] = {}
        self._group = asyncio.TaskGroup()

    async def __aenter__(self) -> Self:
        """Open."""
        await self._group.__aenter__()
        return self

    async def __aexit__(self, *_: object) -> None:
        """End every meeting."""
        for each in self._meetings.values():
            each.stop()
        await self._group.__aexit__(None, None, None)

    async def meet(self, invited: Invitation, caller: CallerSide) -> How:
        """Let a call meet the other; returns what came of it. Cancelled when he hangs up."""
        there = self._open(invited)
        try:
            return await there.come(invited.side, caller)
        except asyncio.CancelledError:
            there.tell(meeting.Gone(invited.side))
            raise

    def refuse(self, invited: Invitation) -> None:
        """A call cannot come now."""
        self._open(invited).tell(meeting.Refused(invited.side))

    def _open(self, invited: Invitation) -> "_Meeting":
        there = self._meetings.get(invited.room)
        if there is None:
            there = self._meetings[invited.room] = _Meeting(invited, self._mouth, self._book)
            there.task = self._group.create_task(self._run(invited.room, there), name="meeting")
        return there

    async def _run(self, room: str, there: "_Meeting") -> None:
        try:
            await there.run()
        except Exception:  # noqa: BLE001 - one meeting's failure must not end the others
            _log.exception("a meeting failed", extra={"case_id": there.case_id})
        finally:
            there.give_back()
            self._meetings.pop(room, None)


class _Meeting:
    def __init__(self, invited: Invitation, mouth: Mouth, book: MeetingBook) -> None:
        self.case_id = invited.case_id
        self.task: asyncio.Task[None] | None = None
        self._longest = invited.longest_seconds
        self._mouth = mouth
        self._book = book
        self._clock = asyncio.get_running_loop().time
        self._events: asyncio.Queue[MeetingEvent] = asyncio.Queue()
        self._crossing = Crossing()
        self._callers: dict[Side, CallerSide] = {}
        self._ends: dict[Side, asyncio.Future[How]] = {}

    def tell(self, event: MeetingEvent) -> None:
        """Something happened."""
        self._events.put_nowait(event)

    async def come(self, side: Side, caller: CallerSide) -> How:
        """One is there; returns when he is given back."""
        end: asyncio.Future[How] = asyncio.get_running_loop().create_future()
        self._callers[side], self._ends[side] = caller, end
        self.tell(meeting.Came(side))
        return await end

    def stop(self) -> None:
        """The process ends."""
        if self.task is not None:
            self.task.cancel()

    async def run(self) -> None:
        """From the first who comes to the end."""
        deciding = Meeting(now=self._clock(), longest_seconds=self._longest)
        over = meeting.Over("failed", 0.0)
        try:
            async with asyncio.TaskGroup() as group:
                helpers = [group.create_task(self._crossing.run()), group.create_task(self._tick())]
                while not deciding.is_over:
                    event = await self._events.get()
                    for command in deciding.handle(event, now=self._clock()):
                        over = command if isinstance(command, meeting.Over) else over
                        await self._perform(command)
                await end_all(helpers)
        finally:
            await self._book.ended(self.case_id, over.result, seconds=over.seconds)

    def give_back(self) -> None:
        """Nobody stays behind, whatever happened."""
        for side in Side:
            self._part(side, How.FAILED)

    async def _perform(self, command: MeetingCommand) -> None:
        match command:
            case meeting.Join():
                for side, caller in self._callers.items():
                    caller.enter(self._crossing, side.value)
            case meeting.TellBoth(words):
                self._crossing.tell(await self._audio(words))
            case meeting.Part(side, how):
                self._part(side, how)
            case meeting.Over():
                pass  # `run` writes it down

    def _part(self, side: Side, how: How) -> None:
        end = self._ends.get(side)
        if end is not None and not end.done():
            self._callers[side].leave()
            end.set_result(how)

    async def _audio(self, words: Utter) -> bytes:
        try:
            return await self._mouth.audio(words.text, words.phrase_id)
        except SpeechError:
            return b""

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(_TICK_SECONDS)
            self.tell(meeting.TimePassed())
