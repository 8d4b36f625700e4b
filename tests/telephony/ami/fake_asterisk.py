"""A manager interface that does as it is told: the in-memory twin of Asterisk's, over a real socket."""

import asyncio
from collections.abc import Callable
from types import TracebackType
from typing import Self

Answer = Callable[[dict[str, str]], list[str] | None]


def good(action: dict[str, str]) -> list[str] | None:
    return [f"Response: Success\r\nActionID: {action['ActionID']}"]


class FakeAsterisk:
    """`answer` returns the blocks to send for one action; None keeps silent."""

    def __init__(self, answer: Answer = good) -> None:
        self.answer = answer
        self.actions: list[dict[str, str]] = []
        self.port = 0
        self._writers: list[asyncio.StreamWriter] = []
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.crash()

    async def crash(self) -> None:
        assert self._server is not None
        self._server.close()
        for writer in self._writers:
            writer.close()
        self._writers.clear()
        await self._server.wait_closed()

    def tell(self, *blocks: str) -> None:
        for writer in self._writers:
            for block in blocks:
                writer.write(f"{block}\r\n\r\n".encode())

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.append(writer)
        writer.write(b"Asterisk Call Manager/11.0.0\r\n")
        try:
            while True:
                block = (await reader.readuntil(b"\r\n\r\n")).decode()
                action: dict[str, str] = {}
                for line in filter(None, block.splitlines()):
                    key, value = line.split(": ", 1)
                    if key == "Variable" and "=" in value:  # a channel variable, not Setvar's name
                        key, value = value.split("=", 1)
                        key = f"${key}"
                    action[key] = value
                self.actions.append(action)
                self.tell(*(self.answer(action) or []))
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()
