"""The calls on the line, as desks and services see them, and the way to give one an order.

    ivr:live            sorted set: call_id in the order in which the calls came
    ivr:live:<call_id>  what is known of it          ivr:orders:<call_id>  stream of orders
    ivr:topic:<topic>   stream of board events, the newest few hundred
    ivr:house:<house>   set: the calls of one house, which it looks through when it starts again

What passes is encrypted: Redis holds no text that names a person. The board is a view, so a call
goes on when it cannot be shown; an order must arrive, so whoever gives it learns that it did not.
"""

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass
from typing import Any, Final

from redis.asyncio import Redis
from redis.exceptions import RedisError

from ivr.ending import heed_cancellation
from ivr.storage.errors import KeyWrong, LiveDown
from ivr.storage.sealed import FieldCipher

_log = logging.getLogger(__name__)

_ORDER_SECONDS: Final = 7200
"""Longest time an order waits for a call to listen."""
_MOST_ORDERS: Final = 1000
"""About so many wait in one stream; the oldest go first."""
_TOPIC_LENGTH: Final = 500
_TOPIC_SECONDS: Final = 7200
"""A topic nobody speaks to for so long is forgotten; each call may have one of its own."""
_AT_ONCE: Final = 50
BLOCK_MS: Final = 5000
"""Longest wait of one read of a listener."""
_REST_SECONDS: Final = 2.0
"""After a failure the board is left alone for so long: no turn of a call waits for it twice."""
_BACK_OFF_SECONDS: Final = (0.2, 0.5, 1.0, 2.0)
_BOARD: Final = "ivr:live"
_COUNT: Final = "ivr:live_count"
_GOOD_FOR: Final = "good_for_ms"


@dataclass(frozen=True, slots=True)
class _Entry:
    """One entry of a stream."""

    place: str
    late: bool


