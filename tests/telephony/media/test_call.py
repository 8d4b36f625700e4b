"""A live call as its owner holds it, on a wire that is only a list."""

import asyncio

import pytest

from telephony.errors import MediaClosed
from telephony.media.call import HungUp, Mailbox, MediaCall
from telephony.media.call_start import CallStart, new_call_id
from telephony.media.messages import MediaStart, Status
from telephony.media.protocol import AudioReceived, KeyPressed, ServiceSide
from telephony.media.wire import write_event

START = CallStart(new_call_id(), "in", None, "12123", None, "alaw", None, "asterisk")


class ListWire:
    def __init__(self, protocol: ServiceSide) -> None:
        self.protocol = protocol
        self.sent: list[str | bytes] = []
        self.closed = False

    def hurry(self, *, on: bool) -> None:
        self.hurried = on

    def wake(self) -> None:
        self.sent += self.protocol.data_to_send()

    async def close(self) -> None:
        self.wake()
        self.closed = True


def live_call() -> tuple[MediaCall, ListWire]:
    protocol = ServiceSide()
    protocol.receive_text(write_event(MediaStart("alaw", 160)), now=0)
    wire = ListWire(protocol)
    return MediaCall(START, protocol, wire, most_audio_seconds=0.1), wire


async def test_events_come_in_order_and_end_with_the_hang_up() -> None:
    call, _ = live_call()
    call.deliver(AudioReceived(b"a"))
    call.deliver(KeyPressed("1", 0))
    call.finish("lost")
    call.finish("far_end")
    events = [event async for event in call.events()]
    assert events == [AudioReceived(b"a"), KeyPressed("1", 0), HungUp("lost")]


async def test_of_too_much_audio_the_oldest_goes_and_is_counted_and_keys_stay() -> None:
    call, _ = live_call()
    call.deliver(KeyPressed("1", 0))
    for number in range(7):
        call.deliver(AudioReceived(bytes([number]) * 160))
    call.finish("far_end")
    events = [event async for event in call.events()]
    assert events[0] == KeyPressed("1", 0)
    assert [event.data[0] for event in events if isinstance(event, AudioReceived)] == [
        2,
        3,
        4,
        5,
        6,
    ]
    assert call.lost_seconds == pytest.approx(0.04)


async def test_audio_that_is_read_makes_room() -> None:
    box = Mailbox(most_audio_bytes=320)
    for _ in range(10):
        box.put(AudioReceived(b"x" * 160))
        await box.get()
    assert box.lost_bytes == 0


async def test_playing_a_long_prompt_waits_until_it_has_left_and_a_flush_ends_the_wait() -> None:
    call, wire = live_call()
    async with asyncio.TaskGroup() as group:
        playing = group.create_task(call.play(b"\x55" * 8000 * 30, mark="long"))
        await asyncio.sleep(0.01)
        assert not playing.done()
        await call.flush()
    for frames in (600, 599):
        wire.protocol.receive_text(write_event(Status(frames)), now=0)
        wire.wake()
    assert any("FLUSH_MEDIA" in item for item in wire.sent if isinstance(item, str))


async def test_playing_when_the_call_ends_says_so() -> None:
    call, _ = live_call()

    async def play() -> None:
        with pytest.raises(MediaClosed):
            await call.play(b"\x55" * 8000 * 30, mark="long")

    async with asyncio.TaskGroup() as group:
        group.create_task(play())
        await asyncio.sleep(0.01)
        call._protocol.receive_eof()
        call.finish("far_end")
    with pytest.raises(MediaClosed):
        await call.play(b"", mark="late")


async def test_hanging_up_twice_is_hanging_up_once() -> None:
    call, wire = live_call()
    await call.hang_up()
    await call.hang_up()
    await call.flush()
    assert [item for item in wire.sent if isinstance(item, str)] == ['{"command": "HANGUP"}']
    assert wire.closed


async def test_diverted_audio_is_given_away_at_once_what_waited_first_and_the_rest_still_comes() -> None:
    call, _ = live_call()
    taken: list[bytes] = []
    call.deliver(AudioReceived(b"a"))
    call.deliver(KeyPressed("1", 0))
    call.divert(taken.append)
    call.deliver(AudioReceived(b"b"))
    call.finish("far_end")
    assert taken == [b"a", b"b"]
    assert [event async for event in call.events()] == [KeyPressed("1", 0), HungUp("far_end")]
    assert call.lost_seconds == 0


async def test_audio_that_its_taker_fails_on_comes_with_the_events() -> None:
    call, _ = live_call()

    def fail(_: bytes) -> None:
        raise ValueError("not now")

    call.divert(fail)
    call.deliver(AudioReceived(b"a"))
    call.deliver(AudioReceived(b"b"))
    call.finish("far_end")
    assert [event async for event in call.events()] == [AudioReceived(b"a"), AudioReceived(b"b"), HungUp("far_end")]
