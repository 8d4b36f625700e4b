"""The ear as the call room sees it: one `Ear` per process, one `Recognizer` per call."""

from contextlib import closing
from dataclasses import dataclass
from typing import Protocol

UNKNOWN = "[unk]"
"""Stands for speech that fits none of the phrases of a run-time grammar."""


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a hypothesis."""

    text: str
    start_seconds: float
    """From the beginning of the utterance."""
    end_seconds: float
    confidence: float
    """0 to 1."""


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """One reading of an utterance."""

    text: str
    """Without spaces."""
    confidence: float
    """0 to 1; the confidences of all hypotheses of a recognition add up to 1."""
    words: tuple[Word, ...] = ()


@dataclass(frozen=True, slots=True)
class Recognition:
    """What was heard in an utterance."""

    hypotheses: tuple[Hypothesis, ...] = ()
    """Best first, at most 10; empty when nothing was heard."""

    @property
    def text(self) -> str:
        """The best reading, or ""."""
        return self.hypotheses[0].text if self.hypotheses else ""


class Recognizer(Protocol):
    """Hears one call, one utterance at a time.

    Every method but `close` may raise `RecognizerLost`.
    """

    async def start(self, *, phrases: tuple[str, ...] = ()) -> None:
        """Begin an utterance; one that was not finished is forgotten.

        Args:
            phrases: hear only these (anything else becomes `[unk]`); empty: the full model.
        """

    async def accept(self, pcm: bytes) -> str:
        """Take audio (mono, 16-bit, 8 kHz) and return the partial text, without spaces."""

    async def finish(self) -> Recognition:
        """End the utterance."""

    def close(self) -> None:
        """Free what the call held; may be called twice."""


class Ear(Protocol):
    """Opens recognizers; one per process."""

    def open(self) -> Recognizer:
        """Give a call its recognizer."""

    def close(self) -> None:
        """Free the model; open recognizers are lost."""


async def hear_whole(ear: Ear, pcm: bytes) -> Recognition:
    """Hear one utterance of which all is there: mono, 16-bit, 8 kHz.

    Raises:
        RecognizerLost: the recognizer failed.
    """
    with closing(ear.open()) as recognizer:
        await recognizer.start()
        await recognizer.accept(pcm)
        return await recognizer.finish()
