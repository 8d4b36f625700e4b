"""The whole house as a child of the bench: `python -m ivr.cli.faults_bench.house`.

It is `ivr up`, but for its ear: on SIGUSR1 every recognizer that is open is lost, as when libvosk fails
under it. It ends when its parent does.
"""

import asyncio
import signal
import sys

import uvloop

from ivr.cli.house import open_house
from ivr.redact import configure_logging
from ivr.settings import load_settings
from ivr.speech.errors import RecognizerLost
from ivr.speech.recognizer import Ear, Recognition, Recognizer
from ivr.speech.vosk import VoskEar

READY = "ready"


class LosableEar:
    """An ear whose recognizers can be lost in the middle of a call."""

    def __init__(self, ear: Ear) -> None:
        self._ear = ear
        self._open: list[_Losable] = []

    def open(self) -> Recognizer:
        """Give a call its recognizer."""
        self._open = [each for each in self._open if not each.closed]
        self._open.append(_Losable(self._ear.open()))
        return self._open[-1]

    def close(self) -> None:
        """Free the model."""
        self._ear.close()

    def lose(self) -> None:
        """Lose all that are open now."""
        for each in self._open:
            each.lost = True


class _Losable:
    def __init__(self, recognizer: Recognizer) -> None:
        self._recognizer = recognizer
        self.lost = self.closed = False

    async def start(self, *, phrases: tuple[str, ...] = ()) -> None:
        self._check()
        await self._recognizer.start(phrases=phrases)

    async def accept(self, pcm: bytes) -> str:
        self._check()
        return await self._recognizer.accept(pcm)

    async def finish(self) -> Recognition:
        self._check()
        return await self._recognizer.finish()

    def close(self) -> None:
        self.closed = True
        self._recognizer.close()

    def _check(self) -> None:
        if self.lost:
            raise RecognizerLost("the bench has taken it away")


async def main() -> None:
    """Answer calls until the parent is gone."""
    settings = load_settings()
    configure_logging(settings.log_level)
    orders = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(orders), sys.stdin)
    ear = LosableEar(VoskEar(settings.speech_model, threads=settings.recognizer_threads))
    loop.add_signal_handler(signal.SIGUSR1, ear.lose)
    async with open_house(settings, tell=lambda _: None, ear=ear):
        print(READY, flush=True)
        await orders.read()


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main())
