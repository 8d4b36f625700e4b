"""Whom the watchdog takes out of the service's hands, and what it closes."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from ivr.cli.door_port import opened_when_free
from ivr.cli.free_ports import free_port
from ivr.cli.watchdog import Keeper, Waiting, take_callers_out
from ivr.cli.watchdog_child import watchdog_env
from ivr.cli.watchdog_post import take_post
from ivr.settings import Settings
from telephony.ami.client import LiveChannel
from telephony.errors import AmiRefused
from telephony.watchdog import Health


def channel(name: str, context: str, application: str = "Dial", bridge: str = "b1") -> LiveChannel:
    return LiveChannel(name, f"id-{name}", "Up", context, "s", application, bridge)


class Switch:
    """Asterisk, as far as the watchdog asks it."""

    def __init__(self, *channels: LiveChannel, gone: str = "") -> None:
        self._channels = channels
        self._gone = gone
        self.moved: list[tuple[str, str, str]] = []

    async def channels(self) -> tuple[LiveChannel, ...]:
        return self._channels

    async def redirect(self, channel: str, *, context: str, extension: str) -> None:
        if channel == self._gone:
            raise AmiRefused("Redirect")
        self.moved.append((channel, context, extension))


async def test_callers_owners_and_seats_each_go_their_own_way_and_nobody_else_is_touched() -> None:
    switch = Switch(
        channel("talks", "ivr-in"),
        channel("waits", "ivr-in", bridge=""),
        channel("owner", "ivr-owner"),
        channel("seat", "ivr-desk"),
        channel("WebSocket/1", "default", "AppDial"),
        channel("Local/1;2", "ivr-media"),
        channel("queued", "ivr-after", "Queue"),
        channel("told", "ivr-fallback", "Read"),
        channel("answers", "ivr-in", "Answer"),
    )
    assert await take_callers_out(switch) == 4
    assert switch.moved == [
        ("talks", "ivr-fallback", "lost"),
        ("waits", "ivr-fallback", "s"),
        ("owner", "ivr-owner", "gone"),
        ("seat", "ivr-desk", "gone"),
    ]


async def test_who_hangs_up_meanwhile_does_not_hold_up_the_others() -> None:
    switch = Switch(channel("one", "ivr-in"), channel("two", "ivr-in"), gone="one")
    assert await take_callers_out(switch) == 1
    assert switch.moved == [("two", "ivr-fallback", "lost")]


async def test_of_one_dead_line_only_its_caller_is_taken_out() -> None:
    switch = Switch(channel("one", "ivr-in"), channel("two", "ivr-in"))
    assert await take_callers_out(switch, only="two") == 1


async def test_who_waits_at_the_door_of_a_silent_service_is_turned_away() -> None:
    with socket.create_server(("127.0.0.1", 0)) as door:
        door.setblocking(False)
        waiting = Waiting([os.dup(door.fileno())], os.getppid())
        assert waiting.turn_away() == 0
        reader, writer = await asyncio.open_connection(*door.getsockname())
        assert waiting.turn_away() == 1
        async with asyncio.timeout(2):
            assert await reader.read() == b""
        writer.close()
        waiting._parent_died()


async def test_who_comes_to_a_silent_service_while_asterisk_is_being_told_is_turned_away_too() -> None:
    with socket.create_server(("127.0.0.1", 0)) as door:
        door.setblocking(False)
        waiting = Waiting([os.dup(door.fileno())], os.getppid())
        late: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []

        class Slow(Switch):
            async def clock(self) -> float:
                late.append(await asyncio.open_connection(*door.getsockname()))
                return 0.0

            async def set_global(self, name: str, value: str) -> None:
                self.told = (name, value)

        async def silent() -> Health:
            return Health.SILENT

        slow = Slow()
        await Keeper(silent, slow, waiting).look()
        assert slow.told == ("IVR_DOWN_UNTIL", "4")
        ((reader, writer),) = late
        async with asyncio.timeout(2):
            assert await reader.read() == b""
        writer.close()
        waiting._parent_died()


def started(*command: str, **more: Any) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, *command], **more)


def child_of(pid: int) -> int:
    return int(Path(f"/proc/{pid}/task/{pid}/children").read_text() or "0")


async def test_the_port_of_a_parent_who_died_before_he_could_be_watched_is_given_up() -> None:
    parent = started("-c", "")
    with socket.create_server(("127.0.0.1", 0)) as door:
        place = door.getsockname()
        kept = os.dup(door.fileno())
    with pytest.raises(OSError, match="in use"):
        socket.create_server(place)
    try:
        Waiting([kept], parent.pid)
        socket.create_server(place).close()
    finally:
        parent.wait()
    with socket.create_server(place) as door:
        kept = os.dup(door.fileno())
    Waiting([kept], parent.pid)
    socket.create_server(place).close()


async def test_a_house_killed_before_its_watchdog_stood_leaves_its_port_to_the_next(tmp_path: Path) -> None:
    login = {"IVR_MEDIA_PASSWORD": "m", "IVR_AMI_PASSWORD": "a", "IVR_OUTBOUND": "asterisk", "IVR_AMI_PORT": "1"}
    env = {**{name: value for name, value in os.environ.items() if not name.startswith("IVR_")}, **login, "IVR_DATA_DIR": str(tmp_path), "IVR_MEDIA_PORT": str(free_port())}
    port = int(env["IVR_MEDIA_PORT"])

    async def listen() -> asyncio.Server:
        return await asyncio.start_server(lambda _, __: None, "127.0.0.1", port)

    killed = started("-m", "tests.asterisk.door_process", env=env, stdout=subprocess.PIPE)
    assert killed.stdout is not None
    assert await asyncio.to_thread(killed.stdout.readline) == b"open\n"
    async with asyncio.timeout(5):
        while not (child := child_of(killed.pid)):  # noqa: ASYNC110
            await asyncio.sleep(0.005)
    killed.kill()
    killed.wait()
    try:
        (await opened_when_free(listen, port=port)).close()
    finally:
        os.kill(child, signal.SIGKILL)
        killed.stdout.close()


def test_the_child_is_told_of_both_doors_and_of_nothing_else_of_ours(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, secret_key="s", ami_password="a", _env_file=None)
    env = watchdog_env(settings, 4711, "m", {"PATH": "/bin", "IVR_SECRET_KEY": "s", "IVR_X": "1"})
    assert env["PATH"] == "/bin"
    assert (env["IVR_MEDIA_PORT"], env["IVR_MEDIA_PASSWORD"], env["IVR_AMI_PASSWORD"]) == ("4711", "m", "a")
    assert not {"IVR_SECRET_KEY", "IVR_X"} & env.keys()


@pytest.mark.parametrize("signals", ["", "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN);"])
def test_a_post_is_taken_over_also_from_one_that_does_not_hear(tmp_path: Path, signals: str) -> None:
    place = tmp_path / "watchdog.pid"
    code = (
        f"{signals}import pathlib, sys, threading; from ivr.cli.watchdog_post import take_post; "
        "post = take_post(pathlib.Path(sys.argv[1])); print('taken', flush=True); threading.Event().wait()"
    )
    old = subprocess.Popen([sys.executable, "-c", code, place], stdout=subprocess.PIPE)
    assert old.stdout is not None
    assert old.stdout.readline() == b"taken\n"
    with take_post(place):
        assert old.wait(5) < 0
        assert place.read_text() == str(os.getpid())
    old.stdout.close()
