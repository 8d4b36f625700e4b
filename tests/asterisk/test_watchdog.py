"""A service that is frozen, killed and back, watched from outside: what callers meet."""

import asyncio
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from telephony.ami.client import ManagerClient
from telephony.ami.dialer import ManagerDialer
from telephony.media.call_start import new_call_id
from telephony.outbound import OutboundCall
from telephony.watchdog import DOWN_SECONDS
from tests.asterisk.door_process import (
    GREETING,
    door_process,
    end_watchdog,
    watchdog_pid,
    watched,
)
from tests.asterisk.doors import tone
from tests.asterisk.fallback_words import hears, words_begin
from tests.asterisk.pbx import Asterisk
from tests.asterisk.sip_phone import SipCall, SipPhone

LIMIT_SECONDS = 3.0


@pytest.fixture(autouse=True)
def no_watchdog_left(asterisk: Asterisk, tmp_path: Path) -> Iterator[None]:
    yield
    end_watchdog(asterisk, tmp_path)


async def is_down(asterisk: Asterisk, *, down: bool) -> None:
    """Wait until Asterisk was told."""
    async with asyncio.timeout(8):
        while True:
            told = await asyncio.to_thread(asterisk.cli, "dialplan show globals")
            value = next((w.partition("=")[2] for w in told.splitlines() if "DOWN_UNTIL" in w), "0")
            if (value.strip() not in ("", "0")) == down:
                return
            await asyncio.sleep(0.1)


def is_dead(pid: int) -> bool:
    """Ended, whether or not somebody has taken note of it."""
    stat = Path(f"/proc/{pid}/stat")
    return not stat.exists() or stat.read_text().rpartition(")")[2].split()[0] == "Z"


def now() -> float:
    return asyncio.get_running_loop().time()


async def in_conversation(call: SipCall) -> None:
    """He hears the service's tone."""
    async with asyncio.timeout(5):
        while GREETING[800:1600] not in b"".join(sound.data for sound in call.heard):
            await call.wait(0.1)


async def assert_reaches_a_person(call: SipCall, seat: SipPhone) -> None:
    """He presses nothing."""
    async with seat.picked_up(within=15) as person:
        spoke = now()
        await person.speak(tone(0.4))
        await call.next_voice(after=spoke)


async def test_a_caller_of_a_frozen_service_hears_words_within_3_s_and_reaches_a_person(
    asterisk: Asterisk, caller: SipPhone, seat: SipPhone, tmp_path: Path
) -> None:
    async with (
        door_process(asterisk, tmp_path) as door,
        caller.dial("12123", port=asterisk.sip_port) as call,
    ):
        await in_conversation(call)
        frozen = now()
        door.freeze()
        assert await words_begin(call, "interrupted", within=5) - frozen < LIMIT_SECONDS
        await assert_reaches_a_person(call, seat)


async def test_who_calls_in_the_moment_of_the_freeze_holds_up_nobody(
    asterisk: Asterisk, caller: SipPhone, seat: SipPhone, tmp_path: Path
) -> None:
    """Asterisk waits for the answer of the door with that call's channel locked."""
    async with (
        door_process(asterisk, tmp_path) as door,
        SipPhone(caller.host, number="13800002222") as late,
        SipPhone(caller.host, number="13800003333") as later,
        caller.dial("12123", port=asterisk.sip_port) as call,
    ):
        await in_conversation(call)
        frozen = now()
        door.freeze()
        async with late.dial("12123", port=asterisk.sip_port) as second:
            assert await words_begin(call, "interrupted", within=5) - frozen < LIMIT_SECONDS
            assert await words_begin(second, "unavailable", within=5) - frozen < LIMIT_SECONDS
            async with later.dial("12123", port=asterisk.sip_port) as third:
                dialled = now()
                assert await words_begin(third, "unavailable", within=5) - dialled < 1.0
            await assert_reaches_a_person(call, seat)


