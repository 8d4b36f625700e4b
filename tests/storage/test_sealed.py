from collections.abc import AsyncIterator

import fakeredis
import pytest
from hypothesis import given
from hypothesis import strategies as st
from redis.asyncio import Redis

from ivr.cli.free_ports import free_port
from ivr.storage.errors import KeyWrong, LiveDown, SealForeign, SealGone
from ivr.storage.redis_clients import open_redis
from ivr.storage.sealed import FieldCipher, Vault

CIPHER = FieldCipher(b"k" * 32)
PHONE = "13800001111"


@pytest.fixture(params=["fakeredis", pytest.param("redis", marks=pytest.mark.redis)])
async def redis(request: pytest.FixtureRequest) -> AsyncIterator[Redis]:
    if request.param == "redis":
        client, _ = open_redis(request.getfixturevalue("redis_url"))
        await client.flushdb()
    else:
        client = fakeredis.FakeAsyncRedis(decode_responses=True)
    yield client
    await client.aclose()


@given(st.text(), st.text())
def test_a_column_opens_to_what_was_closed(text: str, bound_to: str) -> None:
    closed = CIPHER.encrypt(text, bound_to=bound_to)
    assert CIPHER.decrypt(closed, bound_to=bound_to) == text
    assert closed.isascii()


def test_equal_texts_look_different_when_closed() -> None:
    assert CIPHER.encrypt(PHONE) != CIPHER.encrypt(PHONE)


@pytest.mark.parametrize("broken", ["", "v1.", "v2.AAAA", "v1.%%%", "plain", "v1." + "A" * 60])
def test_what_was_never_closed_does_not_open(broken: str) -> None:
    with pytest.raises(KeyWrong):
        CIPHER.decrypt(broken)


def test_a_column_moved_to_another_row_or_key_does_not_open() -> None:
    closed = CIPHER.encrypt(PHONE, bound_to="case:M1:requester")
    with pytest.raises(KeyWrong) as wrong:
        CIPHER.decrypt(closed, bound_to="case:M2:requester")
    assert PHONE not in str(wrong.value)
    with pytest.raises(KeyWrong):
        FieldCipher(b"x" * 32).decrypt(closed, bound_to="case:M1:requester")


def test_a_token_is_the_same_for_the_same_number_and_key_only() -> None:
    assert CIPHER.token(PHONE) == CIPHER.token(PHONE)
    assert CIPHER.token(PHONE) != CIPHER.token("13800001112")
    assert CIPHER.token(PHONE) != FieldCipher(b"x" * 32).token(PHONE)
    assert len(CIPHER.token(PHONE)) == 32


async def test_a_sealed_value_opens_once_for_its_call(redis: Redis) -> None:
    vault = Vault(redis, CIPHER)
    sealed = await vault.seal(call_id="c1", kind="phone", value=PHONE)
    assert sealed.ref.startswith("sv_")
    assert (sealed.kind, sealed.tail) == ("phone", "1111")
    assert await vault.open(sealed.ref, call_id="c1") == PHONE
    with pytest.raises(SealGone):
        await vault.open(sealed.ref, call_id="c1")
    assert await redis.keys() == []


async def test_another_call_cannot_open_it_and_costs_no_use(redis: Redis) -> None:
    vault = Vault(redis, CIPHER)
    sealed = await vault.seal(call_id="c1", kind="phone", value=PHONE)
    with pytest.raises(SealForeign):
        await vault.open(sealed.ref, call_id="c2")
    assert await vault.open(sealed.ref, call_id="c1") == PHONE


async def test_it_opens_as_often_as_it_was_sealed_for(redis: Redis) -> None:
    vault = Vault(redis, CIPHER)
    sealed = await vault.seal(call_id="c1", kind="caller", value=PHONE, ttl_seconds=7200, uses=3)
    for _ in range(3):
        assert await vault.open(sealed.ref, call_id="c1") == PHONE
    with pytest.raises(SealGone):
        await vault.open(sealed.ref, call_id="c1")


async def test_of_an_sms_code_nothing_may_be_said(redis: Redis) -> None:
    sealed = await Vault(redis, CIPHER).seal(call_id="c1", kind="sms_code", value="482913")
    assert sealed.tail == ""


async def test_redis_holds_no_plain_value_and_forgets_it_in_time(redis: Redis) -> None:
    vault = Vault(redis, CIPHER)
    sealed = await vault.seal(call_id="c1", kind="phone", value=PHONE, ttl_seconds=600)
    (key,) = await redis.keys()
    assert 590 <= await redis.ttl(key) <= 600
    assert PHONE not in str(await redis.hgetall(key))
    await redis.delete(key)
    with pytest.raises(SealGone):
        await vault.open(sealed.ref, call_id="c1")
    assert await redis.keys() == []


async def test_a_value_that_cannot_be_kept_or_opened_says_so() -> None:
    away, _ = open_redis(f"redis://127.0.0.1:{free_port()}/0")
    vault = Vault(away, CIPHER)
    with pytest.raises(LiveDown):
        await vault.seal(call_id="c1", kind="phone", value=PHONE)
    with pytest.raises(LiveDown):
        await vault.open("sv_x", call_id="c1")
    await away.aclose()
