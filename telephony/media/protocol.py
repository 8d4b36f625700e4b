"""The service's side of one media line, without a socket.

Rules:

1. The first message is `MediaStart`; audio or anything known before it, and a second one, is out of
   place.
2. Audio leaves in bursts between `StartBuffering` and `StopBuffering(mark)`. Asterisk plays it in
   real time and answers with the mark once it has been heard.
3. Asterisk's queue holds 1000 frames and drops what comes beyond them; `MediaXoff` comes too late
   for a burst that is already on its way. So no more than `WINDOW_SECONDS` are ever under way,
   counted by marks that Asterisk sends back, and `MediaXoff` stops us besides.
4. A flush drops what waits here, what waits there and every mark still open.
5. What comes in is bounded: a live line cannot send more than real time for long.

    receive_text / receive_audio / receive_eof            ->  events_received
    send_audio / send_flush / send_pause / send_hang_up   ->  data_to_send
"""

from collections import deque
from dataclasses import dataclass, field

from telephony.errors import MediaClosed, MediaFlood, MediaGarbled, MediaOutOfPlace
from telephony.media.codecs import ALAW, CODECS, Codec
from telephony.media.limits import Bucket, LineLimits
from telephony.media.messages import (
    BufferingCompleted,
    ContinueMedia,
    DtmfEnd,
    Event,
    FlushMedia,
    HangUp,
    MarkMedia,
    MarkProcessed,
    MediaStart,
    MediaXoff,
    MediaXon,
    PauseMedia,
    StartBuffering,
    StopBuffering,
)
from telephony.media.wire import parse_event, write_command

WINDOW_SECONDS = 12.0
_MARK_EVERY_SECONDS = 4.0
_PIECE_BYTES = 8_000
"""Asterisk refuses a websocket message above 65 535 bytes; small pieces keep a flush quick."""


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


@dataclass(slots=True)
class _Utterance:
    mark: str
    audio: memoryview
    begun: bool = False


class ServiceSide:
    """One media line as the service sees it."""

    def __init__(self, limits: LineLimits | None = None) -> None:
        self._limits = limits or LineLimits()
        self._codec: Codec | None = None
        self._closed = False
        self._hanging_up = False
        self._xoff = False
        self._paused = False
        self._events: list[LineEvent] = []
        self._urgent: list[str] = []
        self._backlog: deque[_Utterance] = deque()
        self._under_way: deque[tuple[str, bool, int]] = deque()
        """Marks not yet answered: id, whether ours to report, bytes sent before it."""
        self._sent_bytes = 0
        self._heard_bytes = 0
        self._marked_bytes = 0
        self._window_marks = 0
        self._texts = Bucket(
            per_second=self._limits.texts_per_second, most=self._limits.texts_burst
        )
        self._audio = Bucket(per_second=0, most=0)

    @property
    def codec(self) -> Codec:
        """The line's codec, A-law until it is known."""
        return self._codec or ALAW

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
            self._drop_audio()
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
        self._backlog.append(_Utterance(mark, memoryview(audio)))

    def send_flush(self) -> None:
        """Drop at once what has not been heard; its marks stay without answer."""
        if self._codec is None or self._closed or self._hanging_up:
            return
        self._drop_audio()
        self._xoff = False
        self._urgent.append(write_command(FlushMedia()))
        self.send_pause(paused=False)

    def send_pause(self, *, paused: bool) -> None:
        """Stop playing and keep what is queued, or go on; audio may be sent meanwhile."""
        if self._codec is None or self._closed or self._hanging_up or paused == self._paused:
            return
        self._paused = paused
        self._urgent.append(write_command(PauseMedia() if paused else ContinueMedia()))

    def send_hang_up(self) -> None:
        """End the media channel; audio that has not left is dropped."""
        if not self._closed and not self._hanging_up:
            self._hanging_up = True
            self._backlog.clear()
            self._urgent.append(write_command(HangUp()))

    def is_waiting(self, mark: str) -> bool:
        """Whether audio under this mark still waits here for room on the other side."""
        return any(utterance.mark == mark for utterance in self._backlog)

    def data_to_send(self) -> list[str | bytes]:
        """What may leave now: control messages, and audio as far as there is room."""
        if self._closed:
            return []
        data: list[str | bytes] = [*self._urgent]
        self._urgent.clear()
        while self._backlog and self._room() > 0:
            self._hand_over(self._backlog[0], data)
        return data

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
                self._xoff = True
            case MediaXon():
                self._xoff = False
            case BufferingCompleted(mark):
                self._heard(mark, ours=True)
            case MarkProcessed(mark):
                self._heard(mark, ours=False)
            case _:
                pass  # a status, an error already acted on, or a newer Asterisk's news

    def _open(self, start: MediaStart) -> None:
        if self._codec is not None:
            raise MediaOutOfPlace("a second MEDIA_START")
        codec = CODECS.get(start.format)
        if codec is None:
            raise MediaOutOfPlace("a codec that was not asked for")
        self._codec = codec
        self._audio = Bucket(
            per_second=codec.bytes_per_second * self._limits.audio_times_real_time,
            most=codec.bytes_per_second * self._limits.audio_burst_seconds,
        )
        self._events.append(LineOpened(start))

    def _heard(self, mark: str, *, ours: bool) -> None:
        if (mark, ours) not in ((name, kind) for name, kind, _ in self._under_way):
            return  # flushed while the answer was on its way
        while self._under_way:
            name, kind, self._heard_bytes = self._under_way.popleft()
            if kind:
                self._events.append(PlayedOut(name))
            if (name, kind) == (mark, ours):
                return

    def _room(self) -> int:
        if self._xoff or self._hanging_up:
            return 0
        window = int(self.codec.bytes_per_second * WINDOW_SECONDS)
        return window - (self._sent_bytes - self._heard_bytes)

    def _hand_over(self, utterance: _Utterance, data: list[str | bytes]) -> None:
        if not utterance.begun:
            utterance.begun = True
            data.append(write_command(StartBuffering()))
        piece = utterance.audio[: min(_PIECE_BYTES, self._room())]
        utterance.audio = utterance.audio[len(piece) :]
        if piece:
            data.append(bytes(piece))
            self._sent_bytes += len(piece)
        if not utterance.audio:
            data.append(write_command(StopBuffering(utterance.mark)))
            self._under_way.append((utterance.mark, True, self._sent_bytes))
            self._marked_bytes = self._sent_bytes
            self._backlog.popleft()
        elif self._sent_bytes - self._marked_bytes >= self._mark_every_bytes():
            self._window_marks += 1
            name = f"window-{self._window_marks}"
            data.append(write_command(MarkMedia(name)))
            self._under_way.append((name, False, self._sent_bytes))
            self._marked_bytes = self._sent_bytes

    def _mark_every_bytes(self) -> int:
        return int(self.codec.bytes_per_second * _MARK_EVERY_SECONDS)

    def _drop_audio(self) -> None:
        self._backlog.clear()
        self._under_way.clear()
        self._heard_bytes = self._marked_bytes = self._sent_bytes
