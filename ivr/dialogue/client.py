"""Asks Rasa over its REST channel.

Rasa answers 200 with `[]` when it fails, so an empty answer is an error. One request of a call is in
flight at a time; after several failures in a row the engine is left alone for a moment.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Self

import httpx

from ivr.dialogue.errors import DialogueDown
from ivr.dialogue.replies import Reply, ReplyBroken, from_wire

_FAILURES_TO_OPEN = 5
_OPEN_SECONDS = 2.0
_READY_SECONDS = 5.0


@dataclass
class _Turnstile:
    """Lets one request of a call pass at a time."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    wanted: int = 0
    """Requests that hold it or wait for it."""


class RasaDialogue:
    """The dialogue client of this process; use it as an async context manager.

    Args:
        url: Rasa's address.
        token: of Rasa's API; None when it has none.
        timeout_seconds: for one answer.
    """

    def __init__(self, url: str, *, token: str | None = None, timeout_seconds: float = 3.0) -> None:
        self._client = httpx.AsyncClient(base_url=url, timeout=timeout_seconds, trust_env=False)
        self._params = {"token": token} if token else {}
        self._failures = 0
        self._open_until = 0.0
        self._calls: dict[str, _Turnstile] = {}

    async def __aenter__(self) -> Self:
        """Ready to ask."""
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def ask(self, call_id: str, message: str, metadata: Mapping[str, Any]) -> list[Reply]:
        """Ask one question.

        Raises:
            DialogueDown: no answer in time, none at all, or one that breaks the contract.
        """
        loop = asyncio.get_running_loop()
        if loop.time() < self._open_until:
            raise DialogueDown("the dialogue engine is left alone for a moment")
        async with self._alone(call_id):
            try:
                replies = await self._post(call_id, message, metadata)
            except DialogueDown:
                self._failures += 1
                if self._failures >= _FAILURES_TO_OPEN:
                    self._open_until = loop.time() + _OPEN_SECONDS
                    self._failures = 0
                raise
        self._failures = 0
        return replies

    async def ready(self) -> bool:
        """Does it answer with a model loaded?"""
        try:
            answer = await self._client.post(
                "/model/parse", params=self._params, json={"text": "我要挪车"}, timeout=_READY_SECONDS
            )
        except httpx.HTTPError:
            return False
        if answer.status_code != 200:
            return False
        try:
            return bool(answer.json()["intent"]["name"])
        except (ValueError, LookupError, TypeError):
            return False

    async def _post(self, call_id: str, message: str, metadata: Mapping[str, Any]) -> list[Reply]:
        body = {"sender": call_id, "message": message, "metadata": dict(metadata)}
        try:
            answer = await self._client.post("/webhooks/rest/webhook", json=body)
            answer.raise_for_status()
            return list(from_wire(_messages(answer.json())))
        except httpx.TimeoutException:
            raise DialogueDown("the dialogue engine did not answer in time") from None
        except (httpx.HTTPError, ValueError) as error:
            raise DialogueDown(f"the dialogue engine failed: {type(error).__name__}") from None
        except ReplyBroken as error:
            raise DialogueDown(str(error)) from None

    @asynccontextmanager
    async def _alone(self, call_id: str) -> AsyncIterator[None]:
        turnstile = self._calls.setdefault(call_id, _Turnstile())
        turnstile.wanted += 1
        try:
            async with turnstile.lock:
                yield
        finally:
            turnstile.wanted -= 1
            if not turnstile.wanted:
                del self._calls[call_id]


def _messages(body: Any) -> list[dict[str, Any]]:
    if not isinstance(body, list) or not all(isinstance(each, dict) for each in body):
        raise ReplyBroken("the dialogue's answer is no list of messages")
    return body
