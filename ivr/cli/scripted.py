"""A caller with a script: speaks, presses keys, interrupts, hangs up, in real time at the media door.

What he says is rendered by a synthesizer voice of his own and sent through A-law. Turn latency is taken
at his side: from his last loud sample to the first loud sample of the answer.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from ivr.speech.audio import pcm_to_alaw, silence
from ivr.speech.synthesizer import Synthesizer
from telephony.errors import MediaClosed
from telephony.media.phone_call import PhoneCall

ANSWER_SECONDS = 15.0
"""A caller gives up waiting for an answer after so long."""
_TURN_PAUSE_SECONDS = 0.7
"""Silence after which a caller takes the service to have finished."""
_BREATH_SECONDS = 0.25


@dataclass(frozen=True, slots=True)
class Say:
    """Wait until the service has finished, then say this."""

    text: str


@dataclass(frozen=True, slots=True)
class SayOver:
    """Say this while the service is speaking."""

    text: str
    after_seconds: float = 1.2
    """Into its speech."""


@dataclass(frozen=True, slots=True)
class Play:
    """Wait until the service has finished, then play this audio (16-bit, 8 kHz, mono)."""

    pcm: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Press:
    """Press these keys once the service has finished, or this long into its speech."""

    keys: str
    into_seconds: float | None = None


@dataclass(frozen=True, slots=True)
class EnterCode:
    """Read the code in the newest text and press it, once the service has finished."""


@dataclass(frozen=True, slots=True)
class Listen:
    """Say nothing, until the service has spoken once more, or has begun to say this."""

    until: str = ""
    within: float = 100.0


Step = Say | SayOver | Play | Press | EnterCode | Listen


@dataclass(slots=True)
class Outcome:
    """How a scripted call went."""

    latencies: list[float] = field(default_factory=list)
    """Seconds, one per answered utterance."""
    unanswered: int = 0
    stopped_after: list[float] = field(default_factory=list)
    """Seconds from the start of an interruption until the service fell silent."""


class ScriptedCaller:
    """Carries out a script on one call.

    Args:
        call: on the line.
        voice: renders what he says.
        told: everything the service has said to him so far, where the script runs beside the service.
        code: reads the code in the newest text to him.
    """

    def __init__(
        self, call: PhoneCall, voice: Synthesizer, told: Callable[[], str] = lambda: "",
        code: Callable[[], Awaitable[str]] | None = None,
    ) -> None:  # fmt: skip
        self._call = call
        self._voice = voice
        self._told = told
        self._code = code
        self._after = 0.0
        self.outcome = Outcome()

    async def follow(self, steps: Sequence[Step]) -> Outcome:
        """Do every step; ends early when the service hangs up."""
        with suppress(MediaClosed):
            for step in steps:
                if self._call.over:
                    break
                await self._do(step)
        return self.outcome

    async def hear_out(self, *, within: float = ANSWER_SECONDS) -> bool:
        """Wait until the service has spoken and finished; False when it says nothing in time."""
        try:
            await self._call.heard_until_silence(quiet_seconds=_TURN_PAUSE_SECONDS, after=self._after, within=within + 30)
        except TimeoutError:
            return False
        self._after = self._now()
        return True

    async def _do(self, step: Step) -> None:
        match step:
            case Say():
                await self._hear_then(await self._voice.say(step.text))
            case Play():
                await self._hear_then(step.pcm)
            case SayOver():
                await self._interrupt(step)
            case Press():
                if step.into_seconds is None:
                    await self.hear_out()
                else:
                    await self._call.next_voice(after=self._after, within=ANSWER_SECONDS)
                    await self._call.wait(step.into_seconds)
                await self._call.press(step.keys)
                self._after = self._now()
            case EnterCode():
                await self.hear_out()
                await self._call.press(await self._code() if self._code else "")
                self._after = self._now()
            case Listen():
                await self._listen(step)

    async def _listen(self, step: Listen) -> None:
        if not step.until:
            await self.hear_out(within=step.within)
            return
        with suppress(TimeoutError):
            async with asyncio.timeout(step.within):
                while step.until not in self._told() and not self._call.over:
                    await self._call.wait(0.1)

    async def _hear_then(self, pcm: bytes) -> None:
        await self.hear_out()
        await self._call.wait(_BREATH_SECONDS)
        await self._speak(pcm)

    async def _speak(self, pcm: bytes) -> None:
        last = await self._call.speak(pcm_to_alaw(pcm + silence(0.02)))
        self._after = last
        try:
            answered = await self._call.next_voice(after=last, within=ANSWER_SECONDS)
        except TimeoutError:
            self.outcome.unanswered += 1
            return
        self.outcome.latencies.append(answered - last)

    async def _interrupt(self, step: SayOver) -> None:
        begun = await self._call.next_voice(after=self._after, within=ANSWER_SECONDS)
        await self._call.wait(max(0.0, step.after_seconds - (self._now() - begun)))
        pcm = await self._voice.say(step.text)
        flushes, start = len(self._call.flushes), self._now()
        await self._speak(pcm)
        if len(self._call.flushes) > flushes:
            self.outcome.stopped_after.append(self._call.flushes[flushes] - start)

    def _now(self) -> float:
        return self._call.heard[-1].at if self._call.heard else 0.0
