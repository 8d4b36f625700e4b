"""The promise of `api.py` over HTTP: signed, with timeouts, retries and a circuit breaker.

Plates and tokens travel in bodies, never in a URL. Reads and keyed writes are tried again; nothing
else exists.
"""

import asyncio
import json
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self, TypeVar

import httpx
from pydantic import BaseModel, Field, ValidationError

from backend_client.api import CloneClue, OfficePhone, PoliceOrder, VehicleSummary
from backend_client.breaker import Breaker
from backend_client.errors import BackendDown, BackendRefused, BackendWrong, ContactGone
from backend_client.signing import sign


class _Vehicle(BaseModel):
    plate_type: str = Field(pattern=r"^\d{2}$")
    colour: str | None = None
    status: str = Field(pattern=r"^[A-Z]+$")
    contact_token: str | None = Field(default=None, min_length=8, max_length=128)


class _Found(BaseModel):
    vehicle: _Vehicle | None


class _Dial(BaseModel):
    phone: str = Field(pattern=r"^\+?\d{5,15}$")


class _Serial(BaseModel):
    serial: str = Field(min_length=1, max_length=64)


class _Done(BaseModel):
    done: bool


class _Phones(BaseModel):
    phones: list[OfficePhone]


class _Problem(BaseModel):
    code: str = Field(pattern=r"^[a-z0-9_]{1,64}$")


Answer = TypeVar("Answer", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Patience:
    """How long and how often the backend is asked."""

    timeout_seconds: float = 2.0
    """For one try."""
    tries: int = 2
    pause_seconds: float = 0.1
    """Before the second try, doubled before each further one."""


class HttpBackend:
    """`CoreBackend` over HTTP."""

    def __init__(
        self,
        base_url: str,
        key: bytes,
        *,
        patience: Patience | None = None,
        breaker: Breaker | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._patience = patience or Patience()
        self._breaker = breaker or Breaker()
        self._key = key
        self._clock = clock
        self._client = httpx.AsyncClient(
            base_url=base_url,
            timeout=self._patience.timeout_seconds,
            transport=transport,
            trust_env=False,
            follow_redirects=False,
        )

    async def __aenter__(self) -> Self:
        """Open."""
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the connections."""
        await self.close()

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def find_vehicle(self, plate: str, plate_type: str) -> VehicleSummary | None:
        """Look a vehicle up; None when no such plate is registered."""
        answer = await self._ask(
            _Found, "POST", "/v1/vehicles/find", {"plate": plate, "plate_type": plate_type}
        )
        found = answer.vehicle
        if found is None:
            return None
        return VehicleSummary(found.plate_type, found.colour, found.status, found.contact_token)

    async def move_dial(self, contact_token: str) -> str:
        """Give the number to dial now."""
        body = {"contact_token": contact_token}
        return (await self._ask(_Dial, "POST", "/v1/contacts/dial", body)).phone

    async def report_clue(self, clue: CloneClue, *, key: str) -> str:
        """Open a ticket about a cloned plate and give its serial."""
        body = {
            "plate": clue.plate,
            "plate_type": clue.plate_type,
            "place": clue.place,
            "region": clue.region,
            "case_id": clue.case_id,
            "seen_at": clue.seen_at.isoformat(),
        }
        return (await self._ask(_Serial, "POST", "/v1/clues", body, key=key)).serial

    async def mark_contact_stale(self, contact_token: str, *, case_id: str, key: str) -> None:
        """Say that the person reached is no longer the owner."""
        body = {"contact_token": contact_token, "case_id": case_id}
        await self._ask(_Done, "POST", "/v1/contacts/stale", body, key=key)

    async def create_police_order(self, order: PoliceOrder, *, key: str) -> str:
        """Send work to the duty brigade and give its serial."""
        body = {
            "plate": order.plate,
            "plate_type": order.plate_type,
            "place": order.place,
            "region": order.region,
            "case_id": order.case_id,
            "requester": order.requester,
            "opened_at": order.opened_at.isoformat(),
            "urgent": order.urgent,
        }
        return (await self._ask(_Serial, "POST", "/v1/police-orders", body, key=key)).serial

    async def list_phones(self, region: str) -> Sequence[OfficePhone]:
        """Public numbers of a region."""
        return (await self._ask(_Phones, "GET", f"/v1/regions/{region}/phones")).phones

    async def _ask(
        self,
        model: type[Answer],
        method: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        key: str = "",
    ) -> Answer:
        content = b"" if body is None else json.dumps(body, ensure_ascii=False).encode()
        loop = asyncio.get_running_loop()
        if not self._breaker.allows(loop.time()):
            raise BackendDown("the breaker is open")
        for attempt in range(self._patience.tries):
            if attempt:
                await asyncio.sleep(self._patience.pause_seconds * 2 ** (attempt - 1))
            try:
                response = await self._send(method, path, content, key)
            except BackendDown:
                self._breaker.failed(loop.time())
                continue
            self._breaker.succeeded()
            return _read(model, response)
        raise BackendDown("no answer after the last try")

    async def _send(self, method: str, path: str, content: bytes, key: str) -> httpx.Response:
        headers = sign(
            self._key,
            method,
            path,
            content,
            timestamp=int(self._clock().timestamp()),
            nonce=secrets.token_hex(16),
            idempotency_key=key,
        )
        if content:
            headers["Content-Type"] = "application/json"
        try:
            async with asyncio.timeout(self._patience.timeout_seconds):
                response = await self._client.request(
                    method, path, content=content, headers=headers
                )
        except (httpx.HTTPError, TimeoutError) as error:
            raise BackendDown(type(error).__name__) from None
        if response.status_code >= 500 or response.status_code == 429:
            raise BackendDown(f"status {response.status_code}")
        return response


def _read(model: type[Answer], response: httpx.Response) -> Answer:
    try:
        if response.is_success:
            return model.model_validate_json(response.content)
        problem = _Problem.model_validate_json(response.content)
    except ValidationError:
        raise BackendWrong(f"status {response.status_code}, body breaks the contract") from None
    if problem.code == "contact_gone":
        raise ContactGone
    raise BackendRefused(problem.code)
