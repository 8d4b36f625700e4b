"""A call's line in the company of others: while it is joined with people, sound goes to them and not to the ear."""

from collections.abc import Callable

from ivr.call.crossing import Crossing, Place
from ivr.call.events import Joined, Parted, PlaceTold
from ivr.call.ports import MediaLine
from ivr.call.recorder import StereoTimeline

Outcome = PlaceTold | Joined | Parted


class Company:
    """What whoever joins a caller with people does to his call.

    Args:
        line: of the call.
        encode: turns 16-bit PCM into the line's codec.
        timeline: of the recording; what he hears of the others is on its right side.
        tell: takes what happens.
    """

    def __init__(
        self, line: MediaLine, timeline: StereoTimeline, *, encode: Callable[[bytes], bytes], tell: Callable[[Outcome], None]
    ) -> None:
        self._line = line
        self._timeline = timeline
        self._encode = encode
        self._tell = tell
        self._place: Place | None = None
        self._pieces = 0

    @property
    def joined(self) -> bool:
        """Is he with others?"""
        return self._place is not None

    def waits(self, position: int, wait_seconds: float | None) -> None:
        """He waits for a person, at this place."""
        self._tell(PlaceTold(position, wait_seconds))

    def enter(self, crossing: Crossing, name: str = "caller") -> None:
        """Let him hear the others and be heard."""
        self._tell(Joined())
        self._line.hurry(on=True)
        self._place = crossing.enter(name, self._hear)

    def leave(self) -> None:
        """Let him hear the others no longer; the machine has him again once it is told so (`Parted`)."""
        if self._place is not None:
            self._place.leave()
            self._place = None
            self._line.hurry(on=False)

    def says(self, pcm: bytes) -> bool:
        """Take a piece of his sound; False when he is with nobody."""
        if self._place is None:
            return False
        self._place.say(pcm)
        return True

    async def _hear(self, pcm: bytes) -> None:
        self._pieces += 1
        self._timeline.service_plays(pcm)
        await self._line.play(self._encode(pcm), mark=f"x{self._pieces}")
