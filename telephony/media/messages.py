"""The words of chan_websocket's JSON control format, as values.

Asterisk (or a phone that plays its part) sends *events*; the service answers with *commands*. Audio
travels beside them as binary messages. A name that is not known is kept as `Unknown...`, because a
newer Asterisk may say more. `wire` reads and writes them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class MediaStart:
    """The line is open; always the first event."""

    format: str
    """Asterisk's name of the codec: `alaw`, `slin`, ..."""
    frame_bytes: int
    """Bytes of one frame of `ptime_ms`."""
    ptime_ms: int = 20
    channel: str = ""
    """The media channel itself, not the caller's."""
    channel_id: str = ""
    connection_id: str = ""
    variables: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Dialplan variables that the media channel inherited; may name the caller."""


@dataclass(frozen=True, slots=True)
class DtmfEnd:
    """A key was let go."""

    digit: str = field(repr=False)
    duration_ms: int = 0
    """0 where Asterisk does not tell."""


@dataclass(frozen=True, slots=True)
class MediaXoff:
    """The play-out queue is nearly full: stop sending audio."""


@dataclass(frozen=True, slots=True)
class MediaXon:
    """There is room again."""


@dataclass(frozen=True, slots=True)
class BufferingCompleted:
    """Everything up to `StopBuffering` with this id has been played."""

    correlation_id: str


@dataclass(frozen=True, slots=True)
class MarkProcessed:
    """Everything up to `MarkMedia` with this id has been played."""

    correlation_id: str


@dataclass(frozen=True, slots=True)
class QueueDrained:
    """Nothing is left to play; sent once after each `ReportQueueDrained`."""


@dataclass(frozen=True, slots=True)
class Status:
    """Answer to `GetStatus`."""

    queue_length: int
    """Frames."""
    queue_full: bool = False
    bulk_media: bool = False
    media_paused: bool = False


@dataclass(frozen=True, slots=True)
class LineError:
    """Asterisk could not do what was asked; its words are not kept."""


@dataclass(frozen=True, slots=True)
class UnknownEvent:
    """An event of a newer Asterisk."""

    name: str


Event = (
    MediaStart
    | DtmfEnd
    | MediaXoff
    | MediaXon
    | BufferingCompleted
    | MarkProcessed
    | QueueDrained
    | Status
    | LineError
    | UnknownEvent
)


@dataclass(frozen=True, slots=True)
class StartBuffering:
    """Audio that follows comes in pieces of any size, faster than it is heard."""


@dataclass(frozen=True, slots=True)
class StopBuffering:
    """End of such audio; answered by `BufferingCompleted` when it has been heard."""

    correlation_id: str


@dataclass(frozen=True, slots=True)
class MarkMedia:
    """A mark in the audio, answered by `MarkProcessed`."""

    correlation_id: str


@dataclass(frozen=True, slots=True)
class FlushMedia:
    """Drop what is queued, marks included, and end buffering."""


@dataclass(frozen=True, slots=True)
class ReportQueueDrained:
    """Ask for one `QueueDrained`."""


@dataclass(frozen=True, slots=True)
class GetStatus:
    """Ask for one `Status`."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Answer the media channel (it is answered already where the dialplan answers)."""


@dataclass(frozen=True, slots=True)
class HangUp:
    """End the media channel; the dialplan goes on."""


@dataclass(frozen=True, slots=True)
class UnknownCommand:
    """A command that no known side sends."""

    name: str


Command = (
    StartBuffering
    | StopBuffering
    | MarkMedia
    | FlushMedia
    | ReportQueueDrained
    | GetStatus
    | Answer
    | HangUp
    | UnknownCommand
)
