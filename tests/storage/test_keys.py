import base64
import stat
import threading
from pathlib import Path

import pytest
from pydantic import SecretStr

from ivr.settings import Settings
from ivr.storage.errors import KeyWrong
from ivr.storage.keys import derive, house_of, secret_of


def test_a_secret_is_made_once_and_only_its_owner_may_read_it(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    secret = secret_of(settings)
    assert secret_of(settings) == secret
    assert len(secret) == 32
    kept = settings.keys_dir / "secret.key"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert stat.S_IMODE(settings.keys_dir.stat().st_mode) == 0o700
    assert [path.name for path in settings.keys_dir.iterdir()] == ["secret.key"]


def test_processes_that_start_together_agree_on_one(tmp_path: Path) -> None:
    found: list[bytes] = []
    threads = [
        threading.Thread(target=lambda: found.append(secret_of(Settings(data_dir=tmp_path))))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert len(set(found)) == 1


def test_a_house_keeps_its_name_and_another_has_another(tmp_path: Path) -> None:
    one, other = Settings(data_dir=tmp_path / "one"), Settings(data_dir=tmp_path / "other")
    assert house_of(one) == house_of(one)
    assert house_of(one) != house_of(other)
    assert len(house_of(one)) == 16


@pytest.mark.parametrize("encode", [base64.b64encode, base64.urlsafe_b64encode])
def test_the_set_secret_wins_in_either_alphabet(encode: object, tmp_path: Path) -> None:
    secret = b"\xff\xfe" * 16
    text = encode(secret).decode()  # type: ignore[operator]
    assert secret_of(Settings(data_dir=tmp_path, secret_key=SecretStr(text))) == secret
    assert not (tmp_path / "keys").exists()


@pytest.mark.parametrize(
    "text", ["", "short", "A" * 43 + "!", base64.b64encode(b"x" * 31).decode()]
)
def test_a_secret_that_cannot_be_one_is_refused_without_being_shown(
    text: str, tmp_path: Path
) -> None:
    with pytest.raises(KeyWrong) as wrong:
        secret_of(Settings(data_dir=tmp_path, secret_key=SecretStr(text)))
    assert "IVR_SECRET_KEY" in str(wrong.value)
    assert not text or text not in str(wrong.value)


def test_keys_of_different_purposes_differ() -> None:
    assert derive(b"s" * 32, "a") != derive(b"s" * 32, "b")
    assert derive(b"s" * 32, "a", salt=b"1") != derive(b"s" * 32, "a", salt=b"2")
    assert derive(b"s" * 32, "a") == derive(b"s" * 32, "a")
