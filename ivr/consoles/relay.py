"""Carries a browser phone's sound to the media door and back.

The browser speaks the door's own protocol. Its first message is `MEDIA_START` with its ticket in the
variable `IVR_TICKET`; what the door is told of the call comes from the ticket alone. Audio before the
first message, or none in time, closes the line. Once the door has taken the call, the browser is told
`ANSWER`.
"""

import asyncio
import base64
import logging
from contextlib import suppress

from fastapi import WebSocket
from starlette.websockets import WebSocketDisconnect
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus
from websockets.typing import Subprotocol

from ivr.consoles.console import Console, MediaAddress, from_here
from ivr.consoles.errors import TicketSpent
from ivr.consoles.sessions import Session
from telephony.errors import MediaGarbled
from telephony.media.call_start import CallStart, write_call_start
from telephony.media.codecs import CODECS
from telephony.media.messages import Answer, MediaStart
from telephony.media.server import SUBPROTOCOL
from telephony.media.wire import parse_event, write_command, write_event

_log = logging.getLogger(__name__)
TICKET = "IVR_TICKET"
START_SECONDS = 5.0
CONNECT_SECONDS = 5.0
CLOSE_SECONDS = 2.0

# close codes that tell the browser what to say
NOT_ALLOWED = 4403
LINES_TAKEN = 4503
DOOR_CLOSED = 4502
LINE_LOST = 4500
HUNG_UP = 1000


async def connect_phone(browser: WebSocket, desk: Console) -> None:
    """Carry one call from the browser's first word to its end."""
    session = desk.session(browser)
    offered = browser.scope.get("subprotocols", [])
    if session is None or not from_here(browser) or SUBPROTOCOL not in offered:
        await browser.close(1008)
        return
    await browser.accept(subprotocol=SUBPROTOCOL)
    try:
        async with asyncio.timeout(START_SECONDS):
            start = await _present_ticket(browser, desk, session)
    except (TicketSpent, MediaGarbled, TimeoutError):
        await browser.close(NOT_ALLOWED)
    except WebSocketDisconnect:
        pass  # gone before it said anything
    else:
        session.owns(start.call_id)
        await _hold(browser, desk.media, start)


async def _present_ticket(browser: WebSocket, desk: Console, session: Session) -> CallStart:
    message = await browser.receive()
    if message["type"] == "websocket.disconnect":
        raise WebSocketDisconnect(message["code"])
    event = parse_event(message.get("text") or "")
    if not isinstance(event, MediaStart):
        raise MediaGarbled("a phone that does not begin with MEDIA_START")
    word = event.variables.get(TICKET, "")
    return desk.tickets.take(word, owner=session.sid, now=desk.now())


async def _hold(browser: WebSocket, media: MediaAddress, start: CallStart) -> None:
    code = LINE_LOST
    try:
        async with connect(
            media.url,
            additional_headers={"Authorization": _basic(media)},
            subprotocols=[Subprotocol(SUBPROTOCOL)],
            compression=None,
            proxy=None,
            open_timeout=CONNECT_SECONDS,
            close_timeout=CLOSE_SECONDS,
        ) as door:
            await door.send(_opening(start))
            await browser.send_text(write_command(Answer()))
            code = await _carry(browser, door)
    except InvalidStatus as refusal:
        code = LINES_TAKEN if refusal.response.status_code == 503 else DOOR_CLOSED
        _log.warning("browser phone: the media door refused", extra={"code": code})
    except (OSError, InvalidHandshake, TimeoutError):
        code = DOOR_CLOSED
        _log.warning("browser phone: the media door does not answer")
    except ConnectionClosed:
        pass  # lost before the call began
    await _close(browser, code)


def _opening(start: CallStart) -> str:
    return write_event(
        MediaStart(
            format=start.codec,
            frame_bytes=CODECS[start.codec].frame_bytes,
            channel="phone",
            connection_id="browser",
            variables=write_call_start(start),
        )
    )


async def _carry(browser: WebSocket, door: ClientConnection) -> int:
    """Carry both ways until one side ends; the code that tells the browser why."""
    async with asyncio.TaskGroup() as group:
        away = group.create_task(_to_door(browser, door))
        back = group.create_task(_to_browser(browser, door))
        await asyncio.wait({away, back}, return_when=asyncio.FIRST_COMPLETED)
        code = back.result() if back.done() else HUNG_UP
        away.cancel()
        back.cancel()
    return code


async def _to_door(browser: WebSocket, door: ClientConnection) -> None:
    try:
        while (message := await browser.receive())["type"] != "websocket.disconnect":
            data: str | bytes | None = message.get("bytes") or message.get("text")
            if data:
                await door.send(data)
    except ConnectionClosed:
        await asyncio.Event().wait()  # the other way says why, and ends both


async def _to_browser(browser: WebSocket, door: ClientConnection) -> int:
    try:
        async for message in door:
            if isinstance(message, str):
                await browser.send_text(message)
            else:
                await browser.send_bytes(message)
    except ConnectionClosed:
        return LINE_LOST
    except (WebSocketDisconnect, RuntimeError):  # the browser went while something was on its way
        return HUNG_UP
    return HUNG_UP


async def _close(browser: WebSocket, code: int) -> None:
    with suppress(RuntimeError, WebSocketDisconnect):  # the browser closed first
        await browser.close(code)


def _basic(media: MediaAddress) -> str:
    login = f"{media.user}:{media.password.get_secret_value()}"
    return "Basic " + base64.b64encode(login.encode()).decode()
