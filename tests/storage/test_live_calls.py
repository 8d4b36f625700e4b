import asyncio
from collections.abc import AsyncIterator
from typing import Any

import fakeredis
import pytest
from redis.asyncio import Redis

from ivr.cli.free_ports import free_port
from ivr.storage.errors import LiveDown
from ivr.storage.live_calls import LiveCalls
from ivr.storage.redis_clients import open_redis
from ivr.storage.sealed import FieldCipher
from tests.servers import redis_server
from tests.storage.aged_orders import age

CIPHER = FieldCipher(b"k" * 32)
RESUME = {"order": "resume", "event": "case_update", "payload": {"case_id": "M1", "state": "x"}}


@pytest.fixture(params=["fakeredis", pytest.param("redis", marks=pytest.mark.redis)])
async def redis(request: pytest.FixtureRequest) -> AsyncIterator[Redis]:
    if request.param == "redis":
        client, _ = open_redis(request.getfixturevalue("redis_url"))
        await client.flushdb()
    else:
        client = fakeredis.FakeAsyncRedis(decode_responses=True)
    yield client
    await client.aclose()


@pytest.fixture
def live(redis: Redis) -> LiveCalls:
    return LiveCalls(redis, CIPHER)


async def first(stream: AsyncIterator[dict[str, Any]], count: int) -> list[dict[str, Any]]:
    found = []
    async with asyncio.timeout(5):
        async for message in stream:
            found.append(message)
            if len(found) == count:
                break
    return found


async def test_the_board_shows_the_calls_in_the_order_in_which_they_came(live: LiveCalls) -> None:
    await live.register("c2", {"state": "greeting", "caller_tail": "1111"})
    await live.register("c1", {"state": "greeting"})
    await live.update("c2", {"state": "listening"})
    assert await live.list() == [
        {"call_id": "c2", "state": "listening", "caller_tail": "1111"},
        {"call_id": "c1", "state": "greeting"},
    ]
    await live.remove("c2")
    assert [call["call_id"] for call in await live.list()] == ["c1"]


async def test_a_call_whose_process_died_leaves_the_board(live: LiveCalls, redis: Redis) -> None:
    await live.register("c1", {"state": "listening"})
    assert 0 < await redis.ttl("ivr:live:c1") <= 900
    await redis.delete("ivr:live:c1")
    assert await live.list() == []
    assert await redis.zcard("ivr:live") == 0


async def test_a_house_that_was_killed_takes_its_own_calls_off_the_board_when_it_starts_again(
    redis: Redis,
) -> None:
    killed, other = LiveCalls(redis, CIPHER, house="h1"), LiveCalls(redis, CIPHER, house="h2")
    await killed.register("c1", {"state": "listening"})
    await killed.register("c2", {"state": "listening"})
    await other.register("c3", {"state": "listening"})
    await killed.remove("c2")
    again = LiveCalls(redis, CIPHER, house="h1")
    await again.forget_earlier()
    assert [call["call_id"] for call in await again.list()] == ["c3"]
    await again.register("c4", {"state": "greeting"})
    assert [call["call_id"] for call in await other.list()] == ["c3", "c4"]
    assert await redis.keys("ivr:live:c1") == []


async def test_an_order_given_before_the_call_listens_is_heard(live: LiveCalls) -> None:
    await live.order("c1", RESUME)
    await live.order("c1", {"order": "hang_up", "reason": "test"})
    await live.order("c2", {"order": "transfer", "queue": "human"})
    assert await first(live.orders("c1"), 2) == [RESUME, {"order": "hang_up", "reason": "test"}]


async def test_a_hundred_orders_given_while_it_listens_are_heard_in_order(live: LiveCalls) -> None:
    async with asyncio.TaskGroup() as group:
        heard = group.create_task(first(live.orders("c1"), 100))
        for number in range(100):
            await live.order("c1", {"order": "note", "number": number})
    assert [order["number"] for order in heard.result()] == list(range(100))


async def test_an_order_is_forgotten_once_the_next_is_asked_for(
    live: LiveCalls, redis: Redis
) -> None:
    await live.order("c1", RESUME)
    await live.order("c1", {"order": "hang_up"})
    await first(live.orders("c1"), 2)
    assert await redis.xlen("ivr:orders:c1") == 1
    assert await first(live.orders("c1"), 1) == [{"order": "hang_up"}]
    assert 0 < await redis.ttl("ivr:orders:c1") <= 7200


