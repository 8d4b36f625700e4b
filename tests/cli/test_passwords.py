"""Passwords of our own doors."""

import stat

from pydantic import SecretStr

from ivr.cli.passwords import password


def test_the_site_s_own_wins(tmp_path):
    assert password(SecretStr("given"), tmp_path, "door") == "given"
    assert not (tmp_path / "door").exists()


def test_one_is_made_once_and_only_its_owner_may_read_it(tmp_path):
    made = password(None, tmp_path / "keys", "door")
    assert len(made) >= 20
    assert password(None, tmp_path / "keys", "door") == made
    assert stat.S_IMODE((tmp_path / "keys" / "door").stat().st_mode) == 0o600
    assert password(None, tmp_path / "keys", "other") != made
