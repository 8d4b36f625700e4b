"""What names a person, closed: columns at rest, and values that only pass through.

`FieldCipher` closes columns and makes the tokens used for limits and search. `Vault` keeps what a
caller keyed in for some minutes: it opens a value for its own call, as often as it was sealed for.
"""

import base64
import hmac
import os
import secrets
from collections.abc import Awaitable
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final, cast

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from redis.asyncio import Redis
from redis.exceptions import RedisError

from ivr.storage.errors import KeyWrong, LiveDown, SealForeign, SealGone
from ivr.storage.keys import derive

_VERSION: Final = "v1"
_NONCE_BYTES: Final = 12
_TOKEN_CHARS: Final = 32
_SAYABLE_FROM: Final = 8
"""Of a shorter value, such as an SMS code, four characters would say too much."""


class FieldCipher:
    """AES-256-GCM for columns, HMAC-SHA256 for tokens; both keys derive from the site's secret."""

    def __init__(self, secret: bytes) -> None:
        self._box = AESGCM(derive(secret, "ivr/field"))
        self._token_key = derive(secret, "ivr/token")

    def encrypt(self, text: str, *, bound_to: str = "") -> str:
        """Close `text`; it opens only with the same `bound_to`, e.g. table, column and row."""
        nonce = os.urandom(_NONCE_BYTES)
        sealed = nonce + self._box.encrypt(nonce, text.encode(), bound_to.encode())
        return f"{_VERSION}.{base64.urlsafe_b64encode(sealed).decode('ascii')}"

    def decrypt(self, closed: str, *, bound_to: str = "") -> str:
        """Open what `encrypt` closed.

        Raises:
            KeyWrong: another key, another `bound_to`, or a changed text.
        """
        version, _, body = closed.partition(".")
        try:
            sealed = base64.urlsafe_b64decode(body if version == _VERSION else "")
            nonce, text = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
            return self._box.decrypt(nonce, text, bound_to.encode()).decode()
        except (InvalidTag, ValueError):
            raise KeyWrong("a stored value does not open with this secret key") from None

    def token(self, number: str) -> str:
        """Stand-in of a number or plate: equal for equal texts, and leads back to none."""
        mac = hmac.new(self._token_key, number.encode(), sha256)
        return mac.hexdigest()[:_TOKEN_CHARS]


@dataclass(frozen=True, slots=True)
class SealedRef:
    """Stands for a sealed value wherever the value itself may not go."""

    ref: str
    kind: str
    tail: str
    """Last four characters, which may be said; empty for short values such as SMS codes."""


class Vault:
    """Sealed values in Redis, encrypted; each opens for its own call only, and so many times."""

    def __init__(self, redis: Redis, cipher: FieldCipher) -> None:
        self._redis = redis
        self._cipher = cipher

    async def seal(
        self, *, call_id: str, kind: str, value: str, ttl_seconds: int = 600, uses: int = 1
    ) -> SealedRef:
        """Lay `value` in.

        Raises:
            LiveDown: Redis does not answer; the value is not kept.
        """
        ref = "sv_" + secrets.token_urlsafe(24)
        box = self._cipher.encrypt(value, bound_to=f"vault:{ref}:{call_id}")
        try:
            async with self._redis.pipeline(transaction=True) as pipe:
                pipe.hset(_key(ref), mapping={"call": call_id, "box": box, "left": str(uses)})
                pipe.expire(_key(ref), ttl_seconds)
                await pipe.execute()
        except (RedisError, OSError):
            raise LiveDown("a value could not be sealed") from None
        tail = value[-4:] if len(value) >= _SAYABLE_FROM else ""
        return SealedRef(ref=ref, kind=kind, tail=tail)

    async def open(self, ref: str, *, call_id: str) -> str:
        """Take `ref`'s value out once.

        Raises:
            SealGone: used up, out of time, or never sealed.
            SealForeign: sealed for another call; that call can still open it.
            LiveDown: Redis does not answer.
        """
        try:
            owner = await cast(Awaitable[Any], self._redis.hget(_key(ref), "call"))
            if owner is None:
                raise SealGone("sealed value used up or out of time")
            if owner != call_id:
                raise SealForeign("sealed value of another call")
            box = await self._use(ref)
        except (RedisError, OSError):
            raise LiveDown("a sealed value could not be opened") from None
        return self._cipher.decrypt(box, bound_to=f"vault:{ref}:{call_id}")

    async def forget(self, ref: str) -> None:
        """Let `ref` open no more, however often it might have; while Redis is away it stays until its time is out."""
        with suppress(RedisError, OSError):
            await self._redis.delete(_key(ref))

    async def _use(self, ref: str) -> str:
        """Count one use down; counting and reading are one step, so no use is given out twice."""
        async with self._redis.pipeline(transaction=True) as pipe:
            pipe.hincrby(_key(ref), "left", -1)
            pipe.hget(_key(ref), "box")
            left, box = await pipe.execute()
        if left <= 0:
            await self._redis.delete(_key(ref))
        if left < 0 or box is None:
            raise SealGone("sealed value used up or out of time")
        return str(box)


def _key(ref: str) -> str:
    return f"ivr:sealed:{ref}"
