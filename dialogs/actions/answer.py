"""What an answer is made of, and how it travels."""

# ruff: noqa: D102  -- where the name and the types say it all

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from dialogs.actions.talk import Talk
from ivr.dialogue.replies import Reply
from ivr.services.callbacks import Callbacks
from ivr.services.car_moving import CarMoving
from ivr.services.connecting import Connecting
from ivr.services.exams import Exams
from ivr.services.licences import Licences
from ivr.services.offices import Offices
from ivr.services.papers_progress import PaperProgress
from ivr.services.plates import Plates
from ivr.services.ratings import Ratings
from ivr.services.verification import Verification


@dataclass(frozen=True, slots=True)
class Answer:
    """Where the talk goes and what is said."""

    talk: Talk
    replies: tuple[Reply, ...]
    asked: tuple[Reply, ...] | None = None
    """What 再说一遍 says; None: the replies."""

    @classmethod
    def of(cls, talk: Talk, *replies: Reply) -> "Answer":
        """Shorthand."""
        return cls(talk, replies)

    def after(self, *first: Reply) -> "Answer":
        """The same answer with something said before, once."""
        return Answer(self.talk, (*first, *self.replies), self.to_repeat)

    @property
    def to_repeat(self) -> tuple[Reply, ...]:
        """What is said again when the caller asks for it."""
        return self.replies if self.asked is None else self.asked


class Services(Protocol):
    """What the actions use of the house; injected, never imported."""

    @property
    def car_moving(self) -> CarMoving: ...
    @property
    def connecting(self) -> Connecting: ...
    @property
    def callbacks(self) -> Callbacks: ...
    @property
    def verification(self) -> Verification: ...
    @property
    def exams(self) -> Exams: ...
    @property
    def plates(self) -> Plates: ...
    @property
    def licences(self) -> Licences: ...
    @property
    def paper_progress(self) -> PaperProgress: ...
    @property
    def ratings(self) -> Ratings: ...
    @property
    def offices(self) -> Offices: ...
    @property
    def clock(self) -> Callable[[], datetime]: ...


def wire(replies: Sequence[Reply]) -> list[dict[str, Any]]:
    """The replies as they are kept in a slot."""
    return [reply.model_dump(mode="json") for reply in replies]
