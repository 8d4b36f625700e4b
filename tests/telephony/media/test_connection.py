"""One line over a real socket: who is put out, how it ends, and what a slow owner loses."""

import asyncio
import logging

import pytest
from websockets.exceptions import ConnectionClosed

from telephony.media.call import MediaCall
from telephony.media.call_start import new_call_id
from telephony.media.limits import DoorLimits
from telephony.media.messages import MediaStart
from telephony.media.protocol import AudioReceived
from telephony.media.server import MediaDoor
from telephony.media.wire import write_event
from tests.telephony.media.desk import TONE, Desk, closed, dial, lines, opened, start


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
        opened(desk, limits=DoorLimits(ping_seconds=0.1, idle_seconds=0.1, close_seconds=0.1)) as door,
        dial(door) as dead,
    ):
        await dead.send(start())
        dead.transport.pause_reading()
        assert await desk.end() == "lost"
        dead.transport.abort()


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
