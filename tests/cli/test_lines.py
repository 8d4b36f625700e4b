"""A line that comes in is served though its order cannot be told of it."""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from ivr.cli import lines
from ivr.storage.errors import DatabaseDown


class Book:
    """Of orders; the database behind it answers, hangs or is away."""

    def __init__(self, *, away: bool = False) -> None:
        self.away = away
        self.told: list[tuple[str, str]] = []
        self.waits: asyncio.Event | None = None

    async def _tell(self, what: str, order_id: str) -> None:
        if self.waits is not None:
            await self.waits.wait()
        if self.away:
            raise DatabaseDown("the database does not answer")
        self.told.append((what, order_id))

    async def answered(self, order_id: str) -> None:
        await self._tell("answered", order_id)

    async def ended(self, order_id: str, result: str) -> None:
        await self._tell(result, order_id)

    async def owner_left(self, order_id: str) -> None:
        await self._tell("left", order_id)


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Calls that were carried to their end."""
    carried: list[str] = []

    class Session:
        def __init__(self, _call: object, facts: Any, _codec: object, _tools: object) -> None:
            self._facts = facts

        async def run(self) -> str:
            carried.append(self._facts.call_id)
            return "voicemail"

    monkeypatch.setattr(lines, "CallSession", Session)
    return carried


async def answer(book: Book) -> None:
    start = SimpleNamespace(call_id="c1", direction="out", caller=None, dialled="12123", order_id="o1", channel="x", codec="alaw")
    services: Any = SimpleNamespace(order_book=book, connecting=book)
    on_call = lines.answerer(SimpleNamespace(), services, (), lines.NoPbx())  # type: ignore[arg-type]
    await on_call(SimpleNamespace(start=start))  # type: ignore[arg-type]


async def test_an_order_is_told_that_its_call_was_answered_and_how_it_ended(served: list[str]) -> None:
    book = Book()
    await answer(book)
    assert served == ["c1"]
    assert book.told == [("answered", "o1"), ("voicemail", "o1"), ("left", "o1")]


async def test_an_owner_is_served_though_the_database_is_away(served: list[str], caplog: pytest.LogCaptureFixture) -> None:
    await answer(Book(away=True))
    assert served == ["c1"]
    assert caplog.text.count("an order was not told of its call") == 3


async def test_an_owner_waits_for_no_database(served: list[str]) -> None:
    book = Book()
    book.waits = asyncio.Event()
    call = asyncio.create_task(answer(book))
    async with asyncio.timeout(2):
        while not served:  # noqa: ASYNC110 - the session says nothing
            await asyncio.sleep(0)
    book.waits.set()
    await call
    assert book.told[0] == ("answered", "o1")
