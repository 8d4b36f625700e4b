"""What a password may be, and how it is compared."""

import pytest
from argon2 import PasswordHasher

from ivr.services.passwords import Passwords, check_password
from ivr.services.people_errors import PasswordTooWeak


@pytest.mark.parametrize(
    ("password", "reason"),
    [("short", "short"), ("x" * 129, "long"), ("aaaaaaaaaaaa", "common"), ("1234567890ab", "common"), ("wang-2026-nov", "name")],
)
def test_a_password_that_is_guessed_too_soon_is_refused(password: str, reason: str) -> None:
    with pytest.raises(PasswordTooWeak) as caught:
        check_password(password, name="wang")
    assert caught.value.reason == reason


async def test_a_password_fits_what_was_kept_of_it_and_nothing_fits_where_none_is_kept() -> None:
    passwords = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    kept = await passwords.hash("纸鸢-in-the-wind")
    assert "纸鸢" not in kept
    assert await passwords.fits(kept, "纸鸢-in-the-wind")
    assert not await passwords.fits(kept, "another-password")
    assert not await passwords.fits(None, "纸鸢-in-the-wind")
    assert not await passwords.fits("not a hash", "纸鸢-in-the-wind")
