"""The console: `create_app` puts it together, `serve` runs it in the current event loop."""

import asyncio
import contextlib
import socket
from collections.abc import Callable, Iterator
from functools import partial

import uvicorn
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.staticfiles import StaticFiles

from ivr.consoles import (
    account,
    audit,
    board,
    board_map,
    calls,
    carrier,
    downloads,
    figures,
    handovers,
    live,
    overview,
    phone,
    recordings,
    reviews,
    rings,
    seat,
    seat_streams,
    sign_on,
    staff,
    texts,
)
from ivr.consoles import orders as order_pages
from ivr.consoles.console import BrowserPhones, Console, ConsoleOptions, DeskServices, MediaAddress
from ivr.consoles.errors import ConsoleError, SignInNeeded, StepNeeded
from ivr.consoles.guard import Guard
from ivr.consoles.pages import STATIC, Pages, error_body
from ivr.consoles.recordings import RangeWrong
from ivr.storage.errors import RecordingBroken, RecordingMissing, StorageError
from ivr.storage.room import StorageRoom

__all__ = ["BrowserPhones", "ConsoleOptions", "DeskServices", "MediaAddress", "create_app", "pages_of", "serve"]

_LARGEST_MESSAGE = 16_384
_OF_STATUS = {404: "not_found", 405: "not_found", 422: "request_wrong", 400: "request_wrong"}


def create_app(
    *,
    storage: StorageRoom,
    media: MediaAddress,
    phones: BrowserPhones,
    services: DeskServices,
    options: ConsoleOptions,
) -> FastAPI:
    """Make the console.

    Args:
        storage: what is shown.
        media: where browser phones are connected to.
        phones: rings browser phones; those of seats ring everywhere.
        services: what the desks may ask of the business.
        options: of the site.
    """
    pages = Pages(zone=options.zone, hotline=options.hotline, phone_open=options.phone_open)
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    app.state.console = Console(
        storage=storage,
        media=media,
        phones=phones,
        orders=services.orders,
        options=options,
        people=services.people,
        signing_in=services.signing_in,
        dispatching=services.dispatching,
        joins=services.joins,
        reviewing=services.reviewing,
        seating=services.seating,
        pages=pages,
    )
    for room in (
        overview, sign_on, account, staff, audit, figures, handovers, reviews, board, board_map, live, calls, recordings, downloads, texts, order_pages,
        rings, phone, seat, seat_streams, carrier,
    ):
        app.include_router(room.routes)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    app.add_middleware(
        Guard, names=options.names, broken=partial(pages.message, "broken", None, status=500)
    )
    app.add_exception_handler(ConsoleError, _told)
    app.add_exception_handler(StorageError, _told)
    app.add_exception_handler(HTTPException, _told)
    app.add_exception_handler(RequestValidationError, _told)
    return app


def pages_of(app: FastAPI) -> list[str]:
    """Paths of all pages that can be looked at, as they are declared."""
    routers = [getattr(route, "original_router", None) for route in app.routes]
    routes = [route for router in routers if router is not None for route in router.routes]
    return [route.path for route in routes if isinstance(route, APIRoute) and "GET" in (route.methods or ())]


async def _told(request: Request, error: Exception) -> Response:
    """Say what went wrong: a page to a reader, JSON to a script; never the error's own text."""
    code, status = _code_of(error)
    if "text/html" not in request.headers.get("accept", ""):
        response: Response = JSONResponse(error_body(code), status_code=status)
    elif isinstance(error, StepNeeded):
        return RedirectResponse(error.path, status_code=303)
    elif isinstance(error, SignInNeeded) and request.method == "GET":
        return RedirectResponse(f"/sign-in?next={request.url.path}", status_code=303)
    else:
        desk: Console = request.app.state.console
        response = desk.pages.message(code, desk.session(request), status=status)
    if isinstance(error, RangeWrong):
        response.headers["Content-Range"] = f"bytes */{error.total}"
    return response


def _code_of(error: Exception) -> tuple[str, int]:
    match error:
        case ConsoleError():
            return error.code, error.status
        case RecordingMissing():
            return error.code, 404
        case RecordingBroken():
            return error.code, 500
        case StorageError():
            return "storage", 503
        case HTTPException():
            return _OF_STATUS.get(error.status_code, "broken"), error.status_code
        case _:
            return "request_wrong", 422


class _Server(uvicorn.Server):
    """uvicorn without its signal handlers: the process belongs to somebody else."""

    def __init__(self, config: uvicorn.Config, listening: Callable[[], None]) -> None:
        super().__init__(config)
        self._listening = listening

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._listening()


async def serve(
    app: FastAPI,
    host: str,
    port: int,
    *,
    listening: Callable[[int], None] = lambda _port: None,
) -> None:
    """Serve until cancelled.

    Args:
        app: the console.
        host: address to listen on.
        port: 0 for any free one.
        listening: told the port once the console answers.

    Raises:
        OSError: the address is taken or not ours.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.create_server((host, port), family=family) as door:
        config = uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            server_header=False,
            lifespan="off",
            ws="websockets-sansio",
            ws_max_size=_LARGEST_MESSAGE,
            ws_per_message_deflate=False,
            timeout_graceful_shutdown=1,
        )
        bound = int(door.getsockname()[1])
        server = _Server(config, lambda: listening(bound))
        async with asyncio.TaskGroup() as group:
            serving = group.create_task(server.serve(sockets=[door]), name="console")
            try:
                await asyncio.shield(serving)
            except asyncio.CancelledError:
                app.state.console.closing.set()
                server.should_exit = True
                await serving
                raise
