"""The JSON of chan_websocket, as Asterisk 22.10 sends it, and what must be refused."""

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telephony.errors import MediaGarbled
from telephony.media.messages import (
    Answer,
    BufferingCompleted,
    Command,
    DtmfEnd,
    Event,
    FlushMedia,
    GetStatus,
    HangUp,
    LineError,
    MarkMedia,
    MarkProcessed,
    MediaStart,
    MediaXoff,
    MediaXon,
    QueueDrained,
    ReportQueueDrained,
    StartBuffering,
    Status,
    StopBuffering,
    UnknownCommand,
    UnknownEvent,
)
from telephony.media.wire import parse_command, parse_event, write_command, write_event

MEDIA_START = (
    '{"event":"MEDIA_START","connection_id":"ivrmedia","channel":"WebSocket/ivrmedia/0x7fb144009980",'
    '"channel_id":"ivr-1795409611.2","format":"alaw","optimal_frame_size":160,"ptime":20,'
    '"channel_variables":{"DIALEDPEERNUMBER":"ivrmedia/c(alaw)f(json)","__IVR_CALLER":"13800001111",'
    '"IVR_CALL":"616a9be4-9058-4a76-a4c0-364d956e633f"}}'
)
EVENTS: list[Event] = [
    MediaStart("alaw", 160, 20, "WebSocket/x", "1.2", "ivrmedia", {"IVR_CALL": "a"}),
    DtmfEnd("5", 120),
    MediaXoff(),
    MediaXon(),
    BufferingCompleted("hello"),
    MarkProcessed("m1"),
    QueueDrained(),
    Status(25, True, False, True),
    LineError(),
    UnknownEvent("MEDIA_LATER"),
]
COMMANDS: list[Command] = [
    StartBuffering(),
    StopBuffering("hello"),
    MarkMedia("m1"),
    FlushMedia(),
    ReportQueueDrained(),
    GetStatus(),
    Answer(),
    HangUp(),
    UnknownCommand("MEDIA_LATER"),
]


def test_asterisks_own_start_tells_codec_and_variables_without_their_underscores() -> None:
    start = parse_event(MEDIA_START)
    assert isinstance(start, MediaStart)
    assert (start.format, start.frame_bytes, start.ptime_ms) == ("alaw", 160, 20)
    assert start.variables["IVR_CALLER"] == "13800001111"
    assert start.variables["IVR_CALL"] == "616a9be4-9058-4a76-a4c0-364d956e633f"


def test_a_start_does_not_show_who_calls() -> None:
    assert "13800001111" not in repr(parse_event(MEDIA_START))


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: type(event).__name__)
def test_every_event_survives_the_way_through_text(event: Event) -> None:
    assert parse_event(write_event(event)) == event


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: type(command).__name__)
def test_every_command_survives_the_way_through_text(command: Command) -> None:
    assert parse_command(write_command(command)) == command


def test_a_key_without_a_duration_is_a_key() -> None:
    assert parse_event('{"event":"DTMF_END","channel_id":"1.2","digit":"#"}') == DtmfEnd("#", 0)


def test_a_newer_asterisks_event_is_tolerated() -> None:
    assert parse_event('{"event":"MEDIA_DANCED","steps":3}') == UnknownEvent("MEDIA_DANCED")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "MEDIA_START connection_id:x",
        MEDIA_START[:-1],
        "[]",
        "null",
        '{"event":7}',
        '{"event":""}',
        '{"event":"DTMF_END"}',
        '{"event":"DTMF_END","digit":"12"}',
        '{"event":"DTMF_END","digit":"\\n"}',
        '{"event":"STATUS","queue_length":"many"}',
        '{"event":"STATUS","queue_length":true}',
        '{"event":"MEDIA_START","format":"alaw"}',
        '{"event":"MEDIA_START","format":"alaw","optimal_frame_size":-1}',
        '{"event":"MEDIA_START","format":"alaw","optimal_frame_size":160,"channel_variables":[1]}',
        '{"event":"MEDIA_MARK_PROCESSED","correlation_id":{}}',
        "[" * 10_000,
        '{"event":"X","pad":"' + "x" * 20_000 + '"}',
    ],
)
def test_what_cannot_be_read_is_refused(text: str) -> None:
    with pytest.raises(MediaGarbled):
        parse_event(text)


def test_the_refusal_does_not_repeat_what_was_sent() -> None:
    with pytest.raises(MediaGarbled) as refused:
        parse_event('{"event":"DTMF_END","digit":"13800001111"}')
    assert "13800001111" not in str(refused.value)


@given(st.text())
def test_no_text_does_more_than_be_refused(text: str) -> None:
    for parse in (parse_event, parse_command):
        with contextlib.suppress(MediaGarbled):
            parse(text)


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=6,
)


@given(
    name=st.sampled_from(
        ["MEDIA_START", "DTMF_END", "STATUS", "MEDIA_BUFFERING_COMPLETED", "ERROR"]
    ),
    fields=st.dictionaries(
        st.sampled_from(
            [
                "digit",
                "duration_ms",
                "format",
                "optimal_frame_size",
                "ptime",
                "channel_variables",
                "queue_length",
                "correlation_id",
                "channel",
            ]
        ),
        _json,
    ),
)
def test_a_known_event_with_any_fields_is_read_or_refused(
    name: str, fields: dict[str, object]
) -> None:
    with contextlib.suppress(MediaGarbled):
        parse_event(json.dumps({"event": name, **fields}))
