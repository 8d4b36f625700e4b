"""Hands callers to people: the queue, the seats who are there, and the desks' orders; `seating` decides.

A seat's telephone comes in at the media door, as an owner's does; the caller stays on his own line, so
that one recording has the whole call and nothing is cut at the joint.
"""

import asyncio
import logging
from collections.abc import Coroutine, Mapping
from contextlib import suppress
from typing import Any
from uuid import uuid4

from ivr.call import handing, seating
from ivr.call.handing import Wish
from ivr.call.ports import CallerSide, HandoverEnd, HandoverRequest
from ivr.call.seat_talk import SeatTools, Talk
from ivr.call.seating import Seating
from ivr.domain.handovers import PhoneKind, SeatHere
from ivr.ending import end_all
from telephony.media.call import MediaCall

_log = logging.getLogger(__name__)
PREFIX = "S"
"""Order ids that begin so are seats' and third parties' lines: `<hand-over id>.seat`, `<hand-over id>.third`."""
_TICK_SECONDS = 0.5
_MOST_KEPT = 1000


class SeatRoom:
    """All hand-overs of this process; use it as an async context manager.

    Args:
        tools: what it uses.
    """

    def __init__(self, tools: SeatTools) -> None:
        self._tools = tools
        self._clock = asyncio.get_running_loop().time
        self._seating = Seating(wait_seconds=tools.wait_seconds)
        self._talks: dict[str, Talk] = {}
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
        await end_all(self._tasks)
        await self._group.__aexit__(None, None, None)

    async def hand_over(self, request: HandoverRequest, caller: CallerSide) -> HandoverEnd:
        """Hand a caller over; returns when he is back, or nobody took him. Cancelled when he hangs up."""
        call_id = request.facts.call_id
        talk = Talk(PREFIX + uuid4().hex, request, caller, self._tools, self._seat, self._spawn)
        waits = seating.CallerWaits(
            talk.handover_id, request.queue, request.region, kept_by=self._kept.pop(call_id, None),
            urgent=bool(request.context.get("urgent")),
        )
        self._talks[talk.handover_id] = talk
        try:
            await talk.open()
            await self._seat(waits)
            end = await talk.end
        except asyncio.CancelledError:
            self._spawn(talk.caller_gone(), "caller-gone")
            raise
        finally:
            caller.leave()
            self._talks.pop(talk.handover_id, None)
        if talk.keeps is not None:
            self._keep(call_id, talk.keeps)
        return end

    def awaits(self, order_id: str | None) -> bool:
        """Does a line belong to this room?"""
        return order_id is not None and order_id.startswith(PREFIX) and "." in order_id

    async def arrived(self, call: MediaCall) -> None:
        """Take the line of a seat or a third party; returns when it is over."""
        handover_id, _, name = (call.start.order_id or "").partition(".")
        talk = self._talks.get(handover_id)
        if talk is None:  # the caller hung up while he picked up
            await call.hang_up()
            return
        await talk.arrived(name, call)

    async def _seat(self, event: seating.SeatingEvent) -> None:
        for command in self._seating.handle(event, now=self._clock()):
            match command:
                case seating.Offer(handover_id, seat):
                    await self._offer(handover_id, seat)
                case seating.TellPlace(handover_id, position, wait_seconds):
                    if talk := self._talks.get(handover_id):
                        talk.waits(position, wait_seconds)
                case seating.GiveUp(handover_id):
                    if talk := self._talks.get(handover_id):
                        await talk.give_up()
                case seating.Show(account, presence):
                    await self._tools.book.tell_seat(account, {"kind": "presence", "state": presence.value})

    async def _offer(self, handover_id: str, seat: SeatHere) -> None:
        if talk := self._talks.get(handover_id):
            await talk.offer(seat)
        else:
            await self._seat(seating.CallerGone(handover_id))

    def _keep(self, call_id: str, account: str) -> None:
        while len(self._kept) >= _MOST_KEPT:
            self._kept.pop(next(iter(self._kept)))
        self._kept[call_id] = account

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
                talk = self._talks.get(str(order.get("handover_id", "")))
                if talk is not None and talk.account == account:
                    await _obey_in(talk, order)

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(_TICK_SECONDS)
            await self._seat(seating.TimePassed())
            for talk in list(self._talks.values()):
                await talk.hand(handing.TimePassed())

    def _spawn(self, work: Coroutine[Any, Any, Any], name: str) -> asyncio.Task[None]:
        async def run() -> None:
            with suppress(asyncio.CancelledError):
                try:
                    await work
                except Exception:  # noqa: BLE001 - one hand-over's failure must not end the others
                    _log.exception("part of a hand-over failed", extra={"part": name})

        task = self._group.create_task(run(), name=name)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task


async def _obey_in(talk: Talk, order: Mapping[str, Any]) -> None:
    """What a seat asks for in his own talk."""
    match order.get("order"):
        case "decline":
            await talk.hand(handing.Declined())
        case "finish":
            await talk.hand(handing.Finish())
        case "return":
            await talk.hand(handing.Return(Wish(str(order.get("wish", Wish.CONTINUE.value)))))
        case "third":
            await talk.invite(str(order.get("number", "")))
        case "third_off":
            await talk.hand(handing.DropThird())
        case _:
            pass


def _seat_of(order: Mapping[str, Any]) -> SeatHere:
    return SeatHere(
        str(order["seat"]), str(order["name"]), PhoneKind(str(order["phone"])), str(order["extension"]),
        ready=bool(order["ready"]), queues=tuple(order["queues"]), regions=tuple(order["regions"]),
    )
