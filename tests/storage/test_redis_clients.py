import asyncio

import pytest
from redis.exceptions import RedisError

from ivr.cli.free_ports import free_port
from ivr.storage.redis_clients import open_redis


async def test_without_an_address_both_clients_share_one_stand_in() -> None:
    quick, waiting = open_redis(None)
    await quick.set("a", "1")
    assert await waiting.get("a") == "1"
    other, _ = open_redis(None)
    assert await other.get("a") is None


async def test_a_server_that_is_away_is_known_soon() -> None:
    quick, waiting = open_redis(f"redis://127.0.0.1:{free_port()}/0")
    for client in (quick, waiting):
        async with asyncio.timeout(2):
            with pytest.raises((RedisError, OSError)):
                await client.ping()
        await client.aclose()


async def test_a_server_that_accepts_and_never_answers_is_given_up_after_a_second() -> None:
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    server = await asyncio.start_server(silent, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    quick, _ = open_redis(f"redis://127.0.0.1:{port}/0")
    async with asyncio.timeout(5):
        with pytest.raises((RedisError, OSError)):
            await quick.ping()
        await quick.aclose()
    server.close()
