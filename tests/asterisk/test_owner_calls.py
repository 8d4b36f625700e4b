"""Owners are rung through a real Asterisk by AMI."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from telephony.ami.client import ManagerClient, ManagerTimes
from telephony.ami.dialer import ManagerDialer
from telephony.errors import AmiRefused
from telephony.media.call_start import new_call_id
from telephony.outbound import OutboundCall, PlaceResult
from tests.asterisk.cut_line import CutLine
from tests.asterisk.doors import Seen, door, tone
from tests.asterisk.pbx import Asterisk
from tests.asterisk.sip_phone import SipPhone


@pytest.fixture
async def manager(asterisk: Asterisk) -> AsyncIterator[ManagerClient]:
    async with ManagerClient("127.0.0.1", asterisk.ami_port, login=asterisk.ami_login) as client:
        await client.wait_ready(within=5)
        yield client


def call_out(ring_seconds: float = 5) -> OutboundCall:
    return OutboundCall("order-1", "13900002222", new_call_id(), ring_seconds=ring_seconds)


async def test_an_owner_who_picks_up_arrives_at_the_door_with_his_order(
    asterisk: Asterisk, owner: SipPhone, manager: ManagerClient
) -> None:
    seen, order = Seen(), call_out()
    async with door(asterisk, seen.watch), asyncio.TaskGroup() as group:
        placed = group.create_task(ManagerDialer(manager).place(order))
        async with owner.picked_up() as call:
            assert call.invite is not None
            shown = call.invite.get("From")
            await call.press("1")
            await call.wait(0.2)
            assert seen.call is not None
            await seen.call.play(tone(0.3), mark="notice")
            await call.heard_until_silence(quiet_seconds=0.2)
        assert await placed is PlaceResult.ANSWERED
    start = seen.call.start
    assert (start.direction, start.order_id, start.call_id) == ("out", "order-1", order.call_id)
    assert (start.caller, start.dialled) == ("13900002222", "12123")
    assert "sip:12123@" in shown
    assert seen.keys == "1"
    assert "13900002222" not in asterisk.log()


@pytest.mark.parametrize(
    ("status", "result"),
    [
        (486, PlaceResult.BUSY),
        (603, PlaceResult.REJECTED),
        (404, PlaceResult.UNREACHABLE),
        (410, PlaceResult.UNREACHABLE),
        (480, PlaceResult.NO_ANSWER),
        (503, PlaceResult.FAILED),
    ],
)
async def test_an_owner_who_does_not_want_is_told_apart(
    asterisk: Asterisk, owner: SipPhone, manager: ManagerClient, status: int, result: PlaceResult
) -> None:
    async with asyncio.TaskGroup() as group:
        placed = group.create_task(ManagerDialer(manager).place(call_out()))
        await owner.refuse(status)
        assert await placed is result


async def test_ringing_stops_when_nobody_picks_up(
    asterisk: Asterisk, owner: SipPhone, manager: ManagerClient
) -> None:
    assert await ManagerDialer(manager).place(call_out(ring_seconds=0.5)) is PlaceResult.NO_ANSWER
    async with asyncio.timeout(2):
        await owner.cancelled.wait()


async def test_a_number_that_would_change_the_dial_string_is_not_rung(
    asterisk: Asterisk, owner: SipPhone, manager: ManagerClient
) -> None:
    bad = OutboundCall("order-1", "139&PJSIP/seat", new_call_id())
    assert await ManagerDialer(manager).place(bad) is PlaceResult.FAILED
    assert owner.rings.empty()


@pytest.mark.parametrize(
    ("action", "fields"),
    [
        ("Command", {"Command": "core show channels"}),
        ("GetConfig", {"Filename": "manager.conf"}),
        ("Reload", {}),
    ],
)
async def test_the_services_account_may_not_do_more_than_it_needs(
    manager: ManagerClient, action: str, fields: dict[str, str]
) -> None:
    with pytest.raises(AmiRefused):
        await manager.action(action, fields)


@pytest.fixture
async def cut_off(asterisk: Asterisk) -> AsyncIterator[tuple[CutLine, ManagerClient]]:
    """A manager connection that the test cuts."""
    times = ManagerTimes(retry=0.05, longest_retry=0.2)
    async with (
        CutLine(asterisk.ami_port) as line,
        ManagerClient("127.0.0.1", line.port, login=asterisk.ami_login, times=times) as client,
    ):
        await client.wait_ready(within=5)
        yield line, client


async def test_who_picks_up_while_the_manager_connection_is_lost_has_answered_and_is_rung_once(
    asterisk: Asterisk, owner: SipPhone, cut_off: tuple[CutLine, ManagerClient]
) -> None:
    line, client = cut_off
    seen, order = Seen(), call_out(ring_seconds=10)
    async with door(asterisk, seen.watch), asyncio.TaskGroup() as group:
        placed = group.create_task(ManagerDialer(client).place(order))
        invite = await owner.rung()
        line.cut()
        owner.rings.put_nowait(invite)
        async with owner.picked_up() as call:
            await call.wait(0.5)
            assert not placed.done()
            line.mend()
            assert await placed is PlaceResult.ANSWERED
            await call.wait(0.5)
        assert seen.call is not None
        assert seen.call.start.call_id == order.call_id
    assert owner.rings.empty()


async def test_it_rings_on_while_the_manager_connection_is_lost_and_its_end_is_heard(
    asterisk: Asterisk, owner: SipPhone, cut_off: tuple[CutLine, ManagerClient]
) -> None:
    line, client = cut_off
    async with asyncio.TaskGroup() as group:
        placed = group.create_task(ManagerDialer(client).place(call_out(ring_seconds=10)))
        invite = await owner.rung()
        line.cut()
        await asyncio.sleep(0.3)
        line.mend()
        await client.wait_ready(within=5)
        await asyncio.sleep(0.3)
        assert not placed.done()
        assert owner.rings.empty()
        owner.rings.put_nowait(invite)
        await owner.refuse(486)
        assert await placed is PlaceResult.BUSY


async def test_who_refuses_while_the_manager_connection_is_lost_is_not_rung_again(
    asterisk: Asterisk, owner: SipPhone, cut_off: tuple[CutLine, ManagerClient]
) -> None:
    line, client = cut_off
    async with asyncio.TaskGroup() as group:
        placed = group.create_task(ManagerDialer(client).place(call_out(ring_seconds=10)))
        invite = await owner.rung()
        line.cut()
        owner.rings.put_nowait(invite)
        await owner.refuse(486)
        await asyncio.sleep(0.3)
        line.mend()
        assert await placed is PlaceResult.NO_ANSWER, "that he was busy nobody has heard"
    assert owner.rings.empty()


async def test_without_a_manager_connection_nobody_is_rung(
    asterisk: Asterisk, owner: SipPhone, cut_off: tuple[CutLine, ManagerClient]
) -> None:
    line, client = cut_off
    line.cut()
    async with asyncio.timeout(5):
        while client.up:  # noqa: ASYNC110 - the connection tells nobody that it is down
            await asyncio.sleep(0.02)
    assert await ManagerDialer(client).place(call_out()) is PlaceResult.NOT_PLACED
    assert owner.rings.empty()


async def test_the_connection_comes_back_after_asterisk_was_restarted(
    asterisk: Asterisk, manager: ManagerClient
) -> None:
    asterisk.stop()
    async with asyncio.timeout(5):
        while manager.up:  # noqa: ASYNC110 - the connection tells nobody that it is down
            await asyncio.sleep(0.05)
    await asyncio.to_thread(asterisk.start)
    await manager.wait_ready(within=8)
    await manager.action("Ping")
