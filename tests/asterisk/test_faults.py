"""A whole house beside a real Asterisk loses a part in mid-call: what the caller hears, and what is kept."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import numpy as np
import pytest

from ivr.call.announcements import DID_NOT_UNDERSTAND
from ivr.call.commands import Utter
from ivr.cli.faults_bench.house import READY
from ivr.cli.house import fixed_phrases
from ivr.domain.calls import CallView
from ivr.settings import Settings
from ivr.speech.audio import pcm_to_alaw, silence
from ivr.speech.phrases import PhraseBook
from ivr.speech.pyttsx import PyttsxSynthesizer
from ivr.storage.room import StorageRoom, open_storage
from tests.asterisk.door_process import end_watchdog
from tests.asterisk.doors import tone
from tests.asterisk.fallback_words import hears, words_begin
from tests.asterisk.house_process import house_process
from tests.asterisk.pbx import Asterisk
from tests.asterisk.sip_phone import SipCall, SipPhone

pytestmark = [pytest.mark.rasa, pytest.mark.timeout(540)]
LIMIT_SECONDS = 3.0
WHAT_PLATE = Utter(fixed_phrases()["what_plate"], "what_plate")


@pytest.fixture
def site(asterisk: Asterisk, tmp_path: Path) -> Settings:
    for left in (asterisk.home / "spool/ivr").iterdir():
        left.unlink()
    return Settings(data_dir=tmp_path, _env_file=None)


@pytest.fixture
async def phone(asterisk: Asterisk, caller: SipPhone, tmp_path: Path) -> AsyncIterator[SipPhone]:
    yield caller
    end_watchdog(asterisk, tmp_path)


def now() -> float:
    return asyncio.get_running_loop().time()


async def say(call: SipCall, text: str) -> float:
    voice = PyttsxSynthesizer(variant="f4")
    try:
        return await call.speak(pcm_to_alaw(await voice.say(text) + silence(0.02)))
    finally:
        await voice.close()


async def kept(site: Settings, wanted: Callable[[CallView], bool], *, within: float) -> CallView:
    """Wait for a record of which this is true."""
    async with open_storage(site) as storage, asyncio.timeout(within):
        while True:
            for call in await storage.call_log.recent(10):
                if wanted(call):
                    return await _whole(storage, call.call_id)
            await asyncio.sleep(0.5)


async def _whole(storage: StorageRoom, call_id: str) -> CallView:
    view = await storage.call_log.call(call_id)
    assert view is not None
    return view


async def test_the_house_is_killed_in_mid_call_and_nothing_the_caller_gave_is_lost(
    asterisk: Asterisk, phone: SipPhone, site: Settings
) -> None:
    """He talks to the service, loses it, leaves a message; after the restart it is one call and an order."""
    async with (
        house_process(asterisk, site.data_dir) as house,
        phone.dial("12123", port=asterisk.sip_port) as call,
    ):
        await call.heard_until_silence(quiet_seconds=0.8, within=30)
        await say(call, "有辆车把我堵住了")
        await call.wait(1.5)
        killed = now()
        await house.kill()
        assert await words_begin(call, "interrupted", within=5) - killed < LIMIT_SECONDS
        await call.press("1")
        await words_begin(call, "leave_word", within=5)
        await call.wait(7.5)
        await call.speak(tone(2.0, 500))
        await call.press("#")
        await words_begin(call, "noted", within=10)
        await call.ended(within=10)
    async with house_process(asterisk, site.data_dir):
        view = await kept(site, lambda call: call.outcome == "callback_ordered", within=40)
        async with phone.dial("12123", port=asterisk.sip_port) as call:
            await call.heard_until_silence(quiet_seconds=0.8, within=30)
            assert not hears(call, "unavailable")
    assert (view.end_reason, view.caller_tail) == ("service_lost", "1111")
    assert view.turns
    async with open_storage(site) as storage:
        wav = await storage.recordings.read_wav(view.call_id)
        assert await storage.recordings.is_finished(view.call_id)
        async with storage.reading() as uow:
            orders = await uow.callbacks.by_key(f"{view.call_id}:general:lost_message")
    assert orders is not None
    assert orders.caller == "13800001111"
    sound = np.frombuffer(wav[44:], "<i2").reshape(-1, 2)
    assert abs(len(sound) / 8000 - (view.seconds or 0)) < 2.0
    message = sound[-int(7.5 * 8000) :, 0]
    assert np.abs(message).max() > 3000, "his message is at the end of the one recording"
    assert np.abs(sound[: 4 * 8000, 1]).max() > 1000, "our greeting is at its beginning"
    assert not list((asterisk.home / "spool/ivr").iterdir())


async def test_rasa_dies_and_a_full_disk_leave_the_caller_with_words(
    asterisk: Asterisk, phone: SipPhone, seat: SipPhone, site: Settings
) -> None:
    async with house_process(asterisk, site.data_dir) as house:
        async with phone.dial("12123", port=asterisk.sip_port) as call:
            await call.heard_until_silence(quiet_seconds=0.8, within=30)
            house.fill_disk()
            said = await say(call, "有辆车把我堵住了")
            assert await call.next_voice(after=said, within=8) - said < LIMIT_SECONDS
            house.free_disk()
        view = await kept(site, lambda call: call.ended_at is not None, within=60)
        assert view.end_reason
        async with phone.dial("12123", port=asterisk.sip_port) as call:
            await call.heard_until_silence(quiet_seconds=0.8, within=30)
            os.kill(house.child("rasa"), signal.SIGKILL)
            said = await say(call, "有辆车把我堵住了")
            assert await call.next_voice(after=said, within=8) - said < LIMIT_SECONDS
            await call.press("0")
            async with seat.picked_up(within=40) as person:
                spoke = now()
                await person.speak(tone(0.4))
                await call.next_voice(after=spoke)


async def test_the_recognizer_is_lost_and_the_caller_says_it_again(
    asterisk: Asterisk, phone: SipPhone, seat: SipPhone, site: Settings
) -> None:
    """What he says next cannot be heard: he is told so, another ear understands him, and key 0 brings him to a person."""
    async with house_process(
        asterisk, site.data_dir, module="ivr.cli.faults_bench.house", ready=READY
    ) as house:
        async with phone.dial("12123", port=asterisk.sip_port) as call:
            await call.heard_until_silence(quiet_seconds=0.8, within=30)
            house.lose_ear()
            said = await say(call, "有辆车把我堵住了")
            assert await call.next_voice(after=said, within=8) - said < LIMIT_SECONDS
            await call.heard_until_silence(quiet_seconds=0.8, after=said, within=20)
            assert await told(site, call, DID_NOT_UNDERSTAND)
            said = await say(call, "我要挪车")
            await call.heard_until_silence(quiet_seconds=0.8, after=said, within=20)
            assert await told(site, call, WHAT_PLATE)
            await call.press("0")
            async with seat.picked_up(within=40) as person:
                spoke = now()
                await person.speak(tone(0.4))
                await call.next_voice(after=spoke)
        view = await kept(site, lambda call: call.ended_at is not None, within=60)
        assert view.recording_sha256


def heard(call: SipCall) -> bytes:
    return b"".join(sound.data for sound in call.heard)


async def told(site: Settings, call: SipCall, sentence: Utter) -> bool:
    """Was this said? A failure should print no minute of sound."""
    return await says(site, sentence) in heard(call)


async def says(site: Settings, sentence: Utter) -> bytes:
    """A piece of how the house says it, as it reaches a phone."""
    mouth = PhraseBook(PyttsxSynthesizer(), cache_dir=site.data_dir / "phrases")
    return pcm_to_alaw(await mouth.audio(sentence.text, sentence.phrase_id))[4000:4400]
