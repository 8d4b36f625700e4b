"""The core backend gave no usable answer: the dialogue says so and keeps what it was told."""

from backend_client.errors import BackendError as Unanswered

__all__ = ["Unanswered"]
