"""Numbered silence through A-law: what is lost, repeated or filled in is found to the frame."""

import random

import numpy as np

from ivr.cli.calls_bench.marks import Carried, carried, numbered
from ivr.speech.audio import alaw_to_pcm

SPOKEN = range(200, 400)
"""Frames in which he speaks: these bear no number."""


def frames(count=1000):
    draw = random.Random(1)
    return [bytes(draw.randrange(256) for _ in range(160)) if at in SPOKEN else numbered(at) for at in range(1, count + 1)]


def heard(sent):
    return np.frombuffer(alaw_to_pcm(b"".join(sent)), "<i2")


def test_a_whole_call_has_lost_nothing():
    assert carried(heard(frames())) == Carried(1000, 0, 0, 0)


def test_frames_that_are_gone_are_counted_in_silence_and_in_speech():
    sent = frames()
    assert carried(heard(sent[:50] + sent[53:250] + sent[252:])) == Carried(1000, 5, 0, 0)


def test_a_frame_that_came_twice_is_no_gain():
    sent = frames()
    assert carried(heard([*sent[:500], sent[499], *sent[500:]])) == Carried(1000, 0, 1, 0)


def test_silence_that_was_filled_in_is_late_and_not_lost():
    sent = heard(frames())
    at = 700 * 160 + 30  # inside a frame, as the clock of a house falls
    found = carried(np.concatenate([sent[:at], np.zeros(333, "<i2"), sent[at:]]))
    assert found == Carried(1000, 0, 0, 333)


def test_the_first_frames_may_be_passed_over():
    sent = frames()
    assert carried(heard(sent[:3] + sent[9:]), skip=20) == Carried(981, 0, 0, 0)


def test_a_call_without_numbers_tells_nothing():
    assert carried(np.zeros(16_000, "<i2")) is None
