"""Fixtures that several folders share, started once per session."""

from tests.running_rasa import rasa

__all__ = ["rasa"]
