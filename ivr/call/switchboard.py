"""Rings two people and carries the sound between them; `joining` decides, this does it.

Both come in at the media door, as owners do. Their sound crosses in this process, so that the PBX never
bridges their channels and no number can cross; it is recorded, the first on the left.
"""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import uuid4

from ivr.call.commands import Utter
from ivr.call.joining import (
    Arrived,
    Cross,
    Gone,
    HangUp,
    HeardAll,
    JoinCommand,
    JoinEvent,
    Joining,
    Over,
    Placed,
    Ring,
    Side,
    Tell,
    TimePassed,
)
from ivr.call.ports import CallFacts, RecordingWriter, Records, TranscriptLine
from ivr.call.recorder import StereoTimeline
from ivr.call.speaking import Mouth
from ivr.call.tools import Codec
from ivr.ending import end_all
from ivr.speech.errors import SpeechError
from telephony.errors import MediaClosed
from telephony.media.call import HungUp, MediaCall
from telephony.media.protocol import AudioReceived, PlayedOut
from telephony.outbound import CallMaker, OutboundCall, PlaceResult

_log = logging.getLogger(__name__)
PREFIX = "J"
"""Order ids that begin so are sides of a join: `<join id>.first`, `<join id>.second`."""
_TICK_SECONDS = 0.25
_FRAMES_AT_ONCE = 3
"""Each message across carries so many, 60 ms: fewer messages for little delay."""
_MOST_WAITING = 15
"""Frames on their way across; when more wait, the oldest goes."""


@dataclass(frozen=True, slots=True)
class JoinOrder:
    """Two people to be joined."""

    join_id: str
    case_id: str


class JoinBook(Protocol):
    """Knows numbers at the moment of dialling, and takes down how it went (ivr.services.joining)."""

    async def number(self, join_id: str, side: str) -> str | None:
        """The number to ring; None when it is not to be rung."""
        ...

    async def ended(self, join_id: str, result: str, *, seconds: float, call_id: str) -> None:
        """It is over."""
        ...


@dataclass(frozen=True, slots=True)
class SwitchboardTools:
    """What joins use."""

    maker: CallMaker
    book: JoinBook
    mouth: Mouth
    records: Records
    recording: Callable[[str], RecordingWriter]
    codecs: Mapping[str, Codec]
    shown: str


class Switchboard:
    """All joins of this process; use it as an async context manager."""

    def __init__(self, tools: SwitchboardTools) -> None:
        self._tools = tools
        self._joins: dict[str, _Join] = {}
        self._group = asyncio.TaskGroup()
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> "Switchboard":
        """Open."""
        await self._group.__aenter__()
        return self

    async def __aexit__(self, *_: object) -> None:
        """End every join."""
        await end_all(self._tasks)
        await self._group.__aexit__(None, None, None)

    def start(self, order: JoinOrder) -> None:
        """Begin to join two people."""
        join = _Join(order, self._tools)
        self._joins[order.join_id] = join

        async def run() -> None:
            try:
                await join.run()
            except Exception:  # noqa: BLE001 - one join's failure must not end the others
                _log.exception("a join failed", extra={"join_id": order.join_id})
            finally:
                self._joins.pop(order.join_id, None)

        task = self._group.create_task(run(), name="join")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def awaits(self, order_id: str | None) -> bool:
        """Does a call belong to a join?"""
        return order_id is not None and order_id.startswith(PREFIX)

    async def arrived(self, call: MediaCall) -> None:
        """Take one side's line; returns when it is over."""
        join_id, _, side = (call.start.order_id or "").partition(".")
        join = self._joins.get(join_id)
        if join is None:  # it was given up while he picked up
            await call.hang_up()
            return
        await join.listen(Side(side), call)


