"""Our own asyncio connection to the manager interface: one reader, a ping, reconnect with back-off.

`asterisk-ami`'s client is not used: its listener thread dies of a few seconds of silence.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from ssl import SSLContext
from types import TracebackType
from typing import Self

from telephony.ami.protocol import (
    ActionAnswered,
    Greeted,
    ManagerEvent,
    ManagerGone,
    ManagerNews,
    ManagerProtocol,
)
from telephony.ami.questions import Question
from telephony.ami.watching import ChannelsNow, ConnectionLost, LiveChannel, Watch, read_channel
from telephony.errors import AmiDown, AmiError, AmiRefused

__all__ = ["ChannelsNow", "ConnectionLost", "LiveChannel", "ManagerClient", "ManagerTimes", "Watch"]

_log = logging.getLogger(__name__)
_READ_BYTES = 65_536


@dataclass(frozen=True, slots=True)
class ManagerTimes:
    """How patient the connection is; all in seconds."""

    connect: float = 5.0
    answer: float = 2.5
    """Asterisk must answer an action, a ping included, within this time."""
    ping: float = 1.5
    """A frozen Asterisk is noticed after `ping + answer` at most."""
    retry: float = 0.2
    """First pause before connecting again; doubles each time."""
    longest_retry: float = 5.0


class ManagerClient:
    """Asterisk's manager interface; use it as an async context manager."""

    def __init__(
        self,
        host: str,
        port: int,
        *,
        login: tuple[str, str],
        times: ManagerTimes | None = None,
        tls: SSLContext | None = None,
    ) -> None:
        self._host = host
        self._port = port
        self._login = login
        self._times = times or ManagerTimes()
        self._tls = tls
        self._group = asyncio.TaskGroup()
        self._life: asyncio.Task[None] | None = None
        self._closing = False
        """A TaskGroup that is failing already swallows a cancellation (Python 3.11), so cancelling is
        not enough to end `_live`."""
        self._ready = asyncio.Event()
        self._protocol = ManagerProtocol()
        self._writer: asyncio.StreamWriter | None = None
        self._waiting: dict[str, Question] = {}
        self._watches: set[Watch] = set()
        self._gap = False
        """Events may have been missed."""
    @property
    def up(self) -> bool:
        """Whether it is logged in now."""
        return self._ready.is_set()

    async def __aenter__(self) -> Self:
        """Begin to connect; does not wait for it."""
        await self._group.__aenter__()
        self._life = self._group.create_task(self._live())
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Disconnect."""
        self._closing = True
        if self._life is not None:
            self._life.cancel()
        await self._group.__aexit__(None, None, None)  # the body's own error flies as it is

    async def wait_ready(self, *, within: float) -> None:
        """Wait until it is logged in.

        Raises:
            AmiDown: not within this many seconds.
        """
        try:
            async with asyncio.timeout(within):
                await self._ready.wait()
        except TimeoutError:
            raise AmiDown("Asterisk's manager interface does not answer") from None

    async def action(
        self,
        name: str,
        fields: Mapping[str, str] | None = None,
        variables: Mapping[str, str] | None = None,
    ) -> ActionAnswered:
        """Do one action and wait for its response.

        Raises:
            AmiDown: not connected, or no answer in time; it may have been done all the same.
            AmiRefused: Asterisk said no.
            AmiUnsafe: a value that would break out of its header.
        """
        self._must_be_ready()
        return (await self._ask(name, fields, variables))[0]

    async def channels(self) -> tuple[LiveChannel, ...]:
        """Every channel that Asterisk has now.

        Raises:
            AmiDown: not connected, or the list did not come in time.
            AmiRefused: the account may not see them.
        """
        self._must_be_ready()
        _, listed = await self._ask("CoreShowChannels", lists=True)
        return tuple(read_channel(each) for each in listed if each.name == "CoreShowChannel")

    async def clock(self) -> float:
        """Asterisk's own clock, seconds since 1970: what the dialplan's EPOCH will be compared with."""
        answer = await self.action("Ping")
        try:
            return float(answer.fields.get("Timestamp", ""))
        except ValueError:
            raise AmiDown("Asterisk did not tell its time") from None

    async def set_variable(self, channel: str, name: str, value: str) -> None:
        """Set a dialplan variable of a live channel."""
        await self.action("Setvar", {"Channel": channel, "Variable": name, "Value": value})

    async def set_global(self, name: str, value: str) -> None:
        """Set a dialplan variable that every call sees."""
        await self.action("Setvar", {"Variable": name, "Value": value})

    async def redirect(self, channel: str, *, context: str, extension: str) -> None:
        """Send a live channel to another place of the dialplan."""
        place = {"Context": context, "Exten": extension, "Priority": "1"}
        await self.action("Redirect", {"Channel": channel, **place})

    async def hang_up(self, channel: str) -> None:
        """End a live channel, by its name or unique id."""
        await self.action("Hangup", {"Channel": channel})

    async def originate(self, fields: Mapping[str, str], variables: Mapping[str, str]) -> str:
        """Begin a call; returns the action's id, which its `OriginateResponse` brings back."""
        answer = await self.action("Originate", {**fields, "Async": "true"}, variables)
        return answer.action_id

    @asynccontextmanager
    async def watch(
        self, wanted: Callable[[ManagerEvent], bool] = lambda _: True, *, most: int = 1000
    ) -> AsyncIterator[Watch]:
        """Events that pass `wanted`, while the block runs.

        `ConnectionLost` marks a gap; `ChannelsNow` ends it and tells what is true now.
        """
        watch = Watch(wanted, most=most)
        self._watches.add(watch)
        try:
            yield watch
        finally:
            self._watches.discard(watch)

    async def _live(self) -> None:
        pause = self._times.retry
        while not self._closing:
            try:
                await self._connect()
            except (AmiError, OSError, EOFError) as error:
                _log.warning("AMI: not connected (%s)", type(error).__name__)
            if self._ready.is_set():
                pause = self._times.retry
            self._disconnect()
            if not self._closing:
                await asyncio.sleep(pause)
            pause = min(pause * 2, self._times.longest_retry)

    async def _connect(self) -> None:
        async with asyncio.timeout(self._times.connect):
            reader, self._writer = await asyncio.open_connection(
                self._host, self._port, ssl=self._tls
            )
        self._protocol = ManagerProtocol()
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._keep())
                await self._read(reader)
                raise AmiDown("Asterisk closed the connection")
        except BaseExceptionGroup as errors:
            raise errors.exceptions[0] from None

    async def _read(self, reader: asyncio.StreamReader) -> None:
        while data := await reader.read(_READ_BYTES):
            self._protocol.receive_data(data)
            self._handle(self._protocol.events_received())
        self._protocol.receive_eof()
        self._handle(self._protocol.events_received())

    async def _keep(self) -> None:
        user, secret = self._login
        await self._ask("Login", {"Username": user, "Secret": secret, "Events": "call"})
        self._ready.set()
        await self._recover()
        while True:
            await asyncio.sleep(self._times.ping)
            await self._ask("Ping")

    async def _recover(self) -> None:
        """After a gap, tell who watches what became of the channels."""
        if not self._gap:
            return
        try:
            now = ChannelsNow(await self.channels())
        except AmiRefused:
            _log.warning("AMI: the account may not list channels, what was missed stays unknown")
            return
        finally:
            self._gap = False
        for watch in self._watches:
            watch.put(now)

    def _must_be_ready(self) -> None:
        if not self._ready.is_set():
            raise AmiDown("not connected to Asterisk's manager interface")

    def _handle(self, news: list[ManagerNews]) -> None:
        for item in news:
            match item:
                case ActionAnswered(action_id):
                    if (question := self._waiting.get(action_id)) is not None:
                        question.take(item)
                case ManagerEvent():
                    question = self._waiting.get(item.action_id)
                    if question is not None and question.lists:
                        question.take(item)
                        continue
                    for watch in self._watches:
                        watch.put(item)
                case Greeted() | ManagerGone():
                    pass

    async def _ask(
        self,
        name: str,
        fields: Mapping[str, str] | None = None,
        variables: Mapping[str, str] | None = None,
        *,
        lists: bool = False,
    ) -> tuple[ActionAnswered, list[ManagerEvent]]:
        action_id = self._protocol.send_action(name, fields, variables)
        question = self._waiting[action_id] = Question(lists=lists)
        try:
            async with asyncio.timeout(self._times.answer):
                await self._send()
                answer = await question.over
        except (TimeoutError, OSError):
            raise AmiDown("Asterisk did not answer in time") from None
        finally:
            self._waiting.pop(action_id, None)
        if not answer.good:
            raise AmiRefused(name)
        return answer, question.listed

    async def _send(self) -> None:
        if self._writer is None:
            raise AmiDown("not connected to Asterisk's manager interface")
        self._writer.write(self._protocol.data_to_send())
        await self._writer.drain()

    def _disconnect(self) -> None:
        if self._ready.is_set():
            self._ready.clear()
            self._gap = True
            for watch in self._watches:
                watch.put(ConnectionLost())
        for question in self._waiting.values():
            if not question.over.done():
                question.over.set_exception(AmiDown("the connection to Asterisk was lost"))
        if self._writer is not None:
            self._writer.close()
            self._writer = None
