"""Everything around one call, in memory: line, dialogue, vault, desk, records, ear and mouth."""

import asyncio
from dataclasses import dataclass, field

from ivr.call.ports import CallFacts, HandoverEnd
from ivr.call.session import CallSession
from ivr.call.tools import CallTools, Codec
from ivr.dialogue.errors import DialogueDown
from ivr.dialogue.replies import Expect, HangUp, Say, Transfer
from ivr.speech.recognizer import Hypothesis, Recognition
from telephony.errors import MediaClosed
from telephony.media.call import HungUp
from telephony.media.protocol import AudioReceived, KeyPressed, PlayedOut

FRAME = bytes(320)
LOUD = b"\x00\x20" * 160
"""20 ms that the classifier of these tests takes for speech."""
NUMBER = "13800001111"


class Line:
    """A line that plays at once; the test is the far end."""

    def __init__(self) -> None:
        self.coming = asyncio.Queue()
        self.played = []
        self.flushes = 0
        self.pauses = 0
        self.paused = False
        self.over = False
        self.reports_ends = True

    async def events(self):
        while True:
            event = await self.coming.get()
            yield event
            if isinstance(event, HungUp):
                return

    def hurry(self, *, on):
        self.hurried = on

    def divert(self, take):
        """All comes by `events`."""

    async def play(self, audio, *, mark):
        if self.over:
            raise MediaClosed("the call is over")
        assert mark not in [m for m, _ in self.played], "a mark is used once"
        self.played.append((mark, audio))
        if self.reports_ends:
            self.coming.put_nowait(PlayedOut(mark))

    async def flush(self):
        self.flushes += 1
        self.paused = False

    async def pause(self):
        self.pauses += 1
        self.paused = True

    async def resume(self):
        self.paused = False

    async def hang_up(self):
        self.leave("here")

    def leave(self, reason="far_end"):
        if not self.over:
            self.over = True
            self.coming.put_nowait(HungUp(reason))

    def press(self, keys):
        for key in keys:
            self.coming.put_nowait(KeyPressed(key, 100))

    def hears(self, frames, frame=LOUD):
        for _ in range(frames):
            self.coming.put_nowait(AudioReceived(frame))


class Ear:
    """Hears what the test says is heard."""

    def __init__(self) -> None:
        self.hearing = []
        self.closed = False

    def open(self):
        return self

    async def start(self, *, phrases=()):
        pass

    async def accept(self, pcm):
        return self.hearing[0] if self.hearing else ""

    async def finish(self):
        text = self.hearing.pop(0) if self.hearing else ""
        return Recognition((Hypothesis(text, 0.9),) if text else ())

    def close(self):
        self.closed = True


class Mouth:
    """Ten milliseconds for each sentence."""

    def __init__(self) -> None:
        self.said = []

    async def audio(self, text, phrase_id=None):
        self.said.append(text)
        return bytes(160)


class Dialogue:
    """Answers from a list of replies; a `DialogueDown` in it is raised."""

    def __init__(self, *answers) -> None:
        self.answers = list(answers)
        self.asked = []
        self.metadata = []

    async def ask(self, call_id, message, metadata):
        self.asked.append(message)
        self.metadata.append(dict(metadata))
        answer = self.answers.pop(0) if self.answers else DialogueDown("nothing prepared")
        if isinstance(answer, Exception):
            raise answer
        return answer


@dataclass
class Records:
    lines: list = field(default_factory=list)
    events: list = field(default_factory=list)
    ends: list = field(default_factory=list)
    failing: Exception | None = None

    async def began(self, facts):
        self._fail()

    async def line(self, facts, line):
        self._fail()
        self.lines.append(line)

    async def event(self, facts, event, detail=""):
        self._fail()
        self.events.append((event, detail))

    async def ended(self, facts, *, reason, seconds, recording):
        self.ends.append((reason, recording))

    def _fail(self):
        if self.failing is not None:
            raise self.failing


class Recording:
    def __init__(self) -> None:
        self.sound = bytearray()
        self.failing: Exception | None = None

    def append(self, stereo_pcm):
        self.sound += stereo_pcm

    async def close(self):
        if self.failing is not None:
            raise self.failing
        return "recording"


@dataclass(frozen=True)
class Sealed:
    ref: str
    tail: str


