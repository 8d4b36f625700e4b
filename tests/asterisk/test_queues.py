"""Which of Asterisk's queues a caller comes to: that of his business and region, else of his business, else the general one of his region, else the general one."""

from collections.abc import AsyncIterator

import pytest

from ivr.call.ports import CallFacts
from ivr.cli.keeping import AsteriskPbx
from telephony.ami.client import ManagerClient
from telephony.media.call import MediaCall
from tests.asterisk.doors import door
from tests.asterisk.fallback_words import words_begin
from tests.asterisk.pbx import Asterisk
from tests.asterisk.sip_phone import SipPhone

PLACES = [
    ("exam", "320200", "8003"), ("exam", "330100", "8002"), ("general", "330100", "8001"), ("licence", "320200", "seat"), ("general", "", "seat"),
]
"""What a caller wants, his region, and the phone that is rung (overlay/site/queues.conf)."""


@pytest.fixture
async def pbx(asterisk: Asterisk) -> AsyncIterator[AsteriskPbx]:
    async with ManagerClient("127.0.0.1", asterisk.ami_port, login=asterisk.ami_login) as client:
        await client.wait_ready(within=5)
        yield AsteriskPbx(client, queues=True)


def facts(call: MediaCall) -> CallFacts:
    start = call.start
    return CallFacts(start.call_id, start.direction, start.caller, start.dialled, start.order_id, start.channel)


@pytest.mark.parametrize(("queue", "region", "phone"), PLACES)
async def test_a_caller_whom_the_service_hands_over_comes_to_the_queue_of_his_business_and_region(
    asterisk: Asterisk, caller: SipPhone, seat: SipPhone, pbx: AsteriskPbx, queue: str, region: str, phone: str
) -> None:
    async def hand_over(call: MediaCall) -> None:
        await pbx.transfer(facts(call), queue=queue, region=region)
        await call.hang_up()

    async with (
        door(asterisk, hand_over),
        caller.dial("12123", port=asterisk.sip_port),
        seat.picked_up(within=8) as person,
    ):
        assert person.invite is not None
        assert person.invite.first.startswith(f"INVITE sip:{phone}@")


@pytest.mark.parametrize(("queue", "region", "phone"), PLACES[:3])
async def test_a_caller_who_loses_the_service_comes_there_too(
    asterisk: Asterisk, caller: SipPhone, seat: SipPhone, pbx: AsteriskPbx, queue: str, region: str, phone: str
) -> None:
    async def is_lost(call: MediaCall) -> None:
        await pbx.bound_for(facts(call), queue=queue, region=region)
        await call.hang_up()

    async with door(asterisk, is_lost), caller.dial("12123", port=asterisk.sip_port) as call:
        await words_begin(call, "interrupted", within=5)
        await call.press("0")
        async with seat.picked_up(within=8) as person:
            assert person.invite is not None
            assert person.invite.first.startswith(f"INVITE sip:{phone}@")
