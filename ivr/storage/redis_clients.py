"""The connections to Redis, or to its in-process stand-in when the site has none."""

from typing import Final

import fakeredis
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import ConstantBackoff
from redis.exceptions import ConnectionError as RedisConnectionError

from ivr.storage.live_calls import BLOCK_MS

_QUICK_SECONDS: Final = 1.0
"""A caller waits for it: better no board than a silent line."""


def open_redis(url: str | None) -> tuple[Redis, Redis]:
    """Give a client that answers soon or fails, and one whose reads may block for a while."""
    if url is None:
        server = fakeredis.FakeServer()
        return (
            fakeredis.FakeAsyncRedis(server=server, decode_responses=True),
            fakeredis.FakeAsyncRedis(server=server, decode_responses=True),
        )
    return _client(url, _QUICK_SECONDS), _client(url, BLOCK_MS / 1000 + 10)


def _client(url: str, read_seconds: float) -> Redis:
    # One retry, for a connection the server closed while it lay idle; an answer that came too late
    # is not asked for again, because it may have been acted on.
    retry = Retry(ConstantBackoff(0.02), 1, supported_errors=(RedisConnectionError,))
    return Redis.from_url(
        url,
        decode_responses=True,
        socket_timeout=read_seconds,
        socket_connect_timeout=_QUICK_SECONDS,
        retry=retry,
    )
