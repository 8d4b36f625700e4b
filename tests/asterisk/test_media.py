"""A real Asterisk carries a caller's voice and keys to the media door, and back."""

import asyncio
import math
import struct
from collections.abc import Awaitable, Callable

from tests.asterisk.pbx import Asterisk
from tests.asterisk.sip_phone import SipPhone

from telephony.media.alaw import encode
from telephony.media.call import HungUp, MediaCall
from telephony.media.protocol import AudioReceived, KeyPressed, PlayedOut
from telephony.media.server import MediaDoor


def tone(seconds: float, hertz: float = 440) -> bytes:
    turn = 2 * math.pi * hertz / 8000
    waves = (int(8000 * math.sin(turn * i)) for i in range(int(8000 * seconds)))
    return encode(b"".join(struct.pack("<h", wave) for wave in waves))


def door(
    asterisk: Asterisk, on_call: Callable[[MediaCall], Awaitable[None]], *, max_calls: int = 4
) -> MediaDoor:
    return MediaDoor(
        host="127.0.0.1",
        port=asterisk.media_port,
        login=asterisk.media_login,
        max_calls=max_calls,
        on_call=on_call,
    )


class Seen:
    def __init__(self) -> None:
        self.call: MediaCall | None = None
        self.keys = ""
        self.played: list[str] = []
        self.audio = bytearray()
        self.hung_up: str | None = None
        self.over = asyncio.Event()

    async def watch(self, call: MediaCall, *, echo: bool = False) -> None:
        self.call = call
        async for event in call.events():
            match event:
                case AudioReceived(data):
                    self.audio += data
                    if echo:
                        await call.play(data, mark=f"echo-{len(self.audio)}")
                case KeyPressed(digit):
                    self.keys += digit
                case PlayedOut(mark):
                    self.played.append(mark)
                case HungUp(reason):
                    self.hung_up = reason
        self.over.set()


async def test_a_caller_is_introduced_and_hears_his_own_voice(
    asterisk: Asterisk, caller: SipPhone
) -> None:
    seen = Seen()
    async with door(asterisk, lambda call: seen.watch(call, echo=True)):
        async with caller.dial("12123", port=asterisk.sip_port) as call:
            said = await call.speak(tone(0.4) + b"\xd5" * 1600)
            heard = await call.next_voice()
            assert 0 < heard - (said - 0.4) < 0.5
            assert len(await call.heard_until_silence(quiet_seconds=0.3)) >= 0.35 * 8000
        await asyncio.wait_for(seen.over.wait(), 3)
    assert seen.call is not None
    start = seen.call.start
    assert (start.caller, start.dialled, start.direction) == ("13800001111", "12123", "in")
    assert start.source == "asterisk"
    assert (start.channel or "").startswith("PJSIP/trunk-")
    assert seen.hung_up == "far_end"


async def test_keys_pressed_in_the_middle_of_speech_arrive_one_by_one(
    asterisk: Asterisk, caller: SipPhone
) -> None:
    seen = Seen()
    async with door(asterisk, seen.watch), caller.dial("12123", port=asterisk.sip_port) as call:
        await call.speak(tone(0.2))
        await call.press("120*#")
        await call.speak(tone(0.2))
        await call.wait(0.2)
        assert seen.keys == "120*#"
