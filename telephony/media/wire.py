"""Reads and writes the JSON text of `messages`; a message that cannot be read is `MediaGarbled`."""

import json
from collections.abc import Callable, Mapping
from typing import Any

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

MAX_TEXT_CHARS = 16_384
_MAX_WORD_CHARS = 256
_DIGITS = frozenset("0123456789*#ABCD")

_BARE_EVENTS: dict[str, Callable[[], Event]] = {
    "MEDIA_XOFF": MediaXoff,
    "MEDIA_XON": MediaXon,
    "QUEUE_DRAINED": QueueDrained,
    "ERROR": LineError,
}
_BARE_COMMANDS: dict[str, Callable[[], Command]] = {
    "START_MEDIA_BUFFERING": StartBuffering,
    "FLUSH_MEDIA": FlushMedia,
    "REPORT_QUEUE_DRAINED": ReportQueueDrained,
    "GET_STATUS": GetStatus,
    "ANSWER": Answer,
    "HANGUP": HangUp,
}
_NAMES: dict[type[Event] | type[Command], str] = {
    MediaXoff: "MEDIA_XOFF",
    MediaXon: "MEDIA_XON",
    QueueDrained: "QUEUE_DRAINED",
    LineError: "ERROR",
    StartBuffering: "START_MEDIA_BUFFERING",
    FlushMedia: "FLUSH_MEDIA",
    ReportQueueDrained: "REPORT_QUEUE_DRAINED",
    GetStatus: "GET_STATUS",
    Answer: "ANSWER",
    HangUp: "HANGUP",
    StopBuffering: "STOP_MEDIA_BUFFERING",
    MarkMedia: "MARK_MEDIA",
    BufferingCompleted: "MEDIA_BUFFERING_COMPLETED",
    MarkProcessed: "MEDIA_MARK_PROCESSED",
}


def parse_event(text: str) -> Event:
    """Read one event.

    Raises:
        MediaGarbled: not a JSON object with an event name, or a known event without what it needs.
    """
    said = _object(text)
    name = _word(said, "event")
    if name in _BARE_EVENTS:
        return _BARE_EVENTS[name]()
    match name:
        case "MEDIA_START":
            return _media_start(said)
        case "DTMF_END":
            return _dtmf_end(said)
        case "MEDIA_BUFFERING_COMPLETED":
            return BufferingCompleted(_optional_word(said, "correlation_id"))
        case "MEDIA_MARK_PROCESSED":
            return MarkProcessed(_optional_word(said, "correlation_id"))
        case "STATUS":
            return Status(
                _number(said, "queue_length", 1_000_000),
                *(said.get(key) is True for key in ("queue_full", "bulk_media", "media_paused")),
            )
        case _:
            return UnknownEvent(name)


def parse_command(text: str) -> Command:
    """Read one command.

    Raises:
        MediaGarbled: not a JSON object with a command name.
    """
    said = _object(text)
    name = _word(said, "command")
    if name in _BARE_COMMANDS:
        return _BARE_COMMANDS[name]()
    if name == "STOP_MEDIA_BUFFERING":
        return StopBuffering(_optional_word(said, "correlation_id"))
    if name == "MARK_MEDIA":
        return MarkMedia(_optional_word(said, "correlation_id"))
    return UnknownCommand(name)


def write_event(event: Event) -> str:
    """Write one event as Asterisk does."""
    said: dict[str, Any]
    match event:
        case UnknownEvent(name):
            said = {"event": name}
        case MediaStart():
            said = {
                "event": "MEDIA_START",
                "connection_id": event.connection_id,
                "channel": event.channel,
                "channel_id": event.channel_id,
                "format": event.format,
                "optimal_frame_size": event.frame_bytes,
                "ptime": event.ptime_ms,
                "channel_variables": dict(event.variables),
            }
        case DtmfEnd(digit, duration_ms):
            said = {"event": "DTMF_END", "digit": digit, "duration_ms": duration_ms}
        case BufferingCompleted(mark) | MarkProcessed(mark):
            said = {"event": _NAMES[type(event)], "correlation_id": mark}
        case Status():
            said = {
                "event": "STATUS",
                "queue_length": event.queue_length,
                "queue_full": event.queue_full,
                "bulk_media": event.bulk_media,
                "media_paused": event.media_paused,
            }
        case _:
            said = {"event": _NAMES[type(event)]}
    return json.dumps(said, ensure_ascii=False)


def write_command(command: Command) -> str:
    """Write one command as Asterisk reads it."""
    if isinstance(command, UnknownCommand):
        return json.dumps({"command": command.name})
    said = {"command": _NAMES[type(command)]}
    if isinstance(command, StopBuffering | MarkMedia):
        said["correlation_id"] = command.correlation_id
    return json.dumps(said)


def _object(text: str) -> Mapping[str, Any]:
    if len(text) > MAX_TEXT_CHARS:
        raise MediaGarbled("a control message is too long")
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        raise MediaGarbled("a control message is not JSON") from None
    if not isinstance(said, dict):
        raise MediaGarbled("a control message is not a JSON object")
    return said


def _word(said: Mapping[str, Any], key: str) -> str:
    value = said.get(key)
    if not isinstance(value, str) or not 0 < len(value) <= _MAX_WORD_CHARS:
        raise MediaGarbled(f"a control message has no usable {key}")
    return value


def _optional_word(said: Mapping[str, Any], key: str) -> str:
    return "" if said.get(key) in (None, "") else _word(said, key)


def _number(said: Mapping[str, Any], key: str, most: int) -> int:
    value = said.get(key)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= most:
        raise MediaGarbled(f"a control message has no usable {key}")
    return value


def _media_start(said: Mapping[str, Any]) -> MediaStart:
    variables = said.get("channel_variables", {})
    if not isinstance(variables, dict):
        raise MediaGarbled("channel_variables is not an object")
    return MediaStart(
        format=_word(said, "format"),
        frame_bytes=_number(said, "optimal_frame_size", 65_535),
        ptime_ms=_number(said, "ptime", 1_000) if "ptime" in said else 20,
        channel=_optional_word(said, "channel"),
        channel_id=_optional_word(said, "channel_id"),
        connection_id=_optional_word(said, "connection_id"),
        variables={str(key).lstrip("_"): str(value) for key, value in variables.items()},
    )


def _dtmf_end(said: Mapping[str, Any]) -> DtmfEnd:
    digit = _word(said, "digit")
    if digit not in _DIGITS:
        raise MediaGarbled("a key that no phone has")
    held = said.get("duration_ms", said.get("duration", 0))
    return DtmfEnd(digit, held if isinstance(held, int) and 0 <= held < 600_000 else 0)
