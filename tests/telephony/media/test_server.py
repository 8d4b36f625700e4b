"""The media door over real sockets: who is let in, and that calls stay apart."""

import asyncio

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from telephony.media.call import MediaCall
from telephony.media.call_start import new_call_id
from telephony.media.phone import SimulatedPhone
from telephony.media.protocol import AudioReceived
from telephony.media.server import MediaDoor
from tests.telephony.media.desk import BASIC, LOGIN, TONE, Desk, closed, dial, lines, opened, start


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


async def test_closing_the_door_ends_every_call() -> None:
    desk = Desk()
    async with opened(desk) as door:
        connection = await dial(door)
        await connection.send(start())
        await connection.send(TONE)
        await asyncio.sleep(0.05)
    assert await desk.end() == "here"
    assert await closed(connection) == 1001


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
