"""The client against a real HTTP server that answers as it is told."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from ivr.dialogue.client import RasaDialogue
from ivr.dialogue.errors import DialogueDown
from ivr.dialogue.replies import Expect, HangUp, Say, to_wire

HELLO = [{"custom": to_wire(Say(text="您好。"))}, {"custom": to_wire(Expect())}]


@dataclass
class Engine:
    """Stands where Rasa stands."""

    url: str = ""
    status: int = 200
    body: Any = field(default_factory=lambda: HELLO)
    seconds: float = 0.0
    asked: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    busy: dict[str, int] = field(default_factory=dict)
    most_at_once: dict[str, int] = field(default_factory=dict)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode()
                length = next(int(line.split(":")[1]) for line in head.splitlines() if line.lower().startswith("content-length"))
                asked = json.loads(await reader.readexactly(length))
                self.asked.append((head.split()[1], asked))
                await self._work(str(asked.get("sender", "")))
                body = self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()
                writer.write(f"HTTP/1.1 {self.status} X\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)
                await writer.drain()
        writer.close()

    async def _work(self, sender: str) -> None:
        self.busy[sender] = self.busy.get(sender, 0) + 1
        self.most_at_once[sender] = max(self.most_at_once.get(sender, 0), self.busy[sender])
        await asyncio.sleep(self.seconds)
        self.busy[sender] -= 1


@pytest.fixture
async def engine() -> AsyncIterator[Engine]:
    engine = Engine()
    server = await asyncio.start_server(engine.serve, "127.0.0.1", 0)
    engine.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    yield engine
    server.close()


@pytest.fixture
async def dialogue(engine: Engine) -> AsyncIterator[RasaDialogue]:
    async with RasaDialogue(engine.url, token="a token", timeout_seconds=0.15) as client:
        yield client


async def test_an_answer_becomes_replies(engine: Engine, dialogue: RasaDialogue):
    assert await dialogue.ask("c1", "我要挪车", {"turn": 1}) == [Say(text="您好。"), Expect()]
    assert engine.asked == [("/webhooks/rest/webhook", {"sender": "c1", "message": "我要挪车", "metadata": {"turn": 1}})]


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, []),
        (500, HELLO),
        (404, {"status": "failure"}),
        (200, {"status": "failure"}),
        (200, b"<html>"),
        (200, None),
        (200, "text"),
        (200, ["text"]),
        (200, [{}]),
        (200, [{"custom": {"reply": "sing"}}]),
        (200, [{"custom": {"reply": "say", "text": ""}}]),
        (200, [{"custom": None}]),
    ],
)
async def test_whatever_is_no_answer_is_the_dialogue_down(engine: Engine, dialogue: RasaDialogue, status: int, body: Any):
    engine.status, engine.body = status, body
    with pytest.raises(DialogueDown):
        await dialogue.ask("c1", "我要挪车", {})


async def test_an_error_holds_nothing_of_what_was_said(engine: Engine, dialogue: RasaDialogue):
    engine.body = [{"custom": {"reply": "say", "text": "苏B12345", "phone": "13800001111"}}]
    with pytest.raises(DialogueDown) as caught:
        await dialogue.ask("c1", "苏B12345", {})
    assert "12345" not in str(caught.value)
    assert "1380000" not in str(caught.value)


async def test_a_slow_engine_is_not_waited_for(engine: Engine, dialogue: RasaDialogue):
    engine.seconds = 0.5
    with pytest.raises(DialogueDown, match="in time"):
        await dialogue.ask("c1", "喂", {})


async def test_nobody_listening_is_the_dialogue_down():
    async with RasaDialogue("http://127.0.0.1:1", timeout_seconds=0.2) as client:
        with pytest.raises(DialogueDown):
            await client.ask("c1", "喂", {})
        assert not await client.ready()


async def test_after_failures_in_a_row_the_engine_is_left_alone_and_then_asked_again(
    engine: Engine, dialogue: RasaDialogue, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("ivr.dialogue.client._OPEN_SECONDS", 0.1)
    engine.status = 500
    for _ in range(7):
        with pytest.raises(DialogueDown):
            await dialogue.ask("c1", "喂", {})
    assert len(engine.asked) == 5
    engine.status = 200
    await asyncio.sleep(0.12)
    assert await dialogue.ask("c1", "喂", {})


async def test_a_success_forgets_earlier_failures(engine: Engine, dialogue: RasaDialogue):
    for status in (500, 500, 500, 500, 200, 500, 500, 500, 500, 200):
        engine.status = status
        with contextlib.suppress(DialogueDown):
            await dialogue.ask("c1", "喂", {})
    assert len(engine.asked) == 10


async def test_one_request_of_a_call_is_in_flight_and_calls_do_not_wait_for_each_other(engine: Engine):
    engine.seconds = 0.02
    async with RasaDialogue(engine.url, timeout_seconds=2) as client:

        async def call(call_id: str) -> None:
            async with asyncio.TaskGroup() as group:
                for _ in range(3):
                    group.create_task(client.ask(call_id, "喂", {}))
                await asyncio.sleep(0.03)  # another one comes while others wait
                group.create_task(client.ask(call_id, "喂", {}))

        started = asyncio.get_running_loop().time()
        async with asyncio.TaskGroup() as group:
            for call_id in ("c1", "c2", "c3"):
                group.create_task(call(call_id))
        took = asyncio.get_running_loop().time() - started
    assert engine.most_at_once == {"c1": 1, "c2": 1, "c3": 1}
    assert took < 12 * 0.02 + 0.5
    assert len(engine.asked) == 12


@pytest.mark.parametrize(
    ("status", "body", "ready"),
    [(200, {"intent": {"name": "move_car"}}, True), (200, {"intent": {"name": None}}, False), (200, {}, False), (200, [], False),
     (200, b"<html>", False), (401, {"intent": {"name": "x"}}, False), (200, {"intent": None}, False)],
)  # fmt: skip
async def test_ready_means_that_a_sentence_is_understood(engine: Engine, dialogue: RasaDialogue, status: int, body: Any, ready: bool):
    engine.status, engine.body = status, body
    assert await dialogue.ready() is ready
    assert engine.asked[0][0].startswith("/model/parse?token=")


async def test_a_goodbye_needs_no_expectation(engine: Engine, dialogue: RasaDialogue):
    engine.body = [{"text": "再见。"}, {"custom": to_wire(HangUp(reason="said_goodbye"))}]
    assert await dialogue.ask("c1", "再见", {}) == [Say(text="再见。"), HangUp(reason="said_goodbye")]
