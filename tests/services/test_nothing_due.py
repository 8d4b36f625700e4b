"""What asks many times a minute whether something is due waits for nobody who writes."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from tests.fakes.site import NOW, Site

LOOKS: dict[str, Callable[[Site], Awaitable[object]]] = {
    "owner calls": lambda site: site.book.claim("d", NOW),
    "texts": lambda site: site.sending.due(NOW),
    "applications": lambda site: site.submissions.due(NOW),
    "open case": lambda site: site.car_moving.reply_by_sms("13800001111", "1", now=NOW),
}


@pytest.mark.parametrize("what", LOOKS)
async def test_a_look_while_another_writes_comes_back_at_once(site: Site, what: str) -> None:
    async with site.room.uow() as writer:
        await writer.next_serial("M", NOW.date())
        async with asyncio.timeout(1):
            assert not await LOOKS[what](site)
