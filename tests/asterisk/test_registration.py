"""A carrier with which the site's Asterisk registers: calls in and out with its password, none without."""

import asyncio
from pathlib import Path

import pytest

from telephony.ami.client import ManagerClient
from telephony.ami.dialer import ManagerDialer
from telephony.media.call_start import new_call_id
from telephony.outbound import OutboundCall, PlaceResult
from tests.asterisk.carrier_pbx import CITIZENS, PASSWORD, registering, registration
from tests.asterisk.doors import Seen, door, tone
from tests.asterisk.pbx import CARRIER, Asterisk
from tests.asterisk.sip_phone import Refused, SipPhone


async def places(site: Asterisk, number: str) -> PlaceResult:
    async with ManagerClient("127.0.0.1", site.ami_port, login=site.ami_login) as manager:
        await manager.wait_ready(within=5)
        return await ManagerDialer(manager).place(OutboundCall("order-1", number, new_call_id(), ring_seconds=5))


async def test_who_is_registered_is_called_and_calls_with_his_password(asterisk: Asterisk, tmp_path: Path) -> None:
    seen = Seen()
    async with (
        registering(asterisk.tree, tmp_path, password=PASSWORD) as (site, citizens_port),
        door(site, lambda call: seen.watch(call, echo=True)),
        SipPhone(CITIZENS, port=citizens_port, number="13800001111") as citizen,
    ):
        assert await registration(site) == "Registered"
        async with citizen.dial("12123", host=CARRIER, port=site.carrier_port) as call:
            spoke = asyncio.get_running_loop().time()
            await call.speak(tone(0.4))
            await call.next_voice(after=spoke)
        assert seen.call is not None
        assert (seen.call.start.caller, seen.call.start.dialled) == ("13800001111", "12123")

        async with asyncio.TaskGroup() as group:
            placed = group.create_task(places(site, "13900002222"))
            async with citizen.picked_up(within=5) as call:
                assert call.invite is not None
                assert call.invite.first.startswith("INVITE sip:13900002222@")
                assert "12123@" in call.invite.get("From")
                spoke = asyncio.get_running_loop().time()
                await call.speak(tone(0.4))
                await call.next_voice(after=spoke)
        assert placed.result() is PlaceResult.ANSWERED
        assert (seen.call.start.direction, seen.call.start.order_id) == ("out", "order-1")


async def test_with_a_wrong_password_nobody_is_registered_and_nobody_is_rung(asterisk: Asterisk, tmp_path: Path) -> None:
    async with (
        registering(asterisk.tree, tmp_path, password="guessed") as (site, citizens_port),
        SipPhone(CITIZENS, port=citizens_port, number="13800001111") as citizen,
    ):
        assert await registration(site) == "Rejected"
        assert await places(site, "13900002222") is not PlaceResult.ANSWERED
        assert citizen.rings.empty()
        with pytest.raises(Refused):
            async with citizen.dial("12123", host=CARRIER, port=site.carrier_port):
                pass
