"""`ivr watchdog`: a process of its own that asks the media door how it is, and acts by AMI when it is not.

It stands beside Asterisk, so that it sees the door as Asterisk does. `ivr up` starts one as its child; it
outlives a parent that is killed, and ends when a newer one takes its place.

A connection that a frozen service does not answer is worse than none: Asterisk waits for it with a channel
locked, and soon everybody waits. So the child inherits the door's listening sockets, and while the service
is silent it takes what waits there and closes it.
"""

import argparse
import asyncio
import logging
import os
import socket
import sys
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import Any, Protocol

from ivr.cli.ending import until_told_to_end
from ivr.cli.passwords import password
from ivr.cli.watchdog_post import POST, take_post
from ivr.redact import configure_logging
from ivr.settings import Settings, SettingsWrong, load_settings
from telephony.ami.client import LiveChannel, ManagerClient, ManagerTimes
from telephony.errors import AmiError, AmiRefused
from telephony.media.health import ask_health
from telephony.watchdog import (
    ANSWER_SECONDS,
    ASK_EVERY_SECONDS,
    Health,
    KeepCallersAway,
    LetCallersIn,
    TakeCallersOut,
    Watchdog,
    WatchdogCommand,
)

_log = logging.getLogger(__name__)
TIMES = ManagerTimes(connect=1.0, answer=1.0, ping=1.0, retry=0.1, longest_retry=1.0)
DOWN_UNTIL = "IVR_DOWN_UNTIL"
_WAY_OUT = {
    ("ivr-in", True): ("ivr-fallback", "lost"), ("ivr-in", False): ("ivr-fallback", "s"),
    ("ivr-owner", True): ("ivr-owner", "gone"), ("ivr-owner", False): ("ivr-owner", "gone"),
    ("ivr-desk", True): ("ivr-desk", "gone"), ("ivr-desk", False): ("ivr-desk", "gone"),
}
"""Where a person goes who is in a context of the dialplan, joined with the service (True) or waiting for it."""


class Manager(Protocol):
    """What is needed of Asterisk (telephony.ami.client)."""

    async def channels(self) -> tuple[LiveChannel, ...]:
        """Every channel."""
        ...

    async def redirect(self, channel: str, *, context: str, extension: str) -> None:
        """Send a channel elsewhere."""
        ...

    async def clock(self) -> float:
        """Its own clock."""
        ...

    async def set_global(self, name: str, value: str) -> None:
        """Set a variable that every call sees."""
        ...


async def take_callers_out(manager: Manager, *, only: str | None = None) -> int:
    """Send everybody who is in the hands of the service to the dialplan's own way out; how many.

    Raises:
        AmiError: Asterisk does not answer.
    """
    moved = 0
    for channel in await manager.channels():
        way = _WAY_OUT.get((channel.context, bool(channel.bridge_id)))
        if way is None or channel.application != "Dial" or only not in (None, channel.name):
            continue
        try:
            await manager.redirect(channel.name, context=way[0], extension=way[1])
        except AmiRefused:
            continue  # he hung up meanwhile
        moved += 1
    return moved


class Waiting:
    """Connections that wait at the door, seen through its own sockets.

    Args:
        inherited: file descriptors of the parent's listening sockets; given up when the parent dies, so that
            the next one finds its port free.
        parent: process id of whom they are from; he may be dead already.
    """

    def __init__(self, inherited: Sequence[int], parent: int) -> None:
        self._sockets = [socket.socket(fileno=number) for number in inherited]
        for each in self._sockets:
            each.setblocking(False)
        self._parent: int | None = None
        if not self._sockets:
            return
        with suppress(ProcessLookupError):
            self._parent = os.pidfd_open(parent)
            asyncio.get_running_loop().add_reader(self._parent, self._parent_died)
        if self._parent is None or os.getppid() != parent:  # he died before he could be watched
            self._parent_died()

    def turn_away(self) -> int:
        """Close what nobody answers; how many."""
        turned = 0
        for door in self._sockets:
            with suppress(OSError):
                while True:
                    door.accept()[0].close()
                    turned += 1
        return turned

    def _parent_died(self) -> None:
        if self._parent is not None:
            asyncio.get_running_loop().remove_reader(self._parent)
            os.close(self._parent)
            self._parent = None
        self.turn_away()
        while self._sockets:
            self._sockets.pop().close()


