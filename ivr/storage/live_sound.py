"""Sound of the calls on the line, for those who listen in; nothing of it is kept here.

A call's sound passes on its way into the recording, where what is secret is already silent. Only calls
of this process can be heard.
"""

import asyncio
from collections.abc import AsyncIterator
from typing import Any, Final, Protocol

from ivr.storage.errors import RecordingMissing

MOST_WAITING: Final = 250
"""Pieces of about 20 ms; of a listener who takes none for so long the oldest are dropped."""


class Writer(Protocol):
    """Takes the sound of one call (`recording_writer.RecordingWriter`)."""

    def append(self, stereo_pcm: bytes) -> None: ...  # noqa: D102
    async def close(self) -> Any: ...  # noqa: D102


class LiveSound:
    """Who listens to what."""

    def __init__(self) -> None:
        self._on_air: dict[str, set[asyncio.Queue[bytes | None]]] = {}

    def through(self, call_id: str, writer: Writer) -> Writer:
        """Give a writer whose sound can be listened to while it is written."""
        self._on_air[call_id] = set()
        return _Passing(self, call_id, writer)

    def is_on_air(self, call_id: str) -> bool:
        """Is the call on the line, here?"""
        return call_id in self._on_air

    async def listen(self, call_id: str) -> AsyncIterator[bytes]:
        """Hear a call from now to its end: 16-bit stereo, 8 kHz, left the caller.

        Raises:
            RecordingMissing: no such call is on the line.
        """
        if call_id not in self._on_air:
            raise RecordingMissing("no such call is on the line")
        heard: asyncio.Queue[bytes | None] = asyncio.Queue()
        listeners = self._on_air[call_id]
        listeners.add(heard)
        try:
            while (piece := await heard.get()) is not None:
                yield piece
        finally:
            listeners.discard(heard)

    def pass_on(self, call_id: str, piece: bytes) -> None:
        """Let the listeners have a piece."""
        for listener in self._on_air.get(call_id, ()):
            if listener.qsize() >= MOST_WAITING:
                listener.get_nowait()
            listener.put_nowait(piece)

    def over(self, call_id: str) -> None:
        """The call has ended."""
        for listener in self._on_air.pop(call_id, ()):
            listener.put_nowait(None)


class _Passing:
    """Writes, and lets others listen."""

    def __init__(self, sound: LiveSound, call_id: str, writer: Writer) -> None:
        self._sound = sound
        self._call_id = call_id
        self._writer = writer

    def append(self, stereo_pcm: bytes) -> None:
        self._writer.append(stereo_pcm)
        self._sound.pass_on(self._call_id, stereo_pcm)

    async def close(self) -> Any:
        self._sound.over(self._call_id)
        return await self._writer.close()
