"""Asking a real door how it is, and what stands in its place."""

import asyncio

from telephony.media.health import ask_health
from telephony.watchdog import Health
from tests.telephony.media.desk import LOGIN, Desk, dial, opened, start


async def test_a_door_that_lives_answers_also_when_all_its_lines_are_taken() -> None:
    async with opened(Desk(), max_calls=1) as door:
        assert await ask_health("127.0.0.1", door.port, login=LOGIN, within=1) is Health.GOOD
        async with dial(door) as line:
            await line.send(start())
            assert await ask_health("127.0.0.1", door.port, login=LOGIN, within=1) is Health.GOOD


async def test_who_has_not_the_login_is_told_nothing() -> None:
    async with opened(Desk()) as door:
        wrong = ("asterisk", "wrong")
        assert await ask_health("127.0.0.1", door.port, login=wrong, within=1) is Health.GONE


async def test_nobody_there_is_gone() -> None:
    async with opened(Desk()) as door:
        port = door.port
    assert await ask_health("127.0.0.1", port, login=LOGIN, within=1) is Health.GONE


async def test_who_takes_the_connection_and_says_nothing_is_silent() -> None:
    released = asyncio.Event()

    async def hang(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await released.wait()
        writer.close()

    async with await asyncio.start_server(hang, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        began = asyncio.get_running_loop().time()
        assert await ask_health("127.0.0.1", port, login=LOGIN, within=0.2) is Health.SILENT
        assert asyncio.get_running_loop().time() - began < 0.5
        released.set()


async def test_another_server_is_not_our_door() -> None:
    async def web(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 404 Not Found\r\n\r\n")
        writer.close()

    async with await asyncio.start_server(web, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        assert await ask_health("127.0.0.1", port, login=LOGIN, within=1) is Health.GONE
