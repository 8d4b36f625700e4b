"""What a line plays: from a prompt that is handed over to the word that it was heard. Pure.

Rules:

1. Audio leaves in bursts between `StartBuffering` and `StopBuffering(mark)`. Asterisk plays it in
   real time and answers with the mark once it has been heard.
2. Asterisk's queue holds 1000 frames and drops what comes beyond them; `MediaXoff` comes too late
   for a burst that is already on its way. So no more than `WINDOW_SECONDS` are ever under way,
   counted by marks that Asterisk sends back, and `MediaXoff` stops us besides.
3. Nothing is cut in the middle of a wave. Who wants to stop asks how many frames wait there, again
   and again until one has just been played: then there is nearly a frame's time to replace what
   waits by the next frame, fading out. A stop takes one to two frames so. (Where the way there and
   back takes longer than a frame, that frame is heard twice, the second time fading.) Nothing else
   leaves until then; so who asks in vain gives up, or the line would be silent for good.
4. What is held comes back here and leaves again later, its first frame fading in. What is dropped is
   gone, and its marks stay without answer.

Audio is counted in whole frames, as Asterisk counts it: the last one of a prompt is filled with silence.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from telephony.media.codecs import Codec
from telephony.media.fading import fade_in, fade_out
from telephony.media.messages import FlushMedia, GetStatus, MarkMedia, StartBuffering, StopBuffering
from telephony.media.wire import write_command

WINDOW_SECONDS = 12.0
_MARK_EVERY_SECONDS = 4.0
_PIECE_BYTES = 8_000
"""Asterisk refuses a websocket message above 65 535 bytes; small pieces keep a flush quick."""
_MOST_QUESTIONS = 12
"""For one stop: where the answers come so fast that no frame was played, there is time enough too."""


class _Stop(Enum):
    """What is done with audio under way once we know where it is."""

    HOLD = "hold"
    DROP = "drop"


@dataclass(slots=True)
class _Utterance:
    mark: str
    audio: memoryview
    begun: bool = False


@dataclass(frozen=True, slots=True)
class _Mark:
    name: str
    ours: bool
    """Whether it ends an utterance; else it only measures the window."""
    end: int
    """Bytes sent before it."""


class PlayOut:
    """The audio of one line on its way out.

    Args:
        codec: the line's.
    """

    def __init__(self, codec: Codec) -> None:
        self._codec = codec
        self._backlog: deque[_Utterance] = deque()
        self._marks: deque[_Mark] = deque()
        """Sent and not answered yet."""
        self._pieces: deque[bytes] = deque()
        """What was sent since the last mark that was answered."""
        self._urgent: list[str | bytes] = []
        self._played: list[str] = []
        self._sent_bytes = 0
        self._heard_bytes = 0
        self._marked_bytes = 0
        self._window_marks = 0
        self._stop: _Stop | None = None
        self._unanswered = 0
        self._questions = 0
        """Asked for this stop."""
        self._waited: int | None = None
        """Frames that waited there at the last answer for this stop."""
        self._held = False
        self._ended = False
        self.xoff = False
        """Asterisk's queue is nearly full."""

    @property
    def asks(self) -> bool:
        """Do we wait to be told how many frames are left?"""
        return self._stop is not None

    def add(self, audio: bytes, *, mark: str) -> None:
        """Play audio in the line's codec behind all that waits."""
        missing = -len(audio) % self._codec.frame_bytes // self._codec.bytes_per_sample
        silence = self._codec.silent_byte * (missing * self._codec.bytes_per_sample)
        self._backlog.append(_Utterance(mark, memoryview(audio + silence)))

    def is_waiting(self, mark: str) -> bool:
        """Whether audio under this mark still waits for room."""
        return any(utterance.mark == mark for utterance in self._backlog)

    def hold(self) -> None:
        """Stop playing and keep all of it; more may be added meanwhile."""
        if self._held:
            return
        self._held = True
        if self._stop is None and self._pieces:
            self._begin(_Stop.HOLD)

    def go_on(self) -> None:
        """Play on after `hold`."""
        self._held = False
        if self._stop is _Stop.HOLD:
            self._stop = None

    def drop(self) -> None:
        """Stop playing and forget all of it; a hold is over too."""
        self._backlog.clear()
        self._held = False
        if self._stop is not None:
            self._stop = _Stop.DROP
        elif self._pieces:
            self._begin(_Stop.DROP)

    def end(self) -> None:
        """Let nothing more leave; what is under way is played."""
        self._backlog.clear()
        self._urgent.clear()
        self._stop = None
        self._ended = True

    def answered(self, mark: str, *, ours: bool) -> None:
        """A mark came back: all before it has been heard."""
        if (mark, ours) not in ((each.name, each.ours) for each in self._marks):
            return  # dropped while the answer was on its way
        while self._marks:
            each = self._marks.popleft()
            self._hear(each)
            if (each.name, each.ours) == (mark, ours):
                return

    def counted(self, frames: int) -> None:
        """Asterisk said how many frames wait to be played there."""
        self._unanswered = max(0, self._unanswered - 1)
        if self._unanswered or self._stop is None:
            return
        just_played = self._waited is not None and frames < self._waited
        if frames and not just_played and self._questions < _MOST_QUESTIONS:
            self._waited = frames
            self._ask()
            return
        stop, self._stop = self._stop, None
        rest = b"".join(self._pieces)
        rest = rest[max(0, len(rest) - frames * self._codec.frame_bytes) :]
        if stop is _Stop.HOLD:
            if not rest:
                return
            self._take_back(rest)
        self._flush()
        if rest:
            self._urgent.append(fade_out(rest[: self._codec.frame_bytes], self._codec))

    def give_up_asking(self) -> None:
        """No answer came: drop without fading what is to be dropped; what is to be held plays to its end."""
        if self._stop is _Stop.DROP:
            self._flush()
        self._stop = None

    def played(self) -> list[str]:
        """Which utterances have been heard since the last call."""
        played, self._played = self._played, []
        return played

    def data_to_send(self) -> list[str | bytes]:
        """What may leave now: commands, and audio as far as there is room."""
        data, self._urgent = self._urgent, []
        while self._backlog and self._room() > 0:
            data += self._hand_over(self._backlog[0])
        return data

    def _begin(self, stop: _Stop) -> None:
        self._stop, self._questions, self._waited = stop, 0, None
        self._ask()

    def _ask(self) -> None:
        self._questions += 1
        self._unanswered += 1
        self._urgent.append(write_command(GetStatus()))

    def _flush(self) -> None:
        self._marks.clear()
        self._pieces.clear()
        self._heard_bytes = self._marked_bytes = self._sent_bytes
        self.xoff = False
        self._urgent.append(write_command(FlushMedia()))

    def _hear(self, mark: _Mark) -> None:
        if mark.ours:
            self._played.append(mark.name)
        self._heard_bytes = mark.end
        kept = self._sent_bytes - sum(map(len, self._pieces))
        while self._pieces and kept + len(self._pieces[0]) <= self._heard_bytes:
            kept += len(self._pieces.popleft())

    def _take_back(self, rest: bytes) -> None:
        """Put what has not been played before all that waits; what was played counts as heard."""
        at = self._sent_bytes - len(rest)
        while self._marks and self._marks[0].end <= at:
            self._hear(self._marks.popleft())
        size = self._codec.frame_bytes
        unheard = memoryview(fade_in(rest[:size], self._codec) + rest[size:])
        again: list[_Utterance] = []
        for mark in self._marks:
            if mark.ours:
                again.append(_Utterance(mark.name, unheard[: mark.end - at]))
                unheard, at = unheard[mark.end - at :], mark.end
        if unheard:
            begun = self._backlog[0]
            begun.audio, begun.begun = memoryview(bytes(unheard) + bytes(begun.audio)), False
        self._backlog.extendleft(reversed(again))

    def _room(self) -> int:
        if self.xoff or self._held or self._ended or self._stop is not None:
            return 0
        window = int(self._codec.bytes_per_second * WINDOW_SECONDS)
        return window - (self._sent_bytes - self._heard_bytes)

    def _hand_over(self, utterance: _Utterance) -> Iterator[str | bytes]:
        if not utterance.begun:
            utterance.begun = True
            yield write_command(StartBuffering())
        piece = bytes(utterance.audio[: min(_PIECE_BYTES, self._room())])
        utterance.audio = utterance.audio[len(piece) :]
        if piece:
            self._pieces.append(piece)
            self._sent_bytes += len(piece)
            yield piece
        if not utterance.audio:
            self._backlog.popleft()
            yield self._marked(utterance.mark, ours=True)
        elif self._sent_bytes - self._marked_bytes >= int(self._codec.bytes_per_second * _MARK_EVERY_SECONDS):
            self._window_marks += 1
            yield self._marked(f"window-{self._window_marks}", ours=False)

    def _marked(self, name: str, *, ours: bool) -> str:
        self._marks.append(_Mark(name, ours, self._sent_bytes))
        self._marked_bytes = self._sent_bytes
        return write_command(StopBuffering(name) if ours else MarkMedia(name))
