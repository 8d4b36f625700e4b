"""A real Asterisk carries a caller's voice and keys to the media door, and back."""

import asyncio
import math
import random
from array import array
from itertools import pairwise

from telephony.media.alaw import encode, samples
from telephony.media.call import MediaCall
from telephony.media.codecs import ALAW
from tests.asterisk.doors import Seen, door, tone
from tests.asterisk.pbx import Asterisk
from tests.asterisk.sip_phone import SipPhone


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
    assert seen.hung_up in ("far_end", "lost"), "lost where the echo met the hang-up"


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


async def test_a_prompt_is_reported_as_heard_when_the_caller_has_heard_it(
    asterisk: Asterisk, caller: SipPhone
) -> None:
    seen = Seen()
    async with door(asterisk, seen.watch), caller.dial("12123", port=asterisk.sip_port) as call:
        await call.wait(0.2)
        assert seen.call is not None
        began = asyncio.get_running_loop().time()
        await seen.call.play(tone(1.0), mark="hello")
        assert asyncio.get_running_loop().time() - began < 0.3
        heard = await call.heard_until_silence(quiet_seconds=0.2)
        assert abs(len(heard) / 8000 - 1.2) < 0.1
        assert seen.played == ["hello"]


async def test_a_flush_silences_the_prompt_at_once_and_leaves_its_mark_unanswered(
    asterisk: Asterisk, caller: SipPhone
) -> None:
    seen = Seen()
    async with door(asterisk, seen.watch), caller.dial("12123", port=asterisk.sip_port) as call:
        await call.wait(0.2)
        assert seen.call is not None
        await seen.call.play(tone(5.0), mark="long")
        await call.next_voice()
        await call.wait(0.4)
        await seen.call.flush()
        flushed = len(call.heard)
        await call.wait(0.4)
        tail = [sound.at for sound in call.heard[flushed:] if set(sound.data) - {0xD5, 0x55}]
        assert len(tail) <= 6, "120 ms: what was on its way"
        await seen.call.play(tone(0.3), mark="next")
        await call.heard_until_silence(after=call.heard[-1].at, quiet_seconds=0.2)
        assert seen.played == ["next"]


async def test_a_prompt_that_is_held_is_silent_at_once_and_goes_on_where_it_was(
    asterisk: Asterisk, caller: SipPhone
) -> None:
    seen = Seen()
    async with door(asterisk, seen.watch), caller.dial("12123", port=asterisk.sip_port) as call:
        await call.wait(0.2)
        assert seen.call is not None
        await seen.call.play(tone(1.5), mark="held")
        await call.next_voice()
        await call.wait(0.4)
        await seen.call.pause()
        paused = len(call.heard)
        await call.wait(0.6)
        tail = [sound for sound in call.heard[paused:] if set(sound.data) - {0xD5, 0x55}]
        assert len(tail) <= 6, "120 ms: what was on its way"
        assert not seen.played
        await seen.call.resume()
        async with asyncio.timeout(5):
            while not seen.played:  # noqa: ASYNC110 - the end of a prompt is an event of the line
                await asyncio.sleep(0.05)
        loud = [frame for frame in call.received if set(frame) - {0xD5, 0x55}]
        assert len(loud) in (75, 76), "the frame that faded is heard again, and nothing is lost"
        assert seen.played == ["held"]


async def test_what_is_stopped_in_the_middle_of_a_wave_fades(asterisk: Asterisk, caller: SipPhone) -> None:
    """A cut is heard as a click: a step between two samples that no wave of this prompt makes."""
    seen = Seen()
    wave = [round(12_000 * math.sin(2 * math.pi * 440 * at / 8000)) for at in range(16_000)]
    steepest, stops, soft = 5_000, 10, 0
    async with door(asterisk, seen.watch), caller.dial("12123", port=asterisk.sip_port) as call:
        await call.wait(0.2)
        assert seen.call is not None
        for number in range(stops):
            await seen.call.play(encode(array("h", wave).tobytes()), mark=f"wave {number}")
            await call.next_voice(after=call.heard[-1].at)
            await call.wait(0.2 + 0.007 * number)
            stopped = len(call.heard)
            await (seen.call.pause() if number % 2 else seen.call.flush())
            await call.wait(0.3)
            heard = samples(b"".join(sound.data for sound in call.heard[stopped - 5 :]), ALAW)
            assert max(map(abs, heard[-800:])) < 100
            soft += max(abs(after - before) for before, after in pairwise(heard)) < steepest
            await seen.call.flush()
            await call.wait(0.1)
    assert soft >= stops - 1


