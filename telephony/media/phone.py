"""A phone without Asterisk: it dials in at the media door, or is rung by the embedded exchange."""

import asyncio
import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Protocol

from websockets.asyncio.client import connect
from websockets.typing import Subprotocol

from telephony.media.call_start import CallStart, new_call_id
from telephony.media.codecs import CodecName
from telephony.media.phone_call import PhoneCall
from telephony.media.server import SUBPROTOCOL

_CLOSE_SECONDS = 2.0


class Ringing(Protocol):
    """A ring as a phone needs it; `telephony.exchange.Ring` is one."""

    def answer(self) -> None:
        """Pick up."""

    def start(self, codec: CodecName) -> CallStart:
        """What to tell the media door."""


class SimulatedPhone:
    """One phone with one number; `dial` and `answer` give the live call."""

    def __init__(
        self,
        url: str,
        *,
        number: str | None,
        login: tuple[str, str] | None = None,
        codec: CodecName = "alaw",
    ) -> None:
        self._url = url
        self._number = number
        self._headers: dict[str, str] = {}
        if login is not None:
            word = base64.b64encode(":".join(login).encode()).decode()
            self._headers["Authorization"] = f"Basic {word}"
        self._codec: CodecName = codec

    @asynccontextmanager
    async def dial(
        self, dialled: str = "12123", *, call_id: str | None = None
    ) -> AsyncIterator[PhoneCall]:
        """Call the service; leaving the block hangs up.

        Raises:
            websockets.exceptions.InvalidStatus: the door refused (401, 503).
            OSError: the door is not there.
        """
        start = CallStart(
            call_id=call_id or new_call_id(),
            direction="in",
            caller=self._number,
            dialled=dialled,
            order_id=None,
            codec=self._codec,
            channel=None,
            source="phone",
        )
        async with self._talk(start) as call:
            yield call

    @asynccontextmanager
    async def answer(self, ring: Ringing) -> AsyncIterator[PhoneCall]:
        """Pick up a ringing phone; leaving the block hangs up."""
        ring.answer()
        async with self._talk(ring.start(self._codec)) as call:
            yield call

    @asynccontextmanager
    async def _talk(self, start: CallStart) -> AsyncIterator[PhoneCall]:
        async with connect(
            self._url,
            additional_headers=self._headers,
            subprotocols=[Subprotocol(SUBPROTOCOL)],
            compression=None,
            proxy=None,
            close_timeout=_CLOSE_SECONDS,
        ) as connection:
            call = PhoneCall(start, connection)
            try:
                async with asyncio.TaskGroup() as group:
                    group.create_task(call.run())
                    try:
                        yield call
                    finally:
                        await call.hang_up()
            except BaseExceptionGroup as errors:
                if len(errors.exceptions) == 1:
                    raise errors.exceptions[0] from None
                raise
