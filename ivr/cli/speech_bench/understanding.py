"""What the dialogue makes of what was heard: the shipped model, asked as a call asks it.

A message travels through the service's own client, with all guesses in its metadata. Of the house behind Rasa
only the action server is here, one that answers every message with the intent it was called for.
"""

import asyncio
import json
import os
import secrets
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path
from typing import Any

from ivr.call.events import Heard
from ivr.call.questions import from_speech
from ivr.cli.calls_bench.pbx import free_port
from ivr.cli.rasa_child import RasaChild, RasaCommand
from ivr.dialogue.client import RasaDialogue
from ivr.dialogue.process import RasaPlace, rasa_argv, rasa_env
from ivr.dialogue.replies import Expect, Understood

Understand = Callable[[Heard], Awaitable[str | None]]
"""Give the intent the dialogue takes; None where it takes none (it asks again)."""
NOT_UNDERSTOOD = "nlu_fallback"
YES = "affirm"
"""The intent that must never be taken for another one."""

_HOST = "127.0.0.1"
_START_SECONDS = 180.0
_ANSWER_SECONDS = 30.0


def answer(request: Mapping[str, Any]) -> dict[str, Any]:
    """Give the action server's answer: nothing but what was understood."""
    intent = (request.get("tracker") or {}).get("latest_message", {}).get("intent") or {}
    understood = Understood(
        intent=str(intent.get("name") or NOT_UNDERSTOOD), confidence=min(1.0, float(intent.get("confidence") or 0.0))
    )
    return {"events": [], "responses": [{"custom": Expect(understood=understood).model_dump(mode="json")}]}


@asynccontextmanager
async def dialogue(python: Path) -> AsyncIterator[Understand]:
    """Start Rasa, as a child; `python` is that of its environment.

    Raises:
        TimeoutError: it does not answer in time.
    """
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="ivr-bench-")))
        place = RasaPlace(python, free_port(), free_port(), secrets.token_hex(16), folder)
        server = await asyncio.start_server(_serve, _HOST, place.actions_port)
        stack.callback(server.close)
        client = await stack.enter_async_context(
            RasaDialogue(f"http://{_HOST}:{place.port}", token=place.token, timeout_seconds=_ANSWER_SECONDS)
        )
        env = rasa_env(place, os.environ)  # noqa: TID251 - PATH and HOME for the child, no setting of ours
        child = RasaChild(RasaCommand(rasa_argv(place), env, folder / "rasa.log"), client.ready)
        running = asyncio.ensure_future(child.run())
        stack.push_async_callback(_end, running)
        async with asyncio.timeout(_START_SECONDS):
            await child.is_ready.wait()
        yield lambda heard: _understood(client, heard)


async def _end(running: "asyncio.Future[None]") -> None:
    running.cancel()
    await asyncio.wait([running])


async def _understood(client: RasaDialogue, heard: Heard) -> str | None:
    if not heard.texts:
        return None
    question = from_speech(heard, Expect())
    # every sentence is a call of its own: none is understood by what came before
    replies = await client.ask(secrets.token_hex(8), question.message, question.metadata)
    understood = replies[-1].understood
    return None if understood is None or understood.intent == NOT_UNDERSTOOD else understood.intent


async def _serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(asyncio.IncompleteReadError, ConnectionError):
        while True:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
            length = next(int(line[15:]) for line in head.splitlines() if line.startswith("content-length:"))
            body = json.dumps(answer(json.loads(await reader.readexactly(length)))).encode()
            told = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
            writer.write(told.encode() + body)
            await writer.drain()
    writer.close()
