"""The browser phones that ring now."""

import asyncio

import pytest

from ivr.consoles.errors import RingOver
from ivr.consoles.ringing import RingBoard
from telephony.exchange import Ring
from telephony.outbound import OutboundCall


def ring() -> Ring:
    outcome = asyncio.get_running_loop().create_future()
    return Ring(OutboundCall("order-1", "13900002222", "c" * 32), outcome)


async def test_a_ring_is_found_by_the_phone_it_was_offered_to_while_it_rings() -> None:
    board = RingBoard()
    phone = board.add(ring(), owner="me")
    assert board.find(phone.ring_id, owner="me") is phone.ring
    assert board.of("me") == [phone]
    assert board.of("you") == []
    for wrong in ((phone.ring_id, "you"), ("none", "me")):
        with pytest.raises(RingOver):
            board.find(wrong[0], owner=wrong[1])
    phone.ring.reject()
    assert board.of("me") == []
    with pytest.raises(RingOver):
        board.find(phone.ring_id, owner="me")


async def test_what_stopped_ringing_is_forgotten() -> None:
    board = RingBoard()
    first = board.add(ring(), owner="me")
    first.ring.reject()
    second = board.add(ring(), owner="me")
    assert list(board._phones) == [second.ring_id]
    assert "13900002222" not in repr(second)
