"""A port that is still taken when the house opens its door."""

import asyncio
import logging

import pytest

from ivr.cli.door_port import opened_when_free
from ivr.cli.free_ports import free_port
from ivr.settings import SettingsWrong


async def listen(port: int) -> asyncio.Server:
    return await asyncio.start_server(lambda _, __: None, "127.0.0.1", port)


async def test_a_port_that_becomes_free_is_waited_for_and_the_log_says_so(caplog: pytest.LogCaptureFixture) -> None:
    port = free_port()
    holder = await listen(port)
    tries = []

    async def once() -> asyncio.Server:
        tries.append(port)
        if len(tries) == 3:
            holder.close()
            await holder.wait_closed()
        return await listen(port)

    with caplog.at_level(logging.WARNING):
        async with await opened_when_free(once, port=port, within=5):
            pass
    assert len(tries) == 3
    assert [record.getMessage() for record in caplog.records] == [
        f"port {port} of the media door is taken: waiting up to 5 s for it"
    ]


async def test_one_that_stays_taken_ends_the_waiting_with_the_way_out() -> None:
    async with await listen(free_port()) as holder:
        port = holder.sockets[0].getsockname()[1]
        with pytest.raises(SettingsWrong, match=f"port {port} .* choose another IVR_MEDIA_PORT"):
            await opened_when_free(lambda: listen(port), port=port, within=0.2)


async def test_what_is_wrong_in_another_way_is_not_waited_out() -> None:
    async def once() -> asyncio.Server:
        return await asyncio.start_server(lambda _, __: None, "192.0.2.1", free_port())

    with pytest.raises(OSError, match="assign"):
        await opened_when_free(once, port=1)
