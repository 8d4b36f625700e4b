"""The shell around one call: carries events to `turns.py` and performs what it decides.

One TaskGroup per call: read the line, hear, speak, listen for orders, ask. The group ends with the
line and nothing outlives it.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ivr.call import announcements
from ivr.call.commands import (
    Ask,
    Command,
    DropUtterance,
    EndCall,
    FallSilent,
    FinishUtterance,
    LeaveCallback,
    Listen,
    OpenUtterance,
    Seal,
    Speak,
    TransferTo,
)
from ivr.call.events import (
    Answered,
    CallbackLeft,
    CallBegan,
    DialogueFailed,
    Event,
    Heard,
    HungUp,
    KeyPressed,
    OrderArrived,
    PlayedOut,
    TimePassed,
    TransferEnded,
    TypedIn,
    ValueSealed,
)
from ivr.call.floor import State
from ivr.call.hearing import Hearing
from ivr.call.ports import (
    CallFacts,
    Dialogue,
    HumanDesk,
    MediaLine,
    Orders,
    RecordingWriter,
    Records,
    Vault,
)
from ivr.call.recorder import StereoTimeline
from ivr.call.speaking import Mouth, Speaking
from ivr.call.stopwatch import Stopwatch
from ivr.call.transcript import Transcript
from ivr.call.turns import Turns
from ivr.call.vad import VoiceDetector
from ivr.dialogue.errors import DialogueError
from ivr.speech.recognizer import Ear
from telephony.media import protocol
from telephony.media.call import HungUp as LineHungUp

_log = logging.getLogger(__name__)
FRAME_BYTES = 320
"""20 ms of 16-bit, 8 kHz, mono."""
_TICK_SECONDS = 0.25
_USES = {"phone": 20}
"""A number to call back is looked at several times in a call; a code or an ID once."""


@dataclass(frozen=True, slots=True)
class Codec:
    """How audio travels on this line."""

    decode: Callable[[bytes], bytes]
    encode: Callable[[bytes], bytes]


@dataclass(frozen=True, slots=True)
class CallTools:
    """What every call of this process uses."""

    ear: Ear
    mouth: Mouth
    dialogue: Dialogue
    records: Records
    recording: Callable[[str], RecordingWriter]
    vault: Vault
    orders: Orders
    desk: HumanDesk
    spectrum: Callable[[], Callable[[bytes], bool]]
    """Makes one voice classifier per call (webrtcvad)."""
    dialogue_facts: Mapping[str, Any]
    """Told with every question: region, home plate."""


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
        self._events: asyncio.Queue[Event] = asyncio.Queue()
        self._clock = asyncio.get_running_loop().time
        self._began = self._clock()
        self._timeline = StereoTimeline(began_at=self._began)
        self._recording: RecordingWriter | None = None
        self._watch = Stopwatch()
        self._transcript = Transcript(tools.records, facts, self._watch, lambda: self._clock() - self._began)
        self._recognizer = tools.ear.open()
        self._hearing = Hearing(VoiceDetector(tools.spectrum()), self._recognizer, self._events.put_nowait)
        self._speaking = Speaking(
            line, tools.mouth, encode=codec.encode, tell=self._events.put_nowait, playing=self._playing
        )
        self._pcm = b""
        self._voiced_at = self._began
        self._facts_told: dict[str, Any] = {}
        self._group: asyncio.TaskGroup | None = None
        self._end = "failed"

    async def run(self) -> str:
        """Carry the call from its first to its last moment; the reason of its end."""
        await self._tools.records.began(self._facts)
        try:
            self._recording = self._tools.recording(self._facts.call_id)
            async with asyncio.TaskGroup() as group:
                self._group = group
                tasks = [
                    group.create_task(work, name=name)
                    for name, work in (
                        ("read", self._read_line()), ("hear", self._hearing.run()), ("speak", self._speaking.run()),
                        ("orders", self._take_orders()), ("tick", self._tick()),
                    )
                ]
                await self._decide()
                for task in tasks:
                    task.cancel()
        except* Exception:  # noqa: BLE001 - the end of a call is the one place that may catch everything
            _log.exception("call failed", extra={"call_id": self._facts.call_id})
            await self._apologize()
        finally:
            await self._close()
        return self._end

    # ------------------------------------------------------------------ deciding

    async def _decide(self) -> None:
        opening = "/owner_called" if self._facts.direction == "out" else "/call_started"
        await self._introduce()
        self._events.put_nowait(CallBegan(opening))
        while self._turns.state is not State.ENDED:
            event = await self._next_event()
            now = self._clock()
            self._note(event, now)
            for command in self._turns.handle(event, now=now):
                await self._perform(command, now)

    async def _next_event(self) -> Event:
        deadline = self._turns.deadline
        if deadline is None:
            return await self._events.get()
        try:
            async with asyncio.timeout_at(deadline):
                return await self._events.get()
        except TimeoutError:
            return TimePassed()

    async def _introduce(self) -> None:
        """Seal the caller's number; the dialogue gets a reference."""
        told = {**self._tools.dialogue_facts, "call_id": self._facts.call_id, "order_id": self._facts.order_id}
        if self._facts.caller is not None:
            sealed = await self._tools.vault.seal(
                call_id=self._facts.call_id, kind="caller", value=self._facts.caller, ttl_seconds=7200, uses=1000
            )
            told |= {"caller_ref": sealed.ref, "caller_tail": sealed.tail}
        self._facts_told = told

    def _note(self, event: Event, now: float) -> None:
        match event:
            case Heard():
                self._watch.heard = now
                self._transcript.confidence = event.confidence
            case Answered():
                self._watch.answered = now
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
            case FallSilent():
                self._timeline.service_falls_silent()
                await self._speaking.fall_silent()
            case FinishUtterance():
                self._watch.begin(voice_ended=self._voiced_at, now=now)
                self._hearing.perform(command)
            case OpenUtterance() | DropUtterance():
                self._hearing.perform(command)
            case Listen():
                self._timeline.sealed = command.sealed
            case Ask():
                await self._transcript.caller_said(command, self._turns)
                self._watch.asked = now
                self._spawn(self._ask(command), "ask")
            case Seal():
                self._spawn(self._seal(command), "seal")
            case TransferTo():
                self._spawn(self._transfer(command), "transfer")
            case LeaveCallback():
                self._spawn(self._leave_callback(command), "callback")
            case EndCall():
                self._end = command.reason
                if command.reason != "transferred":
                    await self._tools.desk.leave(self._facts)
                await self._line.hang_up()

    def _spawn(self, work: Any, name: str) -> None:
        if self._group is not None:
            self._group.create_task(work, name=name)

    async def _ask(self, ask: Ask) -> None:
        metadata = {**self._facts_told, **ask.metadata, "turn": ask.turn}
        try:
            replies = await self._tools.dialogue.ask(self._facts.call_id, ask.message, metadata)
        except DialogueError:
            await self._tools.records.event(self._facts, "dialogue_failed")
            self._events.put_nowait(DialogueFailed(ask.turn))
            return
        self._events.put_nowait(Answered(ask.turn, tuple(replies)))

    async def _seal(self, command: Seal) -> None:
        sealed = await self._tools.vault.seal(
            call_id=self._facts.call_id, kind=command.kind, value=command.value, uses=_USES.get(command.kind, 1)
        )
        self._events.put_nowait(ValueSealed(command.kind, sealed.ref, sealed.tail))

    async def _transfer(self, command: TransferTo) -> None:
        context = {**command.context, "transcript": self._transcript.recent()}
        joined = await self._tools.desk.transfer(self._facts, queue=command.queue, reason=command.reason, context=context)
        await self._tools.records.event(self._facts, "transferred" if joined else "no_seat", command.reason)
        self._events.put_nowait(TransferEnded(joined, command.queue))

    async def _leave_callback(self, command: LeaveCallback) -> None:
        said = "；".join(filter(None, (*self._transcript.recent(), command.said)))
        serial = await self._tools.desk.callback(
            self._facts, caller_ref=self._facts_told.get("caller_ref"), reason=command.reason, said=said
        )
        await self._tools.records.event(self._facts, "callback_left" if serial else "callback_failed", command.reason)
        self._events.put_nowait(CallbackLeft(serial))

    # ------------------------------------------------------------------ the line

    async def _read_line(self) -> None:
        async for event in self._line.events():
            match event:
                case protocol.AudioReceived():
                    self._audio(self._codec.decode(event.data))
                case protocol.KeyPressed():
                    self._hearing.key_pressed()
                    self._events.put_nowait(KeyPressed(event.digit))
                case protocol.PlayedOut():
                    self._events.put_nowait(PlayedOut(event.mark))
                case LineHungUp():
                    reason = "caller_hung_up" if event.reason == "far_end" else f"line_{event.reason}"
                    self._events.put_nowait(HungUp(reason))
                    return

    def _audio(self, pcm: bytes) -> None:
        now = self._clock()
        self._write(self._timeline.caller_sends(pcm, now=now))
        self._pcm += pcm
        while len(self._pcm) >= FRAME_BYTES:
            frame, self._pcm = self._pcm[:FRAME_BYTES], self._pcm[FRAME_BYTES:]
            if self._hearing.frame(frame):
                self._voiced_at = now

    def _playing(self, pcm: bytes) -> None:
        self._timeline.service_plays(pcm)
        if self._watch.sounded is None and self._watch.answered is not None:
            self._watch.sounded = self._clock()
            self._transcript.sounded()

    def _write(self, stereo: bytes) -> None:
        if stereo and self._recording is not None:
            self._recording.append(stereo)

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(_TICK_SECONDS)
            self._write(self._timeline.tick(now=self._clock()))
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
        said = "；".join(self._transcript.recent())
        serial = await self._tools.desk.callback(
            self._facts, caller_ref=self._facts_told.get("caller_ref"), reason="call_failed", said=said
        )
        words = announcements.CALLBACK_LEFT if serial else announcements.CALLBACK_FAILED
        pcm = await self._tools.mouth.audio(words.text, words.phrase_id)
        await self._line.flush()
        await self._line.play(self._codec.encode(pcm), mark="apology")
        await asyncio.sleep(len(pcm) / 16000 + 0.2)
        await self._line.hang_up()

    async def _close(self) -> None:
        self._recognizer.close()
        await self._transcript.flush()
        info = await self._recording.close() if self._recording is not None else None
        await self._tools.records.ended(
            self._facts, reason=self._end, seconds=self._clock() - self._began, recording=info
        )