class Keeper:
    """Asks, and does what `Watchdog` decides.

    Args:
        ask: asks the door once.
        manager: of Asterisk.
        waiting: connections that nobody answers.
    """

    def __init__(self, ask: Callable[[], Awaitable[Health]], manager: Manager, waiting: Waiting) -> None:
        self._ask = ask
        self._manager = manager
        self._waiting = waiting
        self._dog = Watchdog()

    async def run(self) -> None:
        """Ask until cancelled; a promise that callers are kept away ends with it."""
        clock = asyncio.get_running_loop().time
        try:
            while True:
                asked = clock()
                await self.look()
                await asyncio.sleep(max(0.0, asked + ASK_EVERY_SECONDS - clock()))
        finally:
            if self._dog.is_down:
                await self._perform_all([LetCallersIn()])

    async def look(self) -> None:
        """Ask once and act."""
        was_down = self._dog.is_down
        health = await self._ask()
        commands = self._dog.handle(health)
        if health is not Health.GOOD:
            self._waiting.turn_away()
        if self._dog.is_down != was_down:
            _log.warning("the service is %s", f"down ({health})" if self._dog.is_down else "back")
        await self._perform_all(commands)
        if health is not Health.GOOD:
            self._waiting.turn_away()  # who came before Asterisk was told

    async def _perform_all(self, commands: Sequence[WatchdogCommand]) -> None:
        for command in commands:
            try:
                await self._perform(command)
            except AmiError as error:
                self._dog.untold()
                _log.warning("Asterisk could not be told (%s)", error.code)

    async def _perform(self, command: WatchdogCommand) -> None:
        match command:
            case KeepCallersAway(seconds):
                until = int(await self._manager.clock()) + seconds
                await self._manager.set_global(DOWN_UNTIL, str(until))
            case LetCallersIn():
                await self._manager.set_global(DOWN_UNTIL, "0")
            case TakeCallersOut():
                moved = await take_callers_out(self._manager)
                if moved:
                    _log.warning("callers were taken out of the service's hands: %d", moved)


async def watchdog(settings: Settings, chosen: argparse.Namespace) -> int:
    """Keep watch until cancelled.

    Raises:
        SettingsWrong: no password for Asterisk's manager interface.
    """
    if settings.ami_password is None:
        raise SettingsWrong("ivr watchdog needs IVR_AMI_PASSWORD")
    login = (settings.media_user, password(settings.media_password, settings.keys_dir, "media-password"))
    ami_login = (settings.ami_user, settings.ami_password.get_secret_value())

    async def ask() -> Health:
        return await ask_health(settings.media_host, settings.media_port, login=login, within=ANSWER_SECONDS)

    waiting = Waiting(chosen.door_fd, chosen.parent)  # first of all: a port that a dead parent held must be free
    settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    with await asyncio.to_thread(take_post, settings.data_dir / POST):
        async with ManagerClient(settings.ami_host, settings.ami_port, login=ami_login, times=TIMES) as manager:
            await Keeper(ask, manager, waiting).run()
    return 0


def add_options(commands: Any) -> None:
    """Add the command to the command line."""
    parser = commands.add_parser("watchdog", help="watch the media door: callers of a frozen service get a way out")
    parser.set_defaults(work=watchdog)
    _inherits(parser)


def _inherits(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--door-fd", type=int, action="append", default=[], help="a listening socket inherited from `ivr up`")
    parser.add_argument("--parent", type=int, default=0, help="process id of that `ivr up`")


def main() -> int:
    """Be `ivr watchdog` without the rest of the house in memory."""
    parser = argparse.ArgumentParser(prog="ivr watchdog")
    _inherits(parser)
    chosen = parser.parse_args()
    try:
        settings = load_settings()
        configure_logging(settings.log_level)
        return asyncio.run(until_told_to_end(watchdog(settings, chosen)))
    except SettingsWrong as error:
        print(f"ivr: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
