"""A mouth without an engine: every sentence is a tone, its length that of the text."""

import numpy as np

from ivr.speech.audio import SAMPLE_RATE_HZ
from ivr.speech.errors import SpeechError


def tone(seconds: float, *, hertz: float = 440.0, size: float = 0.2) -> bytes:
    """PCM, mono, 16-bit, 8 kHz; `size` 1 is full scale."""
    at = np.arange(round(seconds * SAMPLE_RATE_HZ)) / SAMPLE_RATE_HZ
    return np.rint(np.sin(2 * np.pi * hertz * at) * size * 32767).astype("<i2").tobytes()


class ToneVoice:
    """Says a tone and remembers what it was asked; `failing` is raised when set."""

    def __init__(self, voice: str = "tone@1") -> None:
        self.voice = voice
        self.said: list[str] = []
        self.failing: SpeechError | None = None

    async def say(self, text: str) -> bytes:
        self.said.append(text)
        if self.failing is not None:
            raise self.failing
        return tone(0.05 * len(text))

    async def close(self) -> None:
        """Nothing to free."""
