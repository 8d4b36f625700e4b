"""One signed request and its answer: timeouts, retries, circuit breaker.

Reads and keyed writes are tried again; nothing else exists.
"""

import asyncio
import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar

import httpx
from pydantic import BaseModel, Field, ValidationError

from backend_client.breaker import Breaker
from backend_client.errors import BackendDown, BackendRefused, BackendWrong, ContactGone
from backend_client.signing import sign


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


class Wire:
    """The way to the backend."""

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

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def ask(
        self,
        model: type[Answer],
        method: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        key: str = "",
    ) -> Answer:
        """Ask, and read the answer as `model`.

        Raises:
            BackendDown, BackendWrong, BackendRefused: as in `errors`.
        """
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
