"""UDP sockets of the test phones."""

import asyncio
from typing import Any


class _Socket(asyncio.DatagramProtocol):
    def __init__(self, take: Any) -> None:
        self._take = take

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self._take(data, addr)

    def error_received(self, exc: Exception) -> None:
        pass  # the other side's port is closed already


async def bind(host: str, port: int, take: Any) -> tuple[asyncio.DatagramTransport, int]:
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(
        lambda: _Socket(take), local_addr=(host, port)
    )
    return transport, int(transport.get_extra_info("sockname")[1])
