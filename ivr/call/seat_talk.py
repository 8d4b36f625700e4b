"""One caller on his way to a person, and with him: rings, whispers, joins, parts; `handing` decides."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from ivr.call import handing, seating
from ivr.call.handing import Handing, Party
from ivr.call.ports import CallerSide, HandoverEnd, HandoverRequest, SeatBook
from ivr.call.seat_line import Lines, LineTools
from ivr.domain.handovers import HandoverState, PhoneKind, SeatHere
from telephony.media.call import MediaCall
from telephony.outbound import CallMaker, OutboundCall, PlaceResult

_log = logging.getLogger(__name__)
RING_SECONDS = 20.0
_STAYS = frozenset({HandoverState.RETURNED, HandoverState.DONE, HandoverState.LOST, HandoverState.AWAY})
"""Ends after which the caller is still there."""


@dataclass(frozen=True, slots=True)
class SeatTools:
    """What hand-overs use."""

    book: SeatBook
    maker: CallMaker
    """Rings extensions of the PBX, and people outside."""
    browsers: CallMaker
    """Rings the telephones of the desks' own pages."""
    lines: LineTools
    shown: str
    """The number that everybody sees."""
    wait_seconds: float = seating.WAIT_SECONDS


class Talk:
    """One hand-over.

    Args:
        handover_id: begins with `S`.
        request: who wants what.
        caller: the caller's own end.
        tools: what it uses.
        seat: takes what concerns the queue and the seats.
        spawn: lets something run beside.
    """

    def __init__(
        self, handover_id: str, request: HandoverRequest, caller: CallerSide, tools: SeatTools,
        seat: Callable[[seating.SeatingEvent], Awaitable[None]],
        spawn: Callable[[Coroutine[Any, Any, Any], str], asyncio.Task[None]],
    ) -> None:
        self.handover_id = handover_id
        self.request = request
        self.end: asyncio.Future[HandoverEnd] = asyncio.get_running_loop().create_future()
        self.keeps: str | None = None
        """The seat who waits for this caller to come back from a check."""
        self._caller = caller
        self._tools = tools
        self._seat = seat
        self._spawn = spawn
        self._here: SeatHere | None = None
        self._handing: Handing | None = None
        self._lines: Lines | None = None
        self._ringing: dict[Party, asyncio.Task[None]] = {}
        self._third_number = ""

    @property
    def account(self) -> str | None:
        """The seat to whom he was offered last."""
        return None if self._here is None else self._here.account

    def waits(self, position: int, wait_seconds: float | None) -> None:
        """He stands in line."""
        self._caller.waits(position, wait_seconds)

    async def open(self) -> None:
        """Keep what the seat will be shown; without it he hears the summary all the same."""
        request = self.request
        try:
            await self._tools.book.opened(
                self.handover_id, call_id=request.facts.call_id, region=request.region, queue=request.queue,
                reason=request.reason, context=request.context,
            )
        except Exception:  # noqa: BLE001 - a database that is away keeps nobody from talking
            _log.exception("a hand-over could not be kept", extra={"handover_id": self.handover_id})

    async def offer(self, seat: SeatHere) -> None:
        """Ring this seat for him."""
        self._here, self._handing, self._lines = seat, Handing(), Lines(self._tools.lines)
        self._lines.carried_by(self._spawn(self._lines.crossing.run(), "crossing"))
        await self._note(HandoverState.OFFERED)
        for command in self._handing.begin():
            await self._perform(command)

    async def arrived(self, name: str, call: MediaCall) -> None:
        """Take the line of the seat or of the third; returns when it is over."""
        lines = self._lines
        if lines is None:  # it was given up while he picked up
            await call.hang_up()
            return
        party = Party(name)
        lines.take(party, call)
        await self.hand(handing.Arrived(party))
        async for news in lines.listen(party, call):
            await self.hand(news)

    async def hand(self, event: handing.HandingEvent) -> None:
        """Something happened between seat and caller."""
        deciding = self._handing
        if deciding is None:
            return
        before = deciding.state
        for command in deciding.handle(event, now=asyncio.get_running_loop().time()):
            await self._perform(command)
        if deciding.state is not before and not deciding.is_over:
            await self._note(deciding.state)

    async def invite(self, number: str) -> None:
        """Ask somebody else into the talk."""
        self._third_number = number
        await self.hand(handing.InviteThird())

    async def give_up(self) -> None:
        """Nobody takes him."""
        if not self.end.done():
            await self._note(HandoverState.NO_SEAT)
            self.end.set_result(HandoverEnd(joined=False))

    async def caller_gone(self) -> None:
        """He hung up."""
        if self._handing is not None:
            await self.hand(handing.CallerGone())
            return
        await self._note(HandoverState.ABANDONED)
        await self._seat(seating.CallerGone(self.handover_id))

    # performing ----------------------------------------------------------------------------------

    async def _perform(self, command: handing.HandingCommand) -> None:  # noqa: C901 - one case per command
        lines = self._lines
        if lines is None:
            return
        match command:
            case handing.Ring(party):
                self._ringing[party] = self._spawn(self._ring(party), "ring")
            case handing.Brief():
                self._spawn(self._told(Party.SEAT, lines.brief(self._summary)), "brief")
            case handing.Tell(party, words):
                self._spawn(self._told(party, lines.tell(party, words)), "tell")
            case handing.Join():
                await self._seat(seating.OfferTaken(self.handover_id))
                self._caller.enter(lines.crossing)
                lines.cross(Party.SEAT)
                self._spawn(lines.tell_all(handing.CONNECTED), "connected")
            case handing.JoinThird():
                lines.cross(Party.THIRD)
            case handing.HangUp(party, last):
                if task := self._ringing.pop(party, None):
                    task.cancel()
                self._spawn(lines.end(party, last), "hang-up")
            case handing.Show(third):
                await self._tools.book.tell_seat(self.account or "", {"kind": "third", "state": third})
            case handing.NotTaken(declined):
                await self._not_taken(lines, declined=declined)
            case handing.Over():
                await self._over(lines, command)

    async def _ring(self, party: Party) -> None:
        call, maker = self._call_to(party)
        try:
            result = await maker.place(call)
        except Exception:  # noqa: BLE001 - a telephone that cannot be rung is one that nobody answers
            _log.exception("a telephone could not be rung", extra={"party": party.value})
            result = PlaceResult.FAILED
        self._ringing.pop(party, None)
        await self.hand(handing.Placed(party, result.value))

    def _call_to(self, party: Party) -> tuple[OutboundCall, CallMaker]:
        order_id, shown = f"{self.handover_id}.{party.value}", self._tools.shown
        if party is Party.THIRD or self._here is None:
            return OutboundCall(order_id, self._third_number, uuid4().hex, shown), self._tools.maker
        inside = self._here.kind is PhoneKind.SIP
        call = OutboundCall(order_id, self._here.extension, uuid4().hex, shown, ring_seconds=RING_SECONDS, inside=inside)
        return call, self._tools.maker if inside else self._tools.browsers

    async def _told(self, party: Party, saying: Coroutine[Any, Any, str]) -> None:
        if phrase_id := await saying:
            await self.hand(handing.HeardAll(party, phrase_id))

    async def _not_taken(self, lines: Lines, *, declined: bool) -> None:
        lines.close()
        self._handing = self._lines = None
        await self._note(HandoverState.WAITING)
        await self._seat(seating.OfferLost(self.handover_id, declined))

    async def _over(self, lines: Lines, over: handing.Over) -> None:
        self._caller.leave()
        lines.close()
        away = over.state is HandoverState.AWAY
        self.keeps = self.account if away else None
        state = HandoverState.RETURNED if away else over.state
        await self._note(state)
        if state is HandoverState.ABANDONED:
            await self._seat(seating.CallerGone(self.handover_id))
        else:
            await self._seat(seating.TalkEnded(self.account or "", over.seconds, keeps_seat=away))
        if over.state in _STAYS and not self.end.done():
            wish = {} if over.wish is None else {"wish": over.wish.value}
            self.end.set_result(HandoverEnd(joined=True, payload={"how": state.value, **wish}))

    async def _note(self, state: HandoverState) -> None:
        """Keep where it stands; a database that is away keeps nobody from talking."""
        try:
            await self._tools.book.changed(self.handover_id, state, seat=self.account)
        except Exception:  # noqa: BLE001 - see above
            _log.exception("the state of a hand-over could not be kept", extra={"handover_id": self.handover_id})

    @property
    def _summary(self) -> str:
        return str(self.request.context.get("summary") or "来电人要人工服务。")
