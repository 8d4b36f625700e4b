"""A browser phone's way to the media door, spoken by a plain websocket client."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from ivr.consoles import relay
from ivr.settings import Settings
from telephony.media.call import HungUp, MediaCall
from telephony.media.protocol import AudioReceived, KeyPressed
from tests.consoles.site import Site, Visitor, open_site

FRAME = b"\x01\x00" * 160
START = {"event": "MEDIA_START", "format": "slin", "optimal_frame_size": 320}


class Parrot:
    """Says back what it hears; hangs up on the key 9."""

    def __init__(self) -> None:
        self.events: list[Any] = []
        self.over = asyncio.Event()

    async def __call__(self, call: MediaCall) -> None:
        async for event in call.events():
            self.events.append(event)
            match event:
                case AudioReceived(data):
                    await call.play(data, mark=f"mark-{len(self.events)}")
                case KeyPressed("9"):
                    await call.hang_up()
                case HungUp():
                    self.over.set()


@pytest.fixture
def parrot() -> Parrot:
    return Parrot()


@pytest.fixture
async def site(site_settings: Settings, parrot: Parrot) -> AsyncIterator[Site]:
    async with open_site(site_settings, on_call=parrot, max_calls=1) as opened:
        yield opened


def line(site: Site, visitor: Visitor, **told: Any) -> connect:
    headers = {"Cookie": f"ivr_session={visitor.cookies.get('ivr_session', '')}"}
    headers |= told.pop("headers", {})
    told.setdefault("subprotocols", ["media"])
    return connect(site.socket, additional_headers=headers, proxy=None, **told)


def opening(ticket: str, **more: str) -> str:
    return json.dumps({**START, "channel_variables": {"IVR_TICKET": ticket, **more}})


async def ticket(visitor: Visitor, number: str = "13800001111") -> str:
    answer = await visitor.ask("/phone/tickets", {"dialled": "12123", "number": number})
    return str(answer.json()["ticket"])


async def closed_with(socket: ClientConnection) -> int:
    async with asyncio.timeout(5):
        try:
            while True:
                await socket.recv()
        except ConnectionClosed as closed:
            return closed.rcvd.code if closed.rcvd else 0


async def said_by(socket: ClientConnection) -> list[Any]:
    """What came until the audio's end."""
    said: list[Any] = []
    async with asyncio.timeout(5):
        while not said or "STOP_MEDIA_BUFFERING" not in str(said[-1]):
            message = await socket.recv()
            said.append(json.loads(message) if isinstance(message, str) else message)
    return said


async def test_sound_keys_and_marks_go_both_ways(
    site: Site, visitor: Visitor, parrot: Parrot
) -> None:
    word = await ticket(visitor)
    async with line(site, visitor) as socket:
        await socket.send(opening(word))
        assert json.loads(await socket.recv()) == {"command": "ANSWER"}
        await socket.send(FRAME)
        start, audio, stop = await said_by(socket)
        assert start == {"command": "START_MEDIA_BUFFERING"}
        assert audio == FRAME
        mark = {"event": "MEDIA_BUFFERING_COMPLETED", "correlation_id": stop["correlation_id"]}
        await socket.send(json.dumps(mark))
        await socket.send(json.dumps({"event": "DTMF_END", "digit": "5", "duration_ms": 90}))
        await socket.send(json.dumps({"event": "DTMF_END", "digit": "9", "duration_ms": 90}))
        assert await closed_with(socket) == relay.HUNG_UP
    kinds = [type(event).__name__ for event in parrot.events]
    assert kinds == ["AudioReceived", "PlayedOut", "KeyPressed", "KeyPressed", "HungUp"]


async def test_the_door_is_told_what_the_ticket_says_and_not_what_the_browser_says(
    site: Site, visitor: Visitor
) -> None:
    word = await ticket(visitor)
    async with line(site, visitor) as socket:
        await socket.send(
            opening(
                word, IVR_CALLER="110", IVR_DIRECTION="out", IVR_ORDER="x", IVR_CHANNEL="PJSIP/1"
            )
        )
        await socket.recv()
    start = site.calls[0].start
    assert (start.caller, start.direction, start.order_id) == ("13800001111", "in", None)
    assert (start.channel, start.source) == (None, "phone")


async def test_a_browser_that_goes_hangs_up(site: Site, visitor: Visitor, parrot: Parrot) -> None:
    word = await ticket(visitor)
    async with line(site, visitor) as socket:
        await socket.send(opening(word))
        await socket.recv()
        socket.transport.abort()
        async with asyncio.timeout(5):
            await parrot.over.wait()
    assert parrot.events == [HungUp("far_end")]


async def test_a_ticket_works_once_and_for_its_own_browser_only(
    site: Site, visitor: Visitor
) -> None:
    word = await ticket(visitor)
    async with Visitor(site) as other:
        await other.get("/phone")
        async with line(site, other) as socket:
            await socket.send(opening(word))
            assert await closed_with(socket) == relay.NOT_ALLOWED
    async with line(site, visitor) as socket:
        await socket.send(opening(word))
        await socket.recv()
    async with line(site, visitor) as socket:
        await socket.send(opening(word))
        assert await closed_with(socket) == relay.NOT_ALLOWED
    assert len(site.calls) == 1


@pytest.mark.parametrize(
    "first", [FRAME, "{}", '{"event":"DTMF_END","digit":"1"}', json.dumps(START)]
)
async def test_a_line_begins_with_its_ticket(site: Site, visitor: Visitor, first: Any) -> None:
    await visitor.get("/phone")
    async with line(site, visitor) as socket:
        await socket.send(first)
        assert await closed_with(socket) == relay.NOT_ALLOWED


async def test_a_line_that_says_nothing_is_closed(
    site: Site, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relay, "START_SECONDS", 0.05)
    await visitor.get("/phone")
    async with line(site, visitor) as socket:
        assert await closed_with(socket) == relay.NOT_ALLOWED


@pytest.mark.parametrize(
    "told",
    [
        {"headers": {"Cookie": "ivr_session=made-up"}},
        {"headers": {"Origin": "http://evil.example"}},
        {"subprotocols": ["other"]},
    ],
)
async def test_only_our_own_pages_get_a_line(site: Site, visitor: Visitor, told: dict) -> None:
    await visitor.get("/phone")
    with pytest.raises(InvalidStatus) as refused:
        async with line(site, visitor, **told):
            pass
    assert refused.value.response.status_code == 403


async def test_a_full_door_is_told(site: Site, visitor: Visitor) -> None:
    first, second = await ticket(visitor), await ticket(visitor)
    async with line(site, visitor) as one, line(site, visitor) as other:
        await one.send(opening(first))
        await one.recv()
        await other.send(opening(second))
        assert await closed_with(other) == relay.LINES_TAKEN


async def test_a_closed_door_is_told(site: Site, visitor: Visitor) -> None:
    word = await ticket(visitor)
    await site.door.__aexit__(None, None, None)
    async with line(site, visitor) as socket:
        await socket.send(opening(word))
        assert await closed_with(socket) == relay.DOOR_CLOSED


async def test_what_breaks_the_protocol_loses_the_line(site: Site, visitor: Visitor) -> None:
    word = await ticket(visitor)
    async with line(site, visitor) as socket:
        await socket.send(opening(word))
        await socket.recv()
        await socket.send("not JSON")
        assert await closed_with(socket) == relay.LINE_LOST
