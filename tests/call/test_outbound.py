"""The dialler: what each end of a ringing does to the order. Book and exchange are the test's."""

import asyncio
from dataclasses import dataclass

import pytest

from ivr.call.outbound import Dialler
from telephony.outbound import PlaceResult


@dataclass(frozen=True)
class Order:
    order_id: str


class Book:
    def __init__(self, number="13900002222"):
        self.waiting = [Order("M1-1")]
        self.number = number
        self.told = []
        self.done = asyncio.Event()

    async def claim(self):
        return self.waiting.pop() if self.waiting else None

    async def number_for(self, order_id):
        if self.number is None:
            self._note("nobody")
        return self.number

    async def ringing(self, order_id):
        self.told.append("ringing")

    async def answered(self, order_id):
        self._note("answered")

    async def not_placed(self, order_id):
        self._note("not_placed")

    async def not_reached(self, order_id, result):
        self._note(result)

    async def ended(self, order_id, result):
        self._note(f"ended {result}")

    def _note(self, what):
        self.told.append(what)
        self.done.set()


class Exchange:
    def __init__(self, result):
        self.result = result
        self.calls = []

    async def place(self, call):
        self.calls.append(call)
        if isinstance(self.result, Exception):
            raise self.result
        return self.result


async def dialled(book, exchange):
    dialler = asyncio.ensure_future(Dialler(book, exchange, shown="12123").run())
    async with asyncio.timeout(3):
        await book.done.wait()
    dialler.cancel()
    await asyncio.wait([dialler])
    return book.told


@pytest.mark.parametrize(
    ("result", "told"),
    [
        (PlaceResult.NO_ANSWER, "no_answer"),
        (PlaceResult.BUSY, "busy"),
        (PlaceResult.REJECTED, "rejected"),
        (PlaceResult.UNREACHABLE, "unreachable"),
        (PlaceResult.FAILED, "failed"),
        (PlaceResult.NOT_PLACED, "not_placed"),
        (OSError("no"), "failed"),
    ],
)
async def test_each_end_is_told_apart(result, told):
    assert await dialled(Book(), Exchange(result)) == ["ringing", told]


async def test_the_owner_sees_the_hotline():
    exchange = Exchange(PlaceResult.BUSY)
    await dialled(Book(), exchange)
    [call] = exchange.calls
    assert (call.order_id, call.number, call.caller_id_shown) == ("M1-1", "13900002222", "12123")
    assert "13900002222" not in repr(call)


async def test_an_order_without_a_number_is_left_to_the_book():
    exchange = Exchange(PlaceResult.ANSWERED)
    assert await dialled(Book(number=None), exchange) == ["nobody"]
    assert not exchange.calls
