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


async def bind_pair(
    host: str, take: Any, take_control: Any
) -> tuple[tuple[asyncio.DatagramTransport, asyncio.DatagramTransport], int]:
    """RTP on an even port and RTCP on the next (RFC 3550, 11), and the RTP port.

    Both are held: a PBX sends its RTCP to the next port whether or not anybody owns it,
    and another phone's sound may be there.
    """
    for _ in range(100):
        sound, port = await bind(host, 0, take)
        if port % 2 == 0:
            try:
                control, _ = await bind(host, port + 1, take_control)
            except OSError:
                pass
            else:
                return (sound, control), port
        sound.close()
    raise OSError(f"no two neighbouring UDP ports are free on {host}")
