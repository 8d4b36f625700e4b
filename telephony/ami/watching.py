"""Who waits for events of Asterisk, what he gets, and what he gets after a gap."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

from telephony.ami.protocol import ManagerEvent


@dataclass(frozen=True, slots=True)
class LiveChannel:
    """A channel as Asterisk lists it; without the numbers that it knows."""

    name: str
    unique_id: str
    state: str
    """`Down`, `Ring`, `Ringing`, `Up`, ..."""
    context: str
    extension: str
    application: str
    bridge_id: str
    """Empty: joined with nobody."""

    @property
    def is_up(self) -> bool:
        """Whether it was answered."""
        return self.state == "Up"


@dataclass(frozen=True, slots=True)
class ConnectionLost:
    """Events may be missing from here on; `ChannelsNow` follows when Asterisk answers again."""


@dataclass(frozen=True, slots=True)
class ChannelsNow:
    """What is true after a gap: a channel that is not among them has ended meanwhile."""

    channels: tuple[LiveChannel, ...]

    def find(self, unique_id: str) -> LiveChannel | None:
        """The channel with this unique id, if it lives."""
        return next((each for each in self.channels if each.unique_id == unique_id), None)


Watched = ManagerEvent | ConnectionLost | ChannelsNow


class Watch:
    """Events that somebody asked for; the oldest goes when nobody reads them."""

    def __init__(self, wanted: Callable[[ManagerEvent], bool], *, most: int) -> None:
        self._wanted = wanted
        self._queue: asyncio.Queue[Watched] = asyncio.Queue(most)
        self.lost = 0
        """Events dropped because they were read too slowly."""

    def put(self, event: Watched) -> None:
        """For the client: something happened. Never waits: a slow reader must not hold up the others."""
        if isinstance(event, ManagerEvent) and not self._wanted(event):
            return
        if self._queue.full():
            self._queue.get_nowait()
            self.lost += 1
        self._queue.put_nowait(event)

    def __aiter__(self) -> Self:
        """Events as they come."""
        return self

    async def __anext__(self) -> Watched:
        """The next event."""
        return await self._queue.get()


def read_channel(listed: ManagerEvent) -> LiveChannel:
    """Read one `CoreShowChannel`."""
    told = listed.fields
    return LiveChannel(
        name=told.get("Channel", ""),
        unique_id=told.get("Uniqueid", ""),
        state=told.get("ChannelStateDesc", ""),
        context=told.get("Context", ""),
        extension=told.get("Exten", ""),
        application=told.get("Application", ""),
        bridge_id=told.get("BridgeId", ""),
    )
