"""Orders that have lain in Redis for a while."""

from redis.asyncio import Redis


async def age(redis: Redis, call_id: str, seconds: float) -> None:
    """Make the orders for a call that much older."""
    key = f"ivr:orders:{call_id}"
    entries = await redis.xrange(key)
    await redis.delete(key)
    for place, fields in entries:
        ms, _, count = place.partition("-")
        await redis.xadd(key, fields, id=f"{int(ms) - round(seconds * 1000)}-{count}")