class _Join:
    def __init__(self, order: JoinOrder, tools: SwitchboardTools) -> None:
        self._order = order
        self._tools = tools
        self._loop = asyncio.get_running_loop()
        self._events: asyncio.Queue[JoinEvent] = asyncio.Queue()
        self._lines: dict[Side, MediaCall] = {}
        self._across: dict[Side, asyncio.Queue[bytes]] = {side: asyncio.Queue(_MOST_WAITING) for side in Side}
        self._crosses = False
        self._marks = 0
        self._told: dict[str, HeardAll] = {}
        self._facts = CallFacts(uuid4().hex, "out", None, "", order.join_id, None)
        self._writer: RecordingWriter | None = None
        self._timeline: StereoTimeline | None = None
        self._began = 0.0

    async def run(self) -> None:
        """From the first ring to the end; however it ends, it is taken down."""
        deciding = Joining(now=self._loop.time())
        over = Over("failed", 0.0)
        try:
            async with asyncio.TaskGroup() as group:
                helpers = [group.create_task(self._tick())]
                helpers += [group.create_task(self._send(side)) for side in Side]
                waiting = deciding.begin()
                while not deciding.is_over:
                    for command in waiting:
                        helpers += [group.create_task(work) for work in await self._do(command)]
                    waiting = deciding.handle(await self._events.get(), now=self._loop.time())
                for command in waiting:
                    over = command if isinstance(command, Over) else over
                await end_all(helpers)
        finally:
            await self._close(over)

    async def listen(self, side: Side, call: MediaCall) -> None:
        """Hear one side until its line is gone."""
        self._lines[side] = call
        if self._timeline is None:
            await self._open_record()
        await self._events.put(Arrived(side))
        codec = self._tools.codecs[call.start.codec]
        async for event in call.events():
            match event:
                case AudioReceived(data):
                    self._take(side, codec.decode(data))
                case PlayedOut(mark) if mark in self._told:
                    await self._events.put(self._told.pop(mark))
                case HungUp():
                    self._lines.pop(side, None)
                    await self._events.put(Gone(side))
                case _:
                    pass

    def _take(self, side: Side, pcm: bytes) -> None:
        if self._timeline is not None and self._writer is not None:
            if side is Side.FIRST:
                self._writer.append(self._timeline.caller_sends(pcm, now=self._loop.time()))
            else:
                self._timeline.service_plays(pcm)
        if self._crosses:
            box = self._across[side.other]
            if box.full():
                box.get_nowait()
            box.put_nowait(pcm)

    async def _send(self, side: Side) -> None:
        """Play to one side what the other says."""
        while True:
            pcm = b"".join([await self._across[side].get() for _ in range(_FRAMES_AT_ONCE)])
            line = self._lines.get(side)
            if line is None:
                continue
            self._marks += 1
            try:
                await line.play(self._tools.codecs[line.start.codec].encode(pcm), mark=f"x{self._marks}")
            except MediaClosed:
                continue

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(_TICK_SECONDS)
            if self._timeline is not None and self._writer is not None:
                self._writer.append(self._timeline.tick(now=self._loop.time()))
            await self._events.put(TimePassed())

    async def _do(self, command: JoinCommand) -> list[Coroutine[Any, Any, None]]:
        match command:
            case Ring(side):
                return [self._ring(side)]
            case Tell(side, words):
                return [self._tell(side, words)]
            case Cross(on):
                self._crosses = on
            case HangUp() | Over():
                pass  # `_close` ends what is left
        return []

    async def _ring(self, side: Side) -> None:
        number = await self._tools.book.number(self._order.join_id, side.value)
        result = PlaceResult.FAILED
        if number is not None:
            order = OutboundCall(f"{self._order.join_id}.{side.value}", number, uuid4().hex, caller_id_shown=self._tools.shown)
            result = await self._tools.maker.place(order)
        await self._events.put(Placed(side, result.value))

    async def _tell(self, side: Side, words: Utter) -> None:
        line = self._lines.get(side)
        heard = HeardAll(side, words.phrase_id or "")
        try:
            pcm = await self._tools.mouth.audio(words.text, words.phrase_id)
        except SpeechError:
            pcm = b""
        if line is None or not pcm:
            await self._events.put(heard)
            return
        self._marks += 1
        mark = f"t{self._marks}"
        self._told[mark] = heard
        if self._timeline is not None and side is Side.FIRST:
            self._timeline.service_plays(pcm)
        await self._line_told(side, words)
        try:
            await line.play(self._tools.codecs[line.start.codec].encode(pcm), mark=mark)
        except MediaClosed:
            return

    async def _line_told(self, side: Side, words: Utter) -> None:
        at = self._loop.time() - self._began
        told = TranscriptLine(0, by_caller=False, text=words.text, at_seconds=at, state=side.value)
        await self._tools.records.line(self._facts, told)

    async def _open_record(self) -> None:
        self._began = self._loop.time()
        self._timeline = StereoTimeline(began_at=self._began)
        self._writer = self._tools.recording(self._facts.call_id)
        await self._tools.records.began(self._facts)

    async def _close(self, over: Over) -> None:
        for line in list(self._lines.values()):
            await line.hang_up()
        if self._writer is not None:
            recording = await self._writer.close()
            seconds = self._loop.time() - self._began
            await self._tools.records.ended(self._facts, reason=f"join_{over.result}", seconds=seconds, recording=recording)
        call_id = self._facts.call_id if self._writer is not None else ""
        await self._tools.book.ended(self._order.join_id, over.result, seconds=over.seconds, call_id=call_id)
