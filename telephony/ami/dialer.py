"""Rings people through Asterisk: a `CallMaker` on AMI's Originate.

Asterisk rings the number through the trunk; when it is picked up, the dialplan's `ivr-owner` context
connects it to the media door with the order's id.

A connection that is lost while it rings leaves the ringing to Asterisk. Once it is back, Asterisk is asked
what became of the channel, which has a name of ours; nobody is rung a second time to find out.
"""

import asyncio
import re
from contextlib import suppress

from telephony.ami.client import ManagerClient, Watch
from telephony.ami.protocol import ManagerEvent
from telephony.errors import AmiDown, AmiError, AmiRefused
from telephony.outbound import OutboundCall, PlaceResult

CONTEXT = "ivr-owner"
INSIDE_CONTEXT = "ivr-desk"
INSIDE_ENDPOINT = "seat-"
"""An extension's PJSIP endpoint begins so."""
_NUMBER = re.compile(r"\+?[0-9*#]{2,32}")
_SPARE_SECONDS = 10.0
"""Asterisk ends the ringing itself; its word is waited for a little longer."""
_CAUSE_SECONDS = 1.0
_LONGEST_GAP_SECONDS = 120.0
"""No call rings longer than this."""
_BY_CAUSE = {
    "17": PlaceResult.BUSY,
    "18": PlaceResult.NO_ANSWER,
    "19": PlaceResult.NO_ANSWER,
    "21": PlaceResult.REJECTED,
    **dict.fromkeys(("1", "3", "20", "22", "27", "28"), PlaceResult.UNREACHABLE),
}
"""Q.850 causes of the `Hangup` event."""
_BY_REASON = {"3": PlaceResult.NO_ANSWER, "5": PlaceResult.BUSY}
"""Control frames in `OriginateResponse`: still ringing, busy."""


class ManagerDialer:
    """Rings people through one trunk; a `CallMaker`."""

    def __init__(self, client: ManagerClient, *, trunk: str = "trunk") -> None:
        self._client = client
        self._trunk = trunk

    async def place(self, call: OutboundCall) -> PlaceResult:
        """Ring, and return when it is known whether someone picked up."""
        if not (_NUMBER.fullmatch(call.number) and _NUMBER.fullmatch(call.caller_id_shown)):
            return PlaceResult.FAILED
        channel_id = f"ivr-{call.call_id}"

        def ours(event: ManagerEvent) -> bool:
            named = event.name in ("Hangup", "OriginateResponse")
            return named and event.fields.get("Uniqueid") == channel_id

        if not self._client.up:
            return PlaceResult.NOT_PLACED
        try:
            async with (
                self._client.watch(ours, most=8) as watch,
                asyncio.timeout(call.ring_seconds + _SPARE_SECONDS),
            ):
                return await self._ring(call, channel_id, watch)
        except (AmiError, TimeoutError):
            return PlaceResult.FAILED
        except asyncio.CancelledError:  # whoever wanted this person has gone: he is not rung for nothing
            with suppress(AmiError):
                await self._client.hang_up(channel_id)
            raise

    async def _ring(self, call: OutboundCall, channel_id: str, watch: Watch) -> PlaceResult:
        try:
            await self._originate(call, channel_id)
        except AmiDown:  # whether it rings is not known
            if (fate := await self._fate(channel_id)) is not None:
                return fate
        async for event in watch:
            if isinstance(event, ManagerEvent):
                return await _outcome(event, watch)
            if (fate := await self._fate(channel_id)) is not None:
                return fate
        return PlaceResult.FAILED

    async def _fate(self, channel_id: str) -> PlaceResult | None:
        """What became of a channel while nothing was heard of it; None: it rings still."""
        while True:
            await self._client.wait_ready(within=_LONGEST_GAP_SECONDS)
            try:
                asked = {"Channel": channel_id, "Variable": "CHANNEL(state)"}
                answer = await self._client.action("Getvar", asked)
            except AmiRefused:  # no such channel: who picked up and rang off was at the media door
                return PlaceResult.NO_ANSWER
            except AmiDown:
                continue
            return PlaceResult.ANSWERED if answer.fields.get("Value") == "Up" else None

    async def _originate(self, call: OutboundCall, channel_id: str) -> None:
        fields = {
            "Channel": f"PJSIP/{INSIDE_ENDPOINT}{call.number}" if call.inside else f"PJSIP/{call.number}@{self._trunk}",
            "ChannelId": channel_id,
            "Context": INSIDE_CONTEXT if call.inside else CONTEXT,
            "Exten": "s",
            "Priority": "1",
            "CallerID": f'"{call.caller_id_shown}" <{call.caller_id_shown}>',
            "Timeout": str(int(call.ring_seconds * 1000)),
            "Codecs": "alaw",
        }
        variables = {
            "__IVR_CALL": call.call_id,
            "__IVR_DIRECTION": "out",
            "__IVR_ORDER": call.order_id,
            "__IVR_CALLER": call.number,
            "__IVR_DIALLED": call.caller_id_shown,
        }
        await self._client.originate(fields, variables)


async def _outcome(event: ManagerEvent, watch: Watch) -> PlaceResult:
    if event.name == "Hangup":
        return _by_cause(event)
    if event.fields.get("Response") == "Success":
        return PlaceResult.ANSWERED
    return _BY_REASON.get(event.fields.get("Reason", "")) or await _cause(watch)


async def _cause(watch: Watch) -> PlaceResult:
    """The channel's `Hangup` follows the failure at once, if there was a channel at all."""
    try:
        async with asyncio.timeout(_CAUSE_SECONDS):
            async for event in watch:
                return _by_cause(event) if isinstance(event, ManagerEvent) else PlaceResult.FAILED
    except TimeoutError:
        pass
    return PlaceResult.FAILED


def _by_cause(hangup: ManagerEvent) -> PlaceResult:
    return _BY_CAUSE.get(hangup.fields.get("Cause", ""), PlaceResult.FAILED)
