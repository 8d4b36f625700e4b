"""Lets many lines be read together.

Each wakes the loop for each of its frames, fifty times a second, and a wake-up costs as much as what is done with
a frame. So a line that was read rests until the next stroke; its frames wait in the kernel, and then all lines
are read in one round, two frames of each. Few lines have nothing to gain: they are read at once.
"""

import asyncio
from collections.abc import Callable

PULSE_SECONDS = 0.04


class Pulse:
    """Strikes for those who rest.

    Args:
        seconds: from stroke to stroke, so long does a frame wait at most.
        few: below so many lines nobody need rest.
    """

    def __init__(self, seconds: float = PULSE_SECONDS, *, few: int = 0) -> None:
        self._seconds = seconds
        self._few = few
        self.lines = 0
        """That are open now."""
        self._resting: list[Callable[[], None]] = []

    @property
    def beats(self) -> bool:
        """Are there so many lines that they should rest?"""
        return self.lines >= self._few

    def rest(self, wake: Callable[[], None]) -> None:
        """Have `wake` called at the next stroke. It must not raise."""
        if not self._resting:
            loop = asyncio.get_running_loop()
            loop.call_at((loop.time() // self._seconds + 1) * self._seconds, self._strike)
        self._resting.append(wake)

    def _strike(self) -> None:
        resting, self._resting = self._resting, []
        for wake in resting:
            wake()
