"""The media door: Asterisk dials in here, one websocket a call.

Asterisk's part is in `docker/asterisk/etc`: `Dial(WebSocket/ivrmedia/c(alaw)f(json),,g)`. The browser
phone and the simulated caller speak the same protocol.
"""

import asyncio
import hmac
import logging
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from ssl import SSLContext
from types import TracebackType
from typing import Self

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response

from telephony.errors import MediaError, MediaOutOfPlace
from telephony.media.call import MediaCall
from telephony.media.connection import Line, MediaConnection
from telephony.media.health import PATH as HEALTH_PATH
from telephony.media.health import basic_authorization
from telephony.media.limits import DoorLimits
from telephony.media.pulse import Pulse

PATH = "/media"
SUBPROTOCOL = "media"
_TRY_AGAIN_LATER = 1013
_log = logging.getLogger(__name__)


class MediaDoor:
    """Listens for calls and hands each to `on_call`.

    `on_call` owns the call until it returns; then the call is hung up. Its failure ends its own call
    only.
    """

    def __init__(
        self,
        *,
        host: str,
        port: int,
        login: tuple[str, str] | None,
        max_calls: int,
        on_call: Callable[[MediaCall], Awaitable[None]],
        limits: DoorLimits | None = None,
        tls: SSLContext | None = None,
    ) -> None:
        self._host = host
        self._port = port
        self._tls = tls
        self._authorization = None if login is None else basic_authorization(*login)
        self._max_calls = max_calls
        self._on_call = on_call
        self._limits = limits or DoorLimits()
        self._pulse = Pulse(wanted=lambda: self._connections >= self._limits.few_lines)
        self._connections = 0
        self._call_ids: set[str] = set()
        self._refusing = False
        self._server: Server | None = None

    @property
    def port(self) -> int:
        """The port that is listened on."""
        if self._server is None:
            return self._port
        return int(next(iter(self._server.sockets)).getsockname()[1])

    @property
    def listening(self) -> tuple[int, ...]:
        """File descriptors of the sockets that connections come in at, for the watchdog to inherit."""
        return () if self._server is None else tuple(each.fileno() for each in self._server.sockets)

    @property
    def calls(self) -> int:
        """Lines that are open now."""
        return self._connections

    def refuse_new(self) -> None:
        """Let no more calls in; Asterisk sends them on their fallback way."""
        self._refusing = True

    async def __aenter__(self) -> Self:
        """Start listening."""
        self._server = await serve(
            self._answer,
            self._host,
            self._port,
            ssl=self._tls,
            subprotocols=[SUBPROTOCOL],  # type: ignore[list-item]
            compression=None,
            process_request=self._admit,
            open_timeout=self._limits.start_seconds,
            ping_interval=self._limits.ping_seconds,
            ping_timeout=self._limits.idle_seconds,
            close_timeout=self._limits.close_seconds,
            max_size=self._limits.line.max_message_bytes,
            logger=_handshake_log(),
            create_connection=MediaConnection,
        )
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close every line and wait until their owners are done."""
        self._refusing = True
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()

    async def serve(self) -> None:
        """Listen until cancelled."""
        async with self:
            await asyncio.get_running_loop().create_future()

    def _admit(self, connection: ServerConnection, request: Request) -> Response | None:
        path = request.path.partition("?")[0]
        if path not in (PATH, HEALTH_PATH):
            return connection.respond(HTTPStatus.NOT_FOUND, "")
        if self._authorization is not None:
            told = "".join(request.headers.get_all("Authorization"))
            if not hmac.compare_digest(told.encode(), self._authorization.encode()):
                _log.warning("media door: a connection without the right login was refused")
                refusal = connection.respond(HTTPStatus.UNAUTHORIZED, "")
                refusal.headers["WWW-Authenticate"] = 'Basic realm="media"'
                return refusal
        if path == HEALTH_PATH:
            return connection.respond(HTTPStatus.OK, f'{{"calls": {self._connections}}}\n')
        if self._refusing or self._connections >= self._max_calls:
            _log.warning("media door: a call was refused, all lines are taken")
            return connection.respond(HTTPStatus.SERVICE_UNAVAILABLE, "")
        return None

    async def _answer(self, connection: ServerConnection) -> None:
        if not isinstance(connection, MediaConnection):
            raise TypeError("a connection that the door did not make")
        if self._connections >= self._max_calls:  # two handshakes at once for the last line
            await connection.close(_TRY_AGAIN_LATER)
            return
        self._connections += 1
        try:
            await self._run(Line(connection, self._limits, self._pulse))
        except MediaError as error:
            _log.warning("media door: a line was closed for breaking the protocol (%s)", error.code)
            await connection.close(error.close_code)
        except ConnectionClosed:
            pass  # gone before it said who it is
        finally:
            self._connections -= 1

    async def _run(self, line: Line) -> None:
        call = await line.open()
        if call.start.call_id in self._call_ids:
            raise MediaOutOfPlace("a call id that is live already")
        self._call_ids.add(call.start.call_id)
        try:
            await self._hold(line, call)
        finally:
            self._call_ids.discard(call.start.call_id)

    async def _hold(self, line: Line, call: MediaCall) -> None:
        try:
            async with asyncio.TaskGroup() as group:
                writer = group.create_task(line.write(call))
                reader = group.create_task(line.read(call))
                await self._on_call(call)
                await call.hang_up()
                writer.cancel()
                reader.cancel()
        except Exception as error:  # noqa: BLE001 - one call's failure must not reach another
            _log.error("media door: a call ended by %s", _innermost(error))
            await call.hang_up()


def _innermost(error: BaseException) -> str:
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return type(error).__name__


class _NoDetails(logging.Filter):
    """Keeps what a stranger sent, and tracebacks that quote it, out of the log."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.exc_info = None
        record.exc_text = None
        return True


_NO_DETAILS = _NoDetails()


def _handshake_log() -> logging.Logger:
    log = logging.getLogger("telephony.media.handshake")
    log.setLevel(logging.WARNING)
    log.addFilter(_NO_DETAILS)
    return log
