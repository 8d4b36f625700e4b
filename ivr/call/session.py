"""The shell around one call: carries events to `turns.py` and performs what it decides.

One TaskGroup per call: read the line, hear, speak, listen for orders, ask. The group ends with the
line and nothing outlives it.
"""

import asyncio
import logging
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass
from typing import Any

from ivr.call.commands import (
    Ask,
    Command,
    DropUtterance,
    EndCall,
    FallSilent,
    FinishUtterance,
    GoOn,
    HoldBreath,
    LeaveCallback,
    Listen,
    Meet,
    OpenEar,
    OpenUtterance,
    Seal,
    Speak,
    TransferTo,
    WriteDown,
)
from ivr.call.company import Company
from ivr.call.errands import Errands
from ivr.call.events import (
    Answered,
    CallBegan,
    Event,
    FrameHeard,
    Heard,
    HungUp,
    KeyPressed,
    OrderArrived,
    PlayedOut,
    TimePassed,
    TypedIn,
)
from ivr.call.floor import State
from ivr.call.hearing import Hearing
from ivr.call.intake import Intake
from ivr.call.ports import CallFacts, MediaLine
from ivr.call.recorder import SAMPLES_PER_SECOND, StereoTimeline
from ivr.call.safekeeping import Safekeeping
from ivr.call.speaking import Speaking
from ivr.call.stopwatch import Stopwatch
from ivr.call.tones import BeepDetector
from ivr.call.tools import CallTools, Codec
from ivr.call.transcript import Transcript
from ivr.call.turns import Turns
from ivr.call.vad import VoiceDetector
from ivr.ending import end_all
from ivr.speech.errors import SpeechError
from telephony.errors import MediaClosed
from telephony.media import protocol
from telephony.media.call import HungUp as LineHungUp

_log = logging.getLogger(__name__)
_TICK_SECONDS = 0.25
_LINE_SECONDS = 0.2
"""From the media door to the caller's ear."""
_LINE_IS_GONE = frozenset({"transferred", "caller_hung_up", "line_lost", "line_misbehaved", "line_here"})
"""Ends after which the PBX need not be told that we let the caller go."""


@dataclass(frozen=True, slots=True)
class _Decided:
    """What was decided already and is still to be done."""

    commands: Sequence[Command]


