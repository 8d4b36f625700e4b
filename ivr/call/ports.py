"""What a call needs from the rest of the house, as Protocols. `ivr/cli` plugs the real ones in."""

# ruff: noqa: D102  -- where the name and the types say it all

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from ivr.call.meeting import How, Invitation
from ivr.dialogue.replies import Reply, Understood
from ivr.domain.calls import StageTimings
from ivr.domain.handovers import HandoverState
from telephony.media.call import CallEvent


@dataclass(frozen=True, slots=True)
class CallFacts:
    """Who calls whom."""

    call_id: str
    direction: str
    """`in`: a citizen dialled us; `out`: we rang an owner."""
    caller: str | None = field(repr=False)
    """The other party's number, digits only; None when withheld."""
    dialled: str
    order_id: str | None
    channel: str | None
    """The PBX's name of the other party's channel."""


@dataclass(frozen=True, slots=True)
class TranscriptLine:
    """One line of the transcript, masked where it must be."""

    number: int
    """Turn it belongs to."""
    by_caller: bool
    text: str = field(repr=False)
    at_seconds: float
    """Since the call began; the recording's clock."""
    confidence: float | None = None
    keys: str | None = field(default=None, repr=False)
    timings: StageTimings | None = None
    understood: Understood | None = None
    """What the dialogue made of the question that this line answers."""
    state: str = ""


class MediaLine(Protocol):
    """One live media connection (telephony.media.server.MediaCall)."""

    def events(self) -> AsyncIterator[CallEvent]: ...
    def divert(self, take: Callable[[bytes], None]) -> None:
        """Give audio to `take` the moment it comes; what it fails on still comes by `events`."""
        ...

    def hurry(self, *, on: bool) -> None:
        """Want audio the moment it comes, or several frames at once (up to 40 ms late)."""
        ...

    async def play(self, audio: bytes, *, mark: str) -> None: ...
    async def flush(self) -> None: ...
    async def pause(self) -> None: ...
    async def resume(self) -> None: ...
    async def hang_up(self) -> None: ...


class Dialogue(Protocol):
    """Asks the dialogue (ivr.dialogue.client)."""

    async def ask(self, call_id: str, message: str, metadata: Mapping[str, Any]) -> Sequence[Reply]: ...


class Records(Protocol):
    """Keeps what happened: call log, transcript, live board."""

    async def began(self, facts: CallFacts) -> None: ...
    async def line(self, facts: CallFacts, line: TranscriptLine) -> None: ...
    async def event(self, facts: CallFacts, event: str, detail: str = "") -> None: ...
    async def ended(self, facts: CallFacts, *, reason: str, seconds: float, recording: Any | None) -> None: ...


class SealedRef(Protocol):
    """What may travel instead of a sealed value."""

    @property
    def ref(self) -> str: ...
    @property
    def tail(self) -> str: ...


class RecordingWriter(Protocol):
    """Takes stereo audio: 16-bit little-endian, 8 kHz, left the caller, right the service."""

    def append(self, stereo_pcm: bytes) -> None: ...
    async def close(self) -> Any: ...


class Vault(Protocol):
    """Seals what may not travel."""

    async def seal(
        self, *, call_id: str, kind: str, value: str, ttl_seconds: int = 600, uses: int = 1
    ) -> SealedRef:
        """Keep the value, encrypted, for a while."""
        ...


class Orders(Protocol):
    """Orders for this call from services and desks."""

    def orders(self, call_id: str) -> AsyncIterator[Mapping[str, Any]]: ...


@dataclass(frozen=True, slots=True)
class HandoverRequest:
    """A caller who wants a person."""

    facts: CallFacts
    region: str
    queue: str
    reason: str
    context: Mapping[str, Any] = field(repr=False)
    """What the seat is shown and told: `summary`, `given`, `level`, `transcript`, ..."""


@dataclass(frozen=True, slots=True)
class HandoverEnd:
    """How a hand-over ended while the caller stayed on the line."""

    joined: bool
    """False: nobody took him."""
    payload: Mapping[str, str] = field(default_factory=dict)
    """For the dialogue: `how` (`returned`, `done`, `lost`) and what the seat wishes."""


class CallerSide(Protocol):
    """The caller's end of a hand-over (ivr.call.company)."""

    def waits(self, position: int, wait_seconds: float | None) -> None: ...
    def enter(self, crossing: Any, name: str = "caller") -> None: ...
    def leave(self) -> None: ...


class Seats(Protocol):
    """People who take callers over (ivr.call.seat_room)."""

    async def hand_over(self, request: HandoverRequest, caller: CallerSide) -> HandoverEnd:
        """Hand a caller over; returns when he is back, or nobody took him. Cancelled when he hangs up."""
        ...


class Meetings(Protocol):
    """Where requesters and owners talk with each other (ivr.call.meeting_room)."""

    async def meet(self, invited: Invitation, caller: CallerSide) -> How:
        """Let a call meet the other; returns what came of it. Cancelled when he hangs up."""
        ...

    def refuse(self, invited: Invitation) -> None:
        """A call cannot come now."""
        ...


class SeatBook(Protocol):
    """Keeps hand-overs and carries the desks' orders (ivr.services.seating)."""

    async def opened(
        self, handover_id: str, *, call_id: str, region: str, queue: str, reason: str, context: Mapping[str, Any]
    ) -> None: ...
    async def changed(self, handover_id: str, state: HandoverState, *, seat: str | None = None) -> None: ...
    async def tell_seat(self, account: str, news: Mapping[str, Any]) -> None:
        """Let a seat's desk know something (`topic_of`)."""
        ...

    def orders(self) -> AsyncIterator[Mapping[str, Any]]: ...


class HumanDesk(Protocol):
    """The way to a person."""

    async def leave(self, facts: CallFacts) -> None:
        """Tell the PBX that our leg is about to end on purpose."""
        ...

    def leads_out(self, queue: str) -> bool:
        """Does the PBX take callers of this queue, and not a seat of ours?"""
        ...

    async def bound_for(self, facts: CallFacts, *, queue: str, region: str) -> None:
        """Let the PBX know where a caller belongs, should the service be lost; never raises."""
        ...

    async def transfer(self, facts: CallFacts, *, queue: str, region: str, reason: str) -> bool:
        """Let the PBX have the caller; False when it cannot."""
        ...

    async def callback(
        self, facts: CallFacts, *, caller_ref: str | None, reason: str, said: str
    ) -> str | None:
        """Order a callback; its serial as it is read out, or None when even that failed."""
        ...