async def test_an_order_heard_later_than_it_is_good_for_is_not_obeyed_and_forgotten(
    live: LiveCalls, redis: Redis
) -> None:
    missed = []

    async def late(order: dict[str, Any]) -> None:
        missed.append(order)

    await live.order("box", {"order": "join"}, good_for_seconds=20)
    await live.order("box", RESUME)
    await age(redis, "box", 21)
    await live.order("box", {"order": "finish"}, good_for_seconds=10)
    await age(redis, "box", 9)
    assert await first(live.orders("box", late=late), 2) == [RESUME, {"order": "finish"}]
    assert missed == [{"order": "join"}]
    assert await redis.xlen("ivr:orders:box") == 1


async def test_what_desks_say_while_nobody_listens_does_not_pile_up(live: LiveCalls, redis: Redis) -> None:
    for number in range(1500):
        await live.order("box", {"order": "present", "number": number})
    kept = await redis.xlen("ivr:orders:box")
    assert 1000 <= kept < 1200
    heard = await first(live.orders("box"), kept)
    assert [order["number"] for order in heard] == list(range(1500 - kept, 1500))


async def test_a_listener_that_is_cancelled_takes_no_order_with_it(live: LiveCalls) -> None:
    task = asyncio.ensure_future(first(live.orders("c1"), 1))
    await asyncio.sleep(0.05)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await live.order("c1", RESUME)
    assert await first(live.orders("c1"), 1) == [RESUME]


async def test_what_another_site_left_in_redis_is_passed_over(
    live: LiveCalls, redis: Redis
) -> None:
    foreign = LiveCalls(redis, FieldCipher(b"x" * 32))
    await foreign.register("c0", {})
    await foreign.order("c1", RESUME)
    await live.order("c1", {"order": "hang_up"})
    assert await live.list() == []
    assert await first(live.orders("c1"), 1) == [{"order": "hang_up"}]


async def test_every_desk_hears_what_is_published_while_it_listens(live: LiveCalls) -> None:
    await live.publish("board", {"event": "before"})
    start = await live.position("board")
    async with asyncio.TaskGroup() as group:
        desks = [group.create_task(first(live.listen("board", after=start), 2)) for _ in range(2)]
        await live.publish("board", {"event": "one"})
        await live.publish("elsewhere", {"event": "not for them"})
        await live.publish("board", {"event": "two"})
    for desk in desks:
        assert desk.result() == [{"event": "one"}, {"event": "two"}]


async def test_a_topic_is_forgotten_some_time_after_its_last_event(
    live: LiveCalls, redis: Redis
) -> None:
    await live.publish("call:c1", {"text": "您好"})
    assert 7100 < await redis.ttl("ivr:topic:call:c1") <= 7200


async def test_redis_holds_no_text_of_what_passes(live: LiveCalls, redis: Redis) -> None:
    await live.register("c1", {"text": "苏B12345"})
    await live.order("c1", {"text": "苏B12345"})
    await live.publish("board", {"text": "苏B12345"})
    kept = [
        await redis.get("ivr:live:c1"),
        await redis.xrange("ivr:orders:c1"),
        await redis.xrange("ivr:topic:board"),
    ]
    assert "B12345" not in str(kept)


async def test_without_redis_the_board_is_dark_but_whoever_orders_learns_it() -> None:
    away, _ = open_redis(f"redis://127.0.0.1:{free_port()}/0")
    live = LiveCalls(away, CIPHER)
    await live.register("c1", {})
    await live.update("c1", {})
    await live.publish("board", {})
    await live.remove("c1")
    with pytest.raises(LiveDown):
        await live.order("c1", RESUME)
    with pytest.raises(LiveDown):
        await live.list()
    await away.aclose()


@pytest.mark.redis
async def test_a_listener_outlives_a_restart_of_redis() -> None:
    port = free_port()
    client, _ = open_redis(f"redis://127.0.0.1:{port}/0")
    live = LiveCalls(client, CIPHER)
    async with asyncio.TaskGroup() as group:
        with redis_server(port):
            await live.order("c1", {"number": 1})
            orders = live.orders("c1")
            assert await anext(orders) == {"number": 1}
            second = group.create_task(first(orders, 1))
            await asyncio.sleep(0)
        with redis_server(port):
            await live.order("c1", {"number": 2})
            assert await second == [{"number": 2}]
    await client.aclose()
