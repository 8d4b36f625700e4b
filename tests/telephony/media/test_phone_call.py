"""A call of the simulated phone: what it measures is exact."""

import asyncio

import pytest

from telephony.errors import MediaClosed
from telephony.media.call import MediaCall
from telephony.media.protocol import AudioReceived, KeyPressed, PlayedOut
from tests.telephony.media.ringing import LOUD, QUIET, door, phone


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
