"""Asterisk's side of one media line, without a socket, as a phone plays it.

It keeps Asterisk's manners: a queue of 1000 frames that drops what comes beyond it, `MediaXoff` at
900 and `MediaXon` below 800, marks that are answered when the audio before them has been played.

    receive_text / receive_audio / receive_eof  ->  events_received, play_frame
    send_start / send_audio / send_key          ->  data_to_send
"""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass

from telephony.errors import MediaClosed, MediaGarbled
from telephony.media.codecs import Codec
from telephony.media.messages import (
    BufferingCompleted,
    DtmfEnd,
    FlushMedia,
    GetStatus,
    HangUp,
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
)
from telephony.media.wire import parse_command, write_event

MOST_FRAMES = 1000
XOFF_FRAMES = 900
XON_FRAMES = 800


@dataclass(frozen=True, slots=True)
class Flushed:
    """The service stopped what it had sent: it holds it, or drops it."""


@dataclass(frozen=True, slots=True)
class HungUpByService:
    """The service ended the call."""


@dataclass(frozen=True, slots=True)
class ServiceGone:
    """The connection is gone."""


FarEndEvent = Flushed | HungUpByService | ServiceGone


class FarEnd:
    """One media line as Asterisk sees it."""

    def __init__(self, codec: Codec) -> None:
        self._codec = codec
        self._queue: deque[bytes | StopBuffering | MarkMedia] = deque()
        self._frames = 0
        self._rest = b""
        self._buffering = False
        self._full = False
        self._report_drained = False
        self._closed = False
        self._events: list[FarEndEvent] = []
        self._data: list[str | bytes] = []
        self.lost_frames = 0
        """Frames that came when the queue was full."""

    @property
    def queued_frames(self) -> int:
        """Frames not played yet."""
        return self._frames

    def receive_text(self, text: str) -> None:
        """Take one command.

        Raises:
            MediaGarbled: it cannot be read.
        """
        match parse_command(text):
            case StartBuffering():
                self._buffering = True
            case StopBuffering() as stop:
                self._stop_buffering(stop)
            case MarkMedia() as mark:
                self._queue.append(mark)
            case FlushMedia():
                self._flush()
            case ReportQueueDrained():
                self._report_drained = True
            case GetStatus():
                status = Status(self._frames, self._full, self._buffering)
                self._data.append(write_event(status))
            case HangUp():
                self._events.append(HungUpByService())
            case _:
                pass  # a phone is always answered

    def receive_audio(self, data: bytes) -> None:
        """Take audio: one frame, or a piece of any size while buffering.

        Raises:
            MediaGarbled: more than one frame outside buffering.
        """
        size = self._codec.frame_bytes
        if not self._buffering:
            if len(data) > size:
                raise MediaGarbled("more than a frame outside buffering")
            self._enqueue(data)
            return
        data = self._rest + data
        whole = len(data) - len(data) % size
        self._rest = data[whole:]
        for at in range(0, whole, size):
            self._enqueue(data[at : at + size])

    def receive_eof(self) -> None:
        """The connection is gone."""
        if not self._closed:
            self._closed = True
            self._events.append(ServiceGone())

    def events_received(self) -> list[FarEndEvent]:
        """What has happened since the last call."""
        events, self._events = self._events, []
        return events

    def play_frame(self) -> bytes | None:
        """Take the next 20 ms to be heard; None where there is nothing to hear."""
        while self._queue:
            item = self._queue.popleft()
            if isinstance(item, bytes):
                self._frames -= 1
                if self._full and self._frames < XON_FRAMES:
                    self._full = False
                    self._data.append(write_event(MediaXon()))
                return item.ljust(self._codec.frame_bytes, self._codec.silent_byte)
            answer = BufferingCompleted if isinstance(item, StopBuffering) else MarkProcessed
            self._data.append(write_event(answer(item.correlation_id)))
        if self._report_drained and not self._queue:
            self._report_drained = False
            self._data.append(write_event(QueueDrained()))
        return None

    def send_start(self, variables: Mapping[str, str]) -> None:
        """Open the line; `variables` tell who calls."""
        start = MediaStart(
            format=self._codec.name,
            frame_bytes=self._codec.frame_bytes,
            channel="phone",
            connection_id="phone",
            variables=variables,
        )
        self._send(write_event(start))

    def send_audio(self, frame: bytes) -> None:
        """Send 20 ms of what the microphone hears."""
        self._send(frame)

    def send_key(self, digit: str, *, duration_ms: int) -> None:
        """Send one key."""
        self._send(write_event(DtmfEnd(digit, duration_ms)))

    def data_to_send(self) -> list[str | bytes]:
        """What leaves now."""
        data, self._data = self._data, []
        return data

    def _send(self, message: str | bytes) -> None:
        if self._closed:
            raise MediaClosed("the line is closed")
        self._data.append(message)

    def _stop_buffering(self, stop: StopBuffering) -> None:
        self._buffering = False
        if self._rest:
            self._enqueue(self._rest)
            self._rest = b""
        self._queue.append(stop)

    def _enqueue(self, frame: bytes) -> None:
        if self._frames >= MOST_FRAMES:
            self.lost_frames += 1
            return
        self._queue.append(frame)
        self._frames += 1
        if self._frames >= XOFF_FRAMES and not self._full:
            self._full = True
            self._data.append(write_event(MediaXoff()))

    def _flush(self) -> None:
        self._queue.clear()
        self._frames = 0
        self._rest = b""
        self._buffering = self._full = False
        self._events.append(Flushed())
