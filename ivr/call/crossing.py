"""Carries sound between two or three lines, in this process: the PBX never bridges their channels.

So no number of one can cross to another, and what is said is recorded where it passes. `mixing` decides
what each hears; this keeps the time.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from ivr.call.mixing import SAMPLES_PER_SECOND, Mixer
from telephony.errors import MediaClosed

_log = logging.getLogger(__name__)
TICK_SECONDS = 0.06
"""One piece; three frames, so that there are few messages for little delay."""
_SAMPLES = int(TICK_SECONDS * SAMPLES_PER_SECOND)
_LEAD = bytes(2 * _SAMPLES)
"""Silence ahead of the first piece: a tick that comes late is not heard as a gap."""
_LATE_SECONDS = 0.5
"""After a pause of the process so long, what was missed is left out."""

Hear = Callable[[bytes], Awaitable[None]]


class Place:
    """Somebody's place in a crossing."""

    def __init__(self, crossing: "Crossing", name: str) -> None:
        self._crossing = crossing
        self._name = name

    def say(self, pcm: bytes) -> None:
        """Let the others hear this: 16-bit, 8 kHz, mono."""
        self._crossing.say(self._name, pcm)

    def leave(self) -> None:
        """Hear and be heard no longer."""
        self._crossing.leave(self._name)


class Crossing:
    """Two or three people who hear each other while `run` runs."""

    def __init__(self) -> None:
        self._mixer = Mixer()
        self._ears: dict[str, Hear] = {}
        self._fresh: set[str] = set()

    def enter(self, name: str, hear: Hear) -> Place:
        """Take a place; `hear` is given what the others say, a piece at a time."""
        self._mixer.enter(name)
        self._ears[name] = hear
        self._fresh.add(name)
        return Place(self, name)

    def leave(self, name: str) -> None:
        """Give a place up; one that was given up already is no matter."""
        self._mixer.leave(name)
        self._ears.pop(name, None)
        self._fresh.discard(name)

    def say(self, name: str, pcm: bytes) -> None:
        """Somebody's sound."""
        self._mixer.say(name, pcm)

    def tell(self, pcm: bytes) -> None:
        """Let all hear something of ours."""
        self._mixer.tell(pcm)

    async def run(self) -> None:
        """Carry sound until cancelled."""
        clock = asyncio.get_running_loop().time
        due = clock()
        while True:
            due = max(due + TICK_SECONDS, clock() - _LATE_SECONDS)
            await asyncio.sleep(due - clock())
            for name, pcm in self._mixer.hear(_SAMPLES).items():
                await self._give(name, pcm)

    async def _give(self, name: str, pcm: bytes) -> None:
        hear = self._ears.get(name)
        if hear is None:
            return
        lead = _LEAD if name in self._fresh else b""
        self._fresh.discard(name)
        try:
            async with asyncio.timeout(_LATE_SECONDS):
                await hear(lead + pcm)
        except (TimeoutError, MediaClosed) as error:  # his own session sees that he is gone; the others go on
            _log.info("a line takes no sound", extra={"error": type(error).__name__})
            self.leave(name)
