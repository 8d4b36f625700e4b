"""The voice side of hand-overs, played: seats are rung and told as the contract in `ivr.domain.handovers` says.

It takes the desks' orders, rings a ready seat's browser phone at the exchange, and holds the line that comes in
at the media door. A seat with a telephone of the PBX is answered by `picks_up`.
"""

import asyncio
from array import array
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

from ivr.domain.handovers import HandoverState, Presence, topic_of
from ivr.services.seating import Seating
from ivr.storage.live_calls import LiveCalls
from telephony.exchange import Exchange
from telephony.media.call import HungUp, MediaCall
from telephony.media.protocol import AudioReceived
from telephony.outbound import OutboundCall, PlaceResult

S = HandoverState
_ENDS = {"done": S.DONE, "returned": S.RETURNED, "lost": S.LOST, "caller_left": S.CALLER_LEFT}


class SeatVoice:
    """One line at a time for each seat."""

    def __init__(self, seating: Seating, live: LiveCalls, exchange: Exchange) -> None:
        self._seating = seating
        self._live = live
        self._exchange = exchange
        self._news = asyncio.Condition()
        self._lines: dict[str, asyncio.Future[MediaCall]] = {}
        self._group = asyncio.TaskGroup()
        self._rings: dict[str, asyncio.Task[None]] = {}
        self.seats: dict[str, dict[str, Any]] = {}
        """What the desks said of themselves last."""
        self.acts: list[Mapping[str, Any]] = []
        """Orders other than `present`, as they came."""
        self.heard = bytearray()
        """What seats said."""
        self.third_parties: list[str] = []

    async def until(self, condition: Callable[[], bool], seconds: float = 10.0) -> None:
        """Wait until something is so; it is looked at with every order."""
        async with asyncio.timeout(seconds), self._news:
            await self._news.wait_for(condition)

    async def until_heard(self, loud: int) -> None:
        """Wait until a seat was heard as loudly as this."""
        await self.until(lambda: max((abs(value) for value in array("h", bytes(self.heard[: len(self.heard) // 2 * 2]))), default=0) > loud)

    async def hands_over(self, handover_id: str, *, call_id: str, region: str, queue: str, reason: str, context: Mapping[str, Any]) -> None:
        """A caller wants a person; the first ready seat is rung, when there is one."""
        await self._seating.opened(handover_id, call_id=call_id, region=region, queue=queue, reason=reason, context=context)

    async def offers(self, handover_id: str, seat: str) -> None:
        """Ring a seat; what comes of it is told to the desk."""
        await self._seating.changed(handover_id, S.OFFERED, seat=seat)
        await self._presence(seat, Presence.RINGING)
        if self.seats[seat]["phone"] == "browser":
            self._rings[handover_id] = self._group.create_task(self._ring(handover_id, seat))

    async def picks_up(self, handover_id: str, seat: str) -> None:
        """The telephone was picked up: he hears the summary, then the caller."""
        await self._seating.changed(handover_id, S.BRIEFING)
        await self._seating.changed(handover_id, S.TALKING)
        await self._presence(seat, Presence.TALKING)

    async def ends(self, handover_id: str, seat: str, how: str) -> None:
        """The talk is over."""
        await self._seating.changed(handover_id, _ENDS[how])
        line = self._lines.pop(handover_id, None)
        if line is not None and line.done():
            await line.result().hang_up()
        await self._presence(seat, Presence.WRAP_UP)

    async def comes_back(self, handover_id: str) -> None:
        """The caller was checked and is with his seat again."""
        await self._seating.changed(handover_id, S.TALKING)

    async def on_call(self, call: MediaCall) -> None:
        """A line at the media door: a seat that has answered."""
        order_id = call.start.order_id or ""
        self._lines[order_id].set_result(call)
        async for event in call.events():
            if isinstance(event, HungUp):
                return
            if isinstance(event, AudioReceived):
                self.heard += event.data
                async with self._news:
                    self._news.notify_all()

    async def _ring(self, handover_id: str, seat: str) -> None:
        self._lines[handover_id] = asyncio.get_running_loop().create_future()
        number = self.seats[seat]["extension"]
        order = OutboundCall(handover_id, number, f"{len(self.acts):032x}", ring_seconds=20)
        if await self._exchange.place(order) is PlaceResult.ANSWERED:
            await self._lines[handover_id]
            await self.picks_up(handover_id, seat)

    async def _presence(self, seat: str, presence: Presence) -> None:
        await self._live.publish(topic_of(seat), {"kind": "presence", "state": presence.value})
        await self._live.publish("seats", {"kind": "queue"})

    async def _take_orders(self) -> None:
        async for order in self._seating.orders():
            await self._take(order)
            async with self._news:
                self._news.notify_all()

    async def _take(self, order: Mapping[str, Any]) -> None:
        seat = str(order["seat"])
        if order["order"] == "present":
            self.seats[seat] = dict(order)
            return
        self.acts.append(order)
        match order["order"]:
            case "left":
                self.seats.pop(seat, None)
            case "ready":
                await self._presence(seat, Presence.FREE)
            case "away":
                await self._presence(seat, Presence.AWAY)
            case _:
                await self._act(order, str(order["handover_id"]), seat)

    async def _act(self, order: Mapping[str, Any], handover_id: str, seat: str) -> None:
        match order["order"]:
            case "decline":
                if handover_id in self._rings:
                    self._rings.pop(handover_id).cancel()
                await self._seating.changed(handover_id, S.WAITING)
                await self._presence(seat, Presence.AWAY)
            case "finish":
                await self.ends(handover_id, seat, "done")
            case "return" if order["wish"] == "verify":
                await self._seating.changed(handover_id, S.AWAY)
            case "return":
                await self.ends(handover_id, seat, "returned")
            case "third":
                self.third_parties.append(str(order["number"]))
                for state in ("ringing", "joined"):
                    await self._live.publish(topic_of(seat), {"kind": "third", "state": state})
            case "third_off":
                await self._live.publish(topic_of(seat), {"kind": "third", "state": "left"})

    @asynccontextmanager
    async def at_work(self) -> AsyncIterator["SeatVoice"]:
        """Take orders while the block runs."""
        async with self._group:
            orders = self._group.create_task(self._take_orders())
            try:
                yield self
            finally:
                for each in (orders, *self._rings.values()):
                    each.cancel()
