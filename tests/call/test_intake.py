"""The caller's sound on its way in: recorded, frame by frame to the ear, and silence for a phone that sends nothing."""

from types import SimpleNamespace

from ivr.call.events import FrameHeard, RecognizerLost
from ivr.call.hearing import Hearing
from ivr.call.intake import Intake
from ivr.call.recorder import StereoTimeline
from ivr.call.vad import VoiceDetector
from tests.call.surroundings import FRAME, LOUD


class Kept:
    def __init__(self):
        self.recorded = b""

    def sound(self, stereo):
        self.recorded += stereo


def taken(*, joined=False):
    heard, said, kept = [], [], Kept()
    company = SimpleNamespace(joined=joined, says=lambda pcm: joined and not said.append(pcm))
    hearing = Hearing(lambda: VoiceDetector(lambda frame: frame == LOUD), None, heard.append)
    return Intake(StereoTimeline(began_at=0.0), kept, company, hearing, beat=None, now=0.0), heard, said, kept


def test_pieces_of_any_size_become_frames_and_his_voice_is_dated():
    intake, heard, _, kept = taken()
    stream = LOUD * 6 + LOUD[:100]
    for at in range(0, len(stream), 400):
        intake.take(stream[at : at + 400], 0.05 + at / 16_000)
    assert [event.voiced for event in heard] == [False] + [True] * 5
    assert intake.voiced_at > 0.1
    assert len(kept.recorded) >= 2 * len(stream)


def test_a_phone_that_sends_nothing_is_silent_after_a_while():
    intake, heard, _, _ = taken()
    intake.take(FRAME, 0.02)
    intake.tick(0.5)
    assert len(heard) == 1
    intake.tick(0.64)
    assert len(heard) == 1 + 6
    assert not any(event.voiced for event in heard)


def test_what_he_says_to_people_is_not_for_the_ear():
    intake, heard, said, kept = taken(joined=True)
    intake.take(LOUD, 0.02)
    intake.tick(9.0)
    assert (heard, said) == ([], [LOUD])
    assert kept.recorded


def test_a_deaf_ear_is_not_asked_any_more_but_time_goes_on():
    intake, heard, _, _ = taken()
    intake._hearing.detector_lost()
    intake.take(LOUD * 4, 0.1)
    assert heard == [RecognizerLost(), *[FrameHeard(0.02, voiced=False)] * 4]


def test_several_frames_at_once_are_heard_one_by_one_and_a_rest_waits():
    intake, heard, _, _ = taken()
    intake.take(LOUD * 3 + FRAME * 2 + LOUD[:300], 0.1)
    assert [event.voiced for event in heard] == [False, True, True, True, False]
    intake.take(LOUD[300:], 0.12)
    assert len(heard) == 6
