"""The embedded exchange: rings phones that are registered by number, without Asterisk.

A phone is a coroutine that is started once for each ring and lives as long as its part in the call;
or a `RingChannel`, for phones that live elsewhere, such as in a browser.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from websockets.exceptions import WebSocketException

from telephony.errors import NumberTaken, TelephonyError
from telephony.media.call_start import CallStart
from telephony.media.codecs import CodecName
from telephony.outbound import OutboundCall, PlaceResult

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, eq=False)
class Ring:
    """One phone ringing."""

    order: OutboundCall
    _outcome: asyncio.Future[PlaceResult] = field(repr=False)

    @property
    def caller_shown(self) -> str:
        """The number on the phone's display."""
        return self.order.caller_id_shown

    @property
    def ringing(self) -> bool:
        """False once it was answered, refused or given up."""
        return not self._outcome.done()

    def answer(self) -> None:
        """Pick up; then connect to the media door with `start`."""
        self._settle(PlaceResult.ANSWERED)

    def reject(self) -> None:
        """Refuse the call."""
        self._settle(PlaceResult.REJECTED)

    def busy(self) -> None:
        """The phone is in another call."""
        self._settle(PlaceResult.BUSY)

    async def over(self) -> PlaceResult | None:
        """Wait until the ringing ends, whoever ends it; None where the caller gave up."""
        await asyncio.wait([self._outcome])
        return None if self._outcome.cancelled() else self._outcome.result()

    def start(self, codec: CodecName = "alaw") -> CallStart:
        """What the phone tells the media door after picking up."""
        return CallStart(
            call_id=self.order.call_id,
            direction="out",
            caller=self.order.number,
            dialled=self.order.caller_id_shown,
            order_id=self.order.order_id,
            codec=codec,
            channel=None,
            source="phone",
        )

    def _settle(self, result: PlaceResult) -> None:
        if not self._outcome.done():
            self._outcome.set_result(result)


Phone = Callable[[Ring], Awaitable[None]]


class RingChannel:
    """Rings of one number, for a phone that lives elsewhere."""

    def __init__(self) -> None:
        self._rings: asyncio.Queue[Ring] = asyncio.Queue(maxsize=8)

    async def put(self, ring: Ring) -> None:
        """For the exchange: the phone rings; stays until the ringing ends."""
        try:
            self._rings.put_nowait(ring)
        except asyncio.QueueFull:
            ring.busy()
        await ring.over()

    def __aiter__(self) -> Self:
        """Rings as they come."""
        return self

    async def __anext__(self) -> Ring:
        """The next ring that still rings."""
        while not (ring := await self._rings.get()).ringing:
            pass
        return ring


class Exchange:
    """Rings registered phones; a `CallMaker`. Use it as an async context manager."""

    def __init__(self) -> None:
        self._phones: dict[str, Phone] = {}
        self._group = asyncio.TaskGroup()
        self._lives: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        """Open the exchange."""
        await self._group.__aenter__()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End every phone's part."""
        for life in self._lives:
            life.cancel()
        await self._group.__aexit__(None, None, None)  # the body's own error flies as it is

    def register(self, number: str, phone: Phone) -> None:
        """Let `phone` be rung under `number`.

        Raises:
            NumberTaken: another phone has it.
        """
        if number in self._phones:
            raise NumberTaken("another phone is registered under this number")
        self._phones[number] = phone

    def unregister(self, number: str) -> None:
        """Take the phone of this number out of service."""
        self._phones.pop(number, None)

    @asynccontextmanager
    async def ring_channel(self, number: str) -> AsyncIterator[RingChannel]:
        """Register a phone that lives elsewhere while the block runs."""
        channel = RingChannel()
        self.register(number, channel.put)
        try:
            yield channel
        finally:
            self.unregister(number)

    async def place(self, call: OutboundCall) -> PlaceResult:
        """Ring the phone registered under the number.

        A phone that returns without picking up has rejected; an unknown number is `FAILED`.
        """
        phone = self._phones.get(call.number)
        if phone is None:
            return PlaceResult.FAILED
        outcome: asyncio.Future[PlaceResult] = asyncio.get_running_loop().create_future()
        life = self._group.create_task(_ring(phone, Ring(call, outcome)))
        self._lives.add(life)
        life.add_done_callback(self._lives.discard)
        try:
            async with asyncio.timeout(call.ring_seconds):
                return await outcome
        except TimeoutError:
            life.cancel()
            return PlaceResult.NO_ANSWER
        except asyncio.CancelledError:
            life.cancel()
            raise


async def _ring(phone: Phone, ring: Ring) -> None:
    try:
        await phone(ring)
    except (TelephonyError, WebSocketException, OSError) as error:
        _log.warning("exchange: a phone lost its call (%s)", type(error).__name__)
    finally:
        ring.reject()
