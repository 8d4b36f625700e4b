"""What the dialogue makes of what was heard: the shipped model, asked as a call asks it.

A message travels through the service's own client, with all guesses in its metadata. Of the house behind Rasa
only the action server is here, one that answers every message with the intent it was called for.
"""

import asyncio
import json
import os
import secrets
import tempfile
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from ivr.call.events import Heard
from ivr.call.questions import from_speech
from ivr.cli.free_ports import free_port
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
        stack.enter_context(_actions(place.actions_port))
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


@contextmanager
def _actions(port: int) -> Iterator[None]:
    """Serve `answer` while the block runs, in a thread."""
    with ThreadingHTTPServer((_HOST, port), _Actions) as server:
        thread = threading.Thread(target=server.serve_forever, name="actions")
        thread.start()
        try:
            yield
        finally:
            server.shutdown()
            thread.join()


class _Actions(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        """Answer one message."""
        request = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))))
        body = json.dumps(answer(request)).encode()
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing on the terminal."""
