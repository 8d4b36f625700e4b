"""Passwords (argon2id) and one-time passwords (RFC 6238): made, checked, and refused when they are guessed too soon."""

import asyncio
import secrets
from datetime import datetime

import pyotp
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from ivr.services.people_errors import PasswordTooWeak

ISSUER = "12123"
SHORTEST_PASSWORD = 10
LONGEST_PASSWORD = 128
_STEP_SECONDS = 30
_TELLING_NAME = 4
"""A shorter account name stands in many a good password by chance."""
_COMMON = ("1234567890", "0123456789", "password", "qwertyuiop", "12123", "admin12345", "abc123", "111111", "000000")


class Passwords:
    """Hashes passwords and compares them; both are slow on purpose and go on beside the event loop.

    Args:
        hasher: argon2id, with its costs.
    """

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        self._nobodys = self._hasher.hash(secrets.token_urlsafe(16))

    async def hash(self, password: str) -> str:
        """What is kept of a password."""
        return await asyncio.to_thread(self._hasher.hash, password)

    async def fits(self, kept: str | None, told: str) -> bool:
        """Whether a password is the one that is kept; where none is kept it takes as long, and is not."""
        return await asyncio.to_thread(self._fits, kept or self._nobodys, told[:LONGEST_PASSWORD]) and kept is not None

    def _fits(self, kept: str, told: str) -> bool:
        try:
            return self._hasher.verify(kept, told)
        except (VerificationError, InvalidHashError):
            return False


def check_password(password: str, *, name: str) -> None:
    """See that a password is not guessed too soon.

    Raises:
        PasswordTooWeak: it is.
    """
    if len(password) < SHORTEST_PASSWORD:
        raise PasswordTooWeak("short")
    if len(password) > LONGEST_PASSWORD:
        raise PasswordTooWeak("long")
    lower = password.lower()
    if len(name) >= _TELLING_NAME and name in lower:
        raise PasswordTooWeak("name")
    if len(set(lower)) < 5 or any(len(word) * 2 > len(lower) and word in lower for word in _COMMON):
        raise PasswordTooWeak("common")


def new_second_factor() -> str:
    """Draw a secret that its owner's telephone is to be given."""
    return pyotp.random_base32()


def second_factor_address(name: str, secret: str) -> str:
    """Give what the QR code says (`otpauth://`)."""
    return pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=ISSUER)


def step_of(secret: str, one_time: str, now: datetime) -> int | None:
    """Time step that a one-time password belongs to: this one or the one before or after."""
    clean = "".join(one_time.split())
    here = int(now.timestamp()) // _STEP_SECONDS
    totp = pyotp.TOTP(secret)
    for step in (here, here - 1, here + 1):
        if secrets.compare_digest(totp.at(step * _STEP_SECONDS).encode(), clean.encode()):
            return step
    return None
