"""What is measured, and one judged utterance."""

from dataclasses import dataclass

CONDITIONS: tuple[float | None, ...] = (None, 20.0, 10.0)
"""Speech above noise in dB; None is a good line."""
SENTENCES = "sentences"
INTENT = "intent"
"""The row of what the dialogue takes whole sentences for."""
AFTER = {"id": "id, offered", "plate": "plate, asked"}
"""Category -> the row of what is reached after the service's one question."""


@dataclass(frozen=True, slots=True)
class Mark:
    """One utterance, judged."""

    category: str
    noise_db: float | None
    said: str
    heard: str
    truth: str
    plain_right: bool
    right: bool
    wrong_unasked: bool
    """A wrong value was taken for true without the caller's yes."""
    wrong_taken: bool
    """A wrong value was taken, to be read back or checked."""
    errors: int
    """Characters to change, add or drop in Vosk's text."""
    audio_seconds: float
    cpu_seconds: float
