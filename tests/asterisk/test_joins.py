"""Requester and owner joined through a real Asterisk: they hear each other, and no number crosses."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest

from ivr.call.ports import CallFacts, TranscriptLine
from ivr.call.switchboard import JoinOrder, Switchboard, SwitchboardTools
from ivr.call.tools import Codec
from ivr.speech.audio import alaw_to_pcm, pcm_to_alaw
from telephony.ami.client import ManagerClient
from telephony.ami.dialer import ManagerDialer
from telephony.media.call import MediaCall
from tests.asterisk.doors import door, tone
from tests.asterisk.pbx import Asterisk
from tests.asterisk.sip_phone import SipCall, SipPhone
from tests.asterisk.sip_wire import write_sip

REQUESTER, OWNER = "13800001111", "13900002222"
CODECS = {"alaw": Codec(alaw_to_pcm, pcm_to_alaw)}


@dataclass
class Kept:
    """Numbers, records and recordings of the joins."""

    numbers: dict[str, str | None] = field(default_factory=lambda: {"first": REQUESTER, "second": OWNER})
    ends: list[tuple[str, float]] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)
    sound: bytearray = field(default_factory=bytearray)
    over: asyncio.Event = field(default_factory=asyncio.Event)

    async def number(self, join_id: str, side: str) -> str | None:
        return self.numbers[side]

    async def ended(self, join_id: str, result: str, *, seconds: float, call_id: str) -> None:
        self.ends.append((result, seconds))
        self.over.set()

    async def began(self, facts: CallFacts) -> None:
        assert facts.caller is None

    async def line(self, facts: CallFacts, line: TranscriptLine) -> None: ...

    async def event(self, facts: CallFacts, event: str, detail: str = "") -> None: ...

    async def rang_off(self, facts: CallFacts, *, reason: str, **_: Any) -> None:
        self.reasons.append(reason)

    def append(self, stereo_pcm: bytes) -> None:
        self.sound += stereo_pcm

    async def close(self) -> None: ...

    async def audio(self, text: str, phrase_id: str | None = None) -> bytes:
        return alaw_to_pcm(tone(0.4, 1000))


@pytest.fixture
async def manager(asterisk: Asterisk) -> AsyncIterator[ManagerClient]:
    async with ManagerClient("127.0.0.1", asterisk.ami_port, login=asterisk.ami_login) as client:
        await client.wait_ready(within=5)
        yield client


class _RecordsOf:
    def __init__(self, kept: Kept) -> None:
        self.began, self.line, self.event, self.ended = kept.began, kept.line, kept.event, kept.rang_off


@pytest.fixture
async def board(asterisk: Asterisk, manager: ManagerClient) -> AsyncIterator[tuple[Switchboard, Kept]]:
    kept = Kept()
    tools = SwitchboardTools(
        maker=ManagerDialer(manager), book=kept, mouth=kept, records=_RecordsOf(kept),  # type: ignore[arg-type]
        recording=lambda _: kept, codecs=CODECS, shown="12123",
    )  # fmt: skip
    async with Switchboard(tools) as switchboard:

        async def arrived(call: MediaCall) -> None:
            assert switchboard.awaits(call.start.order_id)
            await switchboard.arrived(call)

        async with door(asterisk, arrived):
            yield switchboard, kept


def pitch(pcm: bytes) -> float:
    wave = np.frombuffer(pcm, "<i2").astype(float)
    return float(np.abs(np.fft.rfft(wave)).argmax() * 8000 / len(wave))


def heard(call: SipCall, seconds: float) -> bytes:
    return alaw_to_pcm(b"".join(call.received)[-int(8000 * seconds) :])


async def test_two_people_hear_each_other_and_see_our_number_only(
    asterisk: Asterisk, owner: SipPhone, board: tuple[Switchboard, Kept]
) -> None:
    switchboard, kept = board
    switchboard.start(JoinOrder("J1", "M1"))
    async with owner.picked_up() as first:
        assert REQUESTER in first.invite.first
        async with owner.picked_up() as second:
            assert OWNER in second.invite.first
            await first.wait(2.5)  # both hear what they are told first
            async with asyncio.TaskGroup() as group:
                group.create_task(first.speak(tone(1.5, 440)))
                group.create_task(second.speak(tone(1.5, 700)))
            assert pitch(heard(second, 0.8)) == pytest.approx(440, abs=15)
            assert pitch(heard(first, 0.8)) == pytest.approx(700, abs=15)
            for call, other in ((first, OWNER), (second, REQUESTER)):
                packets = b"".join([write_sip(call.invite)])
                assert other.encode() not in packets
                assert b"12123" in packets
            await second.hang_up()
            await first.heard_until_silence(quiet_seconds=0.3)
            async with asyncio.timeout(5):
                await kept.over.wait()
    assert kept.ends[0][0] == "talked"
    assert kept.ends[0][1] > 1
    assert kept.reasons == ["join_talked"]
    stereo = np.frombuffer(bytes(kept.sound), "<i2").reshape(-1, 2)
    talk = stereo[-int(2.2 * 8000) : -int(1.2 * 8000)]
    assert np.abs(talk[:, 0]).max() > 3000
    assert np.abs(talk[:, 1]).max() > 3000
    log = asterisk.log()
    assert REQUESTER not in log
    assert OWNER not in log


async def test_an_owner_who_does_not_answer_is_told_to_the_requester(
    asterisk: Asterisk, owner: SipPhone, board: tuple[Switchboard, Kept]
) -> None:
    switchboard, kept = board
    switchboard.start(JoinOrder("J2", "M1"))
    async with owner.picked_up() as first:
        await owner.refuse(486)
        async with asyncio.timeout(8):
            await kept.over.wait()
        assert first.received
    assert kept.ends == [("second_busy", 0.0)]


async def test_a_requester_who_hangs_up_while_the_owner_rings_ends_it(
    asterisk: Asterisk, owner: SipPhone, board: tuple[Switchboard, Kept]
) -> None:
    switchboard, kept = board
    switchboard.start(JoinOrder("J3", "M1"))
    async with owner.picked_up() as first:
        await owner.rung()
        await first.hang_up()
        async with asyncio.timeout(8):
            await kept.over.wait()
    assert kept.ends == [("first_left", 0.0)]
    async with asyncio.timeout(30):
        await owner.cancelled.wait()


async def test_who_is_not_to_be_rung_is_not(owner: SipPhone, board: tuple[Switchboard, Kept]) -> None:
    switchboard, kept = board
    kept.numbers["first"] = None
    switchboard.start(JoinOrder("J4", "M1"))
    async with asyncio.timeout(3):
        await kept.over.wait()
    assert kept.ends == [("first_failed", 0.0)]
    assert owner.rings.empty()
