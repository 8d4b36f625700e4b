"""Media doors of the tests, at the place where the test Asterisk looks for one."""

import asyncio
import contextlib
import math
import struct
from collections.abc import Awaitable, Callable

from telephony.errors import MediaClosed
from telephony.media.alaw import encode
from telephony.media.call import HungUp, MediaCall
from telephony.media.protocol import AudioReceived, KeyPressed, PlayedOut
from telephony.media.server import MediaDoor
from tests.asterisk.pbx import Asterisk


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
                        with contextlib.suppress(MediaClosed):  # hung up meanwhile
                            await call.play(data, mark=f"echo-{len(self.audio)}")
                case KeyPressed(digit):
                    self.keys += digit
                case PlayedOut(mark):
                    self.played.append(mark)
                case HungUp(reason):
                    self.hung_up = reason
        self.over.set()
