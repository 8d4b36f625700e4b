"""Frames of several lines wait for one beat, and each line's are decided in their order."""

import asyncio

import numpy as np

from ivr.call.beat import Beat
from ivr.call.vad import VoiceDetector
from tests.call.surroundings import FRAME, LOUD


async def all_of(told, count):
    async with asyncio.timeout(2):
        while len(told) < count:  # noqa: ASYNC110 - the beat tells by callbacks
            await asyncio.sleep(0)


def BROKEN(_):  # noqa: N802 - a mark
    """The classifier of a line about which the network cannot be asked."""


def never():
    raise AssertionError("no line is lost here")


class Network:
    """Takes a loud frame for speech; remembers how many lines it was asked about at once."""

    def __init__(self):
        self.asked = []

    def together(self, lines, frames):
        self.asked.append(len(lines))
        return [None if line is BROKEN else bool(row.max() > 1000) for line, row in zip(lines, frames, strict=True)]


def detector(speech=lambda _: None):
    return VoiceDetector(speech)


async def test_frames_of_all_lines_are_decided_at_once():
    network, told = Network(), []
    beat, one, other = Beat(network), detector(), detector()
    for _ in range(2):
        beat.put(one, LOUD, ours_dbfs=-100.0, told=lambda voiced: told.append(("one", voiced)), lost=never)
        beat.put(other, FRAME, ours_dbfs=-100.0, told=lambda voiced: told.append(("other", voiced)), lost=never)
    assert told == []
    await all_of(told, 4)
    assert network.asked == [2, 2]
    assert told == [("one", False), ("other", False), ("one", True), ("other", False)]


async def test_a_burst_of_one_line_is_decided_frame_by_frame_as_without_a_beat():
    frames = [LOUD, LOUD, FRAME, LOUD, FRAME, FRAME, FRAME]
    alone = VoiceDetector(lambda frame: frame == LOUD)
    told = []
    beat, together = Beat(Network()), detector()
    for frame in frames:
        beat.put(together, frame, ours_dbfs=-100.0, told=told.append, lost=never)
    await all_of(told, len(frames))
    assert told == [alone.process(frame) for frame in frames]


async def test_the_network_is_asked_only_about_lines_on_which_there_is_sound():
    network, told = Network(), []
    beat, silent, speaking = Beat(network), detector(), detector()
    for _ in range(30):
        beat.put(silent, FRAME, ours_dbfs=-100.0, told=lambda voiced: told.append(("silent", voiced)), lost=never)
        beat.put(speaking, LOUD, ours_dbfs=-100.0, told=lambda voiced: told.append(("speaking", voiced)), lost=never)
    await all_of(told, 60)
    assert network.asked == [2] * 25 + [1] * 5
    assert [voiced for who, voiced in told if who == "silent"] == [False] * 30
    assert [voiced for who, voiced in told if who == "speaking"] == [False] + [True] * 29


async def test_what_we_say_ourselves_is_weighed_with_each_frame():
    told = []
    beat, line = Beat(Network()), detector()
    soft = (np.ones(160) * 1200).astype("<i2").tobytes()
    for _ in range(3):
        beat.put(line, soft, ours_dbfs=0.0, told=told.append, lost=never)
    await all_of(told, 3)
    assert told == [False, False, False]


async def test_a_line_about_which_nothing_can_be_known_is_lost_and_the_others_go_on():
    told, lost = [], []
    beat, one, other = Beat(Network()), detector(BROKEN), detector()
    for _ in range(2):
        beat.put(one, LOUD, ours_dbfs=-100.0, told=told.append, lost=lambda: lost.append("one"))
        beat.put(other, LOUD, ours_dbfs=-100.0, told=told.append, lost=never)
    await all_of(told, 2)
    assert (told, lost) == ([False, True], ["one", "one"])


async def test_a_piece_of_another_length_loses_its_own_line_only():
    told, lost = [], []
    beat, one, other = Beat(Network()), detector(), detector()
    beat.put(one, LOUD[:100], ours_dbfs=-100.0, told=told.append, lost=lambda: lost.append("one"))
    beat.put(other, FRAME, ours_dbfs=-100.0, told=told.append, lost=never)
    await all_of(told, 1)
    assert (told, lost) == ([False], ["one"])


async def test_a_call_that_fails_when_it_is_told_is_lost_and_the_others_are_told():
    def fails(_):
        raise ZeroDivisionError

    told, lost = [], []
    beat, one, other = Beat(Network()), detector(), detector()
    beat.put(one, FRAME, ours_dbfs=-100.0, told=fails, lost=lambda: lost.append("one"))
    beat.put(other, FRAME, ours_dbfs=-100.0, told=told.append, lost=never)
    await all_of(told, 1)
    assert (told, lost) == ([False], ["one"])
