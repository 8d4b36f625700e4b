"""Asks a media door whether it is well: one short HTTP question on the port where its calls come in.

The door answers from its event loop, so a process that is frozen or hangs gives no answer although its
kernel still takes connections.
"""

import asyncio
import base64
from ssl import SSLContext

from telephony.watchdog import Health

PATH = "/health"
_MOST_BYTES = 1024


def basic_authorization(user: str, password: str) -> str:
    """The header value of a login."""
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


async def ask_health(
    host: str, port: int, *, login: tuple[str, str], within: float, tls: SSLContext | None = None
) -> Health:
    """Ask once; never raises, and returns after `within` seconds at the latest."""
    question = (
        f"GET {PATH} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n"
        f"Authorization: {basic_authorization(*login)}\r\n\r\n"
    )
    try:
        async with asyncio.timeout(within):
            reader, writer = await asyncio.open_connection(host, port, ssl=tls)
            try:
                writer.write(question.encode())
                status = (await reader.read(_MOST_BYTES)).partition(b"\r\n")[0]
            finally:
                writer.close()
    except TimeoutError:
        return Health.SILENT
    except (OSError, EOFError, ValueError):
        return Health.GONE
    return Health.GOOD if status == b"HTTP/1.1 200 OK" else Health.GONE
