"""What a line plays, against Asterisk's side of it as a phone plays it."""

import json
import math
from array import array
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from telephony.media.alaw import encode, samples
from telephony.media.codecs import ALAW, SLIN, Codec
from telephony.media.far_end import FarEnd
from telephony.media.messages import BufferingCompleted, MarkProcessed, Status
from telephony.media.play_out import PlayOut
from telephony.media.wire import parse_event

FRAME = ALAW.silent_frame


def tone(seconds: float, codec: Codec = ALAW) -> bytes:
    """440 Hz, loud, whose neighbouring samples are never 6000 apart."""
    wave = [round(16_000 * math.sin(at * 2 * math.pi * 440 / 8000)) for at in range(round(8000 * seconds))]
    pcm = array("h", wave).tobytes()
    return pcm if codec is SLIN else encode(pcm)


MOST_STEP = 6_200
"""Between two samples of the tone, with what A-law makes of them."""


def names(data: list[str | bytes]) -> list[str | int]:
    return [len(item) if isinstance(item, bytes) else json.loads(item)["command"] for item in data]


class Line:
    """A line and who hears it."""

    def __init__(self, codec: Codec = ALAW) -> None:
        self.out = PlayOut(codec)
        self.far = FarEnd(codec)
        self.heard = b""
        self._codec = codec

    def carry(self) -> None:
        """Move everything both ways, at no time."""
        while True:
            sent = self.out.data_to_send()
            for item in sent:
                self.far.receive_audio(item) if isinstance(item, bytes) else self.far.receive_text(item)
            answers = self.far.data_to_send()
            for answer in answers:
                self.take(str(answer))
            if not sent and not answers:
                return

    def take(self, answer: str) -> None:
        match parse_event(answer):
            case Status(queue_length=frames):
                self.out.counted(frames)
            case BufferingCompleted(mark):
                self.out.answered(mark, ours=True)
            case MarkProcessed(mark):
                self.out.answered(mark, ours=False)
            case other:
                self.out.xoff = type(other).__name__ == "MediaXoff"

    def play(self, frames: int) -> None:
        """Hear so many frames."""
        for _ in range(frames):
            self.carry()
            self.heard += self.far.play_frame() or self._codec.silent_frame
        self.carry()

    def steps(self) -> int:
        """The greatest step between two samples that were heard."""
        return max(abs(b - a) for a, b in pairwise(samples(self.heard, self._codec)))

    def loud_frames(self) -> int:
        size = self._codec.frame_bytes
        frames = [self.heard[at : at + size] for at in range(0, len(self.heard), size)]
        return sum(max(map(abs, samples(frame, self._codec))) > 100 for frame in frames)


def test_a_prompt_leaves_in_one_burst_and_its_mark_comes_back() -> None:
    out = PlayOut(ALAW)
    out.add(b"\x55" * 20_000, mark="hello")
    data = out.data_to_send()
    assert names(data) == ["START_MEDIA_BUFFERING", 8000, 8000, 4000, "STOP_MEDIA_BUFFERING"]
    assert json.loads(str(data[-1]))["correlation_id"] == "hello"
    assert out.data_to_send() == []
    out.answered("hello", ours=True)
    assert out.played() == ["hello"]
    assert out.played() == []


@pytest.mark.parametrize("codec", [ALAW, SLIN], ids=lambda codec: codec.name)
def test_the_last_frame_of_a_prompt_is_filled_with_silence(codec: Codec) -> None:
    out = PlayOut(codec)
    out.add(codec.silent_byte * (codec.frame_bytes + codec.bytes_per_sample), mark="a")
    (audio,) = [item for item in out.data_to_send() if isinstance(item, bytes)]
    assert audio == codec.silent_frame * 2


def test_an_empty_prompt_is_answered_like_any_other() -> None:
    line = Line()
    line.out.add(b"", mark="nothing")
    line.play(1)
    assert line.out.played() == ["nothing"]


def test_a_mark_that_is_skipped_counts_as_heard_before_the_next() -> None:
    out = PlayOut(ALAW)
    out.add(FRAME, mark="a")
    out.add(FRAME, mark="b")
    out.data_to_send()
    out.answered("b", ours=True)
    assert out.played() == ["a", "b"]


def test_a_mark_nobody_set_is_ignored() -> None:
    out = PlayOut(ALAW)
    out.answered("x", ours=True)
    assert out.played() == []


def test_nothing_leaves_between_xoff_and_xon() -> None:
    out = PlayOut(ALAW)
    out.xoff = True
    out.add(FRAME, mark="a")
    assert out.data_to_send() == []
    assert out.is_waiting("a")
    out.xoff = False
    assert names(out.data_to_send()) == ["START_MEDIA_BUFFERING", 160, "STOP_MEDIA_BUFFERING"]


