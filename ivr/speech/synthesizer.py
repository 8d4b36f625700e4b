"""The mouth as the call room sees it."""

from typing import Protocol


class Synthesizer(Protocol):
    """Renders sentences; one per process."""

    @property
    def voice(self) -> str:
        """Names engine, voice and speed: equal texts with equal voices sound equal."""

    async def say(self, text: str) -> bytes:
        """Render a Chinese sentence, with marks of pace (`ivr.domain.pacing`): PCM, mono, 16-bit, 8 kHz, -20 dBFS, silence trimmed.

        Raises:
            SynthesisFailed: not rendered, or not in time; the next sentence may work again.
            VoiceMissing: the engine or its voice is not installed.
        """

    async def close(self) -> None:
        """Free the engine."""
