"""The service's side of the line, as conversations without a socket."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telephony.errors import MediaClosed, MediaError, MediaFlood, MediaGarbled, MediaOutOfPlace
from telephony.media.codecs import ALAW
from telephony.media.far_end import FarEnd
from telephony.media.limits import LineLimits
from telephony.media.messages import MediaStart, Status
from telephony.media.protocol import (
    AudioReceived,
    KeyPressed,
    LineClosed,
    LineOpened,
    PlayedOut,
    ServiceSide,
)
from telephony.media.wire import write_event

START = MediaStart("alaw", 160)
FRAME = ALAW.silent_frame


def opened(line_format: str = "alaw") -> ServiceSide:
    line = ServiceSide()
    line.receive_text(write_event(MediaStart(line_format, 160)), now=0)
    line.events_received()
    return line


def names(data: list[str | bytes]) -> list[str | int]:
    return [len(item) if isinstance(item, bytes) else json.loads(item)["command"] for item in data]


def carry(line: ServiceSide, far: FarEnd) -> None:
    """Move everything both ways, at no time."""
    for item in line.data_to_send():
        if isinstance(item, bytes):
            far.receive_audio(item)
        else:
            far.receive_text(item)
    for answer in far.data_to_send():
        if isinstance(answer, str):
            line.receive_text(answer, now=0)


def test_a_line_opens_with_its_start() -> None:
    line = ServiceSide()
    line.receive_text(write_event(START), now=0)
    assert line.events_received() == [LineOpened(START)]
    assert line.events_received() == []


def test_audio_and_keys_arrive_in_order() -> None:
    line = opened()
    line.receive_audio(FRAME, now=0)
    line.receive_text('{"event":"DTMF_END","digit":"1","duration_ms":90}', now=0)
    line.receive_eof()
    assert line.events_received() == [AudioReceived(FRAME), KeyPressed("1", 90), LineClosed()]


def test_neither_audio_nor_keys_are_shown() -> None:
    assert "7" not in repr(KeyPressed("7", 90))
    assert repr(AudioReceived(b"secret")) == "AudioReceived()"


@pytest.mark.parametrize("text", ['{"event":"DTMF_END","digit":"1"}', '{"event":"MEDIA_XOFF"}'])
def test_anything_before_the_start_is_out_of_place(text: str) -> None:
    with pytest.raises(MediaOutOfPlace):
        ServiceSide().receive_text(text, now=0)


def test_audio_before_the_start_is_out_of_place() -> None:
    with pytest.raises(MediaOutOfPlace):
        ServiceSide().receive_audio(FRAME, now=0)


def test_a_second_start_is_out_of_place() -> None:
    with pytest.raises(MediaOutOfPlace):
        opened().receive_text(write_event(START), now=0)


def test_a_codec_that_was_not_asked_for_is_out_of_place() -> None:
    with pytest.raises(MediaOutOfPlace):
        ServiceSide().receive_text(write_event(MediaStart("opus", 160)), now=0)


def test_half_a_sample_is_refused() -> None:
    with pytest.raises(MediaGarbled):
        opened("slin").receive_audio(b"\0" * 321, now=0)


def test_an_oversized_message_is_refused() -> None:
    with pytest.raises(MediaGarbled):
        opened().receive_audio(b"\0" * 20_000, now=0)
    with pytest.raises(MediaGarbled):
        opened().receive_text(" " * 20_000, now=0)


def test_a_prompt_goes_out_and_the_word_that_it_was_heard_comes_back() -> None:
    line, far = opened(), FarEnd(ALAW)
    line.send_audio(b"", mark="nothing")
    line.send_audio(FRAME, mark="hello")
    for _ in range(2):
        carry(line, far)
        far.play_frame()
    carry(line, far)
    assert line.events_received() == [PlayedOut("nothing"), PlayedOut("hello")]


def test_what_is_stopped_is_asked_for_first_and_every_moment_counts_then() -> None:
    line, far = opened(), FarEnd(ALAW)
    line.send_audio(FRAME * 9, mark="a")
    carry(line, far)
    line.send_flush()
    assert line.asks
    carry(line, far)
    far.play_frame()
    carry(line, far)
    assert not line.asks
    assert names(line.data_to_send()) == ["FLUSH_MEDIA", 160]


def test_what_is_held_is_played_afterwards() -> None:
    line, far = opened(), FarEnd(ALAW)
    line.send_audio(FRAME * 3, mark="a")
    carry(line, far)
    line.send_pause(paused=True)
    for _ in range(6):
        carry(line, far)
        far.play_frame()
    assert line.events_received() == []
    line.send_pause(paused=False)
    for _ in range(5):
        carry(line, far)
        far.play_frame()
    assert line.events_received() == [PlayedOut("a")]


def test_a_line_that_hangs_up_while_it_asks_does_not_care_for_the_answer() -> None:
    line, far = opened(), FarEnd(ALAW)
    line.send_audio(b"\x55" * 8000 * 30, mark="long")
    carry(line, far)
    line.send_pause(paused=True)
    question = line.data_to_send()
    line.send_hang_up()
    assert names(question) == ["GET_STATUS"]
    line.receive_text(write_event(Status(300)), now=0)
    assert names(line.data_to_send()) == ["HANGUP"]


def test_after_hanging_up_nothing_more_is_sent() -> None:
    line = opened()
    line.send_hang_up()
    line.send_hang_up()
    assert names(line.data_to_send()) == ["HANGUP"]
    with pytest.raises(MediaClosed):
        line.send_audio(FRAME, mark="a")


def test_after_the_end_nothing_is_taken_or_given() -> None:
    line = opened()
    line.receive_eof()
    line.receive_eof()
    assert line.events_received() == [LineClosed()]
    line.receive_audio(FRAME, now=0)
    line.receive_text("garbage", now=0)
    line.send_flush()
    line.send_hang_up()
    assert line.events_received() == []
    assert line.data_to_send() == []


def test_audio_cannot_be_sent_before_the_line_is_open() -> None:
    with pytest.raises(MediaOutOfPlace):
        ServiceSide().send_audio(FRAME, mark="a")


def test_real_time_is_never_a_flood_even_after_a_stall() -> None:
    line = opened()
    for _ in range(200):
        line.receive_audio(FRAME, now=10.0)
    for frame in range(3000):
        line.receive_audio(FRAME, now=10 + frame * 0.02)


def test_more_than_four_times_real_time_is_a_flood() -> None:
    line = opened()

    def talk() -> None:
        for frame in range(3000):
            line.receive_audio(FRAME, now=frame * 0.004)

    with pytest.raises(MediaFlood):
        talk()


def test_a_storm_of_control_messages_is_a_flood() -> None:
    line = ServiceSide(LineLimits(texts_per_second=10, texts_burst=20))
    line.receive_text(write_event(START), now=0)

    def hammer() -> None:
        for number in range(100):
            line.receive_text('{"event":"DTMF_END","digit":"1"}', now=number * 0.01)

    with pytest.raises(MediaFlood):
        hammer()


@given(st.lists(st.binary(max_size=400) | st.text(max_size=60), max_size=20), st.booleans())
def test_garbage_does_no_more_than_close_the_line(messages: list[bytes | str], begun: bool) -> None:
    line = opened() if begun else ServiceSide()
    try:
        for message in messages:
            if isinstance(message, str):
                line.receive_text(message, now=0)
            else:
                line.receive_audio(message, now=0)
    except MediaError as error:
        assert error.close_code in (1002, 1007, 1008)  # noqa: PT017 - it may also not be raised
