"""Every test phone keeps time and can be listened to afterwards."""

import asyncio
import io
import wave

import pytest

from telephony.media.call import MediaCall
from telephony.media.protocol import AudioReceived
from tests.telephony.media.ringing import LOUD, door, idle, phone


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


async def test_waiting_for_a_voice_that_does_not_come_times_out() -> None:
    async with door(idle) as at, phone(at).dial() as call:
        with pytest.raises(TimeoutError):
            await call.next_voice(within=0.1)


async def test_the_call_can_be_listened_to_afterwards() -> None:
    async with door(idle) as at, phone(at).dial() as call:
        await call.speak(LOUD * 3)
    with wave.open(io.BytesIO(call.wav())) as file:
        assert (file.getnchannels(), file.getframerate(), file.getsampwidth()) == (2, 8000, 2)
        assert file.getnframes() == len(call.said) * 160
