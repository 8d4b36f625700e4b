"""Tasks of the house that live and end together."""

import asyncio
from collections.abc import Coroutine
from types import TracebackType
from typing import Any, Self

from ivr.ending import end_all


class Crew:
    """Tasks that work while the block runs, and are ended with it."""

    def __init__(self) -> None:
        self._group = asyncio.TaskGroup()
        self._tasks: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> Self:
        """Begin."""
        await self._group.__aenter__()
        return self

    def hire(self, work: Coroutine[Any, Any, None], name: str) -> None:
        """Let something run."""
        self._tasks.append(self._group.create_task(work, name=name))

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End them all."""
        await end_all(self._tasks)
        await self._group.__aexit__(kind, error, trace)
