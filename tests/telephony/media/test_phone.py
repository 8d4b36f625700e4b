"""The simulated phone keeps time, and what it remembers is exact."""

import asyncio
import io
import wave

import pytest
from websockets.exceptions import InvalidStatus

from telephony.errors import MediaClosed
from telephony.exchange import Exchange
from telephony.media.call import HungUp, MediaCall
from telephony.media.call_start import new_call_id
from telephony.media.phone import SimulatedPhone
from telephony.media.protocol import AudioReceived, KeyPressed, PlayedOut
from telephony.media.server import MediaDoor
from telephony.outbound import OutboundCall, PlaceResult

LOUD = b"\x2a\xaa" * 80
QUIET = b"\xd5" * 160


def door(on_call: object, **settings: object) -> MediaDoor:
    given = {"host": "127.0.0.1", "port": 0, "login": None, "max_calls": 2, **settings}
    return MediaDoor(on_call=on_call, **given)  # type: ignore[arg-type]


def phone(at: MediaDoor) -> SimulatedPhone:
    return SimulatedPhone(f"ws://127.0.0.1:{at.port}/media", number="13800001111")


async def idle(call: MediaCall) -> None:
    async for _ in call.events():
        pass


async def test_frames_keep_real_time_without_drift() -> None:
    arrivals: list[float] = []

    async def answer(call: MediaCall) -> None:
        async for event in call.events():
            if isinstance(event, AudioReceived):
                arrivals.append(asyncio.get_running_loop().time())

    async with door(answer) as at, phone(at).dial() as call:
        await call.wait(1.0)
    beats = [sound.at for sound in call.said]
    assert beats[-1] - beats[0] == pytest.approx((len(beats) - 1) * 0.02, abs=0.02)
    assert len(arrivals) >= 45


async def test_the_answers_delay_is_measured_to_the_sample() -> None:
    async def answer(call: MediaCall) -> None:
        quiet, spoke = 0, False
        async for event in call.events():
            if isinstance(event, AudioReceived):
                spoke = spoke or event.data != QUIET
                quiet = quiet + 1 if event.data == QUIET else 0
                if spoke and quiet == 10:
                    await call.play(QUIET[:80] + LOUD, mark="answer")

    async with door(answer) as at, phone(at).dial() as call:
        ended = await call.speak(LOUD * 10 + QUIET * 20)
        delay = await call.next_voice(after=ended) - ended
    assert 0.2 <= delay < 0.35


async def test_a_prompt_is_played_in_real_time_and_reported_when_heard() -> None:
    played: list[float] = []

    async def answer(call: MediaCall) -> None:
        await call.play(LOUD * 25, mark="half a second")
        async for event in call.events():
            if isinstance(event, PlayedOut):
                played.append(asyncio.get_running_loop().time())

    async with door(answer) as at, phone(at).dial() as call:
        began = await call.next_voice()
        heard = await call.heard_until_silence(quiet_seconds=0.1)
    assert len(heard) == 160 * 30
    assert played[0] - began == pytest.approx(0.5, abs=0.06)


async def test_a_flush_cuts_what_is_heard_at_once() -> None:
    async def answer(call: MediaCall) -> None:
        await call.play(LOUD * 500, mark="long")
        async for event in call.events():
            if isinstance(event, KeyPressed):
                await call.flush()

    async with door(answer) as at, phone(at).dial() as call:
        await call.next_voice()
        await call.press("1", gap_seconds=0.3)
        assert [sound.data for sound in call.heard[-5:]] == [QUIET] * 5
        assert len(call.flushes) == 1


async def test_a_hang_up_by_the_service_ends_the_call_on_the_phone() -> None:
    async def answer(call: MediaCall) -> None:
        await asyncio.sleep(0.05)
        await call.hang_up()

    async with door(answer) as at, phone(at).dial() as call:
        await call.ended(within=2)
        assert call.over
        with pytest.raises(MediaClosed):
            await call.next_voice()


async def test_waiting_for_a_voice_that_does_not_come_times_out() -> None:
    async with door(idle) as at, phone(at).dial() as call:
        with pytest.raises(TimeoutError):
            await call.next_voice(within=0.1)


async def test_a_refusal_reaches_the_dialler() -> None:
    async with door(idle, login=("a", "b")) as at:
        with pytest.raises(InvalidStatus):
            async with phone(at).dial():
                pass


async def test_an_error_in_the_block_flies_as_it_is_and_hangs_up() -> None:
    ends: list[str] = []

    async def answer(call: MediaCall) -> None:
        ends.extend([event.reason async for event in call.events() if isinstance(event, HungUp)])

    async def fail(at: MediaDoor) -> None:
        async with phone(at).dial() as call:
            await call.wait(0.1)
            raise ZeroDivisionError

    async with door(answer) as at:
        with pytest.raises(ZeroDivisionError):
            await fail(at)
    assert ends == ["far_end"]


async def test_the_call_can_be_listened_to_afterwards() -> None:
    async with door(idle) as at, phone(at).dial() as call:
        await call.speak(LOUD * 3)
    with wave.open(io.BytesIO(call.wav())) as file:
        assert (file.getnchannels(), file.getframerate(), file.getsampwidth()) == (2, 8000, 2)
        assert file.getnframes() == len(call.said) * 160


async def test_a_rung_phone_arrives_at_the_door_with_its_order() -> None:
    starts = []

    async def answer(call: MediaCall) -> None:
        starts.append(call.start)
        await idle(call)

    async with door(answer) as at, Exchange() as exchange:

        async def owner(ring) -> None:
            async with phone(at).answer(ring) as call:
                await call.wait(0.1)

        exchange.register("13900002222", owner)
        order = OutboundCall("order-1", "13900002222", new_call_id())
        assert await exchange.place(order) is PlaceResult.ANSWERED
        await asyncio.sleep(0.2)
    assert [(s.direction, s.order_id, s.call_id, s.source) for s in starts] == [
        ("out", "order-1", order.call_id, "phone")
    ]