async def test_after_a_flush_of_a_held_prompt_the_next_one_is_heard(
    asterisk: Asterisk, caller: SipPhone
) -> None:
    seen = Seen()
    async with door(asterisk, seen.watch), caller.dial("12123", port=asterisk.sip_port) as call:
        await call.wait(0.2)
        assert seen.call is not None
        await seen.call.play(tone(3.0), mark="dropped")
        await call.next_voice()
        await seen.call.pause()
        await call.wait(0.2)
        await seen.call.flush()
        await seen.call.play(tone(0.3), mark="next")
        await call.heard_until_silence(after=call.heard[-1].at, quiet_seconds=0.2)
        assert seen.played == ["next"]


async def test_a_prompt_longer_than_asterisks_queue_is_heard_whole(
    asterisk: Asterisk, caller: SipPhone
) -> None:
    """Asterisk drops what comes beyond 20 s; the line's window must keep below it."""
    seen = Seen()
    async with door(asterisk, seen.watch), caller.dial("12123", port=asterisk.sip_port) as call:
        await call.wait(0.2)
        assert seen.call is not None
        await seen.call.play(tone(23.0), mark="long")
        async with asyncio.timeout(26):
            while not seen.played:  # noqa: ASYNC110 - the end of a prompt is an event of the line
                await asyncio.sleep(0.1)
        await call.wait(0.2)
        loud = [frame for frame in call.received if set(frame) - {0xD5, 0x55}]
        assert len(loud) in (1149, 1150), "one may go with the Local channel"
        assert seen.played == ["long"]


async def test_the_service_sees_that_the_caller_hung_up(
    asterisk: Asterisk, caller: SipPhone
) -> None:
    seen = Seen()
    async with door(asterisk, seen.watch):
        async with caller.dial("12123", port=asterisk.sip_port) as call:
            await call.wait(0.2)
        await asyncio.wait_for(seen.over.wait(), 3)
    assert seen.hung_up == "far_end"


async def test_no_number_stands_in_the_address_of_the_line_or_in_asterisks_log(
    asterisk: Asterisk, caller: SipPhone
) -> None:
    seen = Seen()
    async with door(asterisk, seen.watch), caller.dial("12123", port=asterisk.sip_port) as call:
        await call.wait(0.2)
    assert asterisk.media_url.endswith("/media")
    assert "13800001111" not in asterisk.log()
    assert "13800001111" not in repr(seen.call and seen.call.start)


async def test_sound_passes_untouched_both_ways_but_for_a_frame_at_the_beginning(
    asterisk: Asterisk, caller: SipPhone
) -> None:
    """Nothing is transcoded; 20 ms may be lost while Asterisk takes its Local channel away."""
    down = random.Random(1).randbytes(160 * 75)
    up = random.Random(2).randbytes(160 * 75)
    seen = Seen()

    async def greet(call: MediaCall) -> None:
        await call.play(down, mark="greeting")
        await seen.watch(call)

    async with door(asterisk, greet), caller.dial("12123", port=asterisk.sip_port) as call:
        await call.speak(up)
        await call.wait(0.5)
        heard = b"".join(call.received)
        channels = await asyncio.to_thread(asterisk.cli, "core show channels concise")
    assert down[160:] in heard
    assert up[160 * 10 :] in bytes(seen.audio), "but for what was said before the door was open"
    assert seen.played == ["greeting"]
    assert not any(line.startswith("Local/") for line in channels.splitlines())