class Vault:
    def __init__(self) -> None:
        self.sealed = []
        self.uses: dict[str, int] = {}
        self.failing: Exception | None = None

    async def seal(self, *, call_id, kind, value, ttl_seconds=600, uses=1):
        if self.failing is not None:
            raise self.failing
        self.sealed.append((kind, value))
        self.uses[kind] = uses
        return Sealed(f"sv_{len(self.sealed)}", value[-4:])


class Orders:
    def __init__(self) -> None:
        self.queue = asyncio.Queue()

    async def orders(self, call_id):
        while True:
            yield await self.queue.get()


class Desk:
    def __init__(self) -> None:
        self.callbacks = []
        self.transfers = []
        self.left = 0
        self.pbx_takes = self.has_queues = False
        self.bound = []
        self.failing: Exception | None = None

    async def leave(self, facts):
        self.left += 1

    async def bound_for(self, facts, *, queue, region):
        self.bound.append((queue, region))

    def leads_out(self, queue):
        return self.has_queues or queue.startswith("emergency")

    async def transfer(self, facts, *, queue, region, reason):
        self.transfers.append((queue, reason, region))
        return self.pbx_takes

    async def callback(self, facts, *, caller_ref, reason, said):
        if self.failing is not None:
            raise self.failing
        self.callbacks.append((caller_ref, reason, said))
        return "H2611230001"


class Seats:
    """Nobody is there, unless the test gives ends for the callers who come."""

    def __init__(self) -> None:
        self.requests = []
        self.ends = []
        self.caller = None
        self.cancelled = False

    async def hand_over(self, request, caller):
        self.requests.append(request)
        self.caller = caller
        if not self.ends:
            return HandoverEnd(joined=False)
        try:
            return await self.ends.pop(0)
        except asyncio.CancelledError:
            self.cancelled = True
            raise


class Meetings:
    """The other party: comes as the test says."""

    def __init__(self) -> None:
        self.invited = []
        self.refused = []
        self.caller = None
        self.end = asyncio.get_running_loop().create_future()

    async def meet(self, invited, caller):
        self.invited.append(invited)
        self.caller = caller
        return await self.end

    def refuse(self, invited):
        self.refused.append(invited)


class Around:
    """One call and all that is around it."""

    def __init__(self, *answers, direction="in", caller=NUMBER) -> None:
        self.line, self.ear, self.mouth = Line(), Ear(), Mouth()
        self.dialogue, self.records, self.vault = Dialogue(*answers), Records(), Vault()
        self.recording, self.orders, self.desk = Recording(), Orders(), Desk()
        self.seats, self.meetings = Seats(), Meetings()
        self.facts = CallFacts("c" * 32, direction, caller, "12123", "order-1" if direction == "out" else None, None)
        self.voices, self.beat = (lambda: lambda frame: frame == LOUD), None
        self.opens_recording = lambda _call_id: self.recording

    def session(self):
        tools = CallTools(
            ear=self.ear, mouth=self.mouth, dialogue=self.dialogue, records=self.records,
            recording=lambda call_id: self.opens_recording(call_id), vault=self.vault, orders=self.orders, desk=self.desk,
            seats=self.seats, meetings=self.meetings,
            voices=self.voices, beat=self.beat, dialogue_facts={"region": "320200"},
        )
        return CallSession(self.line, self.facts, Codec(bytes, bytes), tools)

    async def until(self, condition, within=3.0):
        async with asyncio.timeout(within):
            while not condition():  # noqa: ASYNC110 - the far end can only look
                await asyncio.sleep(0.005)

    async def says(self, text, frames=30):
        """Speak, then be silent for long enough."""
        self.ear.hearing.append(text)
        self.line.hears(frames)
        await asyncio.sleep(0.02)
        self.line.hears(130, FRAME)


def bye(text="再见。"):
    return [Say(text=text), HangUp(reason="said_goodbye")]


def question(text="请问要办什么？", expect=None):
    return [Say(text=text), expect or Expect()]


def wanted_by(queue, **context):
    """The dialogue's word on who is to take a caller over."""
    return [Transfer(queue=queue, reason="wanted", context={"given": [], **context})]


async def coming_back(how):
    """A hand-over from which the caller comes back at once."""
    return HandoverEnd(joined=True, payload={"how": how})
