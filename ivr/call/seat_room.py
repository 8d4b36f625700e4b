"""Hands callers to people: rings the seats' telephones, briefs them, carries the sound; `seating` and `handing` decide.

A seat's telephone comes in at the media door, as an owner's does; the caller stays on his own line, so
that one recording has the whole call and nothing is cut at the joint.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from ivr.call import handing, seating
from ivr.call.handing import Handing, Party, Wish
from ivr.call.ports import CallerSide, HandoverEnd, HandoverRequest, SeatBook
from ivr.call.seat_line import Lines, LineTools
from ivr.call.seating import Seating
from ivr.domain.handovers import HandoverState, PhoneKind, SeatHere
from telephony.media.call import MediaCall
from telephony.outbound import CallMaker, OutboundCall, PlaceResult

_log = logging.getLogger(__name__)
PREFIX = "S"
"""Order ids that begin so are seats' and third parties' lines: `<hand-over id>.seat`, `<hand-over id>.third`."""
RING_SECONDS = 20.0
_TICK_SECONDS = 0.5
_MOST_KEPT = 1000
_STAYS = frozenset({HandoverState.RETURNED, HandoverState.DONE, HandoverState.LOST, HandoverState.AWAY})
"""Ends after which the caller is still there."""


@dataclass(frozen=True, slots=True)
class SeatTools:
    """What the room uses."""

    book: SeatBook
    maker: CallMaker
    """Rings extensions of the PBX, and people outside."""
    browsers: CallMaker
    """Rings the telephones of the desks' own pages."""
    lines: LineTools
    shown: str
    """The number that everybody sees."""
    wait_seconds: float = seating.WAIT_SECONDS


@dataclass(slots=True)
class _Talk:
    """One caller in the room."""

    request: HandoverRequest
    caller: CallerSide
    end: asyncio.Future[HandoverEnd]
    seat: SeatHere | None = None
    handing: Handing | None = None
    lines: Lines | None = None
    third_number: str = field(default="", repr=False)
    ringing: dict[Party, asyncio.Task[None]] = field(default_factory=dict)
    state: HandoverState = HandoverState.WAITING