class LiveCalls:
    """The board of live calls, orders to them, and events for the desks.

    Args:
        redis: for short requests.
        waiting: client whose reads may block; the same server.
        cipher: closes what passes.
        silent_seconds: a call that gave no sign of life for so long is no longer on the line.
        house: whose calls these are; no two run under one name.
    """

    def __init__(
        self,
        redis: Redis,
        cipher: FieldCipher,
        *,
        waiting: Redis | None = None,
        silent_seconds: int = 900,
        house: str = "only",
    ) -> None:
        self._redis = redis
        self._waiting = waiting or redis
        self._cipher = cipher
        self._silent_seconds = silent_seconds
        self._house = f"ivr:house:{house}"
        self._dark_until = 0.0

    async def register(self, call_id: str, facts: Mapping[str, Any]) -> None:
        """Put a call on the board; failures are logged, never raised."""
        await self._board(self._show(call_id, dict(facts), new=True), call_id=call_id)

    async def update(self, call_id: str, facts: Mapping[str, Any]) -> None:
        """Change what is known of it and give a sign of life; failures are logged, never raised."""
        await self._board(self._change(call_id, facts), call_id=call_id)

    async def remove(self, call_id: str) -> None:
        """Take it off the board, its unheard orders with it; failures are logged, never raised."""
        await self._board(self._take_off(call_id), call_id=call_id)

    async def forget_earlier(self) -> None:
        """Take off the board what this house had on the line when it was killed; failures are logged, never raised."""
        await self._board(self._forget_earlier(), house=self._house)

    async def list(self) -> list[dict[str, Any]]:
        """Give the calls on the line, each with its `call_id`, the longest known first.

        Raises:
            LiveDown: Redis does not answer.
        """
        try:
            ids = [str(call_id) for call_id in await self._redis.zrange(_BOARD, 0, -1)]
            if not ids:
                return []
            closed = await self._redis.mget([_live(call_id) for call_id in ids])
            silent = [call_id for call_id, text in zip(ids, closed, strict=True) if text is None]
            if silent:
                await self._redis.zrem(_BOARD, *silent)
        except (RedisError, OSError):
            raise LiveDown("the board of live calls cannot be read") from None
        pairs = zip(ids, closed, strict=True)
        opened = ((call_id, self._opened(text, _live(call_id))) for call_id, text in pairs)
        return [{**facts, "call_id": call_id} for call_id, facts in opened if facts is not None]

    async def order(self, call_id: str, order: dict[str, Any], *, good_for_seconds: float = _ORDER_SECONDS) -> None:
        """Give a call an order; it is kept until the call hears it.

        Args:
            call_id: of the call, or a box to which a process listens.
            order: what is to be done.
            good_for_seconds: heard later, it must not be obeyed any more.

        Raises:
            LiveDown: the order did not get through.
        """
        key = _orders(call_id)
        fields: dict[Any, Any] = {"box": self._closed(order, key), _GOOD_FOR: str(round(good_for_seconds * 1000))}
        try:
            async with self._redis.pipeline(transaction=True) as pipe:
                pipe.xadd(key, fields, maxlen=_MOST_ORDERS, approximate=True)
                pipe.expire(key, _ORDER_SECONDS)
                await pipe.execute()
        except (RedisError, OSError):
            raise LiveDown("an order did not get through") from None

    async def orders(
        self, call_id: str, *, late: Callable[[dict[str, Any]], Awaitable[None]] | None = None
    ) -> AsyncIterator[dict[str, Any]]:
        """Hear the orders for a call, also those given before; never ends by itself.

        One listener per call. An order is forgotten once the listener asks for the next.

        Args:
            call_id: of the call, or a box.
            late: takes an order that was good only until now; nobody obeys it.
        """
        key = _orders(call_id)
        async for entry, order in self._follow(key, "0-0"):
            if not entry.late:
                yield order
            else:
                _log.warning("an order came too late and is not obeyed", extra={"call_id": call_id})
                if late is not None:
                    await late(order)
            try:
                await self._redis.xdel(key, entry.place)
            except (RedisError, OSError):
                _log.warning("a heard order stays in Redis", extra={"call_id": call_id})

    async def publish(self, topic: str, message: dict[str, Any]) -> None:
        """Tell all who listen to `topic`; failures are logged, never raised."""
        await self._board(self._tell(_topic(topic), message), topic=topic)

    async def position(self, topic: str) -> str:
        """Where `topic` stands; taken before `list()`, it lets `listen` miss nothing after.

        Raises:
            LiveDown: Redis does not answer.
        """
        try:
            newest = await self._redis.xrevrange(_topic(topic), count=1)
        except (RedisError, OSError):
            raise LiveDown("a topic cannot be read") from None
        return str(newest[0][0]) if newest else "0-0"

    async def listen(
        self, topic: str, *, after: str | None = None
    ) -> AsyncIterator[dict[str, Any]]:
        """Hear what is published from now on, or after a `position`; never ends by itself.

        Raises:
            LiveDown: Redis does not answer at the start; later it is waited for.
        """
        start = after or await self.position(topic)
        async for _, message in self._follow(_topic(topic), start):
            yield message

    async def _show(self, call_id: str, facts: dict[str, Any], *, new: bool) -> None:
        key = _live(call_id)
        await self._redis.set(key, self._closed(facts, key), ex=self._silent_seconds)
        if new:
            place = await self._redis.incr(_COUNT)
            await self._redis.zadd(_BOARD, {call_id: place}, nx=True)
            await self._redis.sadd(self._house, call_id)

    async def _change(self, call_id: str, facts: Mapping[str, Any]) -> None:
        known = self._opened(await self._redis.get(_live(call_id)), _live(call_id))
        await self._show(call_id, {**(known or {}), **facts}, new=known is None)

    async def _tell(self, key: str, message: dict[str, Any]) -> None:
        box = self._closed(message, key)
        async with self._redis.pipeline(transaction=True) as pipe:
            pipe.xadd(key, {"box": box}, maxlen=_TOPIC_LENGTH, approximate=True)
            pipe.expire(key, _TOPIC_SECONDS)
            await pipe.execute()

    async def _take_off(self, call_id: str) -> None:
        async with self._redis.pipeline(transaction=True) as pipe:
            pipe.zrem(_BOARD, call_id)
            pipe.delete(_live(call_id), _orders(call_id))
            pipe.srem(self._house, call_id)
            await pipe.execute()

    async def _forget_earlier(self) -> None:
        for call_id in await self._redis.smembers(self._house):
            await self._take_off(str(call_id))

    async def _board(self, work: Coroutine[Any, Any, Any], **facts: str) -> None:
        """Do what only shows something; it may fail, and is left out while Redis is away."""
        now = asyncio.get_running_loop().time
        if now() < self._dark_until:
            work.close()
            return
        try:
            await work
        except (RedisError, OSError):
            self._dark_until = now() + _REST_SECONDS
            _log.warning("the board is dark for now", extra=facts)

    async def _follow(self, key: str, last: str) -> AsyncIterator[tuple["_Entry", dict[str, Any]]]:
        """Read a stream on from `last`; while Redis is away it waits and then goes on there."""
        failures = 0
        while True:
            try:
                found = await self._waiting.xread({key: last}, count=_AT_ONCE, block=BLOCK_MS)
                heed_cancellation()
                entries = _entries(found)
                now_ms = await self._now_ms() if any(_GOOD_FOR in fields for _, fields in entries) else 0
            except (RedisError, OSError):
                if failures == 0:
                    _log.warning("Redis is away, a listener waits for it")
                pause = _BACK_OFF_SECONDS[min(failures, len(_BACK_OFF_SECONDS) - 1)]
                failures += 1
                await asyncio.sleep(pause)
                continue
            failures = 0
            for place, fields in entries:
                last = place
                entry = _Entry(place, _is_late(place, fields, now_ms))
                message = self._opened(fields.get("box"), key)
                if message is not None:
                    yield entry, message

    async def _now_ms(self) -> int:
        """By the clock that made the entries' places."""
        seconds, micros = await self._redis.time()
        return int(seconds) * 1000 + int(micros) // 1000

    def _closed(self, value: Mapping[str, Any], key: str) -> str:
        return self._cipher.encrypt(json.dumps(value, ensure_ascii=False), bound_to=key)

    def _opened(self, text: str | bytes | None, key: str) -> dict[str, Any] | None:
        if text is None:
            return None
        try:
            value: dict[str, Any] = json.loads(self._cipher.decrypt(str(text), bound_to=key))
        except KeyWrong:
            _log.warning("something in Redis was closed with another secret key")
            return None
        return value


def _entries(found: Any) -> list[tuple[str, dict[str, str]]]:
    """Flatten the answer of XREAD, which is a map in RESP3 and a list of pairs in RESP2."""
    streams = list(found.values()) if isinstance(found, dict) else [rows for _, rows in found or ()]
    return [
        (str(entry), fields)
        for rows in streams
        for entry, fields in (rows if rows and isinstance(rows[0], tuple | list) else [])
    ]


def _is_late(place: str, fields: Mapping[str, str], now_ms: int) -> bool:
    """Has an entry waited longer than it is good for?"""
    good_for = fields.get(_GOOD_FOR)
    return good_for is not None and now_ms > int(place.partition("-")[0]) + int(good_for)


def _live(call_id: str) -> str:
    return f"ivr:live:{call_id}"


def _orders(call_id: str) -> str:
    return f"ivr:orders:{call_id}"


def _topic(topic: str) -> str:
    return f"ivr:topic:{topic}"