class CallSession:
    """Runs one call.

    Args:
        line: the media connection.
        facts: who calls whom.
        codec: of the line.
        tools: of this process.
    """

    def __init__(self, line: MediaLine, facts: CallFacts, codec: Codec, tools: CallTools) -> None:
        self._line = line
        self._facts = facts
        self._codec = codec
        self._tools = tools
        self._turns = Turns(owner=facts.direction == "out")
        self._events: asyncio.Queue[Event | _Decided] = asyncio.Queue()
        self._idle = False  # does the task that decides wait for an event?
        self._clock = asyncio.get_running_loop().time
        self._began = self._clock()
        self._timeline = StereoTimeline(began_at=self._began)
        self._kept = Safekeeping(tools.records, tools.recording)
        self._watch = Stopwatch()
        self._transcript = Transcript(self._kept, facts, self._watch, lambda: self._clock() - self._began)
        self._company = Company(line, self._timeline, encode=codec.encode, tell=self._events.put_nowait)
        self._errands = Errands(facts, tools, self._kept, self._transcript, self._events.put_nowait, self._company)
        beeps = BeepDetector() if facts.direction == "out" else None
        self._hearing = Hearing(lambda: VoiceDetector(tools.voices()), tools.ear, self._heard, beeps)
        self._speaking = Speaking(
            line, tools.mouth, encode=codec.encode, tell=self._events.put_nowait, playing=self._playing
        )
        self._intake = Intake(self._timeline, self._kept, self._company, self._hearing, beat=tools.beat, now=self._began)
        self._group: asyncio.TaskGroup | None = None
        self._handing: list[asyncio.Task[None]] = []
        """Hand-overs to people; a caller who hangs up ends them."""
        self._end = "failed"

    async def run(self) -> str:
        """Carry the call from its first to its last moment; the reason of its end."""
        try:
            await self._kept.began(self._facts)
            async with asyncio.TaskGroup() as group:
                self._group = group
                tasks = [
                    group.create_task(work, name=name)
                    for name, work in (
                        ("read", self._read_line()), ("hear", self._hearing.run()), ("speak", self._speaking.run()),
                        ("orders", self._take_orders()), ("tick", self._tick()),
                    )
                ]
                group.create_task(self._kept.write(), name="write")
                await self._decide()
                self._kept.no_more()
                await end_all([*tasks, *self._handing])
        except* Exception:  # noqa: BLE001 - the end of a call is the one place that may catch everything
            _log.exception("call failed", extra={"call_id": self._facts.call_id})
            await self._apologize()
        finally:
            await self._close()
        return self._end

    # ------------------------------------------------------------------ deciding

    async def _decide(self) -> None:
        self._spawn(self._errands.belong(), "belong")
        await self._errands.introduce()
        self._events.put_nowait(CallBegan("/owner_called" if self._facts.direction == "out" else "/call_started"))
        while self._turns.state is not State.ENDED:
            event = await self._next_event()
            now = self._clock()
            if isinstance(event, _Decided):
                commands: Sequence[Command] = event.commands
            else:
                self._note(event, now)
                commands = self._turns.handle(event, now=now)
            for command in commands:
                await self._perform(command, now)

    async def _next_event(self) -> Event | _Decided:
        deadline = self._turns.deadline
        self._idle = True
        try:
            async with asyncio.timeout_at(deadline):
                return await self._events.get()
        except TimeoutError:
            return TimePassed()
        finally:
            self._idle = False

    def _heard(self, event: Event) -> None:
        """Something of the caller. Most frames change nothing: those wake nobody."""
        if not (self._idle and self._events.empty() and isinstance(event, FrameHeard)):
            self._events.put_nowait(event)
        elif commands := self._turns.handle(event, now=self._clock()):
            self._events.put_nowait(_Decided(commands))

    def _note(self, event: Event, now: float) -> None:
        match event:
            case Heard():
                self._watch.heard = now
            case Answered():
                self._watch.answered = now
                self._transcript.answered(event)
            case KeyPressed() if not self._timeline.sealed:
                self._transcript.keys += event.digit
            case KeyPressed():
                self._transcript.keys += "*"
            case _:
                pass

    # ------------------------------------------------------------------ performing

    async def _perform(self, command: Command, now: float) -> None:  # noqa: C901 - one case per command
        match command:
            case Speak():
                self._speaking.perform(command)
                await self._transcript.service_says(command, self._turns)
            case FallSilent() | HoldBreath() | GoOn():
                await self._hold(command)
            case FinishUtterance():
                self._watch.begin(voice_ended=self._intake.voiced_at, now=now)
                self._hearing.perform(command)
            case OpenUtterance() | DropUtterance() | OpenEar():
                self._hearing.perform(command)
            case Listen():
                self._timeline.sealed = command.sealed
            case Ask():
                await self._transcript.caller_said(command, self._turns)
                self._watch.asked = now
                self._spawn(self._errands.ask(command), "ask")
            case WriteDown():
                await self._transcript.write_down(command, self._turns)
            case Seal() | LeaveCallback():
                self._spawn(self._errands.run(command), type(command).__name__)
            case TransferTo():
                self._handing += self._spawn(self._errands.run(command), "transfer")
            case Meet():
                self._handing += self._spawn(self._errands.meet(command), "meet")
            case EndCall():
                self._end = command.reason
                if command.reason not in _LINE_IS_GONE:
                    await self._errands.part()
                await self._line.hang_up()

    async def _hold(self, command: FallSilent | HoldBreath | GoOn) -> None:
        """Stop, hold or go on with what is being said."""
        match command:
            case FallSilent():
                self._timeline.service_falls_silent()
                await self._speaking.fall_silent()
            case HoldBreath():
                self._timeline.service_holds()
                await self._line.pause()
            case GoOn():
                self._timeline.service_goes_on()
                await self._line.resume()

    def _spawn(self, work: Coroutine[Any, Any, None], name: str) -> list[asyncio.Task[None]]:
        return [] if self._group is None else [self._group.create_task(work, name=name)]

    # ------------------------------------------------------------------ the line

    async def _read_line(self) -> None:
        self._line.divert(self._audio)
        self._line.hurry(on=False)
        async for event in self._line.events():
            match event:
                case protocol.AudioReceived():
                    self._audio(event.data)
                case protocol.KeyPressed():
                    self._hearing.key_pressed()
                    self._events.put_nowait(KeyPressed(event.digit))
                case protocol.PlayedOut():
                    self._events.put_nowait(PlayedOut(event.mark))
                case LineHungUp():
                    reason = "caller_hung_up" if event.reason == "far_end" else f"line_{event.reason}"
                    self._events.put_nowait(HungUp(reason))
                    return

    def _audio(self, data: bytes) -> None:
        self._intake.take(self._codec.decode(data), self._clock())

    def _playing(self, pcm: bytes) -> None:
        self._timeline.service_plays(pcm)
        if self._watch.sounded is None and self._watch.answered is not None:
            self._watch.sounded = self._clock()
            self._transcript.sounded()

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(_TICK_SECONDS)
            self._intake.tick(self._clock())
            await self._transcript.flush()

    async def _take_orders(self) -> None:
        async for order in self._tools.orders.orders(self._facts.call_id):
            if order.get("order") == "typed":
                self._events.put_nowait(TypedIn(str(order.get("text", ""))[:200]))
            else:
                self._events.put_nowait(
                    OrderArrived(str(order.get("order", "")), str(order.get("event", "")), order.get("payload"))
                )

    # ------------------------------------------------------------------ the end

    async def _apologize(self) -> None:
        """The session itself failed: a way out is still owed."""
        words = await self._errands.way_out()
        try:
            pcm = await self._tools.mouth.audio(words.text, words.phrase_id)
            await self._line.flush()
            await self._line.play(self._codec.encode(pcm), mark="apology")
            await asyncio.sleep(len(pcm) / (2 * SAMPLES_PER_SECOND) + _LINE_SECONDS)
        except (SpeechError, MediaClosed):
            _log.warning("nobody heard the apology", extra={"call_id": self._facts.call_id})
        await self._line.hang_up()

    async def _close(self) -> None:
        await self._transcript.flush()
        await self._kept.ended(self._facts, reason=self._end, seconds=self._clock() - self._began)
