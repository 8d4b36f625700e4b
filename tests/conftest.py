"""Fixtures that several folders share, started once per session."""

from tests.privacy_sweep import privacy_sweep
from tests.running_rasa import rasa

__all__ = ["privacy_sweep", "rasa"]
