"""Throw-away PostgreSQL and Redis servers on free loopback ports, for tests that need the real ones.

A conftest makes the fixtures its own: `from tests.servers import postgres_url, redis_url`. Where a
binary is missing the tests are skipped; with `REQUIRE_SERVERS=1` they fail instead.
"""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ivr.cli.free_ports import free_port

_START_SECONDS = 30.0


def missing(what: str) -> None:
    """Skip, or fail where the servers are required."""
    if os.environ.get("REQUIRE_SERVERS") == "1":
        pytest.fail(f"REQUIRE_SERVERS=1, but there is no {what}")
    pytest.skip(f"NOT TESTED: no {what} on this machine")


@contextmanager
def running(
    command: list[str],
    ready: Callable[[], bool],
    *,
    log: Path,
    stop: signal.Signals = signal.SIGINT,
) -> Iterator[None]:
    """Run a server until the block ends."""
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT)
    try:
        deadline = time.monotonic() + _START_SECONDS
        while not ready():
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"{command[0]} does not start:\n{log.read_text()[-2000:]}")
            time.sleep(0.05)
        yield
    finally:
        process.send_signal(stop)
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def accepts(port: int) -> bool:
    """Does somebody listen there?"""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _postgres_bin() -> Path | None:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))
    if found:
        return found[-1].parent
    binary = shutil.which("postgres")
    return Path(binary).resolve().parent if binary else None


def _unprivileged(folder: Path) -> list[str]:
    """PostgreSQL refuses to run as root: hand the folder to another user and run as that."""
    if os.geteuid() != 0:
        return []
    names = {entry.pw_name for entry in pwd.getpwall()}
    user = pwd.getpwnam("postgres" if "postgres" in names else "nobody")
    os.chown(folder, user.pw_uid, user.pw_gid)
    return ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]


@contextmanager
def postgres_server() -> Iterator[str]:
    """Run PostgreSQL; the URL of a role that may make databases."""
    binaries = _postgres_bin()
    if binaries is None:
        missing("PostgreSQL server")
        return
    folder = Path(tempfile.mkdtemp(prefix="ivr-pg-"))
    prefix = _unprivileged(folder)
    data = folder / "data"
    try:
        subprocess.run(
            [*prefix, str(binaries / "initdb"), "-D", str(data), "-U", "ivr", "-A", "trust",
             "-E", "UTF8", "--locale=C", "--no-sync"],
            check=True, capture_output=True, cwd=folder,
        )  # fmt: skip
        port = free_port()
        command = [*prefix, str(binaries / "postgres"), "-D", str(data), "-p", str(port)]
        for option in (
            "listen_addresses=127.0.0.1",
            "unix_socket_directories=",
            "fsync=off",
            "full_page_writes=off",
            "shared_buffers=16MB",
            "max_connections=60",
        ):
            command += ["-c", option]
        probe = [str(binaries / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(port)]
        log = Path(tempfile.mkstemp(prefix="ivr-pg-", suffix=".log")[1])

        def ready() -> bool:
            return subprocess.run(probe, check=False).returncode == 0

        # "Immediate" shutdown: what lies on disk is thrown away.
        with running(command, ready, log=log, stop=signal.SIGQUIT):
            yield f"postgresql+asyncpg://ivr@127.0.0.1:{port}/postgres"
        log.unlink()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def redis_server(port: int | None = None) -> Iterator[str]:
    """Run redis-server without persistence."""
    binary = shutil.which("redis-server")
    if binary is None:
        missing("redis-server")
        return
    port = port or free_port()
    folder = Path(tempfile.mkdtemp(prefix="ivr-redis-"))
    command = [binary, "--port", str(port), "--bind", "127.0.0.1", "--dir", str(folder)]
    command += ["--save", "", "--appendonly", "no"]
    try:
        with running(command, lambda: accepts(port), log=folder / "log"):
            yield f"redis://127.0.0.1:{port}/0"
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A running PostgreSQL."""
    with postgres_server() as url:
        yield url


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """A running Redis."""
    with redis_server() as url:
        yield url
