"""Faults on command: how the sandbox misbehaves."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class Fault(BaseModel):
    """What is wrong now, for how many requests, on which paths."""

    model_config = ConfigDict(extra="forbid")

    mode: Literal["none", "slow", "down", "wrong", "lost_answer"] = "none"
    """slow: answers after `seconds`; down: 503; wrong: 200 with a body that breaks the contract;
    lost_answer: does the work, then 503."""
    seconds: float = Field(default=3.0, ge=0, le=60)
    count: int | None = Field(default=None, ge=1, le=10_000)
    """Requests it lasts for; None: until changed."""
    path_prefix: str = Field(default="/", max_length=200)


class Faults:
    """The fault in force, counted down."""

    def __init__(self) -> None:
        self._fault = Fault()
        self._left: int | None = None

    @property
    def fault(self) -> Fault:
        """The fault in force."""
        return self._fault

    def set(self, fault: Fault) -> None:
        """From now on."""
        self._fault = fault
        self._left = fault.count

    def next(self, path: str) -> Fault:
        """Give the fault for one request."""
        if not path.startswith(self._fault.path_prefix):
            return Fault()
        if self._left is not None:
            if self._left == 0:
                return Fault()
            self._left -= 1
        return self._fault
