"""Lets many lines be read together.

Each wakes the loop for each of its frames, fifty times a second, and a wake-up costs as much as what is done with
a frame. So a line that was read rests until the next stroke; its frames wait in the kernel, and then all lines
are read in one round, two frames of each. Few lines have nothing to gain: they are read at once.
"""

import asyncio
import logging
from collections.abc import Callable

_log = logging.getLogger(__name__)
PULSE_SECONDS = 0.04


class Pulse:
    """Strikes for those who rest.

    Args:
        seconds: from stroke to stroke, so long does a frame wait at most.
        wanted: are there so many lines now that they should rest?
    """

    def __init__(self, seconds: float = PULSE_SECONDS, *, wanted: Callable[[], bool] = lambda: True) -> None:
        self._seconds = seconds
        self.wanted = wanted
        self._resting: list[Callable[[], None]] = []

    def rest(self, wake: Callable[[], None]) -> None:
        """Have `wake` called at the next stroke; one that fails keeps no other asleep."""
        if not self._resting:
            loop = asyncio.get_running_loop()
            loop.call_at((loop.time() // self._seconds + 1) * self._seconds, self._strike)
        self._resting.append(wake)

    def _strike(self) -> None:
        resting, self._resting = self._resting, []
        for wake in resting:
            try:
                wake()
            except Exception as error:  # noqa: BLE001 - a line that sleeps on is a caller whom nobody hears
                _log.error("media door: a line could not be read on (%s)", type(error).__name__)
