"""The configs a site starts from are filled whole, or not at all."""

import re
import stat
import subprocess
import sys
from pathlib import Path

import pytest

RENDER = Path(__file__).resolve().parents[2] / "docker/asterisk/render.py"
NEEDED = ["MEDIA_PASSWORD=one", "AMI_PASSWORD=two", "TRUNK_HOST=192.0.2.1"]


def render(out: Path, *given: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, RENDER, out, *given],
        capture_output=True, text=True, env=environment, check=False,
    )  # fmt: skip


def test_every_place_is_filled_and_only_the_owner_can_read_it(tmp_path: Path) -> None:
    assert render(tmp_path, *NEEDED).returncode == 0
    files = list(tmp_path.glob("*.conf"))
    assert len(files) > 10
    for file in files:
        assert not re.search(r"@[A-Z_]+@", file.read_text())
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert "password = one" in (tmp_path / "websocket_client.conf").read_text()


def test_a_secret_can_come_from_the_environment_or_a_file(tmp_path: Path) -> None:
    site = tmp_path / "site.env"
    site.write_text("# ours\nAMI_PASSWORD=from-file\nTRUNK_HOST=192.0.2.1\n")
    out = tmp_path / "out"
    assert render(out, "--values", str(site), ASTERISK_MEDIA_PASSWORD="from-env").returncode == 0
    assert "secret = from-file" in (out / "manager.conf").read_text()
    assert "password = from-env" in (out / "websocket_client.conf").read_text()


@pytest.mark.parametrize(
    ("given", "word"),
    [
        (NEEDED[:2], "TRUNK_HOST must be given"),
        ([*NEEDED, "NO_SUCH=1"], "unknown value NO_SUCH"),
        ([*NEEDED, "AMI_USER=a\n[other]"], "AMI_USER holds"),
        ([*NEEDED, "MEDIA_USER=a;b"], "MEDIA_USER holds"),
        ([*NEEDED, "HOTLINE"], "not NAME=VALUE"),
    ],
)
def test_a_value_that_cannot_be_used_is_named_and_nothing_is_written(
    tmp_path: Path, given: list[str], word: str
) -> None:
    done = render(tmp_path / "out", *given)
    assert done.returncode == 1
    assert word in done.stderr
    assert not (tmp_path / "out").exists()


def test_the_services_account_has_the_least_rights(tmp_path: Path) -> None:
    render(tmp_path, *NEEDED)
    manager = (tmp_path / "manager.conf").read_text()
    assert "read = call\n" in manager
    assert "write = call,originate,reporting\n" in manager


def test_the_log_has_no_place_for_callers_numbers(tmp_path: Path) -> None:
    render(tmp_path, *NEEDED)
    lines = (tmp_path / "logger.conf").read_text().splitlines()
    kinds = [line.partition("=>")[2] for line in lines if "=>" in line]
    assert kinds
    assert "queue_log = no" in lines
    assert not any("verbose" in kind or "debug" in kind or "dtmf" in kind for kind in kinds)