class SeatRoom:
    """All hand-overs of this process; use it as an async context manager.

    Args:
        tools: what it uses.
    """

    def __init__(self, tools: SeatTools) -> None:
        self._tools = tools
        self._clock: Callable[[], float] = asyncio.get_running_loop().time
        self._seating = Seating(wait_seconds=tools.wait_seconds)
        self._talks: dict[str, _Talk] = {}
        self._kept: dict[str, str] = {}
        """Call -> the seat who waits for it to come back from a check."""
        self._group = asyncio.TaskGroup()
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> "SeatRoom":
        """Open the room."""
        await self._group.__aenter__()
        self._spawn(self._take_orders(), "seat-orders")
        self._spawn(self._tick(), "seat-tick")
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close it; every line of a seat ends."""
        for task in self._tasks:
            task.cancel()
        await self._group.__aexit__(None, None, None)

    async def hand_over(self, request: HandoverRequest, caller: CallerSide) -> HandoverEnd:
        """Hand a caller over; returns when he is back, or nobody took him. Cancelled when he hangs up."""
        handover_id = PREFIX + uuid4().hex
        talk = _Talk(request, caller, asyncio.get_running_loop().create_future())
        self._talks[handover_id] = talk
        await self._open(handover_id, request)
        waits = seating.CallerWaits(
            handover_id, request.queue, request.region, kept_by=self._kept.pop(request.facts.call_id, None),
            urgent=bool(request.context.get("urgent")),
        )
        try:
            await self._seat(waits)
            return await talk.end
        finally:
            caller.leave()
            self._talks.pop(handover_id, None)
            if not talk.end.done() or talk.end.cancelled():
                self._spawn(self._caller_gone(handover_id, talk), "caller-gone")

    def awaits(self, order_id: str | None) -> bool:
        """Does a line belong to this room?"""
        return order_id is not None and order_id.startswith(PREFIX) and "." in order_id

    async def arrived(self, call: MediaCall) -> None:
        """Take the line of a seat or a third party; returns when it is over."""
        handover_id, _, name = (call.start.order_id or "").partition(".")
        talk = self._talks.get(handover_id)
        if talk is None or talk.lines is None:  # it was given up while he picked up
            await call.hang_up()
            return
        party = Party(name)
        lines = talk.lines
        lines.take(party, call)
        await self._hand(handover_id, talk, handing.Arrived(party))
        async for news in lines.listen(party, call):
            await self._hand(handover_id, talk, news)

    # deciding ------------------------------------------------------------------------------------

    async def _seat(self, event: seating.SeatingEvent) -> None:
        for command in self._seating.handle(event, now=self._clock()):
            match command:
                case seating.Offer(handover_id, seat):
                    self._spawn(self._offer(handover_id, seat), "offer")
                case seating.TellPlace(handover_id, position, wait_seconds):
                    if talk := self._talks.get(handover_id):
                        talk.caller.waits(position, wait_seconds)
                case seating.GiveUp(handover_id):
                    await self._give_up(handover_id)
                case seating.Show(account, presence):
                    await self._tools.book.tell_seat(account, {"kind": "presence", "state": presence.value})

    async def _hand(self, handover_id: str, talk: _Talk, event: handing.HandingEvent) -> None:
        deciding = talk.handing
        if deciding is None:
            return
        before = deciding.state
        for command in deciding.handle(event, now=self._clock()):
            await self._perform(handover_id, talk, command)
        if deciding.state is not before and not deciding.is_over:
            await self._note(handover_id, talk, deciding.state)

    async def _perform(self, handover_id: str, talk: _Talk, command: handing.HandingCommand) -> None:  # noqa: C901 - one case per command
        lines = talk.lines
        if lines is None:
            return
        match command:
            case handing.Ring(party):
                talk.ringing[party] = self._spawn(self._ring(handover_id, talk, party), "ring")
            case handing.Brief():
                self._spawn(self._told(handover_id, talk, Party.SEAT, lines.brief(_summary(talk.request))), "brief")
            case handing.Tell(party, words):
                self._spawn(self._told(handover_id, talk, party, lines.tell(party, words)), "tell")
            case handing.Join():
                await self._seat(seating.OfferTaken(handover_id))
                talk.caller.enter(lines.crossing)
                lines.cross(Party.SEAT)
                self._spawn(lines.tell_all(handing.CONNECTED), "connected")
            case handing.JoinThird():
                lines.cross(Party.THIRD)
            case handing.HangUp(party, last):
                if task := talk.ringing.pop(party, None):
                    task.cancel()
                self._spawn(lines.end(party, last), "hang-up")
            case handing.Show(third):
                await self._tell_desk(talk, {"kind": "third", "state": third})
            case handing.NotTaken(declined):
                lines.close()
                talk.handing = talk.lines = None
                await self._note(handover_id, talk, HandoverState.WAITING)
                await self._seat(seating.OfferLost(handover_id, declined))
            case handing.Over(state, wish, seconds):
                await self._over(handover_id, talk, (state, wish, seconds))

    # doing ---------------------------------------------------------------------------------------

    async def _offer(self, handover_id: str, seat: SeatHere) -> None:
        talk = self._talks.get(handover_id)
        if talk is None:
            await self._seat(seating.OfferLost(handover_id, declined=True))
            return
        talk.seat, talk.handing, talk.lines = seat, Handing(), Lines(self._tools.lines)
        self._spawn(talk.lines.crossing.run(), "crossing", keep=talk.lines)
        await self._note(handover_id, talk, HandoverState.OFFERED)
        for command in talk.handing.begin():
            await self._perform(handover_id, talk, command)

    async def _ring(self, handover_id: str, talk: _Talk, party: Party) -> None:
        order_id, seat = f"{handover_id}.{party.value}", talk.seat
        shown, tools = self._tools.shown, self._tools
        if party is Party.THIRD:
            call, maker = OutboundCall(order_id, talk.third_number, uuid4().hex, shown), tools.maker
        elif seat is None:
            return
        else:
            inside = seat.kind is PhoneKind.SIP
            call = OutboundCall(order_id, seat.extension, uuid4().hex, shown, ring_seconds=RING_SECONDS, inside=inside)
            maker = tools.maker if inside else tools.browsers
        try:
            result = await maker.place(call)
        except Exception:  # noqa: BLE001 - a telephone that cannot be rung is one that nobody answers
            _log.exception("a telephone could not be rung", extra={"party": party.value})
            result = PlaceResult.FAILED
        talk.ringing.pop(party, None)
        await self._hand(handover_id, talk, handing.Placed(party, result.value))

    async def _told(self, handover_id: str, talk: _Talk, party: Party, saying: Any) -> None:
        phrase_id = await saying
        if phrase_id:
            await self._hand(handover_id, talk, handing.HeardAll(party, phrase_id))

    async def _give_up(self, handover_id: str) -> None:
        talk = self._talks.get(handover_id)
        if talk is not None and not talk.end.done():
            await self._note(handover_id, talk, HandoverState.NO_SEAT)
            talk.end.set_result(HandoverEnd(joined=False))

    async def _over(self, handover_id: str, talk: _Talk, how: tuple[HandoverState, Wish | None, float]) -> None:
        state, wish, seconds = how
        talk.caller.leave()
        if talk.lines is not None:
            talk.lines.close()
        account = talk.seat.account if talk.seat else ""
        away = state is HandoverState.AWAY
        if away:
            self._keep(talk.request.facts.call_id, account)
        await self._note(handover_id, talk, HandoverState.RETURNED if away else state)
        if state is HandoverState.ABANDONED:
            await self._seat(seating.CallerGone(handover_id))
        else:
            await self._seat(seating.TalkEnded(account, seconds, keeps_seat=away))
        if state in _STAYS and not talk.end.done():
            told = {"how": "returned" if away else state.value, **({} if wish is None else {"wish": wish.value})}
            talk.end.set_result(HandoverEnd(joined=True, payload=told))

    def _keep(self, call_id: str, account: str) -> None:
        while len(self._kept) >= _MOST_KEPT:
            self._kept.pop(next(iter(self._kept)))
        self._kept[call_id] = account

    async def _caller_gone(self, handover_id: str, talk: _Talk) -> None:
        if talk.handing is not None:
            await self._hand(handover_id, talk, handing.CallerGone())
            return
        await self._note(handover_id, talk, HandoverState.ABANDONED)
        await self._seat(seating.CallerGone(handover_id))

    async def _open(self, handover_id: str, request: HandoverRequest) -> None:
        """Keep what the seat will be shown; without it he hears the summary all the same."""
        try:
            await self._tools.book.opened(
                handover_id, call_id=request.facts.call_id, region=request.region, queue=request.queue, reason=request.reason,
                context=request.context,
            )
        except Exception:  # noqa: BLE001 - a database that is away keeps nobody from talking
            _log.exception("a hand-over could not be kept", extra={"handover_id": handover_id})

    async def _note(self, handover_id: str, talk: _Talk, state: HandoverState) -> None:
        """Keep where it stands; a database that is away keeps nobody from talking."""
        talk.state = state
        try:
            await self._tools.book.changed(handover_id, state, seat=None if talk.seat is None else talk.seat.account)
        except Exception:  # noqa: BLE001 - see above
            _log.exception("the state of a hand-over could not be kept", extra={"handover_id": handover_id})

    async def _tell_desk(self, talk: _Talk, news: Mapping[str, Any]) -> None:
        if talk.seat is not None:
            await self._tools.book.tell_seat(talk.seat.account, news)

    # the desks' orders ---------------------------------------------------------------------------

    async def _take_orders(self) -> None:
        async for order in self._tools.book.orders():
            try:
                await self._obey(order)
            except Exception:  # noqa: BLE001 - an order that cannot be obeyed must not stop the others
                _log.exception("an order of a desk failed", extra={"order": str(order.get("order"))})

    async def _obey(self, order: Mapping[str, Any]) -> None:
        account = str(order.get("seat", ""))
        match order.get("order"):
            case "present":
                await self._seat(seating.SeatSeen(_seat_of(order)))
            case "left":
                await self._seat(seating.SeatGone(account))
            case "ready":
                await self._seat(seating.SeatReady(account))
            case "away":
                await self._seat(seating.SeatAway(account))
            case _:
                await self._obey_in_talk(order, account)

    async def _obey_in_talk(self, order: Mapping[str, Any], account: str) -> None:
        handover_id = str(order.get("handover_id", ""))
        talk = self._talks.get(handover_id)
        if talk is None or talk.seat is None or talk.seat.account != account:
            return
        event: handing.HandingEvent
        match order.get("order"):
            case "decline":
                event = handing.Declined()
            case "finish":
                event = handing.Finish()
            case "return":
                event = handing.Return(Wish(str(order.get("wish", Wish.CONTINUE.value))))
            case "third":
                talk.third_number = str(order.get("number", ""))
                event = handing.InviteThird()
            case "third_off":
                event = handing.DropThird()
            case _:
                return
        await self._hand(handover_id, talk, event)

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(_TICK_SECONDS)
            await self._seat(seating.TimePassed())
            for handover_id, talk in list(self._talks.items()):
                await self._hand(handover_id, talk, handing.TimePassed())

    def _spawn(self, work: Any, name: str, *, keep: Lines | None = None) -> asyncio.Task[None]:
        async def run() -> None:
            with suppress(asyncio.CancelledError):
                try:
                    await work
                except Exception:  # noqa: BLE001 - one hand-over's failure must not end the others
                    _log.exception("part of a hand-over failed", extra={"part": name})

        task = self._group.create_task(run(), name=name)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        if keep is not None:
            keep.carried_by(task)
        return task


def _summary(request: HandoverRequest) -> str:
    return str(request.context.get("summary") or "来电人要人工服务。")


def _seat_of(order: Mapping[str, Any]) -> SeatHere:
    return SeatHere(
        str(order["seat"]), str(order["name"]), PhoneKind(str(order["phone"])), str(order["extension"]),
        ready=bool(order["ready"]), queues=tuple(order["queues"]), regions=tuple(order["regions"]),
    )
