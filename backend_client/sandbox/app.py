"""The sandbox's HTTP side: `openapi.yaml` as FastAPI routes, signature check, keys, faults."""

import asyncio
import hashlib
import json
import re
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from backend_client.sandbox.bodies import Clue, Contact, Find, FindPlace, Order, Stale
from backend_client.sandbox.business import business_routes
from backend_client.sandbox.faults import Fault, Faults
from backend_client.sandbox.people import Refused
from backend_client.sandbox.places import offices_of, phones_of, region_known, spot_of
from backend_client.sandbox.store import Store
from backend_client.signing import IDEMPOTENCY_KEY, MAX_SKEW_SECONDS, NONCE, SignatureWrong, check

Next = Callable[[Request], Awaitable[Response]]

_KEY = re.compile(r"[A-Za-z0-9_:.\-]{8,128}")
_WRITES = frozenset(
    {
        "/v1/clues",
        "/v1/contacts/stale",
        "/v1/police-orders",
        "/v1/exams/apply",
        "/v1/exams/cancel",
        "/v1/papers/apply",
    }
)
_SERVICES = frozenset(
    {"plate", "vehicle_licence", "inspection_mark", "driving_licence", "exam", "medical", "inspection", "contact", "temporary_plate"}
)


def problem(status: int, code: str) -> JSONResponse:
    """Answer with a machine word."""
    return JSONResponse({"code": code}, status_code=status)


class Door:
    """What stands before every route: signature, faults, idempotency."""

    def __init__(self, store: Store, faults: Faults, key: bytes) -> None:
        self._store = store
        self._faults = faults
        self._key = key
        self._one_by_one = asyncio.Lock()
        """Two requests with one key must not both find it unused."""

    async def __call__(self, request: Request, call_next: Next) -> Response:
        """Let one request through."""
        if not request.url.path.startswith("/v1/"):
            return await call_next(request)
        refused = self._unsigned(request, await request.body())
        if refused is not None:
            return refused
        fault = self._faults.next(request.url.path)
        if fault.mode == "slow":
            await asyncio.sleep(fault.seconds)
        elif fault.mode == "down":
            return problem(503, "sandbox_down")
        elif fault.mode == "wrong":
            return JSONResponse({"surprise": True})
        response = await self._once(request, call_next)
        return problem(503, "sandbox_lost_answer") if fault.mode == "lost_answer" else response

    def _unsigned(self, request: Request, body: bytes) -> Response | None:
        now = int(datetime.now(UTC).timestamp())
        raw = request.scope["raw_path"].decode("latin-1")
        query = request.scope["query_string"].decode("latin-1")
        path = f"{raw}?{query}" if query else raw
        try:
            check(self._key, request.method, path, body, request.headers, now=now)
        except SignatureWrong:
            return problem(401, "signature_wrong")
        nonce = request.headers[NONCE]
        if not self._store.first_use(nonce, now=now, keep_seconds=2 * MAX_SKEW_SECONDS):
            return problem(401, "nonce_used")
        return None

    async def _once(self, request: Request, call_next: Next) -> Response:
        if request.method != "POST" or request.url.path not in _WRITES:
            return await call_next(request)
        key = request.headers.get(IDEMPOTENCY_KEY, "")
        if not _KEY.fullmatch(key):
            return problem(400, "key_missing")
        async with self._one_by_one:
            return await self._first_time(request, call_next, key)

    async def _first_time(self, request: Request, call_next: Next, key: str) -> Response:
        wanted = hashlib.sha256(request.url.path.encode() + await request.body()).hexdigest()
        known = self._store.answer(key)
        if known is not None:
            request_hash, status, text = known
            if request_hash != wanted:
                return problem(409, "key_reused")
            return Response(text, status_code=status, media_type="application/json")
        response = await call_next(request)
        if response.status_code < 300:
            text = await _text(response)
            self._store.keep_answer(key, wanted, response.status_code, text)
            return Response(text, status_code=response.status_code, media_type="application/json")
        return response


async def _text(response: Response) -> str:
    chunks = [chunk async for chunk in response.body_iterator]  # type: ignore[attr-defined]
    return b"".join(chunks).decode()


def _routes(store: Store) -> APIRouter:
    routes = APIRouter(prefix="/v1")

    @routes.post("/vehicles/find")
    async def find(body: Find) -> Response:
        return JSONResponse({"vehicle": store.vehicle(body.plate, body.plate_type)})

    @routes.post("/contacts/dial")
    async def dial(body: Contact) -> Response:
        phone = store.phone(body.contact_token)
        return problem(404, "contact_gone") if phone is None else JSONResponse({"phone": phone})

    @routes.post("/contacts/stale")
    async def stale(body: Stale) -> Response:
        if not store.mark_stale(body.contact_token):
            return problem(404, "contact_gone")
        store.write_down("stale", "S", {"case_id": body.case_id})
        return JSONResponse({"done": True})

    @routes.post("/clues", status_code=201)
    async def clue(body: Clue) -> Response:
        serial = store.write_down("clue", "T", body.model_dump(mode="json"))
        return JSONResponse({"serial": serial}, status_code=201)

    @routes.post("/police-orders", status_code=201)
    async def order(body: Order) -> Response:
        serial = store.write_down("police_order", "P", body.model_dump(mode="json"))
        return JSONResponse({"serial": serial}, status_code=201)

    _regions(routes)
    return routes


def _regions(routes: APIRouter) -> None:
    @routes.post("/places/find")
    async def place(body: FindPlace) -> Response:
        return JSONResponse({"spot": spot_of(body.region, body.place)})

    @routes.get("/regions/{region}/phones")
    async def phones(region: str) -> Response:
        if not region_known(region):
            return problem(422, "body_wrong")
        return JSONResponse({"phones": phones_of(region)})

    @routes.get("/regions/{region}/offices/{service}")
    async def offices(region: str, service: str) -> Response:
        if not region_known(region) or service not in _SERVICES:
            return problem(422, "body_wrong")
        return JSONResponse({"offices": offices_of(region, service)})



def _commands(store: Store, faults: Faults) -> APIRouter:
    routes = APIRouter(prefix="/_sandbox")

    @routes.post("/faults")
    async def set_fault(body: Fault) -> Fault:
        faults.set(body)
        return faults.fault

    @routes.get("/journal")
    async def journal() -> Response:
        return JSONResponse({"journal": store.journal()})

    @routes.post("/reset")
    async def reset() -> Response:
        faults.set(Fault())
        store.reset()
        return JSONResponse({"ok": True})

    @routes.get("/health")
    async def health() -> Response:
        return JSONResponse({"ok": True})

    return routes


def make_app(store: Store, key: bytes) -> FastAPI:
    """Build the sandbox; `key` is the shared secret of the signatures."""
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    faults = Faults()
    app.middleware("http")(Door(store, faults, key))
    app.include_router(_routes(store))
    app.include_router(business_routes(store))
    app.include_router(_commands(store, faults))

    @app.exception_handler(RequestValidationError)
    async def body_wrong(_: Request, __: RequestValidationError) -> Response:
        return problem(422, "body_wrong")

    @app.exception_handler(Refused)
    async def refused(_: Request, error: Refused) -> Response:
        return problem(404 if error.code == "unknown_person" else 409, error.code)

    @app.exception_handler(HTTPException)
    async def other(_: Request, error: HTTPException) -> Response:
        code = {404: "not_found", 405: "method_not_allowed"}.get(error.status_code, "refused")
        return Response(
            json.dumps({"code": code}),
            status_code=error.status_code,
            headers=error.headers,
            media_type="application/json",
        )

    return app
