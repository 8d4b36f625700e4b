"""A media door without login, and a phone at it."""

from telephony.media.call import MediaCall
from telephony.media.phone import SimulatedPhone
from telephony.media.server import MediaDoor

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
