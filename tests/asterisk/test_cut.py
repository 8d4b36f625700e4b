"""A network that swallows everything: to the door in mid-call, and an Asterisk that is frozen."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator

import pytest

from ivr.cli.watchdog import take_callers_out
from telephony.ami.client import ChannelsNow, ConnectionLost, ManagerClient
from telephony.media.call import HungUp, MediaCall
from telephony.media.server import MediaDoor
from tests.asterisk.doors import tone
from tests.asterisk.fallback_words import words_begin
from tests.asterisk.pbx import Asterisk
from tests.asterisk.sip_phone import SipPhone

LIMIT_SECONDS = 3.0


class Wire:
    """Forwards each connection to the door, until it is cut: then it swallows, and closes nothing."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._whole = asyncio.Event()
        self._whole.set()

    def cut(self) -> None:
        self._whole.clear()

    def mend(self) -> None:
        self._whole.set()

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there_reader, there_writer = await asyncio.open_connection("127.0.0.1", self._port)
        async with asyncio.TaskGroup() as group:
            group.create_task(self._copy(reader, there_writer))
            group.create_task(self._copy(there_reader, writer))

    async def _copy(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while data := await reader.read(4096):
                await self._whole.wait()
                writer.write(data)
        except ConnectionError:
            pass
        finally:
            writer.close()


@pytest.fixture
async def manager(asterisk: Asterisk) -> AsyncIterator[ManagerClient]:
    async with ManagerClient("127.0.0.1", asterisk.ami_port, login=asterisk.ami_login) as client:
        await client.wait_ready(within=5)
        yield client


async def test_a_caller_on_a_line_that_went_dead_silently_hears_words_within_3_s(
    asterisk: Asterisk, caller: SipPhone, manager: ManagerClient
) -> None:
    ends: list[str] = []

    async def talk(call: MediaCall) -> None:
        await call.play(tone(0.3, 700), mark="greeting")
        async for event in call.events():
            if isinstance(event, HungUp):
                ends.append(event.reason)
                if event.reason == "lost":
                    await take_callers_out(manager, only=call.start.channel)

    door = MediaDoor(host="127.0.0.1", port=0, login=asterisk.media_login, max_calls=2, on_call=talk)
    async with door:
        wire = Wire(door.port)
        async with (
            await asyncio.start_server(wire.carry, "127.0.0.1", asterisk.media_port),
            caller.dial("12123", port=asterisk.sip_port) as call,
        ):
            await call.heard_until_silence(quiet_seconds=0.3)
            cut = asyncio.get_running_loop().time()
            wire.cut()
            silent = await words_begin(call, "interrupted", within=6) - cut
            assert silent < LIMIT_SECONDS
            await call.hang_up()
            wire.mend()
    assert ends == ["lost"]


async def test_a_frozen_asterisk_is_noticed_within_5_s_and_what_was_missed_is_told(
    asterisk: Asterisk, caller: SipPhone, manager: ManagerClient
) -> None:
    assert asterisk.process is not None
    loop = asyncio.get_running_loop()
    async with manager.watch(lambda _: False) as watch:
        frozen = loop.time()
        os.kill(asterisk.process.pid, signal.SIGSTOP)
        try:
            async with asyncio.timeout(8):
                assert isinstance(await anext(watch), ConnectionLost)
            assert loop.time() - frozen < 5.0
        finally:
            os.kill(asterisk.process.pid, signal.SIGCONT)
        async with asyncio.timeout(15):
            now = await anext(watch)
        assert isinstance(now, ChannelsNow)
    await manager.action("Ping")
