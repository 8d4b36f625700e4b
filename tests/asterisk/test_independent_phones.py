"""The same way in for a phone that is not ours."""

import asyncio
import shutil
import wave
from array import array
from pathlib import Path

import pytest

from telephony.media.alaw import decode
from tests.asterisk.baresip import baresip
from tests.asterisk.doors import Seen, door, tone
from tests.asterisk.pbx import Asterisk

needs_baresip = pytest.mark.skipif(
    shutil.which("baresip") is None, reason="baresip is not installed"
)


@needs_baresip
async def test_baresip_is_heard_hears_and_presses_keys(asterisk: Asterisk, tmp_path: Path) -> None:
    source = tmp_path / "source.wav"
    with wave.open(str(source), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(decode(tone(3.0)))
    seen = Seen()
    async with (
        door(asterisk, seen.watch),
        baresip(tmp_path, number="13800003333", source=source) as phone,
    ):
        await phone.command("dial", f"sip:12123@127.0.0.1:{asterisk.sip_port}")
        await phone.event("CALL_ESTABLISHED")
        await asyncio.sleep(0.2)
        assert seen.call is not None
        await seen.call.play(tone(0.5, hertz=1000), mark="hello")
        for _ in range(30):
            await asyncio.sleep(0.1)
            if seen.played:
                break
        await phone.command("sndcode", "1")
        for _ in range(30):
            await asyncio.sleep(0.1)
            if seen.keys:
                break
        await phone.command("hangup")
        await asyncio.wait_for(seen.over.wait(), 5)
        heard = array("h", phone.decoded())
    assert seen.call.start.caller == "13800003333"
    assert seen.played == ["hello"]
    assert seen.keys == "1"
    assert seen.hung_up == "far_end"
    loud = [
        at for at, value in enumerate(array("h", decode(bytes(seen.audio)))) if abs(value) > 1000
    ]
    assert len(loud) > 4000, "half a second of the phone's tone at least"
    assert sum(abs(value) > 1000 for value in heard) > 0.2 * 8000, "its recorder drops some"
