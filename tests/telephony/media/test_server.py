"""The media door over real sockets: who is let in, what is put out, and that calls stay apart."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from telephony.media.call import HungUp, MediaCall
from telephony.media.call_start import new_call_id
from telephony.media.limits import DoorLimits
from telephony.media.messages import MediaStart
from telephony.media.phone import SimulatedPhone
from telephony.media.protocol import AudioReceived
from telephony.media.server import MediaDoor
from telephony.media.wire import write_event

LOGIN = ("asterisk", "secret")
BASIC = {"Authorization": "Basic YXN0ZXJpc2s6c2VjcmV0"}
TONE = b"\x2a\xaa" * 80


def start(call_id: str | None = None) -> str:
    return write_event(MediaStart("alaw", 160, variables={"IVR_CALL": call_id or new_call_id()}))


class Desk:
    """Answers calls; keeps how each ended."""

    def __init__(self) -> None:
        self.calls: list[MediaCall] = []
        self.ends: asyncio.Queue[str] = asyncio.Queue()
        self.fail = False

    async def answer(self, call: MediaCall) -> None:
        self.calls.append(call)
        async for event in call.events():
            if isinstance(event, HungUp):
                self.ends.put_nowait(event.reason)
            elif self.fail:
                raise RuntimeError("13800001111 broke it")

    async def end(self) -> str:
        async with asyncio.timeout(3):
            return await self.ends.get()


@asynccontextmanager
async def opened(desk: Desk, **settings: object) -> AsyncIterator[MediaDoor]:
    given = {"host": "127.0.0.1", "port": 0, "login": LOGIN, "max_calls": 2, **settings}
    async with MediaDoor(on_call=desk.answer, **given) as door:  # type: ignore[arg-type]
        yield door


def dial(door: MediaDoor, **changes: object) -> connect:
    given = {
        "additional_headers": BASIC,
        "subprotocols": ["media"],
        "compression": None,
        "proxy": None,
        **changes,
    }
    return connect(f"ws://127.0.0.1:{door.port}/media", **given)  # type: ignore[arg-type]


async def closed(connection: ClientConnection) -> int | None:
    async with asyncio.timeout(3):
        await connection.wait_closed()
    return connection.close_code


async def lines(door: MediaDoor, number: int) -> None:
    """The door counts a line until its owner is done, a moment after the other side saw the end."""
    async with asyncio.timeout(3):
        while door.calls != number:  # noqa: ASYNC110 - the door tells nobody
            await asyncio.sleep(0.01)


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"additional_headers": {}}, 401),
        ({"additional_headers": {"Authorization": "Basic YXN0ZXJpc2s6d3Jvbmc="}}, 401),
        ({"additional_headers": [*BASIC.items(), *BASIC.items()]}, 401),
        ({"subprotocols": None}, 400),
        ({"subprotocols": ["chat"]}, 400),
    ],
)
async def test_a_stranger_is_not_let_in(changes: dict[str, object], status: int) -> None:
    desk = Desk()
    async with opened(desk) as door:
        with pytest.raises(InvalidStatus) as refused:
            async with dial(door, **changes):
                pass
        assert refused.value.response.status_code == status
    assert desk.calls == []


async def test_another_path_is_not_the_door() -> None:
    async with opened(Desk()) as door:
        with pytest.raises(InvalidStatus) as refused:
            async with connect(f"ws://127.0.0.1:{door.port}/", proxy=None):
                pass
        assert refused.value.response.status_code == 404


async def test_above_the_limit_a_call_is_refused_at_once_and_a_freed_line_is_given_again() -> None:
    desk = Desk()
    async with opened(desk, max_calls=1) as door:
        async with dial(door) as first:
            await first.send(start())
            with pytest.raises(InvalidStatus) as refused:
                async with dial(door):
                    pass
            assert refused.value.response.status_code == 503
            await lines(door, 1)
        assert await desk.end() == "far_end"
        async with dial(door) as second:
            await second.send(start())
            await second.send(TONE)


async def test_a_closing_door_refuses_new_calls_and_keeps_the_old() -> None:
    desk = Desk()
    async with opened(desk) as door, dial(door) as held:
        await held.send(start())
        await held.send(TONE)
        door.refuse_new()
        with pytest.raises(InvalidStatus):
            async with dial(door):
                pass
        await held.send(TONE)
        await lines(door, 1)


@pytest.mark.parametrize(
    ("messages", "code"),
    [
        (["garbage 13800001111"], 1007),
        ([b"\x00" * 160], 1002),
        (['{"event":"DTMF_END","digit":"1"}'], 1002),
        ([write_event(MediaStart("opus", 160, variables={"IVR_CALL": new_call_id()}))], 1002),
        ([write_event(MediaStart("alaw", 160))], 1002),
        ([start(), "garbage 13800001111"], 1007),
        ([start(), start()], 1002),
        ([start(), b"\x00" * 20_000], 1009),
        ([start(), *[b"\x00" * 8000] * 40], 1008),
    ],
    ids=["garbage", "audio-first", "key-first", "codec", "no-id", "later-garbage", "two-starts",
         "oversized", "flood"],
)  # fmt: skip
async def test_who_breaks_the_protocol_is_put_out_with_a_reason_and_nothing_of_it_is_logged(
    messages: list[str | bytes], code: int, caplog: pytest.LogCaptureFixture
) -> None:
    desk = Desk()
    with caplog.at_level(logging.DEBUG, logger="telephony"):
        async with opened(desk) as door, dial(door) as good, dial(door) as bad:
            await good.send(start())
            await good.send(TONE)
            try:
                for message in messages:
                    await bad.send(message)
            except ConnectionClosed:
                pass
            assert await closed(bad) == code
            await good.send(TONE)
            assert good.state.name == "OPEN"
            await lines(door, 1)
    assert "13800001111" not in caplog.text
    logged = [record for record in caplog.records if record.name.startswith("telephony.media.c")]
    assert len([*logged, *(r for r in caplog.records if r.name == "telephony.media.server")]) <= 1


async def test_raw_bytes_instead_of_a_handshake_harm_nobody(
    caplog: pytest.LogCaptureFixture,
) -> None:
    desk = Desk()
    async with opened(desk) as door, dial(door) as good:
        await good.send(start())
        for noise in (
            b"\x16\x03\x01 13800001111\r\n\r\n",
            b"GET / HTTP/1.1\r\nHost: 13800001111\r\n\r\n",
        ):
            reader, writer = await asyncio.open_connection("127.0.0.1", door.port)
            writer.write(noise)
            async with asyncio.timeout(3):
                await reader.read()
            writer.close()
        await good.send(TONE)
        await lines(door, 1)
    assert "13800001111" not in caplog.text


async def test_who_does_not_say_who_he_is_is_put_out() -> None:
    async with (
        opened(Desk(), limits=DoorLimits(start_seconds=0.1)) as door,
        dial(door) as silent,
    ):
        assert await closed(silent) == 1002
        await lines(door, 0)


async def test_a_dead_connection_is_noticed() -> None:
    desk = Desk()
    async with (
        opened(desk, limits=DoorLimits(idle_seconds=0.1, close_seconds=0.1)) as door,
        dial(door) as dead,
    ):
        await dead.send(start())
        dead.transport.pause_reading()
        assert await desk.end() == "lost"
        dead.transport.abort()


async def test_two_live_calls_cannot_share_an_id() -> None:
    desk = Desk()
    async with opened(desk) as door, dial(door) as first, dial(door) as second:
        call_id = new_call_id()
        await first.send(start(call_id))
        await first.send(TONE)
        await asyncio.sleep(0.05)
        await second.send(start(call_id))
        assert await closed(second) == 1002


async def test_an_owner_who_fails_ends_his_own_call_only(caplog: pytest.LogCaptureFixture) -> None:
    desk = Desk()
    async with opened(desk) as door, dial(door) as first, dial(door) as second:
        await first.send(start())
        await first.send(TONE)
        await asyncio.sleep(0.05)
        desk.fail = True
        await second.send(start())
        await second.send(TONE)
        assert await closed(second) == 1000
        desk.fail = False
        await first.send(TONE)
        await lines(door, 1)
    assert "RuntimeError" in caplog.text
    assert "13800001111" not in caplog.text


async def test_a_broken_connection_is_told_apart_from_a_hang_up() -> None:
    desk = Desk()
    async with opened(desk) as door:
        async with dial(door) as gone:
            await gone.send(start())
            await gone.send(TONE)
            await asyncio.sleep(0.05)
            gone.transport.abort()
        assert await desk.end() == "lost"
        async with dial(door) as leaving:
            await leaving.send(start())
        assert await desk.end() == "far_end"


async def test_closing_the_door_ends_every_call() -> None:
    desk = Desk()
    async with opened(desk) as door:
        connection = await dial(door)
        await connection.send(start())
        await connection.send(TONE)
        await asyncio.sleep(0.05)
    assert await desk.end() == "here"
    assert await closed(connection) == 1001


async def test_a_slow_owner_loses_old_audio_not_the_call() -> None:
    late = asyncio.Event()
    got: list[int] = []

    async def answer(call: MediaCall) -> None:
        await late.wait()
        async for event in call.events():
            if isinstance(event, AudioReceived):
                got.append(event.data[0])
        got.append(round(call.lost_seconds * 50))

    async with MediaDoor(
        host="127.0.0.1", port=0, login=None, max_calls=1, on_call=answer,
        limits=DoorLimits(most_audio_seconds=0.1),
    ) as door:  # fmt: skip
        async with dial(door) as line:
            await line.send(start())
            for number in range(20):
                await line.send(bytes([number]) * 160)
        await asyncio.sleep(0.05)
        late.set()
        await asyncio.sleep(0.05)
    assert got == [15, 16, 17, 18, 19, 15]


async def test_many_calls_at_once_each_get_their_own_audio_back() -> None:
    async def echo(call: MediaCall) -> None:
        async for event in call.events():
            if isinstance(event, AudioReceived) and set(event.data) != {0xD5}:
                await call.play(event.data, mark="echo")

    async with MediaDoor(host="127.0.0.1", port=0, login=LOGIN, max_calls=8, on_call=echo) as door:
        url = f"ws://127.0.0.1:{door.port}/media"

        async def talk(number: int) -> None:
            phone = SimulatedPhone(url, number=f"1380000000{number}", login=LOGIN)
            async with phone.dial() as call:
                await call.speak(bytes([0x20 + number]) * 160 * 5)
                await call.next_voice()
                await call.wait(0.2)
                heard = {code for sound in call.heard for code in sound.data}
                assert heard == {0xD5, 0x20 + number}

        async with asyncio.TaskGroup() as group:
            for number in range(6):
                group.create_task(talk(number))
