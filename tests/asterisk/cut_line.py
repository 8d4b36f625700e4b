"""A line between two programs that a test can cut and mend."""

import asyncio
from typing import Self


class CutLine:
    """Listens on a port of its own and carries bytes to `port`; what was cut stays cut, later connections live."""

    def __init__(self, port: int) -> None:
        self._to = port
        self.port = 0
        self._mended = asyncio.Event()
        self._mended.set()
        self._writers: list[asyncio.StreamWriter] = []
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._carry, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        self.mend()
        self.cut()
        self.mend()
        await self._server.wait_closed()

    def cut(self) -> None:
        """Break what is connected and take nothing new."""
        self._mended.clear()
        for writer in self._writers:
            writer.transport.abort()
        self._writers.clear()

    def mend(self) -> None:
        """Carry again."""
        self._mended.set()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if not self._mended.is_set():
            writer.transport.abort()
            return
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._to)
        self._writers += [writer, far_writer]
        await asyncio.gather(_pump(reader, far_writer), _pump(far_reader, writer))


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while data := await reader.read(65_536):
            writer.write(data)
            await writer.drain()
    except OSError:
        pass
    finally:
        writer.close()