async def test_while_it_is_frozen_a_new_caller_does_not_wait_and_afterwards_calls_come_in_again(
    asterisk: Asterisk, caller: SipPhone, tmp_path: Path
) -> None:
    async with door_process(asterisk, tmp_path) as door:
        door.freeze()
        await is_down(asterisk, down=True)
        async with caller.dial("12123", port=asterisk.sip_port) as call:
            answered = now()
            assert await words_begin(call, "unavailable", within=3) - answered < 0.5
        door.thaw()
        await is_down(asterisk, down=False)
        async with caller.dial("12123", port=asterisk.sip_port) as call:
            await in_conversation(call)
            assert not hears(call, "unavailable")


async def test_a_killed_service_is_left_at_once_and_comes_back_by_itself(
    asterisk: Asterisk, caller: SipPhone, seat: SipPhone, tmp_path: Path
) -> None:
    async with (
        door_process(asterisk, tmp_path) as door,
        caller.dial("12123", port=asterisk.sip_port) as call,
    ):
        await in_conversation(call)
        killed = now()
        await door.kill()
        assert await words_begin(call, "interrupted", within=5) - killed < LIMIT_SECONDS
        await assert_reaches_a_person(call, seat)
    await is_down(asterisk, down=True)
    async with door_process(asterisk, tmp_path):
        await is_down(asterisk, down=False)
        async with caller.dial("12123", port=asterisk.sip_port) as call:
            await in_conversation(call)


async def test_should_the_watchdog_die_too_its_promise_ends_and_calls_come_in(
    asterisk: Asterisk, caller: SipPhone, tmp_path: Path
) -> None:
    async with door_process(asterisk, tmp_path) as door:
        door.freeze()
        await is_down(asterisk, down=True)
        os.kill(watchdog_pid(tmp_path), signal.SIGKILL)
        door.thaw()
        os.kill(await watched(tmp_path, not_by=watchdog_pid(tmp_path)), signal.SIGSTOP)
        async with asyncio.timeout(10):
            while True:
                async with caller.dial("12123", port=asterisk.sip_port) as call:
                    await call.wait(0.8)
                    if GREETING[800:1600] in b"".join(sound.data for sound in call.heard):
                        break


async def test_one_that_is_told_to_end_takes_its_promise_back(asterisk: Asterisk, tmp_path: Path) -> None:
    """A house that closes in order while it was held for dead."""
    async with door_process(asterisk, tmp_path) as door:
        door.freeze()
        await is_down(asterisk, down=True)
        os.kill(watchdog_pid(tmp_path), signal.SIGTERM)
        told = now()
        await is_down(asterisk, down=False)
        assert now() - told < DOWN_SECONDS - 1, "it ended by itself"


async def test_a_watchdog_that_dies_is_replaced_and_no_caller_notices(
    asterisk: Asterisk, caller: SipPhone, tmp_path: Path
) -> None:
    async with (
        door_process(asterisk, tmp_path),
        caller.dial("12123", port=asterisk.sip_port) as call,
    ):
        await in_conversation(call)
        first = watchdog_pid(tmp_path)
        os.kill(first, signal.SIGKILL)
        await watched(tmp_path, not_by=first)
        assert not call.over
        assert not hears(call, "interrupted")


async def test_a_newer_watchdog_takes_the_post_of_one_that_is_frozen(
    asterisk: Asterisk, tmp_path: Path
) -> None:
    async with door_process(asterisk, tmp_path) as door:
        first = watchdog_pid(tmp_path)
        os.kill(first, signal.SIGSTOP)
        await door.kill()
    async with door_process(asterisk, tmp_path):
        assert await watched(tmp_path, not_by=first) != first
        assert is_dead(first)


async def test_a_person_whom_we_rang_hears_why_he_is_left(
    asterisk: Asterisk, owner: SipPhone, tmp_path: Path
) -> None:
    async with (
        door_process(asterisk, tmp_path) as door,
        ManagerClient("127.0.0.1", asterisk.ami_port, login=asterisk.ami_login) as manager,
        asyncio.TaskGroup() as group,
    ):
        await manager.wait_ready(within=5)
        order = OutboundCall("order-1", "13900002222", new_call_id(), ring_seconds=5)
        group.create_task(ManagerDialer(manager).place(order))
        async with owner.picked_up() as call:
            await in_conversation(call)
            frozen = now()
            door.freeze()
            assert await words_begin(call, "sorry", within=5) - frozen < LIMIT_SECONDS
            await call.ended(within=10)
