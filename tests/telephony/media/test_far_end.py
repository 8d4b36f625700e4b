"""Asterisk's manners, as phones without Asterisk keep them."""

import pytest

from telephony.errors import MediaClosed, MediaGarbled
from telephony.media.codecs import ALAW
from telephony.media.far_end import FarEnd, Flushed, HungUpByService, ServiceGone
from telephony.media.messages import (
    BufferingCompleted,
    FlushMedia,
    GetStatus,
    HangUp,
    MarkMedia,
    MarkProcessed,
    MediaXoff,
    MediaXon,
    QueueDrained,
    ReportQueueDrained,
    StartBuffering,
    Status,
    StopBuffering,
)
from telephony.media.wire import parse_event, write_command


def told(far: FarEnd, *commands: object) -> None:
    for command in commands:
        far.receive_text(write_command(command))  # type: ignore[arg-type]


def said(far: FarEnd) -> list[object]:
    return [parse_event(text) for text in far.data_to_send() if isinstance(text, str)]


def test_a_burst_is_cut_into_frames_and_its_rest_is_filled_with_silence() -> None:
    far = FarEnd(ALAW)
    told(far, StartBuffering())
    far.receive_audio(b"\x11" * 100)
    far.receive_audio(b"\x11" * 100)
    told(far, StopBuffering("a"))
    assert far.play_frame() == b"\x11" * 160
    assert far.play_frame() == b"\x11" * 40 + b"\xd5" * 120
    assert said(far) == []
    assert far.play_frame() is None
    assert said(far) == [BufferingCompleted("a")]


def test_marks_are_answered_where_they_stand() -> None:
    far = FarEnd(ALAW)
    far.receive_audio(b"\x11" * 160)
    told(far, MarkMedia("m"))
    far.receive_audio(b"\x22" * 160)
    assert far.play_frame() == b"\x11" * 160
    assert far.play_frame() == b"\x22" * 160
    assert said(far) == [MarkProcessed("m")]


def test_the_queue_says_stop_then_drops_then_says_go_on() -> None:
    far = FarEnd(ALAW)
    told(far, StartBuffering())
    far.receive_audio(b"\x11" * 160 * 1005)
    assert far.queued_frames == 1000
    assert far.lost_frames == 5
    assert said(far) == [MediaXoff()]
    for _ in range(201):
        far.play_frame()
    assert said(far) == [MediaXon()]


def test_a_flush_empties_everything() -> None:
    far = FarEnd(ALAW)
    told(far, StartBuffering())
    far.receive_audio(b"\x11" * 500)
    told(far, FlushMedia(), GetStatus())
    assert far.events_received() == [Flushed()]
    assert said(far) == [Status(0)]
    assert far.play_frame() is None


def test_a_drained_queue_is_reported_once_when_asked() -> None:
    far = FarEnd(ALAW)
    told(far, ReportQueueDrained())
    far.play_frame()
    far.play_frame()
    assert said(far) == [QueueDrained()]


def test_the_end_is_told_from_either_side() -> None:
    far = FarEnd(ALAW)
    told(far, HangUp())
    far.receive_eof()
    far.receive_eof()
    assert far.events_received() == [HungUpByService(), ServiceGone()]
    with pytest.raises(MediaClosed):
        far.send_audio(b"\x11" * 160)


def test_more_than_a_frame_outside_buffering_is_refused() -> None:
    with pytest.raises(MediaGarbled):
        FarEnd(ALAW).receive_audio(b"\x11" * 161)