@pytest.mark.parametrize("codec", [ALAW, SLIN], ids=lambda codec: codec.name)
@settings(deadline=None)
@given(lengths=st.lists(st.integers(0, 60 * 8000), min_size=1, max_size=4))
def test_no_prompt_of_any_length_overruns_asterisks_queue(codec: Codec, lengths: list[int]) -> None:
    line = Line(codec)
    for number, length in enumerate(lengths):
        line.out.add(b"\x2a" * codec.bytes_per_sample * length, mark=str(number))
    frames = sum(-(-length // 160) for length in lengths)
    line.play(frames + len(lengths) + 10)
    assert line.far.lost_frames == 0
    assert line.loud_frames() == frames
    assert line.out.played() == [str(number) for number in range(len(lengths))]


# a stop


def test_what_is_dropped_fades_within_a_frame_and_its_mark_stays_without_answer() -> None:
    line = Line()
    line.out.add(tone(30.0), mark="long")
    line.play(10)
    assert line.out.is_waiting("long")
    line.out.drop()
    assert not line.out.is_waiting("long")
    line.play(10)
    assert line.loud_frames() == 11
    assert line.steps() < MOST_STEP
    assert set(line.heard[-160 * 9 :]) <= {0xD5}
    line.out.answered("long", ours=True)
    assert line.out.played() == []


def test_a_stop_waits_for_the_moment_at_which_a_frame_has_just_been_played() -> None:
    line = Line()
    line.out.add(tone(1.0), mark="a")
    line.play(20)
    line.out.drop()
    for _ in range(3):
        assert names(line.out.data_to_send()) == ["GET_STATUS"]
        line.out.counted(30)
    line.heard += line.far.play_frame() or b""
    line.out.counted(line.far.queued_frames)
    line.play(5)
    assert line.loud_frames() == 22
    assert line.steps() < MOST_STEP


def test_a_stop_does_not_ask_for_ever() -> None:
    out = PlayOut(ALAW)
    out.add(tone(1.0), mark="a")
    out.data_to_send()
    out.drop()
    asked = 0
    while names(out.data_to_send()) == ["GET_STATUS"]:
        asked += 1
        out.counted(30)
    assert asked == 12
    assert not out.asks


def test_where_no_answer_comes_what_is_dropped_is_dropped_and_the_line_speaks_on() -> None:
    line = Line()
    line.out.add(tone(1.0), mark="old")
    line.play(10)
    line.out.drop()
    assert names(line.out.data_to_send()) == ["GET_STATUS"]
    line.out.add(tone(0.2), mark="new")
    line.out.give_up_asking()
    assert names(line.out.data_to_send())[:2] == ["FLUSH_MEDIA", "START_MEDIA_BUFFERING"]
    line.take('{"event":"STATUS","queue_length":40}')
    assert line.out.data_to_send() == [], "an answer that comes late stops nothing"


def test_where_no_answer_comes_what_is_held_plays_to_its_end_and_can_still_be_dropped() -> None:
    line = Line()
    line.out.add(tone(1.0), mark="a")
    line.play(10)
    line.out.hold()
    assert names(line.out.data_to_send()) == ["GET_STATUS"]
    line.out.give_up_asking()
    assert line.out.data_to_send() == []
    line.out.drop()
    assert names(line.out.data_to_send()) == ["GET_STATUS"]
    line.out.give_up_asking()
    assert names(line.out.data_to_send()) == ["FLUSH_MEDIA"]


def test_what_is_said_after_a_drop_is_heard_whole() -> None:
    line = Line()
    line.out.add(tone(1.0), mark="old")
    line.play(10)
    line.out.drop()
    line.out.add(tone(0.5), mark="new")
    assert "START_MEDIA_BUFFERING" not in names(line.out.data_to_send()), "a flush would take it along"
    line.far.receive_text('{"command": "GET_STATUS"}')
    line.play(40)
    assert line.out.played() == ["new"]
    assert line.loud_frames() == 10 + 1 + 25


def test_where_nothing_is_under_way_there_is_nothing_to_drop() -> None:
    line = Line()
    line.out.drop()
    assert line.out.data_to_send() == []
    line.out.add(tone(0.1), mark="a")
    line.play(7)
    line.out.drop()
    assert line.out.data_to_send() == []


def test_what_has_just_been_played_to_its_end_is_dropped_without_a_sound() -> None:
    line = Line()
    line.out.add(tone(0.1), mark="a")
    line.play(5)
    line.out.drop()
    line.play(5)
    assert line.loud_frames() == 5
    assert line.out.played() == []


def test_a_drop_ends_xoff_because_the_queue_is_empty() -> None:
    line = Line()
    line.out.add(tone(1.0), mark="a")
    line.carry()
    line.out.xoff = True
    line.out.drop()
    line.out.add(FRAME, mark="b")
    line.play(3)
    assert line.out.played() == ["b"]


def test_what_is_held_fades_and_goes_on_where_it_was() -> None:
    line = Line()
    line.out.add(tone(1.0), mark="a")
    line.play(20)
    line.out.hold()
    line.out.hold()
    line.play(30)
    assert line.loud_frames() == 21
    line.out.go_on()
    line.play(40)
    assert line.out.played() == ["a"]
    assert line.steps() < MOST_STEP
    assert line.loud_frames() == 51, "the frame that faded is heard again"
    assert line.heard[160 * 51 : 160 * 80] == tone(1.0)[160 * 21 :], "one frame fades in, the rest is as it was"


def test_what_is_added_to_something_held_waits_its_turn() -> None:
    line = Line()
    line.out.add(tone(0.2), mark="a")
    line.play(3)
    line.out.hold()
    line.out.add(tone(0.2), mark="b")
    line.play(20)
    assert line.out.played() == []
    line.out.go_on()
    line.play(30)
    assert line.out.played() == ["a", "b"]


def test_a_hold_that_is_over_before_it_began_changes_nothing() -> None:
    line = Line()
    line.out.add(tone(1.0), mark="a")
    line.play(20)
    line.out.hold()
    assert names(line.out.data_to_send()) == ["GET_STATUS"]
    line.out.go_on()
    line.out.counted(30)
    line.play(31)
    assert line.heard[: len(tone(1.0))] == tone(1.0)
    assert line.out.played() == ["a"]


def test_the_answer_to_an_older_question_is_not_taken_for_the_newer_one() -> None:
    line = Line()
    line.out.add(tone(1.0), mark="a")
    line.play(20)
    line.out.hold()
    line.out.go_on()
    line.out.hold()
    assert names(line.out.data_to_send()) == ["GET_STATUS", "GET_STATUS"]
    line.out.counted(50)
    assert line.out.data_to_send() == []
    line.out.counted(30)
    assert names(line.out.data_to_send()) == ["GET_STATUS"]
    line.out.counted(29)
    assert names(line.out.data_to_send()) == ["FLUSH_MEDIA", 160]


def test_a_hold_that_becomes_a_drop_leaves_nothing() -> None:
    line = Line()
    line.out.add(tone(1.0), mark="a")
    line.play(20)
    line.out.hold()
    line.play(10)
    line.out.drop()
    line.play(40)
    assert line.loud_frames() == 21
    assert line.out.played() == []


def test_a_drop_does_not_cut_the_frame_with_which_a_hold_fades() -> None:
    line = Line()
    line.out.add(tone(1.0), mark="a")
    line.play(20)
    line.out.hold()
    line.carry()
    line.out.drop()
    line.play(5)
    assert line.loud_frames() == 21
    assert line.steps() < MOST_STEP


def test_a_prompt_whose_answer_was_under_way_when_it_was_held_counts_as_heard() -> None:
    line = Line()
    line.out.add(tone(0.1), mark="a")
    line.out.add(tone(0.1), mark="b")
    line.play(5)
    assert line.out.played() == []
    line.out.hold()
    line.carry()
    assert line.out.played() == ["a"]
    line.take('{"event":"MEDIA_BUFFERING_COMPLETED","correlation_id":"a"}')
    assert line.out.played() == []


def test_after_its_end_nothing_leaves() -> None:
    line = Line()
    line.out.add(tone(30.0), mark="long")
    line.play(3)
    line.out.hold()
    line.out.data_to_send()
    line.out.end()
    line.out.counted(500)
    line.out.go_on()
    assert line.out.data_to_send() == []
    assert not line.out.is_waiting("long")


@pytest.mark.parametrize("codec", [ALAW, SLIN], ids=lambda codec: codec.name)
@settings(deadline=None)
@given(
    seconds=st.lists(st.integers(0, 15 * 50), min_size=1, max_size=4),
    stops=st.lists(st.tuples(st.integers(1, 400), st.integers(0, 20)), max_size=6),
)
def test_whatever_is_held_and_when_all_is_heard_in_its_order(
    codec: Codec, seconds: list[int], stops: list[tuple[int, int]]
) -> None:
    line = Line(codec)
    numbers = iter(range(1, 32_000))
    for at, frames in enumerate(seconds):
        # every frame is a number of its own, loud enough to be told from silence
        audio = b"".join(array("h", [1000 + next(numbers)] * 160).tobytes() for _ in range(frames))
        line.out.add(audio if codec is SLIN else b"\x2a" * (160 * frames), mark=str(at))
    for playing, held in stops:
        line.play(playing)
        line.out.hold()
        line.play(held)
        line.out.go_on()
    line.play(sum(seconds) + len(stops) + 5)
    assert line.out.played() == [str(at) for at in range(len(seconds))]
    assert line.far.lost_frames == 0
    if codec is SLIN:
        frames = [array("h", line.heard[at : at + 320]) for at in range(0, len(line.heard), 320)]
        whole = [frame[0] - 1000 for frame in frames if len(set(frame)) == 1 and frame[0]]
        faded = {max(frame) - 1000 for frame in frames if len(set(frame)) > 1}
        assert whole == sorted(set(whole))
        assert set(whole) | faded >= set(range(1, sum(seconds) + 1))
