"""The service's side of one media line, without a socket.

Rules:

1. The first message is `MediaStart`; audio or anything known before it, and a second one, is out of
   place.
2. What leaves, and how it is stopped: `play_out`.
3. What comes in is bounded: a live line cannot send more than real time for long.

    receive_text / receive_audio / receive_eof            ->  events_received
    send_audio / send_flush / send_pause / send_hang_up   ->  data_to_send
"""

from dataclasses import dataclass, field

from telephony.errors import MediaClosed, MediaFlood, MediaGarbled, MediaOutOfPlace
from telephony.media.codecs import ALAW, CODECS, Codec
from telephony.media.limits import Bucket, LineLimits
from telephony.media.messages import (
    BufferingCompleted,
    DtmfEnd,
    Event,
    HangUp,
    MarkProcessed,
    MediaStart,
    MediaXoff,
    MediaXon,
    Status,
)
from telephony.media.play_out import PlayOut
from telephony.media.wire import parse_event, write_command


@dataclass(frozen=True, slots=True)
class LineOpened:
    """The line is open."""

    start: MediaStart


@dataclass(frozen=True, slots=True)
class AudioReceived:
    """The caller's audio."""

    data: bytes = field(repr=False)
    """In the line's codec; one frame of 20 ms from Asterisk."""


@dataclass(frozen=True, slots=True)
class KeyPressed:
    """The caller pressed a key and let it go."""

    digit: str = field(repr=False)
    duration_ms: int
    """0 where Asterisk does not tell."""


@dataclass(frozen=True, slots=True)
class PlayedOut:
    """The audio sent under this mark has been heard to its end."""

    mark: str


@dataclass(frozen=True, slots=True)
class LineClosed:
    """Nothing more will come."""


LineEvent = LineOpened | AudioReceived | KeyPressed | PlayedOut | LineClosed


class ServiceSide:
    """One media line as the service sees it."""

    def __init__(self, limits: LineLimits | None = None) -> None:
        self._limits = limits or LineLimits()
        self._codec: Codec | None = None
        self._closed = False
        self._hanging_up = False
        self._events: list[LineEvent] = []
        self._urgent: list[str] = []
        self._out = PlayOut(ALAW)
        self._texts = Bucket(
            per_second=self._limits.texts_per_second, most=self._limits.texts_burst
        )
        self._audio = Bucket(per_second=0, most=0)

    @property
    def codec(self) -> Codec:
        """The line's codec, A-law until it is known."""
        return self._codec or ALAW

    @property
    def asks(self) -> bool:
        """Whether every moment counts until the next message of control."""
        return self._out.asks

    # from the line

    def receive_text(self, text: str, *, now: float) -> None:
        """Take one text message; `now` in monotonic seconds.

        Raises:
            MediaError: the line must be closed with the error's `close_code`.
        """
        if self._closed:
            return
        if not self._texts.take(1, now=now):
            raise MediaFlood("too many control messages")
        if len(text) > self._limits.max_message_bytes:
            raise MediaGarbled("a control message is too long")
        self._take(parse_event(text))

    def receive_audio(self, data: bytes, *, now: float) -> None:
        """Take one binary message; `now` in monotonic seconds.

        Raises:
            MediaError: the line must be closed with the error's `close_code`.
        """
        if self.admits_audio(data, now=now):
            self._events.append(AudioReceived(data))

    def admits_audio(self, data: bytes, *, now: float) -> bool:
        """Take one binary message for somebody who has it already: there is no event.

        Raises:
            MediaError: the line must be closed with the error's `close_code`.
        """
        if self._closed or not data:
            return False
        if self._codec is None:
            raise MediaOutOfPlace("audio before MEDIA_START")
        if len(data) > self._limits.max_message_bytes or len(data) % self._codec.bytes_per_sample:
            raise MediaGarbled("an audio message of a wrong size")
        if not self._audio.take(len(data), now=now):
            raise MediaFlood("more audio than a live line sends")
        return True

    def receive_eof(self) -> None:
        """The connection is gone."""
        if not self._closed:
            self._closed = True
            self._out.end()
            self._events.append(LineClosed())

    def events_received(self) -> list[LineEvent]:
        """What has happened since the last call."""
        events, self._events = self._events, []
        return events

    # to the line

    def send_audio(self, audio: bytes, *, mark: str) -> None:
        """Queue audio in the line's codec; `PlayedOut(mark)` follows unless it is flushed.

        Raises:
            MediaClosed: the line is gone or about to go.
            MediaOutOfPlace: the line has not opened yet.
        """
        if self._closed or self._hanging_up:
            raise MediaClosed("the line is closed")
        if self._codec is None:
            raise MediaOutOfPlace("the line has not opened yet")
        self._out.add(audio, mark=mark)

    def send_flush(self) -> None:
        """Drop at once what has not been heard; its marks stay without answer."""
        if self._speaks:
            self._out.drop()

    def send_pause(self, *, paused: bool) -> None:
        """Stop playing at once and keep what is queued, or go on; audio may be sent meanwhile."""
        if not self._speaks:
            return
        if paused:
            self._out.hold()
        else:
            self._out.go_on()

    def send_hang_up(self) -> None:
        """End the media channel; audio that has not left is dropped."""
        if not self._closed and not self._hanging_up:
            self._hanging_up = True
            self._out.end()
            self._urgent.append(write_command(HangUp()))

    def give_up_asking(self) -> None:
        """The answer that `asks` waits for did not come in time."""
        self._out.give_up_asking()

    def is_waiting(self, mark: str) -> bool:
        """Whether audio under this mark still waits here for room on the other side."""
        return self._out.is_waiting(mark)

    def data_to_send(self) -> list[str | bytes]:
        """What may leave now: control messages, and audio as far as there is room."""
        if self._closed:
            return []
        data: list[str | bytes] = [*self._urgent, *self._out.data_to_send()]
        self._urgent.clear()
        return data

    @property
    def _speaks(self) -> bool:
        return self._codec is not None and not self._closed and not self._hanging_up

    def _take(self, event: Event) -> None:
        if isinstance(event, MediaStart):
            self._open(event)
            return
        if self._codec is None:
            raise MediaOutOfPlace("a message before MEDIA_START")
        match event:
            case DtmfEnd(digit, duration_ms):
                self._events.append(KeyPressed(digit, duration_ms))
            case MediaXoff():
                self._out.xoff = True
            case MediaXon():
                self._out.xoff = False
            case BufferingCompleted(mark):
                self._out.answered(mark, ours=True)
            case MarkProcessed(mark):
                self._out.answered(mark, ours=False)
            case Status(queue_length=frames):
                self._out.counted(frames)
            case _:
                pass  # an error already acted on, or a newer Asterisk's news
        self._events += map(PlayedOut, self._out.played())

    def _open(self, start: MediaStart) -> None:
        if self._codec is not None:
            raise MediaOutOfPlace("a second MEDIA_START")
        codec = CODECS.get(start.format)
        if codec is None:
            raise MediaOutOfPlace("a codec that was not asked for")
        self._codec = codec
        self._out = PlayOut(codec)
        self._audio = Bucket(
            per_second=codec.bytes_per_second * self._limits.audio_times_real_time,
            most=codec.bytes_per_second * self._limits.audio_burst_seconds,
        )
        self._events.append(LineOpened(start))
