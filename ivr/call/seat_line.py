"""The lines of people who talk with a caller: what they are told, and their way into the crossing."""

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass

from ivr.call.commands import Utter
from ivr.call.crossing import Crossing, Place
from ivr.call.handing import FOR_YOU, Gone, HandingEvent, KeyPressed, Party
from ivr.call.speaking import Mouth
from ivr.call.tools import Codec
from ivr.speech.errors import SpeechError
from telephony.errors import MediaClosed
from telephony.media import protocol
from telephony.media.call import HungUp, MediaCall

_log = logging.getLogger(__name__)
SUMMARY = "summary"
_HEARD_SECONDS = 12.0
"""Words whose end the line does not report are taken as heard."""
_PER_CHARACTER = 0.4


@dataclass(frozen=True, slots=True)
class LineTools:
    """What lines use."""

    mouth: Mouth
    codecs: Mapping[str, Codec]


class Lines:
    """The lines beside one caller, and the crossing in which they meet."""

    def __init__(self, tools: LineTools) -> None:
        self._tools = tools
        self.crossing = Crossing()
        self._calls: dict[Party, MediaCall] = {}
        self._places: dict[Party, Place] = {}
        self._marks = 0
        self._waited: dict[str, asyncio.Event] = {}
        self._carrier: asyncio.Task[None] | None = None

    def carried_by(self, task: asyncio.Task[None]) -> None:
        """The task that carries the sound; it ends with `close`."""
        self._carrier = task

    def take(self, party: Party, call: MediaCall) -> None:
        """Somebody is on the line."""
        self._calls[party] = call

    async def listen(self, party: Party, call: MediaCall) -> AsyncIterator[HandingEvent]:
        """What happens on a line until it is gone; his sound goes to the others.

        A hang-up that meets sound on its way to Asterisk looks like a lost connection: from Asterisk both are one.
        """
        codec = self._tools.codecs[call.start.codec]
        async for event in call.events():
            match event:
                case protocol.AudioReceived(data):
                    if place := self._places.get(party):
                        place.say(codec.decode(data))
                case protocol.KeyPressed():
                    yield KeyPressed(party)
                case protocol.PlayedOut(mark) if mark in self._waited:
                    self._waited[mark].set()
                case HungUp(reason):
                    self._uncross(party)
                    self._calls.pop(party, None)
                    yield Gone(party, broken=call.start.source == "phone" and reason in ("lost", "misbehaved"))
                case _:
                    pass

    def cross(self, party: Party) -> None:
        """Let somebody hear the others and be heard."""
        call = self._calls.get(party)
        if call is None:
            return
        codec = self._tools.codecs[call.start.codec]

        async def hear(pcm: bytes) -> None:
            self._marks += 1
            await call.play(codec.encode(pcm), mark=f"x{self._marks}")

        self._places[party] = self.crossing.enter(party.value, hear)

    async def brief(self, summary: str) -> str:
        """Whisper to the seat what it is about; the name of what he has heard."""
        await self._say(Party.SEAT, FOR_YOU)
        await self._say(Party.SEAT, Utter(summary))
        return SUMMARY

    async def tell(self, party: Party, words: Utter) -> str:
        """Tell one, or all where he is among them already; the name of what he has heard."""
        if party in self._places:
            await self.tell_all(words)
            return ""
        await self._say(party, words)
        return words.phrase_id or ""

    async def tell_all(self, words: Utter) -> None:
        """Let everybody in the crossing hear something."""
        if pcm := await self._audio(words):
            self.crossing.tell(pcm)

    async def end(self, party: Party, last: Utter | None) -> None:
        """Say the last words, if any, and hang up."""
        self._uncross(party)
        if last is not None:
            await self._say(party, last)
        if call := self._calls.pop(party, None):
            await call.hang_up()

    def close(self) -> None:
        """No sound crosses any more."""
        if self._carrier is not None:
            self._carrier.cancel()

    async def _say(self, party: Party, words: Utter) -> None:
        """Say something to one and wait until he has heard it."""
        call, pcm = self._calls.get(party), await self._audio(words)
        if call is None or not pcm:
            return
        self._marks += 1
        mark = f"t{self._marks}"
        heard = self._waited[mark] = asyncio.Event()
        try:
            async with asyncio.timeout(_HEARD_SECONDS + _PER_CHARACTER * len(words.text)):
                await call.play(self._tools.codecs[call.start.codec].encode(pcm), mark=mark)
                await heard.wait()
        except (TimeoutError, MediaClosed):
            _log.info("nobody reported that words were heard", extra={"party": party.value})
        finally:
            self._waited.pop(mark, None)

    async def _audio(self, words: Utter) -> bytes:
        try:
            return await self._tools.mouth.audio(words.text, words.phrase_id)
        except SpeechError:
            return b""

    def _uncross(self, party: Party) -> None:
        if place := self._places.pop(party, None):
            place.leave()


